#include "config.h"

#include "server.h"

/* Length that the route matches of path, or -1. exact gives the longest. */
static int64_t
match_length(const struct gaz_http_route *r, struct gaz_str path, bool *exact)
{
	struct gaz_str pattern = gaz_str_of(r->path);

	*exact = !gaz_str_ends(pattern, "*");
	if (*exact)
		return gaz_str_eq(path, pattern) ? (int64_t)path.len : -1;
	pattern.len--;
	if (path.len < pattern.len ||
	    !gaz_str_eq(gaz_str_sub(path, 0, pattern.len), pattern))
		return -1;
	return (int64_t)pattern.len;
}

struct route_match
http_route_find(const struct gaz_http_route *routes, size_t n,
    struct gaz_str path, unsigned method)
{
	struct route_match m = { .found = false };
	int64_t best = -1;

	/* one path may stand in several rows, a method each */
	for (size_t i = 0; i < n; i++) {
		bool exact;
		int64_t length = match_length(&routes[i], path, &exact);
		if (length < 0)
			continue;
		int64_t rank = length * 2 + (exact ? 1 : 0);
		if (rank < best)
			continue;
		if (rank > best)
			m = (struct route_match){ .found = true };
		best = rank;
		m.allowed |= routes[i].methods;
		if (m.route == NULL && (routes[i].methods & method) != 0)
			m.route = &routes[i];
	}
	return m;
}

void
http_route_allow(unsigned methods, struct gaz_buf *out)
{
	static const struct {
		unsigned method;
		const char *names;
	} rows[] = {
		{ GAZ_HTTP_GET, "GET, HEAD" },
		{ GAZ_HTTP_POST, "POST" },
		{ GAZ_HTTP_PUT, "PUT" },
		{ GAZ_HTTP_DELETE, "DELETE" },
	};
	bool first = true;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if ((methods & rows[i].method) == 0)
			continue;
		if (!first)
			gaz_buf_put_z(out, ", ");
		gaz_buf_put_z(out, rows[i].names);
		first = false;
	}
}
