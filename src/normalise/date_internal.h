#ifndef GAZETTED_NORMALISE_DATE_INTERNAL_H
#define GAZETTED_NORMALISE_DATE_INTERNAL_H

#include "gazetted/date.h"

/*
 * How a date is read: date_text.c folds the spelling and cuts it into tokens,
 * date_time.c takes the time of day and the zone out of them, date.c makes a
 * date of the rest.
 */

/* Longer strings are no dates. */
#define DATE_LEN_MAX 192
#define DATE_TOKENS_MAX 64
/* A name that stands for different days in different languages. */
#define DATE_DAY_UNCLEAR 7

/* A name of a month, a day of the week, or of both. */
struct date_name {
	const char *name;
	int month, other_month; /* 0: none */
	int weekday;            /* -1: none; DATE_DAY_UNCLEAR */
};

/* What stands behind a number and says what it counts. */
enum unit {
	UNIT_NONE,
	UNIT_YEAR,
	UNIT_MONTH,
	UNIT_DAY,
	UNIT_HOUR,
	UNIT_MINUTE,
	UNIT_SECOND,
};

enum kind { NUMBER, WORD, SIGN };

struct token {
	enum kind kind;
	struct gaz_str s;
	int64_t value; /* of a number */
	bool space;    /* white space stands in front */
	bool used;
};

struct reader {
	char text[DATE_LEN_MAX + 1];
	size_t len;
	struct token t[DATE_TOKENS_MAX];
	size_t n;
	bool hangul, thai;

	bool has_time, has_zone, failed;
	int hour, minute, second, zone_s;
	int64_t year;
	int month, other_month, day, weekday;
};

/* The text without case, accents and digits of other scripts, as tokens. */
void gaz_date_fold(struct reader *r, struct gaz_str s);
void gaz_date_tokenize(struct reader *r);

/* Questions about token i; behind the last one the answer is no. */
const struct token *gaz_date_at(const struct reader *r, size_t i);
/* A number that nothing has taken yet, of that many digits. */
bool gaz_date_is_number(const struct reader *r, size_t i, size_t min_digits,
    size_t max_digits);
bool gaz_date_is_sign(const struct reader *r, size_t i, char c);
bool gaz_date_is_word(const struct reader *r, size_t i, const char *word);
enum unit gaz_date_unit_at(const struct reader *r, size_t i);
/* The longest name that begins with token i, or NULL; *count tokens long. */
const struct date_name *gaz_date_name_at(const struct reader *r, size_t i,
    size_t *count);
/* Tokens from..to - 1 are taken. */
void gaz_date_use(struct reader *r, size_t from, size_t to);

/*
 * Find the time of day and its zone. halves_only: "6 pm" is one too. Where
 * there is a better one, the mark may belong to what follows it, as in
 * "9월 4 오후 6:30".
 */
void gaz_date_find_time(struct reader *r, bool halves_only);
/* The zone that begins with token i or stands a few words behind it. */
void gaz_date_find_zone(struct reader *r, size_t i);
/* Fails r when there is no such time. */
void gaz_date_set_time(struct reader *r, int64_t hour, int64_t minute,
    int64_t second);

#endif
