#ifndef GAZ_NORMALISE_URL_INTERNAL_H
#define GAZ_NORMALISE_URL_INTERNAL_H

#include "gazetted/buf.h"

/* A URL reference cut into its five components (RFC 3986, appendix B). Absent
 * components have p == NULL; path is never absent. */
struct url_parts {
	struct gaz_str scheme, authority, path, query, fragment;
};

struct url_parts gaz_url_split(struct gaz_str s);

/* A URL of http in which nothing needs a second look: absolute, no longer than
 * GAZ_URL_MAX, no odd byte. Any base resolves it to itself. */
bool gaz_url_is_plain(struct gaz_str s);

/* What a fragment's references are resolved against, looked at once. */
struct url_base {
	bool usable;
	struct url_parts parts; /* of what was given, or of text */
	struct gaz_buf text;
};

void gaz_url_base_init(struct url_base *b, struct gaz_str base);
void gaz_url_base_clear(struct url_base *b);

/*
 * As gaz_url_resolve, appending to out; false, with out as it was, when the
 * reference is to be dropped. scratch is overwritten.
 */
bool gaz_url_resolve_to(const struct url_base *base, struct gaz_str ref,
    bool allow_data, struct gaz_buf *scratch, struct gaz_buf *out);

/* Append s without "." and ".." segments (RFC 3986, section 5.2.4); none of
 * them takes away what is in front of start. */
void gaz_url_put_without_dots(struct gaz_buf *out, size_t start,
    struct gaz_str s);

/* Does the query parameter ("name=value" or "name") only count readers? host in
 * lower case. By data/tracking.tsv, as the next one. */
bool gaz_url_is_tracking(struct gaz_str host, struct gaz_str parameter);
/*
 * The URL that u, a canonical one, only leads to, to out, not canonical; nothing
 * when u is a page itself. It is shorter than u.
 */
void gaz_url_follow(const struct url_parts *u, struct gaz_str host,
    struct gaz_buf *out);

#endif
