#include "config.h"

#include "gazetted/date.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gazetted/file.h"
#include "gazetted/mem.h"

#define NONE ""

struct row {
	const char *text;
	const char *want; /* RFC 3339, NONE: no date */
};

static void
check(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char got[GAZ_UTC_TEXT_MAX];

		gaz_utc_rfc3339(gaz_date_parse(gaz_str_of(rows[i].text)), got);
		if (strcmp(got, rows[i].want) != 0)
			fail_msg("\"%s\": got \"%s\", want \"%s\"",
			    rows[i].text, got, rows[i].want);
	}
}

static void
test_rfc822(void **state)
{
	static const struct row rows[] = {
		{ "Thu, 04 Sep 2025 20:30:00 +0200", "2025-09-04T18:30:00Z" },
		{ "Thu, 04 Sep 2025 18:30:00 GMT", "2025-09-04T18:30:00Z" },
		{ "Thu, 4 Sep 2025 18:30 UT", "2025-09-04T18:30:00Z" },
		{ "Thu,4 Sep 2025 18:30:00 Z", "2025-09-04T18:30:00Z" },
		{ "04 Sep 2025 18:30:00", "2025-09-04T18:30:00Z" },
		{ "04 September 2025", "2025-09-04T00:00:00Z" },
		{ "Thu, 04 Sep 25 18:30:00 GMT", "2025-09-04T18:30:00Z" },
		{ "Thu, 30 Sep 99 18:30:00 GMT", "1999-09-30T18:30:00Z" },
		{ "1 Jan 68", "2068-01-01T00:00:00Z" },
		{ "1 Jan 69", "1969-01-01T00:00:00Z" },
		{ "Thu, 04 Sep 125 18:30:00 GMT", "2025-09-04T18:30:00Z" },
		{ "Mon, 04 Sep 2025 18:30:00 GMT", "2025-09-04T18:30:00Z" },
		{ "Thu, Sep 04 2025 18:30:00 GMT", "2025-09-04T18:30:00Z" },
		{ "Thu, 04-Sep-2025 18:30:00 GMT", "2025-09-04T18:30:00Z" },
		{ "Thursday, 04-Sep-25 18:30:00 GMT",
		    "2025-09-04T18:30:00Z" },
		{ "Thu, 04 Sep, 2025 18:30:00 UTC", "2025-09-04T18:30:00Z" },
		{ "Thu, 04 Sep 2025 11:30:00 -0700 (PDT)",
		    "2025-09-04T18:30:00Z" },
		{ "Thu, 04 Sep 2025 20:30:00 GMT+2", "2025-09-04T18:30:00Z" },
		{ "Thu, 04 Sep 2025 20:30:00 UTC+02:00",
		    "2025-09-04T18:30:00Z" },
		{ "Thu, 04 Sep 2025 14:30:00 EST-0400",
		    "2025-09-04T18:30:00Z" },
		{ "Thu, 04 Sep 2025 13:30:00 Etc/GMT+5",
		    "2025-09-04T18:30:00Z" },
		{ "Thu, 04 Sep 2025 18:30:00 Etc/UTC",
		    "2025-09-04T18:30:00Z" },
		{ "Thu, 04 Sep 2025 24:00:00 GMT", "2025-09-05T00:00:00Z" },
		{ "Sat, 31 Dec 2016 23:59:60 GMT", "2017-01-01T00:00:00Z" },
		{ "  Thu,  04\tSep 2025\n18:30:00 GMT ",
		    "2025-09-04T18:30:00Z" },
		{ "THU, 04 SEP 2025 18:30:00 gmt", "2025-09-04T18:30:00Z" },
		{ "Thu, 04 Sep 2025 18:30:00 -0000", "2025-09-04T18:30:00Z" },
		{ "Thu, 04 Sep 2025 18:30:00 XYZ", "2025-09-04T18:30:00Z" },
		{ "Wed, 01 Jan 0100 00:00:01 +0100", "0099-12-31T23:00:01Z" },
		{ "Thu Sep  4 18:30:00 2025", "2025-09-04T18:30:00Z" },
		{ "Thu Sep 4 20:30:00 CEST 2025", "2025-09-04T18:30:00Z" },
		{ "Thu Sep 4 20:30:00 +0200 2025", "2025-09-04T18:30:00Z" },
		{ "Thu Sep 04 2025 20:30:00 GMT+0200 (Central European Summer "
		  "Time)", "2025-09-04T18:30:00Z" },
	};

	(void)state;
	check(rows, GAZ_COUNT(rows));
}

static void
test_zones(void **state)
{
	static const struct row rows[] = {
		{ "4 Sep 2025 12:00 PST", "2025-09-04T20:00:00Z" },
		{ "4 Sep 2025 12:00 EDT", "2025-09-04T16:00:00Z" },
		{ "4 Sep 2025 12:00 ET", "2025-09-04T17:00:00Z" },
		{ "4 Sep 2025 12:00 CEST", "2025-09-04T10:00:00Z" },
		{ "4 Sep 2025 12:00 MESZ", "2025-09-04T10:00:00Z" },
		{ "4 Sep 2025 12:00 BST", "2025-09-04T11:00:00Z" },
		{ "4 Sep 2025 12:00 MSK", "2025-09-04T09:00:00Z" },
		{ "4 Sep 2025 12:00 IST", "2025-09-04T06:30:00Z" },
		{ "4 Sep 2025 12:00 JST", "2025-09-04T03:00:00Z" },
		{ "4 Sep 2025 12:00 AEST", "2025-09-04T02:00:00Z" },
		{ "4 Sep 2025 12:00 +5:30", "2025-09-04T06:30:00Z" },
		{ "4 Sep 2025 12:00 -01:01", "2025-09-04T13:01:00Z" },
		{ "4 Sep 2025 12:00 -00:20", "2025-09-04T12:20:00Z" },
		{ "4 Sep 2025 12:00 +013000", "2025-09-04T10:30:00Z" },
		{ "4 Sep 2025 12:00 \xE2\x88\x92" "0200",
		    "2025-09-04T14:00:00Z" },
		/* beyond a day it is no zone */
		{ "4 Sep 2025 12:00 +2500", "2025-09-04T12:00:00Z" },
		{ "4 Sep 2025 12:00 +2400", "2025-09-03T12:00:00Z" },
	};

	(void)state;
	check(rows, GAZ_COUNT(rows));
}

static void
test_iso(void **state)
{
	static const struct row rows[] = {
		{ "2025-09-04T18:30:00Z", "2025-09-04T18:30:00Z" },
		{ "2025-09-04T20:30:00+02:00", "2025-09-04T18:30:00Z" },
		{ "2025-09-04T20:30:00.999+02:00", "2025-09-04T18:30:00Z" },
		{ "2025-09-04T18:30:00.123456789012345678901Z",
		    "2025-09-04T18:30:00Z" },
		{ "2025-09-04T18:30:00,5Z", "2025-09-04T18:30:00Z" },
		{ "2025-09-04T20:30:00+0200", "2025-09-04T18:30:00Z" },
		{ "2025-09-04T20:30:00+02", "2025-09-04T18:30:00Z" },
		{ "2025-09-04T18:30Z", "2025-09-04T18:30:00Z" },
		{ "2025-09-04T18Z", "2025-09-04T18:00:00Z" },
		{ "2025-09-04t18:30:00z", "2025-09-04T18:30:00Z" },
		{ "2025-09-04 18:30:00", "2025-09-04T18:30:00Z" },
		{ "2025-09-04 18:30:00 +00:00", "2025-09-04T18:30:00Z" },
		{ "2025-09-04 18:30:00 UTC", "2025-09-04T18:30:00Z" },
		{ "2025-09-04T20:30:00+02:00[Europe/Berlin]",
		    "2025-09-04T18:30:00Z" },
		{ "2025-09-04", "2025-09-04T00:00:00Z" },
		{ "2025-9-4", "2025-09-04T00:00:00Z" },
		{ "2025-09", "2025-09-01T00:00:00Z" },
		{ "2025", "2025-01-01T00:00:00Z" },
		{ "20250904", "2025-09-04T00:00:00Z" },
		{ "20250904T183000Z", "2025-09-04T18:30:00Z" },
		{ "20250904T203000+0200", "2025-09-04T18:30:00Z" },
		{ "20250904T1830Z", "2025-09-04T18:30:00Z" },
		{ "20250904 183000", "2025-09-04T18:30:00Z" },
		{ "20250904183000", "2025-09-04T18:30:00Z" },
		{ "2025-W36-4", "2025-09-04T00:00:00Z" },
		{ "2025-W36", "2025-09-01T00:00:00Z" },
		{ "2025W364", "2025-09-04T00:00:00Z" },
		{ "2025-W36-4T18:30:00Z", "2025-09-04T18:30:00Z" },
		{ "2021-W01-1", "2021-01-04T00:00:00Z" },
		{ "2020-W53-7", "2021-01-03T00:00:00Z" },
		{ "2025-W54-1", NONE },
		{ "2025-W36-8", NONE },
		{ "2025-247", "2025-09-04T00:00:00Z" },
		{ "2025247", "2025-09-04T00:00:00Z" },
		{ "2024-366", "2024-12-31T00:00:00Z" },
		{ "2025-366", NONE },
		{ "2025-000", NONE },
		{ "25-09-04", "2025-09-04T00:00:00Z" },
		{ "250904", "2025-09-04T00:00:00Z" },
		{ "25-247", "2025-09-04T00:00:00Z" },
		{ "25247", "2025-09-04T00:00:00Z" },
		{ "-25-09", "2025-09-01T00:00:00Z" },
		{ "-2509", "2025-09-01T00:00:00Z" },
		{ "2025-009-04T18:30:00Z", "2025-09-04T18:30:00Z" },
		{ "--09-04", NONE },
		{ "2025-09-04+02:00", "2025-09-04T00:00:00Z" },
		{ "2025-09-04-05:00", "2025-09-04T00:00:00Z" },
		{ "1757010600", "2025-09-04T18:30:00Z" },
		{ "1757010600123", "2025-09-04T18:30:00Z" },
		{ "1969-12-31T23:59:59Z", "1969-12-31T23:59:59Z" },
	};

	(void)state;
	check(rows, GAZ_COUNT(rows));
}

static void
test_numeric(void **state)
{
	static const struct row rows[] = {
		{ "04.09.2025 18:30", "2025-09-04T18:30:00Z" },
		{ "4. 9. 2025, 18:30 Uhr", "2025-09-04T18:30:00Z" },
		{ "04.09.25", "2025-09-04T00:00:00Z" },
		{ "04-09-2025", "2025-09-04T00:00:00Z" },
		{ "2025/09/04 18:30:00", "2025-09-04T18:30:00Z" },
		{ "2025.09.04", "2025-09-04T00:00:00Z" },
		{ "9/4/2025 6:30:00 PM", "2025-09-04T18:30:00Z" },
		{ "9/4/2025 12:05:00 AM", "2025-09-04T00:05:00Z" },
		{ "9/4/2025 12:05 p.m.", "2025-09-04T12:05:00Z" },
		{ "9/4/25", "2025-09-04T00:00:00Z" },
		/* a number beyond 12 or the weekday tells the order */
		{ "24/09/2025", "2025-09-24T00:00:00Z" },
		{ "09/24/2025", "2025-09-24T00:00:00Z" },
		{ "Thu, 04/09/2025 18:30", "2025-09-04T18:30:00Z" },
		{ "jeudi 04/09/2025 18:30", "2025-09-04T18:30:00Z" },
		{ "Thu 09/04/2025 18:30", "2025-09-04T18:30:00Z" },
		{ "Fri, 2025/09/05 18:30:00 EDT", "2025-09-05T22:30:00Z" },
		{ "18:30 04.09.2025", "2025-09-04T18:30:00Z" },
		{ "18:30 - 04.09.2025", "2025-09-04T18:30:00Z" },
		{ "18:30 - 4 September 2025", "2025-09-04T18:30:00Z" },
		{ "4.9.2025 klo 18.30", "2025-09-04T18:30:00Z" },
		{ "09/2025", "2025-09-01T00:00:00Z" },
	};

	(void)state;
	check(rows, GAZ_COUNT(rows));
}

static void
test_languages(void **state)
{
	static const struct row rows[] = {
		{ "Donnerstag, 4. September 2025 - 18:30 Uhr",
		    "2025-09-04T18:30:00Z" },
		{ "Do, 04 Dez 2025 18:30:00 +0100", "2025-12-04T17:30:00Z" },
		{ "4 MÄRZ 2025", "2025-03-04T00:00:00Z" },
		{ "jeu., 04 déc. 2025 à 18h30", "2025-12-04T18:30:00Z" },
		{ "mar. 4 mars 2025", "2025-03-04T00:00:00Z" },
		{ "1er août 2025", "2025-08-01T00:00:00Z" },
		{ "jueves, 4 de septiembre de 2025, 18:30 h",
		    "2025-09-04T18:30:00Z" },
		{ "4 de março de 2025 às 18h30", "2025-03-04T18:30:00Z" },
		{ "4 settembre 2025", "2025-09-04T00:00:00Z" },
		{ "do 4 maart 2025 18u30", "2025-03-04T18:30:00Z" },
		{ "torsdag 4. februar 2025 kl. 18.30",
		    "2025-02-04T18:30:00Z" },
		{ "4. syyskuuta 2025 klo 18.30", "2025-09-04T18:30:00Z" },
		{ "4 września 2025, 18:30", "2025-09-04T18:30:00Z" },
		{ "4. září 2025", "2025-09-04T00:00:00Z" },
		/* October in Croatian, November in Polish and Czech */
		{ "utorak, 4. listopada 2025.", "2025-11-04T00:00:00Z" },
		{ "subota, 4. listopada 2025.", "2025-10-04T00:00:00Z" },
		{ "4 listopada 2025", "2025-11-04T00:00:00Z" },
		{ "2025. szeptember 4., csütörtök 18:30",
		    "2025-09-04T18:30:00Z" },
		{ "2025-július-13T9:15-05:00", "2025-07-13T14:15:00Z" },
		{ "4 Σεπτεμβρίου 2025, 6:30 μμ", "2025-09-04T18:30:00Z" },
		{ "Πεμ, 04 ΣΕΠ 2025 18:30:00 EEST", "2025-09-04T15:30:00Z" },
		{ "4 Eylül 2025 Perşembe 18:30", "2025-09-04T18:30:00Z" },
		{ "4 сентября 2025 г. 18:30", "2025-09-04T18:30:00Z" },
		{ "Чт, 04 Сен 2025 18:30:00 MSK", "2025-09-04T15:30:00Z" },
		{ "4 вересня 2025", "2025-09-04T00:00:00Z" },
		{ "4 септември 2025", "2025-09-04T00:00:00Z" },
		{ "٤ سبتمبر ٢٠٢٥", "2025-09-04T00:00:00Z" },
		{ "4 تشرين الثاني 2025", "2025-11-04T00:00:00Z" },
		{ "4 בספטמבר 2025", "2025-09-04T00:00:00Z" },
		{ "४ सितंबर २०२५", "2025-09-04T00:00:00Z" },
		{ "4 กันยายน 2568 18:30", "2025-09-04T18:30:00Z" },
		{ "4 ก.ย. 2568", "2025-09-04T00:00:00Z" },
		{ "Thứ năm, ngày 4 tháng 9 năm 2025",
		    "2025-09-04T00:00:00Z" },
		{ "Thứ năm 04/09/2025 18:30 (GMT+7)",
		    "2025-09-04T11:30:00Z" },
		{ "4 Agustus 2025", "2025-08-04T00:00:00Z" },
		{ "2025年9月4日", "2025-09-04T00:00:00Z" },
		{ "2025年9月4日(木) 18時30分", "2025-09-04T18:30:00Z" },
		{ "2025年9月4日星期四下午6:30", "2025-09-04T18:30:00Z" },
		{ "２０２５年９月４日", "2025-09-04T00:00:00Z" },
		/* Korean programs print their own time without a zone */
		{ "2025-09-04 오후 6:30:17", "2025-09-04T09:30:17Z" },
		{ "2025년 09월 04일  18:30:17", "2025-09-04T09:30:17Z" },
		{ "2025년 9월 4일 18시 30분 17초", "2025-09-04T09:30:17Z" },
		{ "2025년 9월 4일", "2025-09-04T00:00:00Z" },
	};

	(void)state;
	check(rows, GAZ_COUNT(rows));
}

static void
test_not_dates(void **state)
{
	static const struct row rows[] = {
		{ "", NONE },
		{ " ", NONE },
		{ "yesterday", NONE },
		{ "2 days ago", NONE },
		{ "0000-00-00 00:00:00", NONE },
		{ "0000-01-01T00:00:00Z", NONE },
		{ "2025-02-31", NONE },
		{ "2025-02-29", NONE },
		{ "31 Jun 2025 12:00:00 GMT", NONE },
		{ "2025-13-13", NONE },
		{ "2025-09-04T25:30:00Z", NONE },
		{ "2025-09-04T18:60:00Z", NONE },
		{ "2025-09-04T18:30:61Z", NONE },
		{ "2025-09-04T24:00:01Z", NONE },
		{ "Thu, 31 xxx 2025 18:30:00 GMT", NONE },
		{ "4 September", NONE },
		{ "10000-01-01", NONE },
		{ "18:30", NONE },
		{ "99999999999999999999999", NONE },
		{ "- - - : : :", NONE },
		{ "\xFF\xFE\xFD", NONE },
	};
	char many[4096];

	(void)state;
	check(rows, GAZ_COUNT(rows));
	memset(many, '1', sizeof(many));
	assert_true(gaz_date_parse(gaz_str_make(many, sizeof(many))) ==
	    GAZ_UTC_UNKNOWN);
	for (size_t i = 0; i < sizeof(many); i++)
		many[i] = i % 2 == 0 ? '1' : '-';
	assert_true(gaz_date_parse(gaz_str_make(many, 190)) ==
	    GAZ_UTC_UNKNOWN);
	assert_true(gaz_date_parse(GAZ_STR_NONE) == GAZ_UTC_UNKNOWN);
}

/* Rows of text, tab, RFC 3339 or "-" for no date. */
static void
test_rows(void **state)
{
	struct gaz_buf file;
	struct gaz_err err;
	struct gaz_str rest, line, text;
	size_t rows = 0, wrong = 0;
	const char *dir = getenv("GAZ_FIXTURES");
	char path[1024];

	(void)state;
	gaz_buf_init(&file, 1 << 20);
	snprintf(path, sizeof(path), "%s/date/table.tsv",
	    dir != NULL ? dir : GAZ_FIXTURES_DIR);
	if (!gaz_file_load(path, &file, &err))
		fail_msg("%s", err.msg);
	rest = gaz_buf_str(&file);
	while (gaz_str_split(&rest, '\n', &line)) {
		char got[GAZ_UTC_TEXT_MAX];

		if (line.len == 0 || line.p[0] == '#')
			continue;
		assert_true(gaz_str_split(&line, '\t', &text));
		gaz_utc_rfc3339(gaz_date_parse(text), got);
		rows++;
		if (gaz_str_eq_z(line, got[0] == '\0' ? "-" : got))
			continue;
		print_error("\"%.*s\": got \"%s\", want \"%.*s\"\n",
		    GAZ_STR_ARG(text), got, GAZ_STR_ARG(line));
		wrong++;
	}
	assert_int_equal(wrong, 0);
	assert_true(rows >= 500);
	gaz_buf_clear(&file);
}

/* Every name in the table is found as it stands there. */
static void
test_table(void **state)
{
	struct gaz_buf file;
	struct gaz_err err;
	struct gaz_str rest, line;
	size_t rows = 0;
	const char *dir = getenv("GAZ_SRCDIR");
	char path[1024];

	(void)state;
	gaz_buf_init(&file, 1 << 20);
	snprintf(path, sizeof(path), "%s/data/months.tsv",
	    dir != NULL ? dir : GAZ_FIXTURES_DIR "/../..");
	if (!gaz_file_load(path, &file, &err))
		fail_msg("%s", err.msg);
	rest = gaz_buf_str(&file);
	while (gaz_str_split(&rest, '\n', &line)) {
		struct gaz_str lang, kind, number, names, name;
		int64_t month;

		if (line.len == 0 || line.p[0] == '#')
			continue;
		assert_true(gaz_str_split(&line, '\t', &lang));
		assert_true(gaz_str_split(&line, '\t', &kind));
		assert_true(gaz_str_split(&line, '\t', &number));
		assert_true(gaz_str_split(&line, '\t', &names));
		assert_true(gaz_str_to_int(number, &month));
		if (!gaz_str_eq_z(kind, "month"))
			continue;
		while (gaz_str_split(&names, ',', &name)) {
			char text[200];
			struct gaz_civil c;

			snprintf(text, sizeof(text), "4 %.*s 2025",
			    GAZ_STR_ARG(name));
			gaz_utc t = gaz_date_parse(gaz_str_of(text));

			if (t == GAZ_UTC_UNKNOWN)
				fail_msg("%s: no date", text);
			c = gaz_civil_of(t);
			/* Croatian shares names with Polish and Czech. */
			if (c.month != month && !gaz_str_eq_z(lang, "hr"))
				fail_msg("%s: month %d", text, c.month);
			rows++;
		}
	}
	assert_true(rows > 500);
	gaz_buf_clear(&file);
}

static void
test_duration(void **state)
{
	static const struct {
		const char *text;
		int64_t want;
	} cases[] = {
		{ "90", 90 }, { "1:30", 90 }, { "01:30", 90 },
		{ "1:02:03", 3723 }, { " 1:02:03 ", 3723 }, { "0", 0 },
		{ "90.7", 90 }, { "1:30.5", 90 }, { "120:00", 7200 },
		{ "PT1H2M3S", 3723 }, { "PT90S", 90 }, { "P1DT1S", 86401 },
		{ "", INT64_MIN }, { ":", INT64_MIN }, { "1:", INT64_MIN },
		{ "1:2:3:4", INT64_MIN }, { "-5", INT64_MIN },
		{ "an hour", INT64_MIN }, { "1h", INT64_MIN },
		{ "PT", INT64_MIN }, { "P", INT64_MIN },
		{ "PT5", INT64_MIN }, { "PTS", INT64_MIN },
		{ "99999999999999999999", INT64_MIN },
		{ "999999999:999999999:999999999",
		    INT64_C(999999999) * 3661 },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		int64_t got = gaz_duration_parse(gaz_str_of(cases[i].text));

		if (got != cases[i].want)
			fail_msg("\"%s\": got %lld, want %lld", cases[i].text,
			    (long long)got, (long long)cases[i].want);
	}
	assert_true(gaz_duration_parse(GAZ_STR_NONE) == INT64_MIN);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rfc822),
		cmocka_unit_test(test_zones),
		cmocka_unit_test(test_iso),
		cmocka_unit_test(test_numeric),
		cmocka_unit_test(test_languages),
		cmocka_unit_test(test_not_dates),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_duration),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("date", tests, NULL, NULL);
}
