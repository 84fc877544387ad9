/* The frame of a page: text with places to fill in. */
#include "config.h"

#include "html.h"

#include <assert.h>

static struct gaz_str
find_slot(const struct slot *slots, size_t n, struct gaz_str name)
{
	for (size_t i = 0; i < n; i++) {
		if (gaz_str_eq_z(name, slots[i].name))
			return slots[i].value;
	}
	assert(!"a name that the page knows");
	return GAZ_STR_NONE;
}

/* Behind {{/name}} and the end of its line. */
static size_t
skip_section(struct gaz_str text, struct gaz_str name, size_t from)
{
	while ((from = gaz_str_find(text, GAZ_STR("{{/"), from)) !=
	    GAZ_STR_NPOS) {
		size_t end = gaz_str_find(text, GAZ_STR("}}"), from);
		assert(end != GAZ_STR_NPOS);
		bool same = gaz_str_eq(gaz_str_sub(text, from + 3, end), name);
		from = end + 2;
		if (same)
			return from;
	}
	assert(!"a section that ends");
	return text.len;
}

/* A line that held nothing but a section's mark leaves no empty line. */
static size_t
skip_line_end(struct gaz_str text, size_t at)
{
	return at < text.len && text.p[at] == '\n' ? at + 1 : at;
}

void
template_fill(struct gaz_str text, const struct slot *slots, size_t n,
    struct gaz_buf *out)
{
	size_t at = 0, open;

	while ((open = gaz_str_find(text, GAZ_STR("{{"), at)) !=
	    GAZ_STR_NPOS) {
		gaz_buf_put_str(out, gaz_str_sub(text, at, open));
		bool raw = open + 2 < text.len && text.p[open + 2] == '{';
		size_t from = open + (raw ? 3 : 2);
		size_t end = gaz_str_find(text,
		    raw ? GAZ_STR("}}}") : GAZ_STR("}}"), from);
		assert(end != GAZ_STR_NPOS);
		struct gaz_str name = gaz_str_sub(text, from, end);
		at = end + (raw ? 3 : 2);
		if (gaz_str_starts(name, "/")) {
			at = skip_line_end(text, at);
		} else if (gaz_str_starts(name, "#")) {
			name = gaz_str_sub(name, 1, name.len);
			if (find_slot(slots, n, name).len == 0)
				at = skip_section(text, name, at);
			at = skip_line_end(text, at);
		} else if (raw) {
			gaz_buf_put_str(out, find_slot(slots, n, name));
		} else {
			export_put_text(out, find_slot(slots, n, name));
		}
	}
	gaz_buf_put_str(out, gaz_str_sub(text, at, text.len));
}
