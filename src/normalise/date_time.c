/*
 * Time of day and zone, as dates have them. The time is the part with colons,
 * or with the words of a language; the zone stands behind it.
 */
#include "config.h"

#include "normalise/date_internal.h"

#include "gazetted/mem.h"

#define ZONE_MAX_S (24 * 3600)

/* Minutes east of UTC. A name that several countries use is the one that feeds
 * use most. */
static const struct zone {
	const char *name;
	int minutes;
} zones[] = {
	{ "acdt", 630 },
	{ "acst", 570 },
	{ "adt", -180 },
	{ "aedt", 660 },
	{ "aest", 600 },
	{ "akdt", -480 },
	{ "akst", -540 },
	{ "art", -180 },
	{ "ast", -240 },
	{ "at", -240 },
	{ "awst", 480 },
	{ "brst", -120 },
	{ "brt", -180 },
	{ "bst", 60 },
	{ "cat", 120 },
	{ "cdt", -300 },
	{ "cest", 120 },
	{ "cet", 60 },
	{ "chst", 600 },
	{ "clst", -180 },
	{ "clt", -240 },
	{ "cot", -300 },
	{ "cst", -360 },
	{ "ct", -360 },
	{ "eat", 180 },
	{ "edt", -240 },
	{ "eest", 180 },
	{ "eet", 120 },
	{ "est", -300 },
	{ "et", -300 },
	{ "fet", 180 },
	{ "gmt", 0 },
	{ "gst", 240 },
	{ "hadt", -540 },
	{ "hast", -600 },
	{ "hkt", 480 },
	{ "hst", -600 },
	{ "ict", 420 },
	{ "idt", 180 },
	{ "irst", 210 },
	{ "ist", 330 },
	{ "jst", 540 },
	{ "kst", 540 },
	{ "mdt", -360 },
	{ "mest", 120 },
	{ "mesz", 120 },
	{ "met", 60 },
	{ "mez", 60 },
	{ "msd", 240 },
	{ "msk", 180 },
	{ "mst", -420 },
	{ "mt", -420 },
	{ "myt", 480 },
	{ "ndt", -150 },
	{ "npt", 345 },
	{ "nst", -210 },
	{ "nzdt", 780 },
	{ "nzst", 720 },
	{ "pdt", -420 },
	{ "pet", -300 },
	{ "pht", 480 },
	{ "pkt", 300 },
	{ "pst", -480 },
	{ "pt", -480 },
	{ "sast", 120 },
	{ "sgt", 480 },
	{ "sst", -660 },
	{ "trt", 180 },
	{ "ut", 0 },
	{ "utc", 0 },
	{ "uyt", -180 },
	{ "uzt", 300 },
	{ "vet", -240 },
	{ "wat", 60 },
	{ "west", 60 },
	{ "wet", 0 },
	{ "wib", 420 },
	{ "wit", 540 },
	{ "wita", 480 },
	{ "z", 0 },
	{ "zulu", 0 },
};

/* Halves of the day. Those of one word are compared with words. */
static const struct half {
	const char *mark;
	bool after_noon;
} halves[] = {
	{ "am", false },
	{ "pm", true },
	{ "오전", false },
	{ "오후", true },
	{ "上午", false },
	{ "下午", true },
	{ "晚上", true },
	{ "午前", false },
	{ "午後", true },
	{ "πμ", false },
	{ "μμ", true },
	{ "π.μ", false },
	{ "μ.μ", true },
	{ "صباحا", false },
	{ "مساء", true },
};

/* ----- time of day ----- */

static int
half_at(struct reader *r, size_t i)
{
	const struct token *t = gaz_date_at(r, i);

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

void
gaz_date_set_time(
    struct reader *r, int64_t hour, int64_t minute, int64_t second)
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
	if (i == 0 || gaz_date_at(r, i)->space)
		return false;
	if (gaz_date_is_sign(r, i - 1, '+'))
		return true;
	return gaz_date_is_sign(r, i - 1, '-') && !has_seconds && i >= 6 &&
	       gaz_date_is_number(r, i - 2, 1, 2) &&
	       gaz_date_is_sign(r, i - 3, '-') &&
	       gaz_date_is_number(r, i - 4, 1, 2) &&
	       gaz_date_is_sign(r, i - 5, '-') &&
	       gaz_date_at(r, i)->value <= 14;
}

/* "18:30", "18:30:00", "18:30:00.25". Return the token behind, or 0. */
static size_t
colon_time_at(struct reader *r, size_t i)
{
	size_t end = i + 3;
	int64_t second = 0;

	if (!gaz_date_is_number(r, i, 1, 2) ||
	    !gaz_date_is_sign(r, i + 1, ':') ||
	    !gaz_date_is_number(r, i + 2, 1, 2))
		return 0;
	bool has_seconds = gaz_date_is_sign(r, end, ':') &&
			   gaz_date_is_number(r, end + 1, 1, 2);

	if (is_zone_of_date(r, i, has_seconds))
		return 0;
	if (has_seconds) {
		second = gaz_date_at(r, end + 1)->value;
		end += 2;
		if ((gaz_date_is_sign(r, end, '.') ||
			gaz_date_is_sign(r, end, ',') ||
			gaz_date_is_sign(r, end, ':')) &&
		    gaz_date_is_number(r, end + 1, 1, 64) &&
		    !gaz_date_at(r, end + 1)->space)
			end += 2;
	}
	gaz_date_set_time(
	    r, gaz_date_at(r, i)->value, gaz_date_at(r, i + 2)->value, second);
	return end;
}

/* "18h30", "18 h", "11시 23분 17초". Return the token behind, or 0. */
static size_t
unit_time_at(struct reader *r, size_t i)
{
	int64_t minute = 0, second = 0;

	if (!gaz_date_is_number(r, i, 1, 2) ||
	    gaz_date_unit_at(r, i + 1) != UNIT_HOUR)
		return 0;
	int64_t hour = gaz_date_at(r, i)->value;
	size_t end = i + 2;

	if (gaz_date_is_number(r, end, 1, 2) &&
	    (!gaz_date_at(r, end)->space ||
		gaz_date_unit_at(r, end + 1) == UNIT_MINUTE)) {
		minute = gaz_date_at(r, end)->value;
		end++;
		if (gaz_date_unit_at(r, end) == UNIT_MINUTE)
			end++;
		if (gaz_date_is_number(r, end, 1, 2) &&
		    gaz_date_unit_at(r, end + 1) == UNIT_SECOND) {
			second = gaz_date_at(r, end)->value;
			end += 2;
		}
	}
	gaz_date_set_time(r, hour, minute, second);
	return end;
}

/* "T183000", "T1830", "T18", or the same behind a date of eight digits. */
static size_t
compact_time_at(struct reader *r, size_t i)
{
	if (i == 0 || !gaz_date_is_number(r, i, 2, 6) ||
	    gaz_date_at(r, i)->s.len % 2 != 0)
		return 0;
	bool marked = gaz_date_is_word(r, i - 1, "t");
	bool after_date = gaz_date_at(r, i - 1)->kind == NUMBER &&
			  gaz_date_at(r, i - 1)->s.len == 8 &&
			  gaz_date_at(r, i)->s.len > 2;

	if (!marked && !after_date)
		return 0;
	int64_t v = gaz_date_at(r, i)->value;

	switch (gaz_date_at(r, i)->s.len) {
	case 2:
		gaz_date_set_time(r, v, 0, 0);
		return i + 1;
	case 4:
		gaz_date_set_time(r, v / 100, v % 100, 0);
		return i + 1;
	default:
		gaz_date_set_time(r, v / 10000, v / 100 % 100, v % 100);
	}
	if ((gaz_date_is_sign(r, i + 1, '.') ||
		gaz_date_is_sign(r, i + 1, ',')) &&
	    gaz_date_is_number(r, i + 2, 1, 64) &&
	    !gaz_date_at(r, i + 2)->space)
		return i + 3;
	return i + 1;
}

/* "6 pm". */
static size_t
half_time_at(struct reader *r, size_t i)
{
	if (!gaz_date_is_number(r, i, 1, 2) || half_at(r, i + 1) == -1 ||
	    gaz_date_at(r, i)->value > 12)
		return 0;
	gaz_date_set_time(r, gaz_date_at(r, i)->value, 0, 0);
	return i + 1;
}

/* ----- zone ----- */

/* Offset of "+0200", "-5", "+5:30"; the sign is token i. */
static bool
offset_at(
    struct reader *r, size_t i, bool after_name, int *offset_s, size_t *end)
{
	int64_t hours, minutes = 0;
	bool minus = gaz_date_is_sign(r, i, '-');

	if ((!minus && !gaz_date_is_sign(r, i, '+')) ||
	    !gaz_date_is_number(r, i + 1, 1, 6))
		return false;
	const struct token *t = gaz_date_at(r, i + 1);
	size_t after = i + 2;

	hours = t->value;
	if (t->s.len == 6) {
		hours = t->value / 10000;
		minutes = t->value / 100 % 100;
	} else if (t->s.len >= 3) {
		hours = t->value / 100;
		minutes = t->value % 100;
	} else if (gaz_date_is_sign(r, after, ':') &&
		   gaz_date_is_number(r, after + 1, 2, 2)) {
		minutes = gaz_date_at(r, after + 1)->value;
		after += 2;
		if (gaz_date_is_sign(r, after, ':') &&
		    gaz_date_is_number(r, after + 1, 2, 2))
			after += 2;
	} else if (gaz_date_at(r, after)->kind == SIGN && after < r->n &&
		   strchr("./-", gaz_date_at(r, after)->s.p[0]) != NULL) {
		return false; /* "18:30 - 04.09.2025" */
	} else if (minus && !after_name &&
		   (gaz_date_at(r, i)->space || t->space ||
		       gaz_date_at(r, after)->kind == WORD)) {
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
		if (gaz_date_is_word(r, i, zones[k].name))
			return &zones[k];
	}
	return NULL;
}

/* Read the zone that begins with token i or stands a few words behind it. */
void
gaz_date_find_zone(struct reader *r, size_t i)
{
	bool named = false, etc = false;
	size_t count;

	for (; i < r->n; i++) {
		const struct token *t = gaz_date_at(r, i);
		const struct zone *z;
		int offset_s;
		size_t end;

		if (offset_at(r, i, named, &offset_s, &end)) {
			/* POSIX signs: Etc/GMT+5 is west of Greenwich. */
			r->zone_s = etc ? -offset_s : offset_s;
			r->has_zone = true;
			gaz_date_use(r, i, end);
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
			gaz_date_use(r, i, i + 1);
			continue;
		}
		const struct date_name *name = gaz_date_name_at(r, i, &count);

		if (name != NULL && name->month != 0)
			return;
		if (gaz_str_eq_z(t->s, "etc"))
			etc = true;
	}
}

/* halves_only: "6 pm" is a time too. Where there is a better one, the mark may
 * belong to what follows it: "9월 4 오후 6:30". */
void
gaz_date_find_time(struct reader *r, bool halves_only)
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
		gaz_date_use(r, i, end);
		int half = half_at(r, end);

		if (half != -1) {
			gaz_date_use(r, end, end + 1);
			end++;
		} else {
			half = half_in_text(r);
		}
		set_half(r, half);
		gaz_date_find_zone(r, end);
		return;
	}
}
