/* Plain text: one line of a title, an excerpt, a person; repair and types. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "gazetted/html.h"
#include "gazetted/limits.h"
#include "gazetted/story.h"
#include "gazetted/text.h"

#include "fuzz.h"
#include "parse/text.h"

/* Neither a control character nor one that turns a line around. */
static bool
is_forbidden(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) ||
	    (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) ||
	    c == 0x2028 || c == 0x2029 || c == 0x200b || c == 0x2060 ||
	    c == 0xfeff || (c & 0xfffe) == 0xfffe;
}

/* A few marks of those that may stand by the dozen on a letter. */
static bool
is_mark(uint32_t c)
{
	return (c >= 0x300 && c <= 0x36f) || (c >= 0x20d0 && c <= 0x20f0);
}

static void
check_line(const char *what, struct gaz_str s, size_t max)
{
	size_t marks = 0;

	FUZZ_CHECK(gaz_utf8_is_valid(s), "%s: not UTF-8", what);
	FUZZ_CHECK(gaz_utf8_count(s) <= max, "%s: too long: %.*s", what,
	    GAZ_STR_ARG(s));
	FUZZ_CHECK(s.len == 0 || (s.p[0] != ' ' && s.p[s.len - 1] != ' '),
	    "%s: space at an end: %.*s", what, GAZ_STR_ARG(s));
	for (size_t pos = 0; pos < s.len;) {
		uint32_t c = gaz_utf8_next(s, &pos);

		FUZZ_CHECK(!is_forbidden(c), "%s: U+%04X", what, c);
		marks = is_mark(c) ? marks + 1 : 0;
		FUZZ_CHECK(marks <= GAZ_MARKS_MAX, "%s: marks", what);
	}
}

static void
check_folding(struct gaz_arena *a, struct gaz_str s, size_t max)
{
	struct gaz_str line = gaz_text_fold(a, s, max);

	check_line("line", line, max);
	FUZZ_CHECK(gaz_str_eq(gaz_text_fold(a, line, max), line),
	    "line: no fixed point: %.*s", GAZ_STR_ARG(line));
	line = gaz_text_excerpt(a, s, max);
	check_line("excerpt", line, max);
	FUZZ_CHECK(gaz_str_eq(gaz_text_excerpt(a, line, max), line),
	    "excerpt: no fixed point: %.*s", GAZ_STR_ARG(line));
}

static void
check_valid(const char *what, struct gaz_str s)
{
	FUZZ_CHECK(gaz_utf8_is_valid(s), "%s: not UTF-8", what);
}

static void
check_person(struct gaz_arena *a, struct gaz_str s)
{
	struct gaz_person p = gaz_person_parse(a, s);

	check_valid("name", p.name);
	check_valid("email", p.email);
	check_valid("uri", p.uri);
	FUZZ_CHECK(p.email.p == NULL ||
	    gaz_str_find_char(p.email, '@', 0) != GAZ_STR_NPOS, "no address");
	/* Repair drops what windows-1252 has no character for. */
	FUZZ_CHECK(gaz_text_mend(a, gaz_str_trim(s), NULL).len == 0 ||
	    !gaz_person_is_empty(&p),
	    "lost: %.*s", GAZ_STR_ARG(s));
}

static void
check_text(struct gaz_arena *a, struct gaz_str s, unsigned how, size_t max)
{
	static const char *const types[] = { "text/plain", "text/html",
		"application/xhtml+xml", "image/svg+xml" };
	struct gaz_text_source src = {
		.raw = s, .type = gaz_str_of(types[how & 3]),
		.base = GAZ_STR("https://a.example/"),
		.base64 = (how & 4) != 0, .guess = (how & 8) != 0,
		.no_cleaning = (how & 16) != 0,
	};
	struct gaz_str image = GAZ_STR_NONE;
	unsigned notes = 0;
	struct gaz_text t = gaz_text_make(a, &src, &image, &notes);

	check_valid("text", t.value);
	check_valid("image", image);
	FUZZ_CHECK(src.no_cleaning || t.value.len <= GAZ_FIELD_MAX, "long");
	check_line("plain", gaz_text_plain(a, &t, max), max);
}

/* The first byte chooses, the second is a limit, the rest is the text. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gaz_arena a = { 0 };
	struct gaz_buf in;
	struct gaz_str s, line = GAZ_STR_NONE, rest;

	if (size < 2)
		return 0;
	gaz_buf_init(&in, GAZ_BUF_NO_MAX);
	fuzz_make_valid(data + 2, size - 2, &in);
	s = rest = gaz_buf_str(&in);
	check_folding(&a, s, data[1]);
	check_folding(&a, s, SIZE_MAX);
	check_valid("mended", gaz_text_mend(&a, s, NULL));
	check_person(&a, s);
	check_text(&a, s, data[0], data[1]);
	(void)gaz_str_split(&rest, '\n', &line);
	check_valid("type", gaz_text_type(&a, line, GAZ_STR("text/plain")));
	check_valid("language", gaz_text_language(&a, line));
	check_valid("title", gaz_title_without_outlet(line, rest));
	gaz_buf_clear(&in);
	gaz_arena_clear(&a);
	return 0;
}
