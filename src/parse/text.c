#include "config.h"

#include "parse/text.h"

#include "gazetted/html.h"
#include "gazetted/limits.h"
#include "gazetted/mem.h"
#include "gazetted/text.h"

struct gaz_str
gaz_text_type(struct gaz_arena *a, struct gaz_str given,
    struct gaz_str fallback)
{
	static const struct {
		const char *name, *type;
	} words[] = {
		{ "text", "text/plain" },
		{ "plain", "text/plain" },
		{ "html", "text/html" },
		{ "xhtml", "application/xhtml+xml" },
		{ "text/xhtml", "application/xhtml+xml" },
		{ "application/xhtml", "application/xhtml+xml" },
	};
	struct gaz_buf lower;

	given = gaz_str_trim(gaz_str_sub(given, 0,
	    gaz_str_find_char(given, ';', 0)));
	if (given.len == 0)
		return fallback;
	for (size_t i = 0; i < GAZ_COUNT(words); i++) {
		if (gaz_str_ieq_z(given, words[i].name))
			return gaz_str_of(words[i].type);
	}
	if (gaz_str_find_char(given, '/', 0) == GAZ_STR_NPOS)
		return fallback;
	gaz_buf_init(&lower, GAZ_BUF_NO_MAX);
	for (size_t i = 0; i < given.len; i++)
		gaz_buf_put_char(&lower, gaz_to_lower(given.p[i]));
	given = gaz_arena_str(a, gaz_buf_str(&lower));
	gaz_buf_clear(&lower);
	return given;
}

bool
gaz_text_is_html(struct gaz_str type)
{
	return gaz_str_eq_z(type, "text/html") ||
	    gaz_str_eq_z(type, "application/xhtml+xml");
}

bool
gaz_text_is_xml(struct gaz_str type)
{
	return gaz_str_ends(type, "+xml") || gaz_str_ends(type, "/xml");
}

struct gaz_str
gaz_text_language(struct gaz_arena *a, struct gaz_str given)
{
	char *p;

	given = gaz_str_trim(given);
	if (given.len == 0)
		return GAZ_STR_NONE;
	p = gaz_arena_alloc(a, given.len + 1);
	for (size_t i = 0; i < given.len; i++)
		p[i] = given.p[i] == '_' ? '-' : given.p[i];
	return gaz_str_make(p, given.len);
}

/* ----- base64 ----- */

static int
base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (gaz_is_digit(c))
		return c - '0' + 52;
	if (c == '+' || c == '-')
		return 62;
	return c == '/' || c == '_' ? 63 : -1;
}

/* False when s is no base64. */
static bool
decode_base64(struct gaz_str s, struct gaz_buf *out)
{
	uint32_t bits = 0;
	unsigned n = 0;

	for (size_t i = 0; i < s.len; i++) {
		int value = base64_value(s.p[i]);

		if (gaz_is_space(s.p[i]))
			continue;
		if (s.p[i] == '=')
			break;
		if (value < 0)
			return false;
		bits = bits << 6 | (uint32_t)value;
		if (++n == 4) {
			gaz_buf_put_char(out, (char)(bits >> 16 & 0xFF));
			gaz_buf_put_char(out, (char)(bits >> 8 & 0xFF));
			gaz_buf_put_char(out, (char)(bits & 0xFF));
			n = 0;
			bits = 0;
		}
	}
	if (n == 1)
		return false;
	if (n >= 2)
		gaz_buf_put_char(out, (char)(bits >> (n * 6 - 8) & 0xFF));
	if (n == 3)
		gaz_buf_put_char(out, (char)(bits >> 2 & 0xFF));
	return true;
}

static bool
is_text(struct gaz_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if ((unsigned char)s.p[i] < 0x20 && !gaz_is_space(s.p[i]))
			return false;
	}
	return gaz_utf8_is_valid(s);
}

/* The text in s; s itself when it is no base64 or no text comes out. */
static struct gaz_str
text_of_base64(struct gaz_arena *a, struct gaz_str s)
{
	struct gaz_buf out;

	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	if (decode_base64(s, &out) && is_text(gaz_buf_str(&out)))
		s = gaz_arena_str(a, gaz_buf_str(&out));
	gaz_buf_clear(&out);
	return s;
}

/* ----- text ----- */

/* Bytes of a buffer that are kept from one text to the next. */
#define KEPT_MAX (256u << 10)

static const struct {
	unsigned flag, note;
} html_notes[] = {
	{ GAZ_HTML_CUT, GAZ_NOTE_CUT },
	{ GAZ_HTML_TOO_DEEP, GAZ_NOTE_TOO_DEEP },
	{ GAZ_HTML_TOO_MANY_ATTRIBUTES, GAZ_NOTE_TOO_MANY_ATTRIBUTES },
};

void
gaz_text_scratch_init(struct gaz_text_scratch *scratch)
{
	gaz_buf_init(&scratch->html, GAZ_BUF_NO_MAX);
	gaz_buf_init(&scratch->plain, GAZ_BUF_NO_MAX);
}

void
gaz_text_scratch_clear(struct gaz_text_scratch *scratch)
{
	gaz_buf_clear(&scratch->html);
	gaz_buf_clear(&scratch->plain);
}

/* A copy of what is in the buffer, which gives back what is much. */
static struct gaz_str
take_out(struct gaz_arena *a, struct gaz_buf *b, bool trim)
{
	struct gaz_str s = gaz_buf_str(b);

	s = gaz_arena_str(a, trim ? gaz_str_trim(s) : s);
	if (b->cap > KEPT_MAX)
		gaz_buf_clear(b);
	return s;
}

/* HTML to t; the flags of gaz_html_clean. */
static unsigned
make_html(struct gaz_arena *a, const struct gaz_text_source *src,
    struct gaz_str s, struct gaz_str *first_image, struct gaz_text *t)
{
	struct gaz_text_scratch own, *scratch = src->scratch;
	struct gaz_html_options opt = { .base = src->base,
		.raw = src->no_cleaning, .decorate = src->decorate };
	unsigned flags;

	if (scratch == NULL)
		gaz_text_scratch_init(scratch = &own);
	opt.text = src->plain ? &scratch->plain : NULL;
	gaz_buf_reset(&scratch->html);
	gaz_buf_reset(&scratch->plain);
	flags = gaz_html_clean(s, &opt, a, &scratch->html, first_image);
	/* What has no place for everything is decorated when it is clear
	 * that it is wanted, and cut again then. */
	if (opt.decorate && flags != 0) {
		opt.decorate = false;
		gaz_buf_reset(&scratch->html);
		gaz_buf_reset(&scratch->plain);
		flags = gaz_html_clean(s, &opt, a, &scratch->html,
		    first_image);
	}
	t->decorated = opt.decorate;
	t->value = take_out(a, &scratch->html, true);
	if (src->plain)
		t->plain = take_out(a, &scratch->plain, false);
	if (scratch == &own)
		gaz_text_scratch_clear(&own);
	return flags;
}

struct gaz_text
gaz_text_make(struct gaz_arena *a, const struct gaz_text_source *src,
    struct gaz_str *first_image, unsigned *notes)
{
	struct gaz_text t = { .type = src->type, .language = src->language,
		.base = src->base };
	struct gaz_str s = gaz_str_trim(src->raw);
	unsigned noted = 0, flags;

	if (src->base64)
		s = gaz_str_trim(text_of_base64(a, s));
	s = gaz_text_mend(a, s, &noted);
	if (src->guess && gaz_str_eq_z(t.type, "text/plain") &&
	    gaz_html_has_markup(s))
		t.type = GAZ_STR("text/html");
	if (gaz_text_is_html(t.type)) {
		flags = make_html(a, src, s, first_image, &t);
		for (size_t i = 0; i < GAZ_COUNT(html_notes); i++) {
			if (flags & html_notes[i].flag)
				noted |= html_notes[i].note;
		}
		/* What was damaged as character references shows now. */
		s = gaz_text_mend(a, t.value, &noted);
		if (s.p != t.value.p) {
			t.value = s;
			t.plain = GAZ_STR_NONE; /* read anew when it is wanted */
		}
	} else {
		if (s.len > GAZ_FIELD_MAX)
			noted |= GAZ_NOTE_CUT;
		t.value = gaz_arena_str(a, gaz_str_cut(s, GAZ_FIELD_MAX));
	}
	if (notes != NULL)
		*notes |= noted;
	return t;
}

struct gaz_str
gaz_text_plain(struct gaz_arena *a, const struct gaz_text *t, size_t max_chars)
{
	struct gaz_buf out;
	struct gaz_str s = t->value;

	if (t->plain.p != NULL) {
		s = gaz_text_fold(a, t->plain, max_chars);
	} else if (gaz_text_is_html(t->type)) {
		gaz_buf_init(&out, GAZ_BUF_NO_MAX);
		gaz_html_to_text(s, false, &out);
		s = gaz_text_fold(a, gaz_buf_str(&out), max_chars);
		gaz_buf_clear(&out);
	} else {
		s = gaz_text_fold(a, s, max_chars);
	}
	return s.len > 0 ? s : GAZ_STR_NONE;
}

struct gaz_str
gaz_text_name(struct gaz_arena *a, struct gaz_str s, size_t max_chars)
{
	struct gaz_buf out;

	if (s.len == 0 || !gaz_html_has_markup(s))
		return gaz_text_fold(a, s, max_chars);
	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	gaz_html_to_text(s, false, &out);
	s = gaz_text_fold(a, gaz_buf_str(&out), max_chars);
	gaz_buf_clear(&out);
	return s;
}

/* ----- persons ----- */

static bool
is_local_char(char c)
{
	return gaz_is_alnum(c) || (c != '\0' &&
	    strchr(".!#$%&'*+/=?^_`{|}~-", c) != NULL) ||
	    (unsigned char)c >= 0x80;
}

static bool
is_host_char(char c)
{
	return gaz_is_alnum(c) || c == '-' || c == '.' ||
	    (unsigned char)c >= 0x80;
}

/* Find an address; false when there is none. */
static bool
find_email(struct gaz_str s, size_t *from, size_t *to)
{
	size_t at = 0;

	while ((at = gaz_str_find_char(s, '@', at)) != GAZ_STR_NPOS) {
		size_t start = at, end = at + 1;

		while (start > 0 && is_local_char(s.p[start - 1]))
			start--;
		while (end < s.len && is_host_char(s.p[end]))
			end++;
		while (end > at + 1 &&
		    (s.p[end - 1] == '.' || s.p[end - 1] == '-'))
			end--;
		struct gaz_str host = gaz_str_sub(s, at + 1, end);

		if (start < at && host.len > 2 && host.p[0] != '.' &&
		    gaz_str_find_char(host, '.', 0) != GAZ_STR_NPOS) {
			*from = start;
			*to = end;
			return true;
		}
		at++;
	}
	return false;
}

static bool
has_letters(struct gaz_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (gaz_is_alnum(s.p[i]) || (unsigned char)s.p[i] >= 0x80)
			return true;
	}
	return false;
}

/* Without white space, brackets, quotes and separators at both ends. */
static struct gaz_str
strip_name(struct gaz_str s)
{
	if (!has_letters(s))
		return GAZ_STR("");
	for (;;) {
		size_t n = s.len;

		s = gaz_str_trim(s);
		if (s.len >= 2 && ((s.p[0] == '(' && s.p[s.len - 1] == ')') ||
		    (s.p[0] == '<' && s.p[s.len - 1] == '>') ||
		    (s.p[0] == '[' && s.p[s.len - 1] == ']') ||
		    (s.p[0] == '"' && s.p[s.len - 1] == '"')))
			s = gaz_str_sub(s, 1, s.len - 1);
		if (s.len > 0 && strchr(",;:-", s.p[s.len - 1]) != NULL)
			s.len--;
		if (s.len > 0 && strchr(",;:", s.p[0]) != NULL)
			s = gaz_str_sub(s, 1, s.len);
		if (s.len == n)
			return s;
	}
}

struct gaz_person
gaz_person_parse(struct gaz_arena *a, struct gaz_str s)
{
	struct gaz_person p = { GAZ_STR_NONE, GAZ_STR_NONE, GAZ_STR_NONE };
	struct gaz_str before, behind;
	size_t from, to;

	s = gaz_text_mend(a, gaz_str_trim(s), NULL);
	if (s.len == 0)
		return p;
	if (!find_email(s, &from, &to)) {
		p.name = gaz_arena_str(a, s);
		return p;
	}
	p.email = gaz_arena_str(a, gaz_str_sub(s, from, to));
	before = gaz_str_sub(s, 0, from);
	behind = gaz_str_sub(s, to, s.len);
	if (gaz_str_ends(before, "mailto:"))
		before.len -= strlen("mailto:");
	/* The address may have brackets of its own. */
	before = gaz_str_trim(before);
	behind = gaz_str_trim(behind);
	if (before.len > 0 && strchr("(<[", before.p[before.len - 1]) != NULL &&
	    (behind.len == 0 || strchr(")>]", behind.p[0]) != NULL)) {
		before.len--;
		behind = gaz_str_sub(behind, 1, behind.len);
	}
	before = strip_name(before);
	behind = strip_name(behind);
	if (before.len > 0 && behind.len > 0)
		p.name = gaz_arena_fmt(a, "%.*s %.*s", GAZ_STR_ARG(before),
		    GAZ_STR_ARG(behind));
	else if (before.len > 0 || behind.len > 0)
		p.name = gaz_arena_str(a, before.len > 0 ? before : behind);
	return p;
}

bool
gaz_person_is_empty(const struct gaz_person *p)
{
	return p->name.len == 0 && p->email.len == 0 && p->uri.len == 0;
}
