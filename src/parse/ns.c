/*
 * Namespaces by their URIs, in all the spellings that feeds use: a URI is
 * compared without case, scheme, "www." and what follows the last name; where
 * even that is unknown, a well-known prefix decides.
 */
#include "config.h"

#include "parse/builder.h"

#include "gazetted/mem.h"

static const struct {
	const char *uri; /* without scheme, "www." and "/" or "#" at the end */
	enum gaz_ns ns;
} uris[] = {
	{ "w3.org/2005/atom", NS_ATOM },
	{ "purl.org/atom/ns", NS_ATOM },
	{ "purl.org/atom", NS_ATOM },
	{ "example.com/newformat", NS_ATOM },
	{ "example.com/necho", NS_ATOM },
	{ "purl.org/echo", NS_ATOM },
	{ "uri/of/echo/namespace", NS_ATOM },
	{ "purl.org/pie", NS_ATOM },
	{ "backend.userland.com/rss", NS_CORE },
	{ "backend.userland.com/rss2", NS_CORE },
	{ "backend.userland.com/rss091", NS_CORE },
	{ "backend.userland.com/rss092", NS_CORE },
	{ "backend.userland.com/rss093", NS_CORE },
	{ "blogs.law.harvard.edu/tech/rss", NS_CORE },
	{ "cyber.law.harvard.edu/rss", NS_CORE },
	{ "cyber.law.harvard.edu/rss/rss.html", NS_CORE },
	{ "rssboard.org/rss-specification", NS_CORE },
	{ "purl.org/rss/1.0", NS_CORE },
	{ "purl.org/rss/2.0", NS_CORE },
	{ "purl.org/rss/1.0/modules/rss091", NS_CORE },
	{ "purl.org/net/rss1.1", NS_CORE },
	{ "my.netscape.com/rdf/simple/0.9", NS_CORE },
	{ "channel.netscape.com/rdf/simple/0.9", NS_CORE },
	{ "my.netscape.com/publish/formats/rss-0.91.dtd", NS_CORE },
	{ "w3.org/1999/02/22-rdf-syntax-ns", NS_RDF },
	{ "w3.org/tr/rdf-syntax", NS_RDF },
	{ "w3.org/xml/1998/namespace", NS_XML },
	{ "w3.org/1999/xhtml", NS_XHTML },
	{ "w3.org/tr/xhtml1", NS_XHTML },
	{ "w3.org/tr/xhtml1/strict", NS_XHTML },
	{ "w3.org/tr/xhtml1/transitional", NS_XHTML },
	{ "w3.org/tr/rec-html40", NS_XHTML },
	{ "webns.net/mvcb", NS_ADMIN },
	{ "web.resource.org/cc", NS_CC },
	{ "creativecommons.org/ns", NS_CC },
	{ "creativecommons.org/ns#license", NS_CC },
	{ "backend.userland.com/creativecommonsrssmodule", NS_CC },
	{ "cyber.law.harvard.edu/rss/creativecommonsrssmodule.html", NS_CC },
	{ "purl.org/rss/1.0/modules/content", NS_CONTENT },
	{ "purl.org/dc/elements/1.1", NS_DC },
	{ "purl.org/dc/elements/1.0", NS_DC },
	{ "purl.org/dc/elements", NS_DC },
	{ "purl.org/dc", NS_DC },
	{ "purl.org/dc/1.1", NS_DC },
	{ "dublincore.org/documents/dcmi-namespace", NS_DC },
	{ "purl.org/dc/terms", NS_DCTERMS },
	{ "rssnamespace.org/feedburner/ext/1.0", NS_FEEDBURNER },
	{ "pheedo.com/namespace/pheedo", NS_FEEDBURNER },
	{ "itunes.com/dtds/podcast-1.0.dtd", NS_ITUNES },
	{ "itunes.com/dtds/podcast-1.0", NS_ITUNES },
	{ "itunes.com/dtds/podcast", NS_ITUNES },
	{ "example.com/dtds/podcast-1.0.dtd", NS_ITUNES },
	{ "itunes.apple.com/dtds/podcast-1.0.dtd", NS_ITUNES },
	{ "apple.com/itunes/store/podcaststechspecs.html", NS_ITUNES },
	{ "google.com/schemas/play-podcasts/1.0", NS_ITUNES },
	{ "google.com/schemas/play-podcasts/1.0/play-podcasts.xsd",
	    NS_ITUNES },
	{ "search.yahoo.com/mrss", NS_MEDIA },
	{ "search.yahoo.com/rss", NS_MEDIA },
	{ "video.search.yahoo.com/mrss", NS_MEDIA },
	{ "rssboard.org/media-rss", NS_MEDIA },
	{ "tools.search.yahoo.com/mrss", NS_MEDIA },
	{ "podcastindex.org/namespace/1.0", NS_PODCAST },
	{ "github.com/podcastindex-org/podcast-namespace/blob/main/docs/"
	  "1.0.md", NS_PODCAST },
	{ "purl.org/rss/1.0/modules/slash", NS_SLASH },
	{ "purl.org/rss/1.0/modules/syndication", NS_SY },
	{ "purl.org/syndication/thread/1.0", NS_THR },
	{ "wellformedweb.org/commentapi", NS_WFW },
};

static const struct {
	const char *prefix;
	enum gaz_ns ns;
} prefixes[] = {
	{ "atom", NS_ATOM },
	{ "atom10", NS_ATOM },
	{ "a10", NS_ATOM },
	{ "rss", NS_CORE },
	{ "rdf", NS_RDF },
	{ "xml", NS_XML },
	{ "xhtml", NS_XHTML },
	{ "admin", NS_ADMIN },
	{ "cc", NS_CC },
	{ "creativecommons", NS_CC },
	{ "content", NS_CONTENT },
	{ "dc", NS_DC },
	{ "dcterms", NS_DCTERMS },
	{ "feedburner", NS_FEEDBURNER },
	{ "itunes", NS_ITUNES },
	{ "googleplay", NS_ITUNES },
	{ "media", NS_MEDIA },
	{ "pheedo", NS_FEEDBURNER },
	{ "podcast", NS_PODCAST },
	{ "slash", NS_SLASH },
	{ "sy", NS_SY },
	{ "thr", NS_THR },
	{ "wfw", NS_WFW },
};

/* The part of a URI that tells namespaces apart. */
static struct gaz_str
core_of(struct gaz_str uri)
{
	static const char *const heads[] = { "http://", "https://", "//",
		"www." };

	uri = gaz_str_trim(uri);
	for (size_t i = 0; i < GAZ_COUNT(heads); i++) {
		if (gaz_str_istarts(uri, heads[i]))
			uri = gaz_str_sub(uri, strlen(heads[i]), uri.len);
	}
	while (uri.len > 0 && strchr("/#?", uri.p[uri.len - 1]) != NULL)
		uri.len--;
	return uri;
}

enum gaz_ns
gaz_ns_find(struct gaz_str uri, struct gaz_str prefix)
{
	struct gaz_str core = core_of(uri);

	for (size_t i = 0; core.len > 0 && i < GAZ_COUNT(uris); i++) {
		if (uris[i].uri[0] == gaz_to_lower(core.p[0]) &&
		    gaz_str_ieq_z(core, uris[i].uri))
			return uris[i].ns;
	}
	for (size_t i = 0; prefix.len > 0 && i < GAZ_COUNT(prefixes); i++) {
		if (prefixes[i].prefix[0] == gaz_to_lower(prefix.p[0]) &&
		    gaz_str_ieq_z(prefix, prefixes[i].prefix))
			return prefixes[i].ns;
	}
	return NS_UNKNOWN;
}
