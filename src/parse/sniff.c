/*
 * Which format is it? Asked of the root element and its attributes, as media
 * types lie.
 */
#include "config.h"

#include "parse/builder.h"

#include "gazetted/mem.h"

static struct gaz_str
attr(const struct gaz_xml_attr *attrs, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (gaz_str_ieq_z(attrs[i].name.local, name))
			return gaz_str_trim(attrs[i].value);
	}
	return GAZ_STR_NONE;
}

static struct gaz_str
rss_version(struct gaz_str given)
{
	static const struct {
		const char *begins, *version;
	} versions[] = { { "0.91", "0.91" }, { "0.92", "0.92" },
		{ "0.93", "0.93" }, { "0.94", "0.94" }, { "2", "2.0" } };

	for (size_t i = 0; i < GAZ_COUNT(versions); i++) {
		if (gaz_str_starts(given, versions[i].begins))
			return gaz_str_of(versions[i].version);
	}
	return GAZ_STR_NONE;
}

static struct gaz_str
atom_version(struct gaz_str uri, struct gaz_str given)
{
	static const char *const old[] = { "0.1", "0.2", "0.3" };

	if (gaz_str_ifind(uri, GAZ_STR("w3.org/2005/atom"), 0) != GAZ_STR_NPOS)
		return GAZ_STR("1.0");
	for (size_t i = 0; i < GAZ_COUNT(old); i++) {
		if (gaz_str_starts(given, old[i]))
			return gaz_str_of(old[i]);
	}
	if (gaz_str_starts(given, "1"))
		return GAZ_STR("1.0");
	if (gaz_str_ifind(uri, GAZ_STR("purl.org/atom/ns"), 0) != GAZ_STR_NPOS)
		return GAZ_STR("0.3");
	return GAZ_STR_NONE;
}

enum gaz_format
gaz_sniff_root(const struct gaz_xml_name *name,
    const struct gaz_xml_attr *attrs, size_t n, struct gaz_str *version,
    const char **refusal)
{
	struct gaz_str given = attr(attrs, n, "version");
	struct gaz_str local = name->local;

	*version = GAZ_STR_NONE;
	if (gaz_str_ieq_z(local, "rss")) {
		*version = rss_version(given);
		return FORMAT_RSS;
	}
	if (gaz_str_ieq_z(local, "feed") || gaz_str_ieq_z(local, "entry")) {
		*version = atom_version(name->uri, given);
		return FORMAT_ATOM;
	}
	if (gaz_str_ieq_z(local, "rdf"))
		return FORMAT_RDF; /* the children tell the version */
	if (gaz_str_ieq_z(local, "channel")) {
		if (gaz_str_ifind(name->uri, GAZ_STR("rss1.1"), 0) !=
		    GAZ_STR_NPOS) {
			*version = GAZ_STR("1.1");
			return FORMAT_RDF;
		}
		return FORMAT_CDF;
	}
	if (gaz_str_ieq_z(local, "redirect"))
		return FORMAT_RSS;
	if (gaz_str_ieq_z(local, "html"))
		*refusal = "an HTML page, not a feed";
	else if (gaz_str_ieq_z(local, "opml"))
		*refusal = "an OPML list of feeds, not a feed";
	else if (gaz_str_ieq_z(local, "urlset") ||
	    gaz_str_ieq_z(local, "sitemapindex"))
		*refusal = "a sitemap, not a feed";
	else
		*refusal = "the root element is none of a feed";
	return FORMAT_NONE;
}
