/*
 * The JSON reader against jansson: whatever the text, both see the same values
 * in it or refuse it. jansson is given a copy in which what the reader takes for
 * something else is written so.
 */
#include "config.h"

#include "parse/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gazetted/hash.h"
#include "gazetted/limits.h"
#include "gazetted/vec.h"

/* Digits that always fit 64 bits. */
#define INTEGER_DIGITS_MAX 18

/* ----- the reference: a copy that is mended, read by jansson ----- */

struct mend {
	struct gaz_str in;
	size_t pos;
	struct gaz_buf *out;
	char open[GAZ_JSON_NESTING_MAX]; /* '{' or '[' */
	size_t depth;
	size_t safe;    /* output up to the last complete item */
	size_t comma;   /* where a comma was put last, + 1 */
	bool mended, truncated, too_deep;
};

static int
hex4(struct gaz_str s, size_t at)
{
	int value = 0;

	for (size_t i = at; i < at + 4; i++) {
		int digit = i < s.len ? gaz_hex_value(s.p[i]) : -1;

		if (digit < 0)
			return -1;
		value = value * 16 + digit;
	}
	return value;
}

/* "\u....": surrogates in pairs only, and no NUL. */
static void
copy_unicode_escape(struct mend *sc)
{
	int c = hex4(sc->in, sc->pos + 2), low;

	if (c < 0) {
		gaz_buf_put_z(sc->out, "\\\\u");
		sc->mended = true;
		sc->pos += 2;
		return;
	}
	if (c >= 0xD800 && c <= 0xDBFF && sc->pos + 12 <= sc->in.len &&
	    sc->in.p[sc->pos + 6] == '\\' && sc->in.p[sc->pos + 7] == 'u') {
		low = hex4(sc->in, sc->pos + 8);
		if (low >= 0xDC00 && low <= 0xDFFF) {
			gaz_buf_put(sc->out, sc->in.p + sc->pos, 12);
			sc->pos += 12;
			return;
		}
	}
	if (c >= 0xD800 && c <= 0xDFFF) {
		gaz_buf_put_z(sc->out, "\\uFFFD");
		sc->mended = true;
	} else if (c != 0) {
		gaz_buf_put(sc->out, sc->in.p + sc->pos, 6);
	}
	sc->pos += 6;
}

static void
copy_string(struct mend *sc)
{
	gaz_buf_put_char(sc->out, '"');
	sc->pos++;
	while (sc->pos < sc->in.len) {
		size_t from = sc->pos;

		/* Most of it is text that stays as it is. */
		while (sc->pos < sc->in.len && sc->in.p[sc->pos] != '"' &&
		    sc->in.p[sc->pos] != '\\' &&
		    (unsigned char)sc->in.p[sc->pos] >= 0x20)
			sc->pos++;
		gaz_buf_put(sc->out, sc->in.p + from, sc->pos - from);
		if (sc->pos == sc->in.len)
			break;
		char c = sc->in.p[sc->pos];

		if (c == '"') {
			gaz_buf_put_char(sc->out, c);
			sc->pos++;
			return;
		}
		if (c == '\\' && sc->pos + 1 < sc->in.len) {
			char next = sc->in.p[sc->pos + 1];

			if (next == 'u') {
				copy_unicode_escape(sc);
				continue;
			}
			if (strchr("\"\\/bfnrt", next) == NULL) {
				/* JavaScript lets \x stand for x. */
				sc->mended = true;
				sc->pos++;
				continue;
			}
			gaz_buf_put(sc->out, sc->in.p + sc->pos, 2);
			sc->pos += 2;
			continue;
		}
		if ((unsigned char)c < 0x20) {
			sc->mended = true;
			gaz_buf_put_fmt(sc->out, "\\u%04X", (unsigned)c);
		}
		sc->pos++;
	}
	sc->truncated = true;
}

/* A number, true, false, null, or something that is none of these. */
static void
copy_word(struct mend *sc)
{
	size_t from = sc->pos, digits = 0;
	bool number = false, exponent = false;

	while (sc->pos < sc->in.len) {
		char c = sc->in.p[sc->pos];

		if (strchr(" \t\r\n,:[]{}\"", c) != NULL)
			break;
		number = number || gaz_is_digit(c);
		digits += gaz_is_digit(c);
		exponent = exponent || (digits > 0 && (c == 'e' || c == 'E'));
		sc->pos++;
	}
	struct gaz_str word = gaz_str_sub(sc->in, from, sc->pos);

	/* Nothing in a feed needs a number as large as this. */
	if (number && (exponent || digits > INTEGER_DIGITS_MAX))
		gaz_buf_put_z(sc->out, "null");
	else if (number || gaz_str_eq_z(word, "true") ||
	    gaz_str_eq_z(word, "false") || gaz_str_eq_z(word, "null"))
		gaz_buf_put_str(sc->out, word);
	else {
		sc->mended = true;
		gaz_buf_put_z(sc->out, "null");
	}
}

static void
close_bracket(struct mend *sc, char c)
{
	/* A comma before it is one too many. */
	if (sc->comma > 0 && gaz_str_trim(gaz_str_sub(gaz_buf_str(sc->out),
		sc->comma, sc->out->len)).len == 0) {
		sc->out->p[sc->comma - 1] = ' ';
		sc->mended = true;
	}
	sc->comma = 0;
	gaz_buf_put_char(sc->out, c);
	if (sc->depth > 0)
		sc->depth--;
	if (sc->depth == 2 && sc->open[0] == '{' && sc->open[1] == '[' &&
	    c == '}')
		sc->safe = sc->out->len;
}

static void
mend(struct mend *sc)
{
	while (sc->pos < sc->in.len && !sc->too_deep) {
		char c = sc->in.p[sc->pos];

		if (c == '{' || c == '[') {
			if (sc->depth == GAZ_JSON_NESTING_MAX) {
				sc->too_deep = true;
				return;
			}
			sc->open[sc->depth++] = c;
			gaz_buf_put_char(sc->out, c);
			sc->pos++;
			if (sc->depth == 2 && sc->open[0] == '{' && c == '[')
				sc->safe = sc->out->len;
		} else if (c == '}' || c == ']') {
			close_bracket(sc, c);
			sc->pos++;
			if (sc->depth == 0)
				return;
		} else if (c == ',') {
			gaz_buf_put_char(sc->out, c);
			sc->comma = sc->out->len;
			sc->pos++;
		} else if (c == '"') {
			copy_string(sc);
		} else if (gaz_is_space(c) || c == ':') {
			gaz_buf_put_char(sc->out, c);
			sc->pos++;
		} else {
			copy_word(sc);
		}
	}
	sc->truncated = true;
}

/* ----- what each of them sees, in one writing ----- */

static void
put_string(struct gaz_buf *out, struct gaz_str s)
{
	gaz_buf_put_fmt(out, "%zu'", s.len);
	gaz_buf_put_str(out, s);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
write_tree(const json_t *v, struct gaz_buf *out)
{
	const char *names[64];
	const json_t *item;
	void *iter;
	size_t n = 0, i;

	if (json_is_object(v)) {
		json_t *o = json_incref((json_t *)(uintptr_t)v);

		for (iter = json_object_iter(o); iter != NULL;
		    iter = json_object_iter_next(o, iter)) {
			assert_true(n < GAZ_COUNT(names));
			names[n++] = json_object_iter_key(iter);
		}
		qsort(names, n, sizeof(names[0]), by_name);
		gaz_buf_put_char(out, '{');
		for (i = 0; i < n; i++) {
			put_string(out, gaz_str_of(names[i]));
			gaz_buf_put_char(out, ':');
			write_tree(json_object_get(o, names[i]), out);
		}
		gaz_buf_put_char(out, '}');
		json_decref(o);
	} else if (json_is_array(v)) {
		gaz_buf_put_char(out, '[');
		json_array_foreach(v, i, item) {
			write_tree(item, out);
			gaz_buf_put_char(out, ',');
		}
		gaz_buf_put_char(out, ']');
	} else if (json_is_string(v)) {
		put_string(out, gaz_str_make(json_string_value(v),
		    json_string_length(v)));
	} else if (json_is_integer(v)) {
		gaz_buf_put_fmt(out, "%lld", (long long)json_integer_value(v));
	} else if (json_is_real(v)) {
		gaz_buf_put_fmt(out, "r%.17g", json_real_value(v));
	} else {
		gaz_buf_put_z(out, json_is_true(v) ? "t" :
		    json_is_false(v) ? "f" : "n");
	}
}

struct member {
	char *name;
	size_t value;
};

static int
by_member(const void *a, const void *b)
{
	return strcmp(((const struct member *)a)->name,
	    ((const struct member *)b)->name);
}

static void write_value(struct gaz_str text, size_t at, struct gaz_buf *out);

static void
write_members(struct gaz_str text, size_t pos, struct gaz_buf *out)
{
	struct member m[64];
	struct gaz_str key;
	size_t n = 0, value, i;

	while (gaz_json_next_member(text, &pos, &key, &value)) {
		struct gaz_buf name;

		gaz_buf_init(&name, GAZ_BUF_NO_MAX);
		gaz_json_string(text, (size_t)(key.p - text.p) - 1, &name);
		assert_true(gaz_json_key_is(key, gaz_buf_str(&name)));
		for (i = 0; i < n; i++) {
			if (gaz_str_eq_z(gaz_buf_str(&name), m[i].name))
				break;
		}
		/* The last one counts. */
		if (i == n) {
			assert_true(n < GAZ_COUNT(m));
			m[n++].name = gaz_mem_strndup(gaz_buf_str(&name).p,
			    name.len);
		}
		m[i].value = value;
		gaz_buf_clear(&name);
	}
	qsort(m, n, sizeof(m[0]), by_member);
	gaz_buf_put_char(out, '{');
	for (i = 0; i < n; i++) {
		put_string(out, gaz_str_of(m[i].name));
		gaz_buf_put_char(out, ':');
		write_value(text, m[i].value, out);
		free(m[i].name);
	}
	gaz_buf_put_char(out, '}');
}

static void
write_value(struct gaz_str text, size_t at, struct gaz_buf *out)
{
	struct gaz_buf string;
	size_t pos = at + 1, value;

	switch (gaz_json_kind(text, at)) {
	case GAZ_JSON_OBJECT:
		write_members(text, pos, out);
		break;
	case GAZ_JSON_ARRAY:
		gaz_buf_put_char(out, '[');
		while (gaz_json_next_element(text, &pos, &value)) {
			write_value(text, value, out);
			gaz_buf_put_char(out, ',');
		}
		gaz_buf_put_char(out, ']');
		break;
	case GAZ_JSON_STRING:
		gaz_buf_init(&string, GAZ_BUF_NO_MAX);
		gaz_json_string(text, at, &string);
		put_string(out, gaz_buf_str(&string));
		gaz_buf_clear(&string);
		break;
	case GAZ_JSON_INTEGER:
		gaz_buf_put_fmt(out, "%lld",
		    (long long)gaz_json_integer(text, at));
		break;
	case GAZ_JSON_REAL:
		gaz_buf_put_fmt(out, "r%.17g", gaz_json_real(text, at));
		break;
	case GAZ_JSON_TRUE:
		gaz_buf_put_char(out, 't');
		break;
	case GAZ_JSON_FALSE:
		gaz_buf_put_char(out, 'f');
		break;
	case GAZ_JSON_NONE:
		gaz_buf_put_char(out, 'n');
		break;
	}
}

/* ----- both ----- */

/* How often each end was met. */
static size_t n_ok, n_refused, n_truncated, n_deep;

static void
compare(struct gaz_str s)
{
	struct gaz_buf mended, want, got;
	struct mend sc = { .in = s, .out = &mended };
	struct gaz_json_look look;
	json_error_t why;
	json_t *root;

	gaz_buf_init(&mended, GAZ_BUF_NO_MAX);
	gaz_buf_init(&want, GAZ_BUF_NO_MAX);
	gaz_buf_init(&got, GAZ_BUF_NO_MAX);
	mend(&sc);
	gaz_json_look(s, &look);
	assert_int_equal(look.too_deep, sc.too_deep);
	n_deep += sc.too_deep;
	if (sc.too_deep)
		goto done;
	if (sc.depth > 0) {
		gaz_buf_truncate(&mended, sc.safe);
		gaz_buf_put_z(&mended, "]}");
	}
	if (look.truncated != (sc.depth > 0) || look.mended != sc.mended)
		fail_msg("%.*s: truncated %d, mended %d", GAZ_STR_ARG(s),
		    look.truncated, look.mended);
	if (sc.depth == 0)
		assert_int_equal(look.followed, gaz_str_trim(gaz_str_sub(s,
		    sc.pos, s.len)).len > 0);
	root = json_loadb(mended.p != NULL ? mended.p : "", mended.len,
	    JSON_ALLOW_NUL, &why);
	if (look.ok != json_is_object(root))
		fail_msg("%.*s: %d, %s; jansson: %s", GAZ_STR_ARG(s), look.ok,
		    look.why, root == NULL ? why.text : "fine");
	if (look.ok) {
		write_tree(root, &want);
		write_members(look.text, gaz_json_root(look.text) + 1, &got);
		if (!gaz_str_eq(gaz_buf_str(&want), gaz_buf_str(&got)))
			fail_msg("%.*s: %s, want %s", GAZ_STR_ARG(s), got.p,
			    want.p);
	}
	n_ok += look.ok && !look.truncated;
	n_truncated += look.ok && look.truncated;
	n_refused += !look.ok;
	json_decref(root);
done:
	gaz_buf_clear(&mended);
	gaz_buf_clear(&want);
	gaz_buf_clear(&got);
}

static void
test_cases(void **state)
{
	static const char *const texts[] = {
		"{}", " { } ", "[]", "[{}]", "{}x", "{},", "{", "{\"a\"", "{]",
		"{\"a\":1}", "{\"a\":1,}", "{\"a\":1,,}", "{,}", "{,\"a\":1}",
		"{\"a\":}", "{\"a\":,}", "{\"a\",}", "{\"a\" 1}", "{a:1}",
		"{\"a\"::1}", "{\"a\":1 \"b\":2}", "{1:2}", "{\"a\":[1,2}",
		"{\"a\":[1}]}", "{\"a\":[,]}", "{\"a\":[,1]}", "{\"a\":[1 2]}",
		"{\"a\":[1,,2]}", "{\"a\":[1:2]}", "{\"a\":1,\"a\":\"b\"}",
		"{\"a\":1,\"\\u0061\":2}", "{\"a\":{\"b\":[{}]}}",
		"{\"a\":[0,-0,1,-1,12,01,-01]}", "{\"a\":[0,-0,1,-1,12]}",
		"{\"a\":[1.5,-0.25,10.0]}", "{\"a\":1.}", "{\"a\":.5}",
		"{\"a\":-}", "{\"a\":+1}", "{\"a\":1-2}", "{\"a\":1e5}",
		"{\"a\":1E400}", "{\"a\":123456789012345678}",
		"{\"a\":1234567890123456789}", "{\"a\":0x1e}", "{\"a\":0x1}",
		"{\"a\":[true,false,null,nul,TRUE,NaN,undefined,e]}",
		"{\"a\":\"\\b\\f\\n\\r\\t\\\\\\/\\\"\"}",
		"{\"a\":\"\\x\\'\\u12\\u00e9\\ud83d\\ude00\\ud83d\\ude\"}",
		"{\"a\":\"\\ud83d\\ud83d\\ude00\\udc00\\u0000\"}",
		"{\"a\":\"tab\there\nand\"}", "{\"a\":\"\\\"}", "{\"a\":\"b",
		"{\"a\":\"b\\", "{\"a\":\"b\\u", "{\"i\":[{},{\"b\":1},{\"c",
		"{\"i\":[{},{\"b\" 1},{\"c", "{\"i\":[{},{\"b\":1},{\"c\" 2",
		"{\"i\":[{}],\"j\":[{}],\"k\":1", "{\"i\":[", "{\"i\":[1,2",
		"{\"i\":{\"j\":[{}", "[[{}", "{\"\":1}", "{\"a\":\"\xC3\xA9\"}",
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(texts); i++)
		compare(gaz_str_of(texts[i]));
}

static void
test_depth(void **state)
{
	(void)state;
	for (size_t over = 0; over <= 1; over++) {
		struct gaz_buf b;
		struct gaz_json_look look;

		gaz_buf_init(&b, GAZ_BUF_NO_MAX);
		gaz_buf_put_z(&b, "{\"a\":");
		for (size_t i = 1; i < GAZ_JSON_NESTING_MAX + over; i++)
			gaz_buf_put_char(&b, '[');
		for (size_t i = 1; i < GAZ_JSON_NESTING_MAX + over; i++)
			gaz_buf_put_char(&b, ']');
		gaz_buf_put_char(&b, '}');
		compare(gaz_buf_str(&b));
		gaz_json_look(gaz_buf_str(&b), &look);
		assert_int_equal(look.too_deep, over);
		gaz_buf_clear(&b);
	}
}

/* Pieces in any order, half of them such that they fit. */
static void
test_made_up(void **state)
{
	static const char *const pieces[] = { "{", "}", "[", "]", ",", ":",
		"\"a\"", "\"b\":", "\"\\u0061\":", "1", "-2.5", "01", "1e3",
		"true", "null", "x", " ", "\n", "\"", "\\", "\\ud800", "\\n",
		"{\"c\":[{}]}", "[{},{\"d\":1}]", "\"e\":[{}],", "{}" };
	uint64_t seed = 1;

	(void)state;
	n_ok = n_truncated = n_refused = n_deep = 0;
	for (size_t i = 0; i < 60000; i++) {
		struct gaz_buf b;

		gaz_buf_init(&b, GAZ_BUF_NO_MAX);
		gaz_buf_put_char(&b, '{');
		for (size_t k = 0, n = i % 12; k < n; k++) {
			seed = gaz_hash_mix(seed, i);
			if (seed >> 60 < 6)
				gaz_buf_put_fmt(&b, "\"%c\":%s,",
				    (int)('a' + seed % 3),
				    seed & 64 ? "[{\"x\":1}]" : "\"y\"");
			else
				gaz_buf_put_z(&b,
				    pieces[seed % GAZ_COUNT(pieces)]);
		}
		if (i % 3 != 0)
			gaz_buf_put_char(&b, '}');
		compare(gaz_buf_str(&b));
		gaz_buf_clear(&b);
	}
	/* All that can happen did. */
	assert_true(n_ok > 1000 && n_truncated > 1000 && n_refused > 1000);
}

static void
test_keys(void **state)
{
	static const struct {
		const char *text, *name;
		bool same;
	} cases[] = {
		{ "title", "title", true }, { "titl", "title", false },
		{ "Title", "title", false }, { "titles", "title", false },
		{ "\\u0074itle", "title", true },
		{ "\\u0074\\u0069\\u0074\\u006c\\u0065", "title", true },
		{ "\\title", "title", false }, { "\\i\\d", "id", true },
		{ "", "id", false },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct gaz_buf b;

		gaz_buf_init(&b, GAZ_BUF_NO_MAX);
		gaz_buf_put_fmt(&b, "\"%s\"", cases[i].text);
		if (gaz_json_key_is(gaz_str_sub(gaz_buf_str(&b), 1,
		    b.len - 1), gaz_str_of(cases[i].name)) != cases[i].same)
			fail_msg("%s", cases[i].text);
		gaz_buf_clear(&b);
	}
}

/* A string is read as far as there is room, and no character is cut. */
static void
test_room(void **state)
{
	struct gaz_str s = GAZ_STR("{\"a\":\"x\xC3\xA9y\"}");

	(void)state;
	for (size_t max = 0; max <= 5; max++) {
		static const size_t want[] = { 0, 1, 1, 3, 4, 4 };
		struct gaz_buf b;

		gaz_buf_init(&b, max);
		gaz_json_string(s, 5, &b);
		assert_int_equal(b.len, want[max]);
		assert_int_equal(b.full, max < 4);
		gaz_buf_clear(&b);
	}
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_made_up),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_room),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("json_reader", tests, NULL, NULL);
}
