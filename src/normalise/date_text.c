/*
 * The spelling of dates: letters without case and accents, one kind of digits,
 * spaces and dashes, then numbers, words and signs; and the table of names.
 */
#include "config.h"

#include "normalise/date_internal.h"

#include <stdlib.h>

#include "gazetted/mem.h"

static const struct date_name names[] = {
#include "data/months.inc"
};

static const struct unit_name {
	const char *name;
	enum unit unit;
} units[] = {
	{ "年", UNIT_YEAR },
	{ "년", UNIT_YEAR },
	{ "月", UNIT_MONTH },
	{ "월", UNIT_MONTH },
	{ "日", UNIT_DAY },
	{ "일", UNIT_DAY },
	{ "号", UNIT_DAY },
	{ "h", UNIT_HOUR },
	{ "u", UNIT_HOUR },
	{ "시", UNIT_HOUR },
	{ "時", UNIT_HOUR },
	{ "时", UNIT_HOUR },
	{ "点", UNIT_HOUR },
	{ "點", UNIT_HOUR },
	{ "gio", UNIT_HOUR },
	{ "분", UNIT_MINUTE },
	{ "分", UNIT_MINUTE },
	{ "min", UNIT_MINUTE },
	{ "m", UNIT_MINUTE },
	{ "phut", UNIT_MINUTE },
	{ "초", UNIT_SECOND },
	{ "秒", UNIT_SECOND },
	{ "s", UNIT_SECOND },
};

/* ----- spelling ----- */

/* Letters U+00C0..U+017F without accent and case; ' ' marks those that become
 * two letters or stay. */
static const char latin[] =
    "aaaaaa ceeeeiiiidnooooo ouuuuy  aaaaaa ceeeeiiiidnooooo ouuuuy y"
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii  jjkk llllll "
    " llnnnnnn nnoooooo  rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";
/* U+1EA0..U+1EF9, the Vietnamese letters. */
static const char vietnamese[] =
    "aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeeeeeeeeeeeiiiio"
    "ooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy";

static const struct {
	uint32_t from;
	const char *to;
} letters[] = {
	{ 0xC6, "ae" },
	{ 0xDE, "th" },
	{ 0xDF, "ss" },
	{ 0xE6, "ae" },
	{ 0xFE, "th" },
	{ 0x132, "ij" },
	{ 0x133, "ij" },
	{ 0x152, "oe" },
	{ 0x153, "oe" },
	{ 0x149, "n" },
	{ 0x138, "k" },
	{ 0x1A0, "o" },
	{ 0x1A1, "o" },
	{ 0x1AF, "u" },
	{ 0x1B0, "u" },
	{ 0x18F, "ə" },
	{ 0x218, "s" },
	{ 0x219, "s" },
	{ 0x21A, "t" },
	{ 0x21B, "t" },
	{ 0x386, "α" },
	{ 0x388, "ε" },
	{ 0x389, "η" },
	{ 0x38A, "ι" },
	{ 0x38C, "ο" },
	{ 0x38E, "υ" },
	{ 0x38F, "ω" },
	{ 0x390, "ι" },
	{ 0x3AA, "ι" },
	{ 0x3AB, "υ" },
	{ 0x3AC, "α" },
	{ 0x3AD, "ε" },
	{ 0x3AE, "η" },
	{ 0x3AF, "ι" },
	{ 0x3B0, "υ" },
	{ 0x3C2, "σ" },
	{ 0x3CA, "ι" },
	{ 0x3CB, "υ" },
	{ 0x3CC, "ο" },
	{ 0x3CD, "υ" },
	{ 0x3CE, "ω" },
	{ 0x401, "е" },
	{ 0x451, "е" },
	/* the full stops of Hebrew and Devanagari */
	{ 0x5F3, "." },
	{ 0x970, "." },
	{ 0x2019, "'" },
	{ 0x2BC, "'" },
	{ 0x2212, "-" },
};

/* The zeros of the decimal digits of other scripts. */
static const uint32_t zeros[] = { 0x660, 0x6F0, 0x966, 0x9E6, 0xA66, 0xAE6,
	0xBE6, 0xC66, 0xCE6, 0xD66, 0xE50, 0xED0, 0x1040, 0x17E0, 0xFF10 };

static bool
is_wide_space(uint32_t c)
{
	return c <= ' ' || c == 0x85 || c == 0xA0 || c == 0x1680 ||
	       (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 ||
	       c == 0x202F || c == 0x205F || c == 0x3000;
}

static bool
is_invisible(uint32_t c)
{
	return c == 0xAD || (c >= 0x300 && c <= 0x36F) || c == 0x61C ||
	       c == 0x654 || (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) ||
	       (c >= 0x2060 && c <= 0x2069) || c == 0xFEFF;
}

static bool
is_ideograph(uint32_t c)
{
	return c >= 0x3400 && c <= 0x9FFF;
}

/* Lower case of the alphabets that month names are written in. */
static uint32_t
lower(uint32_t c)
{
	if (c < 0x80)
		return (uint32_t)gaz_to_lower((char)c);
	if ((c >= 0x391 && c <= 0x3A9) || (c >= 0x410 && c <= 0x42F))
		return c + 0x20;
	if (c >= 0x400 && c <= 0x40F)
		return c + 0x50;
	if (c >= 0x531 && c <= 0x556)
		return c + 0x30;
	if (c == 0x490)
		return 0x491;
	return c;
}

/* One character in, its plainest spelling appended to the reader's text. */
static void
fold_char(struct reader *r, uint32_t c)
{
	char out[4];
	const char *to = NULL;

	if (c < 0x80) {
		if (r->len < DATE_LEN_MAX)
			r->text[r->len++] = (char)lower(c);
		else
			r->failed = true;
		return;
	}
	for (size_t i = 0; i < GAZ_COUNT(letters) && to == NULL; i++) {
		if (letters[i].from == c)
			to = letters[i].to;
	}
	for (size_t i = 0; i < GAZ_COUNT(zeros); i++) {
		if (c >= zeros[i] && c <= zeros[i] + 9)
			c = '0' + (c - zeros[i]);
	}
	if (c >= 0xC0 && c <= 0x17F && latin[c - 0xC0] != ' ')
		c = (uint32_t)latin[c - 0xC0];
	else if (c >= 0x1EA0 && c <= 0x1EF9)
		c = (uint32_t)vietnamese[c - 0x1EA0];
	else if (c >= 0xFF01 && c <= 0xFF5E)
		c -= 0xFEE0;
	else if (c >= 0x2010 && c <= 0x2015)
		c = '-';
	size_t n = gaz_utf8_put(lower(c), out);
	struct gaz_str s = to != NULL ? gaz_str_of(to) : gaz_str_make(out, n);

	if (r->len + s.len > DATE_LEN_MAX) {
		r->failed = true;
		return;
	}
	memcpy(r->text + r->len, s.p, s.len);
	r->len += s.len;
	if (c >= 0xAC00 && c <= 0xD7A3)
		r->hangul = true;
	if (c >= 0xE00 && c <= 0xE7F)
		r->thai = true;
}

void
gaz_date_fold(struct reader *r, struct gaz_str s)
{
	bool space = false;

	for (size_t pos = 0; pos < s.len && !r->failed;) {
		uint32_t c = gaz_utf8_next(s, &pos);

		if (is_invisible(c))
			continue;
		if (is_wide_space(c)) {
			space = r->len > 0;
			continue;
		}
		if (space)
			fold_char(r, ' ');
		space = false;
		fold_char(r, c);
	}
}

/* ----- tokens ----- */

static bool
is_word_byte(char c)
{
	return gaz_is_alpha(c) || (unsigned char)c >= 0x80;
}

/* End of the word that begins at from. */
static size_t
word_end(struct gaz_str s, size_t from)
{
	size_t pos = from;

	while (pos < s.len) {
		size_t next = pos;
		uint32_t c = gaz_utf8_next(s, &next);

		if (is_ideograph(c))
			return pos == from ? next : pos;
		if (c >= 0x80 || gaz_is_alpha((char)c)) {
			pos = next;
			continue;
		}
		/* Thai and Greek abbreviations have full stops inside; so has
		 * "a.m.", and Ukrainian has apostrophes. */
		if (pos == from || next >= s.len || !is_word_byte(s.p[next]))
			return pos;
		if (c == '.' && ((unsigned char)s.p[next] >= 0x80 ||
				    (pos - from == 1 && s.p[next] == 'm')))
			pos = next;
		else if (c == '\'' && (unsigned char)s.p[next] >= 0x80)
			pos = next;
		else
			return pos;
	}
	return pos;
}

void
gaz_date_tokenize(struct reader *r)
{
	struct gaz_str s = { r->text, r->len };
	bool space = false;

	for (size_t pos = 0; pos < s.len;) {
		size_t end = pos + 1;

		if (s.p[pos] == ' ') {
			space = true;
			pos++;
			continue;
		}
		if (r->n == DATE_TOKENS_MAX) {
			r->failed = true;
			return;
		}
		struct token *t = &r->t[r->n++];

		*t = (struct token){ .kind = SIGN, .space = space };
		space = false;
		if (gaz_is_digit(s.p[pos])) {
			t->kind = NUMBER;
			while (end < s.len && gaz_is_digit(s.p[end]))
				end++;
			/* Fractions may be long; no other number is. */
			if (!gaz_str_to_int(
				gaz_str_sub(s, pos, end), &t->value))
				t->value = INT64_MAX;
		} else if (is_word_byte(s.p[pos])) {
			t->kind = WORD;
			end = word_end(s, pos);
		}
		t->s = gaz_str_sub(s, pos, end);
		pos = end;
	}
}

const struct token *
gaz_date_at(const struct reader *r, size_t i)
{
	static const struct token none = { .kind = SIGN };

	return i < r->n ? &r->t[i] : &none;
}

bool
gaz_date_is_number(
    const struct reader *r, size_t i, size_t min_digits, size_t max_digits)
{
	const struct token *t = gaz_date_at(r, i);

	return i < r->n && t->kind == NUMBER && !t->used &&
	       t->s.len >= min_digits && t->s.len <= max_digits;
}

bool
gaz_date_is_sign(const struct reader *r, size_t i, char c)
{
	const struct token *t = gaz_date_at(r, i);

	return i < r->n && t->kind == SIGN && t->s.p[0] == c;
}

bool
gaz_date_is_word(const struct reader *r, size_t i, const char *word)
{
	return i < r->n && gaz_date_at(r, i)->kind == WORD &&
	       gaz_str_eq_z(gaz_date_at(r, i)->s, word);
}

void
gaz_date_use(struct reader *r, size_t from, size_t to)
{
	for (size_t i = from; i < to && i < r->n; i++)
		r->t[i].used = true;
}

enum unit
gaz_date_unit_at(const struct reader *r, size_t i)
{
	if (i >= r->n || gaz_date_at(r, i)->kind != WORD)
		return UNIT_NONE;
	for (size_t k = 0; k < GAZ_COUNT(units); k++) {
		if (gaz_str_eq_z(gaz_date_at(r, i)->s, units[k].name))
			return units[k].unit;
	}
	return UNIT_NONE;
}

static int
compare_name(const void *key, const void *row)
{
	const struct gaz_str *s = key;
	const struct date_name *d = row;

	return gaz_str_cmp(*s, gaz_str_of(d->name));
}

/* The longest name that begins with token i; *count tokens long. */
const struct date_name *
gaz_date_name_at(const struct reader *r, size_t i, size_t *count)
{
	size_t most = 0;

	while (most < 3 && i + most < r->n &&
	       gaz_date_at(r, i + most)->kind == WORD)
		most++;
	for (; most > 0; most--) {
		const struct token *last = gaz_date_at(r, i + most - 1);
		struct gaz_str s = { gaz_date_at(r, i)->s.p,
			(size_t)(last->s.p + last->s.len -
				 gaz_date_at(r, i)->s.p) };
		const struct date_name *found = bsearch(&s, names,
		    GAZ_COUNT(names), sizeof(names[0]), compare_name);

		if (found != NULL) {
			*count = most;
			return found;
		}
	}
	return NULL;
}
