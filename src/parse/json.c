/*
 * The look goes through all tokens with a stack of what is open; where a token
 * does not fit, it goes on, as only the end tells whether that place is of the
 * part that counts. The walks behind it rest on what it found, and see tokens
 * with the same eyes.
 */
#include "config.h"

#include "parse/json.h"

#include <stdlib.h>

#include "gazetted/limits.h"

/* Digits that always fit 64 bits. */
#define INTEGER_DIGITS_MAX 18
/* Bytes of a number: its digits, a sign and a point. */
#define NUMBER_MAX 32

/* ----- tokens ----- */

static bool
is_white(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Characters that end a word. */
static bool
ends_word(char c)
{
	static const bool ends[256] = { [' '] = true, ['\t'] = true,
		['\r'] = true, ['\n'] = true, [','] = true, [':'] = true,
		['['] = true, [']'] = true, ['{'] = true, ['}'] = true,
		['"'] = true };

	return ends[(unsigned char)c];
}

static size_t
skip_white(struct gaz_str s, size_t at)
{
	while (at < s.len && is_white(s.p[at]))
		at++;
	return at;
}

/* The next character of a string that is not simply itself. */
static size_t
skip_plain(struct gaz_str s, size_t at)
{
	static const bool counts[256] = { ['"'] = true, ['\\'] = true,
		/* controls */
		[0] = true, [1] = true, [2] = true, [3] = true, [4] = true,
		[5] = true, [6] = true, [7] = true, [8] = true, [9] = true,
		[10] = true, [11] = true, [12] = true, [13] = true,
		[14] = true, [15] = true, [16] = true, [17] = true,
		[18] = true, [19] = true, [20] = true, [21] = true,
		[22] = true, [23] = true, [24] = true, [25] = true,
		[26] = true, [27] = true, [28] = true, [29] = true,
		[30] = true, [31] = true };

	while (at < s.len && !counts[(unsigned char)s.p[at]])
		at++;
	return at;
}

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

/* "\u....": surrogates in pairs only, and no NUL. The offset behind it. */
static size_t
unicode_escape(struct gaz_str s, size_t at, struct gaz_buf *out, bool *mended)
{
	int c = hex4(s, at + 2), low;

	if (c < 0) {
		*mended = true;
		if (out != NULL)
			gaz_buf_put(out, "\\u", 2);
		return at + 2;
	}
	if (c >= 0xD800 && c <= 0xDBFF && at + 12 <= s.len &&
	    s.p[at + 6] == '\\' && s.p[at + 7] == 'u') {
		low = hex4(s, at + 8);
		if (low >= 0xDC00 && low <= 0xDFFF) {
			if (out != NULL)
				gaz_buf_put_utf8(out, 0x10000 +
				    ((uint32_t)(c - 0xD800) << 10) +
				    (uint32_t)(low - 0xDC00));
			return at + 12;
		}
	}
	if (c >= 0xD800 && c <= 0xDFFF) {
		*mended = true;
		c = 0xFFFD;
	}
	if (c != 0 && out != NULL)
		gaz_buf_put_utf8(out, (uint32_t)c);
	return at + 6;
}

/* A backslash with what belongs to it; the offset behind both. */
static size_t
escape(struct gaz_str s, size_t at, struct gaz_buf *out, bool *mended)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *found;

	if (at + 1 == s.len)
		return s.len;
	if (s.p[at + 1] == 'u')
		return unicode_escape(s, at, out, mended);
	found = s.p[at + 1] != '\0' ? strchr(from, s.p[at + 1]) : NULL;
	if (found == NULL) {
		/* JavaScript lets \x stand for x. */
		*mended = true;
		return at + 1;
	}
	if (out != NULL)
		gaz_buf_put_char(out, to[found - from]);
	return at + 2;
}

/* As much of it as there is room for. */
static void
put_run(struct gaz_buf *out, struct gaz_str run)
{
	size_t room = out->max - out->len;

	gaz_buf_put_str(out, gaz_str_cut(run, room));
	out->full = out->full || run.len > room;
}

/*
 * The string whose quote is at at, to out if there is one; the offset behind
 * its end. *closed says whether it has one.
 */
static size_t
string(struct gaz_str s, size_t at, struct gaz_buf *out, bool *mended,
    bool *closed)
{
	at++;
	while (at < s.len) {
		size_t from = at;

		/* Most of it is text that stays as it is. */
		at = skip_plain(s, at);
		if (out != NULL)
			put_run(out, gaz_str_sub(s, from, at));
		if (at == s.len)
			break;
		if (s.p[at] == '"') {
			*closed = true;
			return at + 1;
		}
		if (s.p[at] == '\\') {
			at = escape(s, at, out, mended);
			continue;
		}
		*mended = true;
		if (out != NULL)
			gaz_buf_put_char(out, s.p[at]);
		at++;
	}
	*closed = false;
	return s.len;
}

static size_t
skip_string(struct gaz_str s, size_t at)
{
	bool mended, closed;

	return string(s, at, NULL, &mended, &closed);
}

static struct gaz_str
word_at(struct gaz_str s, size_t at)
{
	size_t end = at;

	while (end < s.len && !ends_word(s.p[end]))
		end++;
	return gaz_str_sub(s, at, end);
}

/* -?(0|[1-9][0-9]*)(\.[0-9]+)? and nothing else. */
static bool
is_number(struct gaz_str w, bool *real)
{
	size_t i = w.p[0] == '-' ? 1 : 0, from = i;

	while (i < w.len && gaz_is_digit(w.p[i]))
		i++;
	*real = i < w.len;
	if (i == from || (w.p[from] == '0' && i > from + 1))
		return false;
	if (i == w.len)
		return true;
	if (w.p[i] != '.')
		return false;
	for (from = ++i; i < w.len; i++) {
		if (!gaz_is_digit(w.p[i]))
			return false;
	}
	return i > from;
}

/* What a word means; false: nothing, and it was to be a number. */
static bool
judge_word(struct gaz_str w, enum gaz_json_kind *kind, bool *mended)
{
	size_t digits = 0;
	bool exponent = false, real;

	*kind = GAZ_JSON_NONE;
	for (size_t i = 0; i < w.len; i++) {
		digits += gaz_is_digit(w.p[i]);
		exponent = exponent || (digits > 0 &&
		    (w.p[i] == 'e' || w.p[i] == 'E'));
	}
	/* Nothing in a feed needs a number as large as this. */
	if (digits > 0 && (exponent || digits > INTEGER_DIGITS_MAX))
		return true;
	if (digits > 0) {
		bool ok = is_number(w, &real);

		if (ok)
			*kind = real ? GAZ_JSON_REAL : GAZ_JSON_INTEGER;
		return ok;
	}
	if (gaz_str_eq_z(w, "true"))
		*kind = GAZ_JSON_TRUE;
	else if (gaz_str_eq_z(w, "false"))
		*kind = GAZ_JSON_FALSE;
	else if (!gaz_str_eq_z(w, "null"))
		*mended = true;
	return true;
}

/* ----- the look ----- */

/* What may come next in the innermost bracket. */
enum state {
	FIRST,  /* a value or key, or the end */
	NEXT,   /* a value or key: there was a comma */
	COLON,
	MEMBER, /* a value: there was a colon */
	COMMA,  /* or the end */
};

struct scan {
	struct gaz_str s;
	struct gaz_json_look *look;
	struct {
		char bracket;
		enum state state;
	} open[GAZ_JSON_NESTING_MAX];
	size_t depth;
	size_t safe; /* behind the last whole object */
	size_t bad;  /* the first token that does not fit; SIZE_MAX: none */
};

static void
complain(struct scan *sc, size_t at, const char *why)
{
	if (sc->bad != SIZE_MAX)
		return;
	sc->bad = at;
	sc->look->why = why;
}

/* A value begins, or a key if is_string and it is the time for one. */
static void
expect_value(struct scan *sc, size_t at, bool is_string)
{
	enum state *state;

	if (sc->depth == 0)
		return;
	state = &sc->open[sc->depth - 1].state;
	if (sc->open[sc->depth - 1].bracket == '{' && *state <= NEXT) {
		if (!is_string)
			complain(sc, at, "a member without a name");
		*state = COLON;
		return;
	}
	if (*state == COLON || *state == COMMA)
		complain(sc, at, *state == COLON ? "no colon behind a name" :
		    "no comma between values");
	*state = COMMA;
}

static void
open_bracket(struct scan *sc, size_t at)
{
	expect_value(sc, at, false);
	sc->open[sc->depth].bracket = sc->s.p[at];
	sc->open[sc->depth++].state = FIRST;
	if (sc->depth == 2 && sc->open[0].bracket == '{' && sc->s.p[at] == '[')
		sc->safe = at + 1;
}

static void
close_bracket(struct scan *sc, size_t at)
{
	char c = sc->s.p[at];

	if (sc->depth == 0) {
		complain(sc, at, "a closing bracket too many");
		return;
	}
	sc->depth--;
	if (sc->open[sc->depth].bracket != (c == '}' ? '{' : '['))
		complain(sc, at, "brackets that do not match");
	if (sc->open[sc->depth].state != FIRST &&
	    sc->open[sc->depth].state != COMMA)
		complain(sc, at, "a value is missing");
	if (sc->depth == 2 && sc->open[0].bracket == '{' &&
	    sc->open[1].bracket == '[' && c == '}')
		sc->safe = at + 1;
}

/* One in front of a closing bracket is one too many. */
static void
comma(struct scan *sc, size_t at)
{
	size_t next = skip_white(sc->s, at + 1);
	enum state *state;

	if (next < sc->s.len &&
	    (sc->s.p[next] == '}' || sc->s.p[next] == ']')) {
		sc->look->mended = true;
		return;
	}
	if (sc->depth == 0)
		return;
	state = &sc->open[sc->depth - 1].state;
	if (*state != COMMA)
		complain(sc, at, "a comma without a value");
	*state = NEXT;
}

static void
colon(struct scan *sc, size_t at)
{
	enum state *state;

	if (sc->depth == 0)
		return;
	state = &sc->open[sc->depth - 1].state;
	if (*state != COLON)
		complain(sc, at, "a colon without a name");
	*state = MEMBER;
}

/* The token at at, which is no opening bracket; the offset behind it. */
static size_t
token(struct scan *sc, size_t at, bool *closed)
{
	enum gaz_json_kind kind;
	struct gaz_str w;

	switch (sc->s.p[at]) {
	case '}':
	case ']':
		close_bracket(sc, at);
		return at + 1;
	case ',':
		comma(sc, at);
		return at + 1;
	case ':':
		colon(sc, at);
		return at + 1;
	case '"':
		expect_value(sc, at, true);
		return string(sc->s, at, NULL, &sc->look->mended, closed);
	default:
		w = word_at(sc->s, at);
		expect_value(sc, at, false);
		if (!judge_word(w, &kind, &sc->look->mended))
			complain(sc, at, "a number that is none");
		return at + w.len;
	}
}

/* The offset behind the outermost value. */
static size_t
scan(struct scan *sc)
{
	size_t at = skip_white(sc->s, 0);
	bool closed = true;

	for (; at < sc->s.len; at = skip_white(sc->s, at)) {
		if (sc->s.p[at] != '{' && sc->s.p[at] != '[') {
			at = token(sc, at, &closed);
			if (sc->depth == 0)
				return at;
			continue;
		}
		if (sc->depth == GAZ_JSON_NESTING_MAX) {
			sc->look->too_deep = true;
			return at;
		}
		open_bracket(sc, at);
		at++;
	}
	return at;
}

void
gaz_json_look(struct gaz_str s, struct gaz_json_look *look)
{
	struct scan sc = { .s = s, .look = look, .bad = SIZE_MAX };
	size_t root = gaz_json_root(s), end;

	*look = (struct gaz_json_look){ .why = "an object is missing" };
	if (root == s.len || (s.p[root] != '{' && s.p[root] != '['))
		return;
	end = scan(&sc);
	if (look->too_deep)
		return;
	if (sc.depth > 0) {
		look->truncated = true;
		end = sc.safe;
		if (sc.bad >= end)
			sc.bad = SIZE_MAX;
		if (sc.bad == SIZE_MAX)
			look->why = "it ends in the middle";
	} else {
		look->followed = skip_white(s, end) < s.len;
	}
	look->text = gaz_str_sub(s, 0, end);
	if (s.p[root] == '[')
		look->why = "an array";
	look->ok = s.p[root] == '{' && end > root && sc.bad == SIZE_MAX;
}

/* ----- walks ----- */

size_t
gaz_json_root(struct gaz_str text)
{
	return skip_white(text, 0);
}

static size_t
skip_value(struct gaz_str s, size_t at)
{
	size_t depth = 0;

	do {
		char c = s.p[at];

		if (c == '"') {
			at = skip_string(s, at);
		} else if (c == '{' || c == '[') {
			depth++;
			at++;
		} else if (c == '}' || c == ']') {
			depth--;
			at++;
		} else if (ends_word(c)) {
			at++;
		} else {
			at += word_at(s, at).len;
		}
	} while (depth > 0 && at < s.len);
	return at;
}

/* Behind white space and commas. */
static size_t
skip_between(struct gaz_str s, size_t at)
{
	while (at < s.len && (is_white(s.p[at]) || s.p[at] == ','))
		at++;
	return at;
}

bool
gaz_json_next_element(struct gaz_str text, size_t *pos, size_t *value)
{
	size_t at = skip_between(text, *pos);

	if (at >= text.len || text.p[at] == ']')
		return false;
	*value = at;
	*pos = skip_value(text, at);
	return true;
}

bool
gaz_json_next_member(struct gaz_str text, size_t *pos, struct gaz_str *key,
    size_t *value)
{
	size_t at = skip_between(text, *pos), end;

	if (at >= text.len || text.p[at] == '}')
		return false;
	end = skip_string(text, at);
	*key = gaz_str_sub(text, at + 1, end - 1);
	at = skip_white(text, skip_white(text, end) + 1);
	if (at >= text.len)
		return false;
	*value = at;
	*pos = skip_value(text, at);
	return true;
}

bool
gaz_json_key_is(struct gaz_str key, struct gaz_str name)
{
	struct gaz_buf plain;
	bool same, mended, closed;

	if (key.len == name.len && memcmp(key.p, name.p, key.len) == 0)
		return true;
	/* A name of ours has nothing to escape; its longest spelling is in
	 * hexadecimal. */
	if (key.len <= name.len || key.len > 6 * name.len ||
	    memchr(key.p, '\\', key.len) == NULL)
		return false;
	gaz_buf_init(&plain, GAZ_BUF_NO_MAX);
	/* From the quote in front of it. */
	string(gaz_str_make(key.p - 1, key.len + 2), 0, &plain, &mended,
	    &closed);
	same = gaz_str_eq(gaz_buf_str(&plain), name);
	gaz_buf_clear(&plain);
	return same;
}

enum gaz_json_kind
gaz_json_kind(struct gaz_str text, size_t at)
{
	enum gaz_json_kind kind;
	bool mended;

	if (at == 0)
		return GAZ_JSON_NONE;
	switch (text.p[at]) {
	case '{':
		return GAZ_JSON_OBJECT;
	case '[':
		return GAZ_JSON_ARRAY;
	case '"':
		return GAZ_JSON_STRING;
	default:
		(void)judge_word(word_at(text, at), &kind, &mended);
		return kind;
	}
}

void
gaz_json_string(struct gaz_str text, size_t at, struct gaz_buf *out)
{
	bool mended, closed;

	string(text, at, out, &mended, &closed);
}

static const char *
number(struct gaz_str text, size_t at, char out[NUMBER_MAX])
{
	struct gaz_str w = word_at(text, at);
	size_t n = w.len < NUMBER_MAX ? w.len : NUMBER_MAX - 1;

	memcpy(out, w.p, n);
	out[n] = '\0';
	return out;
}

int64_t
gaz_json_integer(struct gaz_str text, size_t at)
{
	char word[NUMBER_MAX];

	return strtoll(number(text, at, word), NULL, 10);
}

double
gaz_json_real(struct gaz_str text, size_t at)
{
	char word[NUMBER_MAX];

	return strtod(number(text, at, word), NULL);
}
