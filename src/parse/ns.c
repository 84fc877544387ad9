/*
 * Namespaces by their URIs, in all the spellings that feeds use: a URI is
 * compared without case, scheme, "www." and what follows the last name; where
 * even that is unknown, a well-known prefix decides. Each namespace has its
 * file; their list is made of the names of these files.
 */
#include "config.h"

#include "parse/builder.h"

#include "gazetted/mem.h"

static const char *const rdf_uris[] = {
	"w3.org/1999/02/22-rdf-syntax-ns", "w3.org/tr/rdf-syntax", NULL
};
static const char *const rdf_prefixes[] = {
	"rdf", NULL
};

const struct gaz_namespace gaz_ns_rdf = { rdf_uris, rdf_prefixes,
	{ NULL, 0 } };

static const char *const xml_uris[] = {
	"w3.org/xml/1998/namespace", NULL
};
static const char *const xml_prefixes[] = {
	"xml", NULL
};

const struct gaz_namespace gaz_ns_xml = { xml_uris, xml_prefixes,
	{ NULL, 0 } };

#define X(name) extern const struct gaz_namespace gaz_ns_##name;
#include "src/parse/ns_list.h"
#undef X

static const struct gaz_namespace *const all[] = {
	&gaz_ns_atom,
	&gaz_ns_core,
	&gaz_ns_rdf,
	&gaz_ns_xml,
#define X(name) &gaz_ns_##name,
#include "src/parse/ns_list.h"
#undef X
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

static bool
is_one_of(struct gaz_str s, const char *const *list)
{
	char first = gaz_to_lower(s.p[0]);

	for (; *list != NULL; list++) {
		if (**list == first && gaz_str_ieq_z(s, *list))
			return true;
	}
	return false;
}

const struct gaz_namespace *
gaz_ns_find(struct gaz_str uri, struct gaz_str prefix)
{
	struct gaz_str core = core_of(uri);

	for (size_t i = 0; core.len > 0 && i < GAZ_COUNT(all); i++) {
		if (is_one_of(core, all[i]->uris))
			return all[i];
	}
	for (size_t i = 0; prefix.len > 0 && i < GAZ_COUNT(all); i++) {
		if (is_one_of(prefix, all[i]->prefixes))
			return all[i];
	}
	return NS_UNKNOWN;
}
