/*
 * What both XML readers share: declared entities, and a look at the tags before
 * a parser sees them.
 */
#include "config.h"

#include "parse/xml.h"

#include <stdio.h>

#include "gazetted/html.h"
#include "gazetted/limits.h"

/*
 * Reads the reference behind "&" that must be one of XML's own or a character
 * reference; returns its length with the ";", or 0.
 */
static size_t
plain_reference(struct gaz_str s, struct gaz_buf *out)
{
	static const struct {
		const char *name;
		char c;
	} own[] = { { "amp;", '&' }, { "lt;", '<' }, { "gt;", '>' },
		{ "quot;", '"' }, { "apos;", '\'' } };
	uint32_t c = 0;
	size_t i = 1;

	for (size_t k = 0; k < sizeof(own) / sizeof(own[0]); k++) {
		if (gaz_str_starts(s, own[k].name)) {
			gaz_buf_put_char(out, own[k].c);
			return strlen(own[k].name);
		}
	}
	if (s.len < 3 || s.p[0] != '#')
		return 0;
	bool hex = s.p[1] == 'x';

	for (i = hex ? 2 : 1; i < s.len && i < 10 && s.p[i] != ';'; i++) {
		int digit = gaz_hex_value(s.p[i]);

		if (digit < 0 || (!hex && digit > 9))
			return 0;
		c = c * (hex ? 16 : 10) + (uint32_t)digit;
	}
	if (i == s.len || s.p[i] != ';' || c == 0 || c > 0x10FFFF ||
	    (c >= 0xD800 && c <= 0xDFFF))
		return 0;
	gaz_buf_put_utf8(out, c);
	return i + 1;
}

bool
gaz_xml_entity_put(struct gaz_xml_entities *e, struct gaz_arena *a,
    struct gaz_str name, struct gaz_str value)
{
	struct gaz_str *copy;
	struct gaz_buf text;
	bool ok = value.len <= GAZ_XML_ENTITY_MAX;

	if (e->values == NULL)
		e->values = gaz_map_new();
	if (gaz_map_count(e->values) >= GAZ_XML_ENTITIES_MAX)
		return false;
	gaz_buf_init(&text, GAZ_XML_ENTITY_MAX);
	for (size_t i = 0; ok && i < value.len; i++) {
		if (value.p[i] == '<' || value.p[i] == '%') {
			ok = false;
		} else if (value.p[i] == '&') {
			size_t n = plain_reference(
			    gaz_str_sub(value, i + 1, value.len), &text);

			ok = n > 0;
			i += n;
		} else {
			gaz_buf_put_char(&text, value.p[i]);
		}
	}
	/* The first declaration counts (XML 1.0, section 4.2). */
	if (ok && gaz_map_find(e->values, name) == NULL) {
		copy = gaz_arena_alloc(a, sizeof(*copy));
		*copy = gaz_arena_str(a, gaz_buf_str(&text));
		gaz_map_put(e->values, name, copy);
	}
	gaz_buf_clear(&text);
	return ok;
}

void
gaz_xml_entities_clear(struct gaz_xml_entities *e)
{
	gaz_map_free(e->values);
	e->values = NULL;
}

struct gaz_str
gaz_xml_entity_get(struct gaz_xml_entities *e, struct gaz_str name,
    bool *over)
{
	const struct gaz_str *value = e->values != NULL ?
	    gaz_map_find(e->values, name) : NULL;

	if (value != NULL) {
		e->spent += value->len + 1;
		if (e->spent > GAZ_XML_EXPANSION_MAX)
			*over = true;
		return *value;
	}
	if (gaz_str_eq_z(name, "apos"))
		return GAZ_STR("'");
	return gaz_html_named_ref(name);
}

void
gaz_xml_where(struct gaz_str doc, size_t offset, char out[32])
{
	size_t line = 1, start = 0;

	for (size_t i = 0; i < offset && i < doc.len; i++) {
		if (doc.p[i] == '\n') {
			line++;
			start = i + 1;
		}
	}
	snprintf(out, 32, "%zu:%zu", line,
	    gaz_utf8_count(gaz_str_sub(doc, start, offset)) + 1);
}

/* The offset behind the next occurrence of what, or the end. Its first
 * character should be rare. */
static size_t
skip_past(struct gaz_str doc, const char *what, size_t from)
{
	size_t at = from, n = strlen(what);

	while ((at = gaz_str_find_char(doc, what[0], at)) != GAZ_STR_NPOS) {
		if (doc.len - at >= n && memcmp(doc.p + at, what, n) == 0)
			return at + n;
		at++;
	}
	return doc.len;
}

/* The offset of the last character of the next what, or the end. */
static size_t
find_last(struct gaz_str doc, const char *what, size_t from)
{
	size_t at = skip_past(doc, what, from), n = strlen(what);

	return at >= from + n && memcmp(doc.p + at - n, what, n) == 0 ?
	    at - 1 : doc.len;
}

/* Characters that say something inside a tag. */
static const bool in_tag[256] = { ['>'] = true, ['<'] = true, ['"'] = true,
	['\''] = true, ['='] = true };

/* The end of the start or end tag whose name is at from; *wide: see below. */
static size_t
skip_tag(struct gaz_str doc, size_t from, bool *wide)
{
	size_t count = 0, i;

	for (i = from; i < doc.len; i++) {
		char c = doc.p[i];

		if (!in_tag[(unsigned char)c])
			continue;
		if (c == '>' || c == '<')
			return i;
		if (c == '=') {
			*wide = *wide || ++count > GAZ_XML_ATTRIBUTES_MAX;
			continue;
		}
		/* A quoted value. */
		i = gaz_str_find_char(doc, c, i + 1);
		if (i == GAZ_STR_NPOS)
			break;
	}
	return doc.len;
}

static bool
begins_name(char c)
{
	return gaz_is_alpha(c) || c == '_' || c == ':' ||
	    (unsigned char)c >= 0x80;
}

enum gaz_xml_tags
gaz_xml_look_at_tags(struct gaz_str doc)
{
	size_t i = 0, doctype = GAZ_STR_NPOS;
	bool is_long = false, wide = false;

	while (i < doc.len && !wide) {
		const char *next = memchr(doc.p + i, '<', doc.len - i);
		size_t from;

		if (next == NULL)
			break;
		from = i = (size_t)(next - doc.p) + 1;
		struct gaz_str rest = gaz_str_sub(doc, i, doc.len);

		if (rest.len > 0 && begins_name(rest.p[0])) {
			i = skip_tag(doc, i, &wide);
			/* It ended in front of the root, if not before. */
			if (doctype != GAZ_STR_NPOS)
				from = doctype;
			doctype = GAZ_STR_NPOS;
		} else if (gaz_str_starts(rest, "/")) {
			i = gaz_str_find_char(doc, '>', i);
			if (i == GAZ_STR_NPOS)
				i = doc.len;
		} else if (gaz_str_starts(rest, "![CDATA[")) {
			i = skip_past(doc, "]]>", i);
			continue;
		} else if (gaz_str_starts(rest, "!--")) {
			i = find_last(doc, "-->", i);
		} else if (gaz_str_starts(rest, "?")) {
			i = find_last(doc, "?>", i);
		} else if (gaz_str_starts(rest, "!DOCTYPE")) {
			doctype = i;
		}
		is_long = is_long || i - from > GAZ_XML_TOKEN_MAX;
	}
	/* One that has no end. */
	if (doctype != GAZ_STR_NPOS)
		is_long = is_long || doc.len - doctype > GAZ_XML_TOKEN_MAX;
	return wide ? GAZ_XML_TAGS_WIDE : is_long ? GAZ_XML_TAGS_LONG :
	    GAZ_XML_TAGS_FINE;
}
