/*
 * The lenient reader, for documents that are meant as XML but are not: bare
 * ampersands, wrong nesting, missing end tags and quotes, undeclared prefixes,
 * an end in the middle. It reads tags one after the other, keeps a stack of
 * open elements, and closes what an end tag or the sink says must be closed.
 * Linear in the document.
 */
#include "config.h"

#include "parse/xml.h"

#include <stdio.h>
#include <stdlib.h>

#include "gazetted/limits.h"
#include "gazetted/vec.h"

/* Elements that may be open at once. More are passed over: only markup inside
 * a text nests so deep without being refused by the sink. */
#define OPEN_MAX (2 * GAZ_XML_DEPTH_MAX)
/* Prefixes that may be declared at once. */
#define BINDINGS_MAX 256
/* Bytes of a name; no element of feeds has one nearly as long. */
#define NAME_MAX 1024
/* Bytes of the URIs of namespaces that had to be decoded. */
#define URIS_MAX 65536
/* Characters of an entity's name. */
#define ENTITY_NAME_MAX 32

struct open {
	struct gaz_str tag; /* with prefix, as written */
	size_t bindings;    /* declared outside of it */
};

struct binding {
	struct gaz_str prefix, uri;
};

struct reader {
	struct gaz_str doc;
	size_t pos;
	const struct gaz_xml_sink *sink;
	struct gaz_arena *a;
	struct gaz_xml_result *res;
	struct gaz_xml_entities entities;
	struct open open[OPEN_MAX];
	size_t depth;
	struct binding bindings[BINDINGS_MAX];
	size_t bindings_n;
	GAZ_VEC(struct gaz_xml_attr) attrs;
	struct gaz_arena values; /* decoded, of the current tag */
	size_t uris;             /* bytes that keep_uri took */
	bool seen_root, root_closed, refused;
	/* Searched for to the end in vain: do not search again. */
	bool no_comment_end, no_cdata_end, no_pi_end;
};

static void
note(struct reader *r, const char *what)
{
	char where[32];

	if (r->res->msg[0] != '\0')
		return;
	gaz_xml_where(r->doc, r->pos, where);
	snprintf(r->res->msg, sizeof(r->res->msg), "line %s: %s", where, what);
}

static void
refuse(struct reader *r, enum gaz_fault fault)
{
	if (!r->refused)
		r->res->fault = fault;
	r->refused = true;
}

static struct gaz_str
rest(const struct reader *r)
{
	return gaz_str_sub(r->doc, r->pos, r->doc.len);
}

static bool
is_name_start(char c)
{
	return gaz_is_alpha(c) || c == '_' || (unsigned char)c >= 0x80;
}

static bool
is_name_char(char c)
{
	return is_name_start(c) || gaz_is_digit(c) || c == '-' || c == '.' ||
	    c == ':';
}

static struct gaz_str
read_name(struct reader *r)
{
	size_t from = r->pos;

	while (r->pos < r->doc.len && is_name_char(r->doc.p[r->pos]))
		r->pos++;
	return gaz_str_cut(gaz_str_sub(r->doc, from, r->pos), NAME_MAX);
}

static void
skip_space(struct reader *r)
{
	while (r->pos < r->doc.len && gaz_is_space(r->doc.p[r->pos]))
		r->pos++;
}

/* Move behind what. False, and no move, when it does not come any more. */
static bool
skip_past(struct reader *r, const char *what, bool *never)
{
	size_t at = *never ? GAZ_STR_NPOS :
	    gaz_str_find(r->doc, gaz_str_of(what), r->pos);

	if (at == GAZ_STR_NPOS) {
		*never = true;
		return false;
	}
	r->pos = at + strlen(what);
	return true;
}

/* ----- references ----- */

static bool
is_xml_char(uint32_t c)
{
	return c == '\t' || c == '\n' || c == '\r' ||
	    (c >= 0x20 && c != 0xFFFE && c != 0xFFFF);
}

/* Value of "#160" or "#xA0"; false when it is none. */
static bool
char_reference(struct gaz_str name, uint32_t *out)
{
	bool hex = name.len > 2 && (name.p[1] == 'x' || name.p[1] == 'X');
	uint32_t c = 0;

	if (name.len < 2 || name.p[0] != '#')
		return false;
	for (size_t i = hex ? 2 : 1; i < name.len; i++) {
		int digit = gaz_hex_value(name.p[i]);

		if (digit < 0 || (!hex && digit > 9))
			return false;
		if (c <= 0x10FFFF)
			c = c * (hex ? 16 : 10) + (uint32_t)digit;
	}
	*out = c;
	return true;
}

/*
 * The text of the reference at s ("&...;"); *len becomes its length. Absent
 * when it is none: then the ampersand means itself.
 */
static struct gaz_str
resolve(struct reader *r, struct gaz_str s, size_t *len, char out[4])
{
	size_t end = 1;
	bool over = false;
	uint32_t c;

	while (end < s.len && end <= ENTITY_NAME_MAX &&
	    (gaz_is_alnum(s.p[end]) || s.p[end] == '#' || s.p[end] == '_' ||
		s.p[end] == '-' || s.p[end] == '.'))
		end++;
	if (end == 1 || end >= s.len || s.p[end] != ';')
		return GAZ_STR_NONE;
	struct gaz_str name = gaz_str_sub(s, 1, end);

	*len = end + 1;
	if (char_reference(name, &c)) {
		if (!is_xml_char(c))
			return GAZ_STR("");
		return gaz_str_make(out, gaz_utf8_put(c, out));
	}
	struct gaz_str value = gaz_xml_entity_get(&r->entities, name, &over);

	if (over)
		refuse(r, GAZ_FAULT_XML_ENTITIES);
	return value;
}

static void
emit_text(struct reader *r, struct gaz_str s)
{
	size_t from = 0;

	if (r->depth == 0)
		return;
	for (size_t i = 0; i < s.len && !r->refused;) {
		size_t amp = gaz_str_find_char(s, '&', i), len;
		char out[4];

		if (amp == GAZ_STR_NPOS)
			break;
		struct gaz_str value = resolve(r,
		    gaz_str_sub(s, amp, s.len), &len, out);

		if (value.p == NULL) {
			note(r, "an ampersand that begins no reference");
			i = amp + 1;
			continue;
		}
		if (amp > from)
			r->sink->text(r->sink->arg, gaz_str_sub(s, from, amp));
		if (value.len > 0)
			r->sink->text(r->sink->arg, value);
		i = from = amp + len;
	}
	if (s.len > from && !r->refused)
		r->sink->text(r->sink->arg, gaz_str_sub(s, from, s.len));
}

/* The value of an attribute, with its references resolved. */
static struct gaz_str
decode(struct reader *r, struct gaz_str s)
{
	struct gaz_buf out;
	size_t from = 0;

	if (gaz_str_find_char(s, '&', 0) == GAZ_STR_NPOS)
		return s;
	s = gaz_str_cut(s, GAZ_XML_TOKEN_MAX);
	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	for (size_t i = 0; i < s.len && !r->refused;) {
		size_t amp = gaz_str_find_char(s, '&', i), len;
		char c[4];

		if (amp == GAZ_STR_NPOS)
			break;
		struct gaz_str value = resolve(r,
		    gaz_str_sub(s, amp, s.len), &len, c);

		if (value.p == NULL) {
			i = amp + 1;
			continue;
		}
		gaz_buf_put(&out, s.p + from, amp - from);
		gaz_buf_put_str(&out, value);
		i = from = amp + len;
	}
	gaz_buf_put(&out, s.p + from, s.len - from);
	struct gaz_str copy = gaz_arena_str(&r->values, gaz_buf_str(&out));

	gaz_buf_clear(&out);
	return copy;
}

/* ----- names ----- */

static struct gaz_str
find_uri(const struct reader *r, struct gaz_str prefix)
{
	if (gaz_str_eq_z(prefix, "xml"))
		return GAZ_STR("http://www.w3.org/XML/1998/namespace");
	for (size_t i = r->bindings_n; i > 0; i--) {
		if (gaz_str_eq(r->bindings[i - 1].prefix, prefix))
			return r->bindings[i - 1].uri;
	}
	return GAZ_STR_NONE;
}

static void
set_name(struct gaz_xml_name *name, struct gaz_str tag)
{
	size_t colon = gaz_str_find_char(tag, ':', 0);

	*name = (struct gaz_xml_name){ .local = tag };
	if (colon != GAZ_STR_NPOS && colon > 0 && colon + 1 < tag.len) {
		name->prefix = gaz_str_sub(tag, 0, colon);
		name->local = gaz_str_sub(tag, colon + 1, tag.len);
	}
}

/* The URI for as long as the reading takes: mostly it is a part of the document. */
static struct gaz_str
keep_uri(struct reader *r, struct gaz_str uri)
{
	if (uri.p >= r->doc.p && uri.p < r->doc.p + r->doc.len)
		return uri;
	if (uri.len >= URIS_MAX - r->uris)
		return GAZ_STR("");
	r->uris += uri.len + 1;
	return gaz_arena_str(r->a, uri);
}

/* Take the declarations of namespaces out of the attributes. */
static void
declare(struct reader *r)
{
	size_t kept = 0;

	for (size_t i = 0; i < r->attrs.n; i++) {
		struct gaz_xml_attr *at = &r->attrs.v[i];
		bool plain = at->name.prefix.p == NULL &&
		    gaz_str_eq_z(at->name.local, "xmlns");

		if (!plain && !gaz_str_eq_z(at->name.prefix, "xmlns")) {
			r->attrs.v[kept++] = *at;
			continue;
		}
		if (r->bindings_n < BINDINGS_MAX) {
			r->bindings[r->bindings_n++] = (struct binding){
				plain ? GAZ_STR("") : at->name.local,
				keep_uri(r, at->value) };
		}
	}
	r->attrs.n = kept;
	for (size_t i = 0; i < r->attrs.n; i++) {
		struct gaz_xml_name *name = &r->attrs.v[i].name;

		if (name->prefix.p != NULL)
			name->uri = find_uri(r, name->prefix);
	}
}

/* ----- elements ----- */

static void
close_top(struct reader *r, bool implied)
{
	r->depth--;
	r->bindings_n = r->open[r->depth].bindings;
	r->sink->end(r->sink->arg, implied);
	if (r->depth == 0)
		r->root_closed = true;
}

/* HTML elements that never have an end tag; none is an element of feeds. */
static bool
is_void(struct gaz_str tag)
{
	static const char *const names[] = { "br", "hr", "img", "wbr", "area",
		"col", "embed", "input", "param" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (gaz_str_ieq_z(tag, names[i]))
			return true;
	}
	return false;
}

static void
open_element(struct reader *r, struct gaz_str tag, bool empty)
{
	struct gaz_xml_name name;
	size_t outside = r->bindings_n;
	enum gaz_fault fault;

	declare(r);
	set_name(&name, tag);
	name.uri = find_uri(r, name.prefix.p != NULL ? name.prefix :
	    GAZ_STR(""));
	if (name.uri.len == 0)
		name.uri = GAZ_STR_NONE;
	/* What is closed here keeps the bindings of the new element alive. */
	struct binding kept[BINDINGS_MAX];
	size_t kept_n = r->bindings_n - outside;

	memcpy(kept, r->bindings + outside, kept_n * sizeof(kept[0]));
	r->bindings_n = outside;
	while (r->depth > 0 && r->sink->closes != NULL &&
	    r->sink->closes(r->sink->arg, &name)) {
		note(r, "an element is not closed");
		close_top(r, true);
	}
	if (r->depth == OPEN_MAX || r->root_closed) {
		note(r, "elements nested too deep, or behind the end");
		return;
	}
	outside = r->bindings_n;
	if (kept_n > BINDINGS_MAX - outside)
		kept_n = BINDINGS_MAX - outside;
	memcpy(r->bindings + outside, kept, kept_n * sizeof(kept[0]));
	r->bindings_n = outside + kept_n;
	r->open[r->depth++] = (struct open){ tag, outside };
	r->seen_root = true;
	fault = r->sink->start(r->sink->arg, &name, r->attrs.v, r->attrs.n);
	if (fault != GAZ_FAULT_NONE)
		refuse(r, fault);
	else if (empty || is_void(tag))
		close_top(r, false);
}

/* The value behind "=": in quotes, or up to white space or the tag's end. */
static struct gaz_str
read_value(struct reader *r)
{
	size_t from = r->pos;
	char quote = r->pos < r->doc.len ? r->doc.p[r->pos] : '\0';

	if (quote == '"' || quote == '\'') {
		size_t end = gaz_str_find_char(r->doc, quote, r->pos + 1);

		if (end != GAZ_STR_NPOS) {
			r->pos = end + 1;
			return gaz_str_sub(r->doc, from + 1, end);
		}
		from = ++r->pos;
	}
	while (r->pos < r->doc.len && !gaz_is_space(r->doc.p[r->pos]) &&
	    r->doc.p[r->pos] != '>' && r->doc.p[r->pos] != '<')
		r->pos++;
	/* "<a href=x/>": the slash ends the tag. */
	if (r->pos < r->doc.len && r->doc.p[r->pos] == '>' && r->pos > from &&
	    r->doc.p[r->pos - 1] == '/')
		r->pos--;
	return gaz_str_sub(r->doc, from, r->pos);
}

static void
read_start_tag(struct reader *r)
{
	struct gaz_str tag;
	bool empty = false;

	r->pos++;
	tag = read_name(r);
	r->attrs.n = 0;
	gaz_arena_clear(&r->values);
	while (r->pos < r->doc.len) {
		struct gaz_str name;

		skip_space(r);
		if (r->pos == r->doc.len)
			break;
		char c = r->doc.p[r->pos];

		if (c == '>' || c == '<') {
			if (c == '>')
				r->pos++;
			else
				note(r, "a tag without its end");
			open_element(r, tag, empty);
			return;
		}
		empty = c == '/';
		if (!is_name_start(c)) {
			r->pos++;
			continue;
		}
		name = read_name(r);
		skip_space(r);
		struct gaz_str value = GAZ_STR("");

		if (r->pos < r->doc.len && r->doc.p[r->pos] == '=') {
			r->pos++;
			skip_space(r);
			value = decode(r, read_value(r));
		}
		if (r->attrs.n == GAZ_XML_ATTRIBUTES_MAX) {
			refuse(r, GAZ_FAULT_TOO_MANY_ATTRIBUTES);
			return;
		}
		struct gaz_xml_attr *at = gaz_vec_push(&r->attrs);

		set_name(&at->name, name);
		at->value = value;
	}
	/* The document ends in the tag: nothing is known about it. */
}

static void
read_end_tag(struct reader *r)
{
	struct gaz_str tag;
	size_t i;

	r->pos += 2;
	tag = read_name(r);
	while (r->pos < r->doc.len && r->doc.p[r->pos] != '>' &&
	    r->doc.p[r->pos] != '<')
		r->pos++;
	if (r->pos < r->doc.len && r->doc.p[r->pos] == '>')
		r->pos++;
	for (i = r->depth; i > 0; i--) {
		if (gaz_str_ieq(r->open[i - 1].tag, tag))
			break;
	}
	if (i == 0) {
		note(r, "an end tag without its start");
		return;
	}
	if (i < r->depth)
		note(r, "an end tag for an outer element");
	while (r->depth > i)
		close_top(r, true);
	close_top(r, false);
}

/* ----- everything else that begins with "<" ----- */

/* A quoted literal; absent when there is none. */
static struct gaz_str
read_literal(struct reader *r)
{
	char quote = r->pos < r->doc.len ? r->doc.p[r->pos] : '\0';
	size_t from = r->pos + 1, end;

	if (quote != '"' && quote != '\'')
		return GAZ_STR_NONE;
	end = gaz_str_find_char(r->doc, quote, from);
	if (end == GAZ_STR_NPOS)
		return GAZ_STR_NONE;
	r->pos = end + 1;
	return gaz_str_sub(r->doc, from, end);
}

/* Character references count at once, others when the entity is used (XML 1.0,
 * section 4.4). */
static struct gaz_str
replacement_text(struct reader *r, struct gaz_str s)
{
	struct gaz_buf out;

	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	for (size_t i = 0; i < s.len;) {
		struct gaz_str ref = gaz_str_sub(s, i, i + ENTITY_NAME_MAX);
		size_t end = gaz_str_find_char(ref, ';', 0);
		uint32_t c;

		if (s.p[i] == '&' && end != GAZ_STR_NPOS &&
		    char_reference(gaz_str_sub(ref, 1, end), &c)) {
			gaz_buf_put_utf8(&out, c);
			i += end + 1;
		} else {
			gaz_buf_put_char(&out, s.p[i++]);
		}
	}
	s = gaz_arena_str(&r->values, gaz_buf_str(&out));
	gaz_buf_clear(&out);
	return s;
}

static void
read_entity_declaration(struct reader *r)
{
	struct gaz_str name, value;

	r->pos += strlen("<!ENTITY");
	skip_space(r);
	if (gaz_str_starts(rest(r), "%")) {
		r->pos++;
		skip_space(r);
		read_name(r);
		skip_space(r);
		/* External ones are never fetched: as if they were not there. */
		if (gaz_str_starts(rest(r), "SYSTEM") ||
		    gaz_str_starts(rest(r), "PUBLIC"))
			return;
	}
	name = read_name(r);
	skip_space(r);
	value = read_literal(r);
	if (name.len == 0 || value.p == NULL ||
	    !gaz_xml_entity_put(&r->entities, r->a, name,
		replacement_text(r, value)))
		refuse(r, GAZ_FAULT_XML_ENTITIES);
}

static void
read_doctype(struct reader *r)
{
	bool inside = false;

	r->pos += 2;
	while (r->pos < r->doc.len && !r->refused) {
		char c = r->doc.p[r->pos];

		if (c == '[') {
			inside = true;
		} else if (c == ']') {
			inside = false;
		} else if (c == '>' && !inside) {
			r->pos++;
			return;
		} else if (gaz_str_istarts(rest(r), "<!ENTITY")) {
			read_entity_declaration(r);
			continue;
		} else if (c == '"' || c == '\'') {
			if (read_literal(r).p != NULL)
				continue;
		} else if (gaz_str_starts(rest(r), "<!--")) {
			if (skip_past(r, "-->", &r->no_comment_end))
				continue;
		} else if (c == '<' && !inside) {
			return;
		}
		r->pos++;
	}
}

static void
read_cdata(struct reader *r)
{
	size_t from = r->pos += strlen("<![CDATA[");
	bool closed = skip_past(r, "]]>", &r->no_cdata_end);
	size_t end = closed ? r->pos - 3 : r->doc.len;

	if (!closed) {
		note(r, "a CDATA section without its end");
		r->pos = r->doc.len;
	}
	if (r->depth > 0 && end > from)
		r->sink->text(r->sink->arg, gaz_str_sub(r->doc, from, end));
}

/* Move behind the ">" of something that is passed over. */
static void
skip_declaration(struct reader *r)
{
	size_t end = gaz_str_find_char(r->doc, '>', r->pos);

	r->pos = end == GAZ_STR_NPOS ? r->doc.len : end + 1;
}

/* What begins with "<". False: it means itself. */
static bool
read_markup(struct reader *r)
{
	struct gaz_str s = rest(r);

	if (s.len < 2)
		return false;
	if (is_name_start(s.p[1])) {
		read_start_tag(r);
	} else if (s.p[1] == '/' && s.len > 2 && is_name_start(s.p[2])) {
		read_end_tag(r);
	} else if (gaz_str_starts(s, "<!--")) {
		if (!skip_past(r, "-->", &r->no_comment_end)) {
			note(r, "a comment without its end");
			skip_declaration(r);
		}
	} else if (gaz_str_starts(s, "<![CDATA[")) {
		read_cdata(r);
	} else if (gaz_str_istarts(s, "<!DOCTYPE") && !r->seen_root) {
		read_doctype(r);
	} else if (s.p[1] == '!' && s.len > 2 &&
	    (gaz_is_alpha(s.p[2]) || s.p[2] == '[')) {
		skip_declaration(r);
	} else if (s.p[1] == '?') {
		if (!skip_past(r, "?>", &r->no_pi_end))
			skip_declaration(r);
	} else {
		return false;
	}
	return true;
}

enum gaz_xml_verdict
gaz_xml_read_lenient(struct gaz_str doc, const struct gaz_xml_sink *sink,
    struct gaz_arena *a, struct gaz_xml_result *res)
{
	struct reader *r = gaz_mem_zero(1, sizeof(*r));

	*res = (struct gaz_xml_result){ .fault = GAZ_FAULT_NONE,
		.ns_well_formed = true };
	r->doc = doc;
	r->sink = sink;
	r->a = a;
	r->res = res;
	gaz_arena_init(&r->values);
	while (r->pos < doc.len && !r->refused) {
		size_t from = r->pos, next;

		if (doc.p[r->pos] == '<' && read_markup(r))
			continue;
		next = gaz_str_find_char(doc, '<', r->pos + 1);
		r->pos = next == GAZ_STR_NPOS ? doc.len : next;
		emit_text(r, gaz_str_sub(doc, from, r->pos));
	}
	if (!r->refused && !r->root_closed)
		res->truncated = true;
	while (r->depth > 0 && !r->refused)
		close_top(r, true);
	bool refused = r->refused;

	gaz_xml_entities_clear(&r->entities);
	gaz_arena_clear(&r->values);
	gaz_vec_clear(&r->attrs);
	free(r);
	return refused ? GAZ_XML_REFUSED : GAZ_XML_OK;
}
