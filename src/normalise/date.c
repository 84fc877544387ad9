/*
 * Dates as feeds write them. No grammar covers what is out there, so a date is
 * read like a person reads it: fold the spelling, cut it into numbers, words
 * and signs, find the time of day (the part with colons), the zone behind it,
 * and make a date of the numbers and month names that are left. What the
 * standards define (RFC 822 and successors, RFC 3339, ISO 8601 with its compact,
 * week and ordinal forms, asctime) falls out of the same rules.
 */
#include "config.h"

#include "gazetted/date.h"

#include <stdlib.h>

#include "gazetted/mem.h"

/* Longer strings are no dates. */
#define DATE_LEN_MAX 192
#define TOKENS_MAX 64
#define NUMBERS_MAX 8
/* Years with two digits from here on are of the 20th century (as POSIX). */
#define CENTURY_PIVOT 69
/* The Thai calendar counts from 543 BC. */
#define BUDDHIST_ERA 543
#define DAY_S 86400
#define ZONE_MAX_S (24 * 3600)
#define KOREA_S (9 * 3600)
#define DAY_UNCLEAR 7

struct date_name {
	const char *name;
	int month, other_month; /* 0: none */
	int weekday;            /* -1: none; DAY_UNCLEAR */
};

static const struct date_name names[] = {
#include "data/months.inc"
};

/* Minutes east of UTC. A name that several countries use is the one that feeds
 * use most. */
static const struct zone {
	const char *name;
	int minutes;
} zones[] = {
	{ "acdt", 630 }, { "acst", 570 }, { "adt", -180 }, { "aedt", 660 },
	{ "aest", 600 }, { "akdt", -480 }, { "akst", -540 }, { "art", -180 },
	{ "ast", -240 }, { "at", -240 }, { "awst", 480 }, { "brst", -120 },
	{ "brt", -180 }, { "bst", 60 }, { "cat", 120 }, { "cdt", -300 },
	{ "cest", 120 }, { "cet", 60 }, { "clst", -180 }, { "clt", -240 },
	{ "cot", -300 }, { "cst", -360 }, { "ct", -360 }, { "eat", 180 },
	{ "edt", -240 }, { "eest", 180 }, { "eet", 120 }, { "est", -300 },
	{ "et", -300 }, { "fet", 180 }, { "gmt", 0 }, { "gst", 240 },
	{ "hadt", -540 }, { "hast", -600 }, { "hkt", 480 }, { "hst", -600 },
	{ "ict", 420 }, { "idt", 180 }, { "irst", 210 }, { "ist", 330 },
	{ "jst", 540 }, { "kst", 540 }, { "mdt", -360 }, { "mest", 120 },
	{ "mesz", 120 }, { "met", 60 }, { "mez", 60 }, { "msd", 240 },
	{ "msk", 180 }, { "mst", -420 }, { "mt", -420 }, { "myt", 480 },
	{ "ndt", -150 }, { "npt", 345 }, { "nst", -210 }, { "nzdt", 780 },
	{ "nzst", 720 }, { "pdt", -420 }, { "pet", -300 }, { "pht", 480 },
	{ "pkt", 300 }, { "pst", -480 }, { "pt", -480 }, { "sast", 120 },
	{ "sgt", 480 }, { "trt", 180 }, { "ut", 0 }, { "utc", 0 },
	{ "uyt", -180 }, { "uzt", 300 }, { "vet", -240 }, { "wat", 60 },
	{ "west", 60 }, { "wet", 0 }, { "wib", 420 }, { "wit", 540 },
	{ "wita", 480 }, { "z", 0 }, { "zulu", 0 },
};

/* Halves of the day. Those of one word are compared with words. */
static const struct half {
	const char *mark;
	bool after_noon;
} halves[] = {
	{ "am", false }, { "pm", true }, { "오전", false }, { "오후", true },
	{ "上午", false }, { "下午", true }, { "晚上", true },
	{ "午前", false }, { "午後", true }, { "πμ", false }, { "μμ", true },
	{ "π.μ", false }, { "μ.μ", true }, { "صباحا", false },
	{ "مساء", true },
};

/* What stands behind a number and says what it counts. */
enum unit { UNIT_NONE, UNIT_YEAR, UNIT_MONTH, UNIT_DAY, UNIT_HOUR,
	UNIT_MINUTE, UNIT_SECOND };
static const struct unit_name {
	const char *name;
	enum unit unit;
} units[] = {
	{ "年", UNIT_YEAR }, { "년", UNIT_YEAR }, { "月", UNIT_MONTH },
	{ "월", UNIT_MONTH }, { "日", UNIT_DAY }, { "일", UNIT_DAY },
	{ "号", UNIT_DAY }, { "h", UNIT_HOUR }, { "u", UNIT_HOUR },
	{ "시", UNIT_HOUR }, { "時", UNIT_HOUR }, { "时", UNIT_HOUR },
	{ "点", UNIT_HOUR }, { "點", UNIT_HOUR }, { "gio", UNIT_HOUR },
	{ "분", UNIT_MINUTE }, { "分", UNIT_MINUTE }, { "min", UNIT_MINUTE },
	{ "m", UNIT_MINUTE }, { "phut", UNIT_MINUTE }, { "초", UNIT_SECOND },
	{ "秒", UNIT_SECOND }, { "s", UNIT_SECOND },
};

enum kind { NUMBER, WORD, SIGN };

struct token {
	enum kind kind;
	struct gaz_str s;
	int64_t value;   /* of a number */
	bool space;      /* white space stands in front */
	bool used;
};

struct reader {
	char text[DATE_LEN_MAX + 1];
	size_t len;
	struct token t[TOKENS_MAX];
	size_t n;
	bool hangul, thai;

	bool has_time, has_zone, failed;
	int hour, minute, second, zone_s;
	int64_t year;
	int month, other_month, day, weekday;
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
	{ 0xC6, "ae" }, { 0xDE, "th" }, { 0xDF, "ss" }, { 0xE6, "ae" },
	{ 0xFE, "th" }, { 0x132, "ij" }, { 0x133, "ij" }, { 0x152, "oe" },
	{ 0x153, "oe" }, { 0x149, "n" }, { 0x138, "k" }, { 0x1A0, "o" },
	{ 0x1A1, "o" }, { 0x1AF, "u" }, { 0x1B0, "u" }, { 0x18F, "ə" },
	{ 0x218, "s" }, { 0x219, "s" }, { 0x21A, "t" }, { 0x21B, "t" },
	{ 0x386, "α" }, { 0x388, "ε" }, { 0x389, "η" }, { 0x38A, "ι" },
	{ 0x38C, "ο" }, { 0x38E, "υ" }, { 0x38F, "ω" }, { 0x390, "ι" },
	{ 0x3AA, "ι" }, { 0x3AB, "υ" }, { 0x3AC, "α" }, { 0x3AD, "ε" },
	{ 0x3AE, "η" }, { 0x3AF, "ι" }, { 0x3B0, "υ" }, { 0x3C2, "σ" },
	{ 0x3CA, "ι" }, { 0x3CB, "υ" }, { 0x3CC, "ο" }, { 0x3CD, "υ" },
	{ 0x3CE, "ω" }, { 0x401, "е" }, { 0x451, "е" }, { 0x2019, "'" },
	{ 0x2BC, "'" }, { 0x2212, "-" },
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
	    (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) ||
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

static void
fold(struct reader *r, struct gaz_str s)
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

static void
tokenize(struct reader *r)
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
		if (r->n == TOKENS_MAX) {
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
			if (!gaz_str_to_int(gaz_str_sub(s, pos, end),
				&t->value))
				t->value = INT64_MAX;
		} else if (is_word_byte(s.p[pos])) {
			t->kind = WORD;
			end = word_end(s, pos);
		}
		t->s = gaz_str_sub(s, pos, end);
		pos = end;
	}
}

static const struct token *
at(const struct reader *r, size_t i)
{
	static const struct token none = { .kind = SIGN };

	return i < r->n ? &r->t[i] : &none;
}

static bool
is_number(struct reader *r, size_t i, size_t min_digits, size_t max_digits)
{
	const struct token *t = at(r, i);

	return i < r->n && t->kind == NUMBER && !t->used &&
	    t->s.len >= min_digits && t->s.len <= max_digits;
}

static bool
is_sign(struct reader *r, size_t i, char c)
{
	const struct token *t = at(r, i);

	return i < r->n && t->kind == SIGN && t->s.p[0] == c;
}

static bool
is_word(struct reader *r, size_t i, const char *word)
{
	return i < r->n && at(r, i)->kind == WORD &&
	    gaz_str_eq_z(at(r, i)->s, word);
}

static void
use(struct reader *r, size_t from, size_t to)
{
	for (size_t i = from; i < to && i < r->n; i++)
		r->t[i].used = true;
}

static enum unit
unit_at(struct reader *r, size_t i)
{
	if (i >= r->n || at(r, i)->kind != WORD)
		return UNIT_NONE;
	for (size_t k = 0; k < GAZ_COUNT(units); k++) {
		if (gaz_str_eq_z(at(r, i)->s, units[k].name))
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
static const struct date_name *
name_at(struct reader *r, size_t i, size_t *count)
{
	size_t most = 0;

	while (most < 3 && i + most < r->n && at(r, i + most)->kind == WORD)
		most++;
	for (; most > 0; most--) {
		const struct token *last = at(r, i + most - 1);
		struct gaz_str s = { at(r, i)->s.p,
			(size_t)(last->s.p + last->s.len - at(r, i)->s.p) };
		const struct date_name *found = bsearch(&s, names,
		    GAZ_COUNT(names), sizeof(names[0]), compare_name);

		if (found != NULL) {
			*count = most;
			return found;
		}
	}
	return NULL;
}

/* ----- time of day ----- */

static int
half_at(struct reader *r, size_t i)
{
	const struct token *t = at(r, i);

	if (i >= r->n || t->kind != WORD)
		return -1;
	for (size_t k = 0; k < GAZ_COUNT(halves); k++) {
		if (gaz_str_eq_z(t->s, halves[k].mark))
			return halves[k].after_noon;
	}
	if (gaz_str_eq_z(t->s, "a.m"))
		return 0;
	if (gaz_str_eq_z(t->s, "p.m"))
		return 1;
	return -1;
}

/* The mark anywhere in the text, for scripts that put it before the time or
 * write no spaces. */
static int
half_in_text(const struct reader *r)
{
	struct gaz_str s = { r->text, r->len };

	for (size_t k = 0; k < GAZ_COUNT(halves); k++) {
		if ((unsigned char)halves[k].mark[0] >= 0x80 &&
		    gaz_str_find(s, gaz_str_of(halves[k].mark), 0) !=
			GAZ_STR_NPOS)
			return halves[k].after_noon;
	}
	return -1;
}

static void
set_half(struct reader *r, int half)
{
	if (half == 1 && r->hour < 12)
		r->hour += 12;
	else if (half == 0 && r->hour == 12)
		r->hour = 0;
}

static void
set_time(struct reader *r, int64_t hour, int64_t minute, int64_t second)
{
	bool midnight = hour == 24 && minute == 0 && second == 0;

	if ((hour > 23 && !midnight) || minute > 59 || second > 60) {
		r->failed = true;
		return;
	}
	r->has_time = true;
	r->hour = (int)hour;
	r->minute = (int)minute;
	r->second = (int)second;
}

/* A number with a sign glued before it, after a complete date: the zone of a
 * date without time (XML Schema), not a time. */
static bool
is_zone_of_date(struct reader *r, size_t i, bool has_seconds)
{
	if (i == 0 || at(r, i)->space)
		return false;
	if (is_sign(r, i - 1, '+'))
		return true;
	return is_sign(r, i - 1, '-') && !has_seconds && i >= 6 &&
	    is_number(r, i - 2, 1, 2) && is_sign(r, i - 3, '-') &&
	    is_number(r, i - 4, 1, 2) && is_sign(r, i - 5, '-') &&
	    at(r, i)->value <= 14;
}

/* "18:30", "18:30:00", "18:30:00.25". Return the token behind, or 0. */
static size_t
colon_time_at(struct reader *r, size_t i)
{
	size_t end = i + 3;
	int64_t second = 0;

	if (!is_number(r, i, 1, 2) || !is_sign(r, i + 1, ':') ||
	    !is_number(r, i + 2, 1, 2))
		return 0;
	bool has_seconds = is_sign(r, end, ':') && is_number(r, end + 1, 1, 2);

	if (is_zone_of_date(r, i, has_seconds))
		return 0;
	if (has_seconds) {
		second = at(r, end + 1)->value;
		end += 2;
		if ((is_sign(r, end, '.') || is_sign(r, end, ',') ||
			is_sign(r, end, ':')) &&
		    is_number(r, end + 1, 1, 64) && !at(r, end + 1)->space)
			end += 2;
	}
	set_time(r, at(r, i)->value, at(r, i + 2)->value, second);
	return end;
}

/* "18h30", "18 h", "11시 23분 17초". Return the token behind, or 0. */
static size_t
unit_time_at(struct reader *r, size_t i)
{
	int64_t minute = 0, second = 0;

	if (!is_number(r, i, 1, 2) || unit_at(r, i + 1) != UNIT_HOUR)
		return 0;
	int64_t hour = at(r, i)->value;
	size_t end = i + 2;

	if (is_number(r, end, 1, 2) && (!at(r, end)->space ||
	    unit_at(r, end + 1) == UNIT_MINUTE)) {
		minute = at(r, end)->value;
		end++;
		if (unit_at(r, end) == UNIT_MINUTE)
			end++;
		if (is_number(r, end, 1, 2) &&
		    unit_at(r, end + 1) == UNIT_SECOND) {
			second = at(r, end)->value;
			end += 2;
		}
	}
	set_time(r, hour, minute, second);
	return end;
}

/* "T183000", "T1830", "T18", or the same behind a date of eight digits. */
static size_t
compact_time_at(struct reader *r, size_t i)
{
	if (i == 0 || !is_number(r, i, 2, 6) || at(r, i)->s.len % 2 != 0)
		return 0;
	bool marked = is_word(r, i - 1, "t");
	bool after_date = at(r, i - 1)->kind == NUMBER &&
	    at(r, i - 1)->s.len == 8 && at(r, i)->s.len > 2;

	if (!marked && !after_date)
		return 0;
	int64_t v = at(r, i)->value;

	switch (at(r, i)->s.len) {
	case 2:
		set_time(r, v, 0, 0);
		return i + 1;
	case 4:
		set_time(r, v / 100, v % 100, 0);
		return i + 1;
	default:
		set_time(r, v / 10000, v / 100 % 100, v % 100);
	}
	if ((is_sign(r, i + 1, '.') || is_sign(r, i + 1, ',')) &&
	    is_number(r, i + 2, 1, 64) && !at(r, i + 2)->space)
		return i + 3;
	return i + 1;
}

/* "6 pm". */
static size_t
half_time_at(struct reader *r, size_t i)
{
	if (!is_number(r, i, 1, 2) || half_at(r, i + 1) == -1 ||
	    at(r, i)->value > 12)
		return 0;
	set_time(r, at(r, i)->value, 0, 0);
	return i + 1;
}

/* ----- zone ----- */

/* Offset of "+0200", "-5", "+5:30"; the sign is token i. */
static bool
offset_at(struct reader *r, size_t i, bool after_name, int *offset_s,
    size_t *end)
{
	int64_t hours, minutes = 0;
	bool minus = is_sign(r, i, '-');

	if ((!minus && !is_sign(r, i, '+')) || !is_number(r, i + 1, 1, 6))
		return false;
	const struct token *t = at(r, i + 1);
	size_t after = i + 2;

	hours = t->value;
	if (t->s.len == 6) {
		hours = t->value / 10000;
		minutes = t->value / 100 % 100;
	} else if (t->s.len >= 3) {
		hours = t->value / 100;
		minutes = t->value % 100;
	} else if (is_sign(r, after, ':') && is_number(r, after + 1, 2, 2)) {
		minutes = at(r, after + 1)->value;
		after += 2;
		if (is_sign(r, after, ':') && is_number(r, after + 1, 2, 2))
			after += 2;
	} else if (at(r, after)->kind == SIGN && after < r->n &&
	    strchr("./-", at(r, after)->s.p[0]) != NULL) {
		return false; /* "18:30 - 04.09.2025" */
	} else if (minus && !after_name &&
	    (at(r, i)->space || t->space || at(r, after)->kind == WORD)) {
		return false; /* "18:30 - 4 September 2025" */
	}
	int64_t s = hours * 3600 + minutes * 60;

	*end = after;
	*offset_s = s > ZONE_MAX_S ? 0 : (int)(minus ? -s : s);
	return true;
}

static const struct zone *
zone_at(struct reader *r, size_t i)
{
	for (size_t k = 0; k < GAZ_COUNT(zones); k++) {
		if (is_word(r, i, zones[k].name))
			return &zones[k];
	}
	return NULL;
}

/* Read the zone that begins with token i or stands a few words behind it. */
static void
find_zone(struct reader *r, size_t i)
{
	bool named = false, etc = false;
	size_t count;

	for (; i < r->n; i++) {
		const struct token *t = at(r, i);
		const struct zone *z;
		int offset_s;
		size_t end;

		if (offset_at(r, i, named, &offset_s, &end)) {
			/* POSIX signs: Etc/GMT+5 is west of Greenwich. */
			r->zone_s = etc ? -offset_s : offset_s;
			r->has_zone = true;
			use(r, i, end);
			return;
		}
		if (t->kind == NUMBER)
			return;
		if (t->kind == SIGN) {
			if (strchr("(),/", t->s.p[0]) == NULL)
				return;
			continue;
		}
		if (named)
			return;
		z = zone_at(r, i);
		if (z != NULL) {
			r->zone_s = z->minutes * 60;
			r->has_zone = named = true;
			use(r, i, i + 1);
			continue;
		}
		const struct date_name *name = name_at(r, i, &count);

		if (name != NULL && name->month != 0)
			return;
		if (gaz_str_eq_z(t->s, "etc"))
			etc = true;
	}
}

/* halves_only: "6 pm" is a time too. Where there is a better one, the mark may
 * belong to what follows it: "9월 4 오후 6:30". */
static void
find_time(struct reader *r, bool halves_only)
{
	for (size_t i = 0; i < r->n; i++) {
		size_t end = colon_time_at(r, i);

		if (end == 0)
			end = unit_time_at(r, i);
		if (end == 0)
			end = compact_time_at(r, i);
		if (end == 0 && halves_only)
			end = half_time_at(r, i);
		if (end == 0)
			continue;
		use(r, i, end);
		int half = half_at(r, end);

		if (half != -1) {
			use(r, end, end + 1);
			end++;
		} else {
			half = half_in_text(r);
		}
		set_half(r, half);
		find_zone(r, end);
		return;
	}
}

/* ----- date ----- */

static int64_t
full_year(int64_t value, size_t digits)
{
	if (digits <= 2)
		return value < CENTURY_PIVOT ? 2000 + value : 1900 + value;
	/* Programs that print the years since 1900. */
	if (digits == 3)
		return 1900 + value;
	return value;
}

static void
set_year(struct reader *r, const struct token *t)
{
	r->year = full_year(t->value, t->s.len);
}

/* Month names and days of the week, longest first. */
static void
find_names(struct reader *r)
{
	size_t count;

	for (size_t i = 0; i < r->n; i += count) {
		const struct date_name *d = name_at(r, i, &count);

		if (d == NULL || at(r, i)->used) {
			count = 1;
			continue;
		}
		bool month = d->month != 0;

		/* "mar. 12 mars": a name that can be both is the day when
		 * another month follows. */
		if (month && d->weekday != -1) {
			size_t n;

			for (size_t k = i + count; k < r->n && month; k++) {
				const struct date_name *e = name_at(r, k, &n);

				month = e == NULL || e->month == 0;
			}
		}
		if (month && r->month == 0) {
			r->month = d->month;
			r->other_month = d->other_month;
		} else if (!month && r->weekday == -1 &&
		    d->weekday != DAY_UNCLEAR) {
			r->weekday = d->weekday;
		}
		use(r, i, i + count);
	}
}

/* "2025年9月4日", "ngày 4 tháng 9 năm 2025". */
static void
find_units(struct reader *r)
{
	static const struct {
		const char *word;
		enum unit unit;
	} before[] = { { "ngay", UNIT_DAY }, { "thang", UNIT_MONTH },
		{ "nam", UNIT_YEAR } };

	for (size_t i = 0; i < r->n; i++) {
		enum unit unit = UNIT_NONE;

		if (!is_number(r, i, 1, 4))
			continue;
		unit = unit_at(r, i + 1);
		for (size_t k = 0; i > 0 && k < GAZ_COUNT(before); k++) {
			if (is_word(r, i - 1, before[k].word) &&
			    !at(r, i - 1)->used)
				unit = before[k].unit;
		}
		if (unit == UNIT_YEAR && r->year == INT64_MIN)
			set_year(r, at(r, i));
		else if (unit == UNIT_MONTH && r->month == 0)
			r->month = (int)at(r, i)->value;
		else if (unit == UNIT_DAY && r->day == 0)
			r->day = (int)at(r, i)->value;
		else
			continue;
		use(r, i, i + 1);
	}
}

static void
set_ordinal(struct reader *r, int64_t day)
{
	int days = gaz_civil_is_date(r->year, 2, 29) ? 366 : 365;

	if (day < 1 || day > days) {
		r->failed = true;
		return;
	}
	struct gaz_civil c = gaz_civil_of(gaz_civil_to_utc(
	    &(struct gaz_civil){ .year = r->year, .month = 1, .day = 1 }) +
	    (day - 1) * DAY_S);

	r->month = c.month;
	r->day = c.day;
}

/* ISO 8601: week 1 is the one with 4 January in it; day 1 is Monday. */
static void
set_week(struct reader *r, int64_t week, int64_t day)
{
	struct gaz_civil c = { .year = r->year, .month = 1, .day = 4 };
	gaz_utc t = gaz_civil_to_utc(&c);

	if (week < 1 || week > 53 || day < 1 || day > 7) {
		r->failed = true;
		return;
	}
	c = gaz_civil_of(t);
	t += ((week - 1) * 7 + (day - 1) - (c.weekday + 6) % 7) * DAY_S;
	c = gaz_civil_of(t);
	r->year = c.year;
	r->month = c.month;
	r->day = c.day;
}

/* "2025-W36-4", "2025W364". */
static bool
find_week(struct reader *r)
{
	for (size_t i = 1; i < r->n; i++) {
		size_t y = is_sign(r, i - 1, '-') && i >= 2 ? i - 2 : i - 1;
		int64_t day = 1;

		if (!is_word(r, i, "w") || !is_number(r, y, 4, 4) ||
		    !is_number(r, i + 1, 2, 3))
			continue;
		int64_t week = at(r, i + 1)->value;

		if (at(r, i + 1)->s.len == 3) {
			day = week % 10;
			week /= 10;
		} else if (is_sign(r, i + 2, '-') &&
		    is_number(r, i + 3, 1, 1)) {
			day = at(r, i + 3)->value;
		}
		r->year = at(r, y)->value;
		set_week(r, week, day);
		return true;
	}
	return false;
}

/* Is the date on the day of the week that it says? */
static bool
fits_weekday(const struct reader *r, int64_t year, int64_t month, int64_t day)
{
	if (r->weekday == -1 || month < 1 || month > 12 ||
	    !gaz_civil_is_date(year, (int)month, (int)day))
		return false;
	struct gaz_civil c = { .year = year, .month = (int)month,
		.day = (int)day };

	return gaz_civil_of(gaz_civil_to_utc(&c)).weekday == r->weekday;
}

static void
set_date(struct reader *r, int64_t year, int64_t month, int64_t day)
{
	if (month > 12 && day <= 12) {
		int64_t swap = month;

		month = day;
		day = swap;
	}
	if (month < 1 || month > 12 || day < 1 || day > 31) {
		r->failed = true;
		return;
	}
	r->year = year;
	r->month = (int)month;
	r->day = (int)day;
}

/* All digits in one: "20250904", "2025247", "250904", "25247", "2025", and
 * seconds or milliseconds since 1970. */
static void
set_compact(struct reader *r, const struct token *t, bool dash)
{
	int64_t v = t->value;

	switch (t->s.len) {
	case 14:
		set_time(r, v / 10000 % 100, v / 100 % 100, v % 100);
		set_date(r, v / 10000000000, v / 100000000 % 100,
		    v / 1000000 % 100);
		return;
	case 12:
		set_time(r, v / 100 % 100, v % 100, 0);
		set_date(r, v / 100000000, v / 1000000 % 100, v / 10000 % 100);
		return;
	case 8:
		set_date(r, v / 10000, v / 100 % 100, v % 100);
		return;
	case 7:
		r->year = v / 1000;
		set_ordinal(r, v % 1000);
		return;
	case 6:
		set_date(r, full_year(v / 10000, 2), v / 100 % 100, v % 100);
		return;
	case 5:
		r->year = full_year(v / 1000, 2);
		set_ordinal(r, v % 1000);
		return;
	case 4:
		if (dash)
			set_date(r, full_year(v / 100, 2), v % 100, 1);
		else
			set_date(r, v, 1, 1);
		return;
	case 2:
		if (dash) {
			set_date(r, full_year(v, 2), 1, 1);
			return;
		}
		break;
	default:
		break;
	}
	r->failed = true;
}

static void
set_two(struct reader *r, const struct token *a, const struct token *b,
    char between, bool dash)
{
	if (b->s.len == 3 && (a->s.len == 4 || a->s.len == 2)) {
		set_year(r, a);
		set_ordinal(r, b->value);
	} else if (a->s.len == 4 && b->s.len <= 2) {
		set_date(r, a->value, b->value, 1);
	} else if (b->s.len == 4 && a->s.len <= 2) {
		set_date(r, b->value, a->value, 1);
	} else if (dash && between == '-' && a->s.len == 2 && b->s.len == 2) {
		set_date(r, full_year(a->value, 2), b->value, 1);
	} else {
		r->failed = true;
	}
}

/* Three numbers: which is what? */
static void
set_three(struct reader *r, struct token *const n[3], char between)
{
	int64_t a = n[0]->value, b = n[1]->value, c = n[2]->value;
	bool day_first = between != '/';

	if (n[0]->s.len >= 4 || (n[0]->s.len == 2 && a > 31) ||
	    (between == '-' && n[2]->s.len <= 2)) {
		set_date(r, full_year(a, n[0]->s.len), b, c);
		return;
	}
	c = full_year(c, n[2]->s.len);
	/* Slashes are American unless the weekday or a 13 says otherwise. */
	if (fits_weekday(r, c, b, a) != fits_weekday(r, c, a, b))
		day_first = fits_weekday(r, c, b, a);
	set_date(r, c, day_first ? b : a, day_first ? a : b);
}

/* A month name and numbers for day and year. */
static void
set_named(struct reader *r, struct token *const n[], size_t count)
{
	size_t year = count;

	for (size_t i = 0; i < count && year == count; i++) {
		if (n[i]->s.len >= 3 || n[i]->value > 31)
			year = i;
	}
	if (year == count && count >= 2)
		year = 1;
	if (r->year == INT64_MIN) {
		if (year == count) {
			r->failed = true;
			return;
		}
		set_year(r, n[year]);
		n[year]->used = true;
	}
	for (size_t i = 0; i < count && r->day == 0; i++) {
		if (i != year && n[i]->value >= 1 && n[i]->value <= 31) {
			r->day = (int)n[i]->value;
			n[i]->used = true;
		}
	}
	if (r->day == 0 && count <= 1)
		r->day = 1;
	if (r->other_month != 0 &&
	    !fits_weekday(r, r->year, r->month, r->day) &&
	    fits_weekday(r, r->year, r->other_month, r->day))
		r->month = r->other_month;
}

/* "4.9.2025 klo 18.30": a time with a full stop, when no other is there. */
static void
find_dotted_time(struct reader *r)
{
	for (size_t i = 0; i + 2 < r->n && !r->has_time; i++) {
		if (is_number(r, i, 1, 2) && is_sign(r, i + 1, '.') &&
		    is_number(r, i + 2, 2, 2) && !at(r, i + 2)->space &&
		    at(r, i)->value < 24 && at(r, i + 2)->value < 60) {
			set_time(r, at(r, i)->value, at(r, i + 2)->value, 0);
			find_zone(r, i + 3);
		}
	}
}

static void
find_date(struct reader *r)
{
	struct token *n[NUMBERS_MAX];
	size_t where[NUMBERS_MAX], count = 0;

	r->year = INT64_MIN;
	r->weekday = -1;
	find_names(r);
	find_units(r);
	if (r->month == 0 && find_week(r))
		return;
	for (size_t i = 0; i < r->n && count < NUMBERS_MAX; i++) {
		if (is_number(r, i, 1, 18)) {
			where[count] = i;
			n[count++] = &r->t[i];
		}
	}
	if (r->month != 0) {
		if (r->year == INT64_MIN || r->day == 0)
			set_named(r, n, count);
		find_dotted_time(r);
		return;
	}
	if (count == 0) {
		r->failed = true;
		return;
	}
	bool dash = where[0] > 0 && is_sign(r, where[0] - 1, '-');

	if (dash && where[0] > 1 && is_sign(r, where[0] - 2, '-')) {
		r->failed = true; /* ISO 8601 without a year */
		return;
	}
	/* Numbers belong together as long as one sign joins them. */
	size_t joined = 1;

	while (joined < count && joined < 3 &&
	    where[joined] == where[joined - 1] + 2 &&
	    at(r, where[joined] - 1)->kind == SIGN)
		joined++;
	/* "4. 9. 2025" and "4 9 2025" too. */
	if (joined == 1 && count >= 3)
		joined = 3;
	char between = at(r, where[0] + 1)->kind == SIGN &&
		where[0] + 1 < r->n ?
	    at(r, where[0] + 1)->s.p[0] : ' ';

	for (size_t i = 0; i < joined; i++)
		n[i]->used = true;
	if (joined == 1)
		set_compact(r, n[0], dash);
	else if (joined == 2)
		set_two(r, n[0], n[1], between, dash);
	else
		set_three(r, n, between);
	find_dotted_time(r);
}

/* Seconds or milliseconds since 1970, as some programs print them. */
static bool
is_epoch(const struct reader *r, gaz_utc *out)
{
	const struct token *t = &r->t[0];

	if (r->n != 1 || t->kind != NUMBER ||
	    (t->s.len != 10 && t->s.len != 13))
		return false;
	*out = t->s.len == 13 ? t->value / 1000 : t->value;
	return true;
}

gaz_utc
gaz_date_parse(struct gaz_str s)
{
	struct reader r = { 0 };
	gaz_utc t;

	if (s.len == 0 || s.len > DATE_LEN_MAX)
		return GAZ_UTC_UNKNOWN;
	fold(&r, s);
	if (!r.failed)
		tokenize(&r);
	if (r.failed || r.n == 0)
		return GAZ_UTC_UNKNOWN;
	if (is_epoch(&r, &t))
		return t;
	find_time(&r, false);
	if (!r.has_time)
		find_time(&r, true);
	if (!r.failed)
		find_date(&r);
	if (r.failed || r.year == INT64_MIN)
		return GAZ_UTC_UNKNOWN;
	if (r.thai && r.year > 2400)
		r.year -= BUDDHIST_ERA;
	if (r.year < 1 || r.year > 9999 || r.month < 1 || r.month > 12 ||
	    !gaz_civil_is_date(r.year, r.month, r.day))
		return GAZ_UTC_UNKNOWN;
	if (r.hangul && r.has_time && !r.has_zone)
		r.zone_s = KOREA_S;
	int64_t extra_s = r.hour == 24 ? DAY_S : 0;
	struct gaz_civil c = { .year = r.year, .month = r.month, .day = r.day,
		.hour = r.hour % 24, .minute = r.minute, .second = r.second };

	return gaz_civil_to_utc(&c) + extra_s - r.zone_s;
}

/* ----- durations ----- */

/* "PT1H2M3S" (ISO 8601); days at most. */
static int64_t
parse_iso_duration(struct gaz_str s)
{
	static const struct {
		char letter;
		int64_t seconds;
	} parts[] = { { 'D', DAY_S }, { 'H', 3600 }, { 'M', 60 },
		{ 'S', 1 } };
	int64_t total = 0;
	size_t next = 0, pos = 1;
	bool any = false;

	while (pos < s.len) {
		int64_t value = 0;
		size_t digits = 0;

		if (s.p[pos] == 'T' || s.p[pos] == 't') {
			pos++;
			next = next < 1 ? 1 : next;
			continue;
		}
		while (pos < s.len && gaz_is_digit(s.p[pos]) && digits < 9) {
			value = value * 10 + (s.p[pos++] - '0');
			digits++;
		}
		if (pos < s.len && s.p[pos] == '.') {
			pos++;
			while (pos < s.len && gaz_is_digit(s.p[pos]))
				pos++;
		}
		if (digits == 0 || pos == s.len)
			return INT64_MIN;
		while (next < GAZ_COUNT(parts) &&
		    gaz_to_lower(s.p[pos]) != gaz_to_lower(parts[next].letter))
			next++;
		if (next == GAZ_COUNT(parts))
			return INT64_MIN;
		total += value * parts[next++].seconds;
		pos++;
		any = true;
	}
	return any ? total : INT64_MIN;
}

int64_t
gaz_duration_parse(struct gaz_str s)
{
	struct gaz_str rest = gaz_str_trim(s), piece;
	int64_t total = 0;
	size_t count = 0;

	if (rest.len == 0)
		return INT64_MIN;
	if (rest.p[0] == 'P' || rest.p[0] == 'p')
		return parse_iso_duration(rest);
	while (gaz_str_split(&rest, ':', &piece)) {
		size_t dot;
		int64_t value = 0;

		piece = gaz_str_trim(piece);
		dot = gaz_str_find_char(piece, '.', 0);
		if (dot != GAZ_STR_NPOS) {
			for (size_t i = dot + 1; i < piece.len; i++) {
				if (!gaz_is_digit(piece.p[i]))
					return INT64_MIN;
			}
			piece.len = dot;
		}
		if (++count > 3 || piece.len > 9 ||
		    (piece.len == 0 && (dot == GAZ_STR_NPOS || rest.p != NULL)))
			return INT64_MIN;
		for (size_t i = 0; i < piece.len; i++) {
			if (!gaz_is_digit(piece.p[i]))
				return INT64_MIN;
			value = value * 10 + (piece.p[i] - '0');
		}
		total = total * 60 + value;
	}
	return total;
}
