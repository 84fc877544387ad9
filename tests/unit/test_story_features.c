#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "gazetted/story.h"
#include "gazetted/limits.h"
#include "gazetted/mem.h"
#include "story/blob.h"

/* What features are made of a text, and that a damaged blob is refused. */

static struct gaz_story_extractor *extractor;

static void
extract(const char *language, const char *title, const char *summary,
    const char *source, struct gaz_buf *out)
{
	struct gaz_story_text t = { gaz_str_of(title), gaz_str_of(summary),
		gaz_str_of(language), gaz_str_of(source), GAZ_STR_NONE,
		1757028600 }; /* a Thursday night */

	gaz_buf_init(out, GAZ_FEATURES_MAX);
	gaz_story_extract(extractor, &t, out);
	assert_true(gaz_story_features_ok(gaz_buf_str(out)));
}

static const struct gaz_term *
term_of(const struct gaz_features *f, char kind, const char *text)
{
	for (size_t i = 0; i < f->n_terms; i++) {
		if ((kind == '*' || f->terms[i].kind == kind) &&
		    gaz_str_eq_z(f->terms[i].text, text))
			return &f->terms[i];
	}
	return NULL;
}

/* Do two texts name the same amount, whatever they call it? */
static const struct {
	const char *name, *lang_a, *a, *lang_b, *b;
	bool same;
} amounts[] = {
	{ "french milliards", "en", "It costs $1 trillion", "fr",
	    "Il coûte 1 000 milliards de dollars", true },
	{ "french milliards, narrow space", "en", "It costs $1 trillion", "fr",
	    "Il coûte 1\xE2\x80\xAF" "000 milliards", true },
	{ "german billion", "en", "It costs 1 trillion", "de",
	    "Es kostet 1 Billion Euro", true },
	{ "english billion is no german one", "en", "It costs 1 billion", "de",
	    "Es kostet 1 Billion Euro", false },
	{ "spanish mil millones", "en", "a 2.95bn fine", "es",
	    "multa de 2.950 millones", true },
	{ "decimal comma", "en", "8.9 billion", "de", "8,9 Milliarden", true },
	{ "decimal comma, polish", "en", "8.9 billion", "pl", "8,9 mld",
	    true },
	{ "thousands", "en", "12,500 people", "de", "12.500 Menschen", true },
	{ "chinese", "en", "100 billion", "zh", "投资1000亿美元", true },
	{ "japanese", "en", "30,000 people", "ja", "3万人", true },
	{ "russian", "en", "5 million", "ru", "5 миллионов", true },
	{ "arabic digits", "en", "15 dead", "ar", "١٥ قتيلا", true },
	{ "other amount", "en", "15 dead", "de", "16 Tote", false },
};

static void
test_amounts(void **state)
{
	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(amounts); i++) {
		struct gaz_buf ba, bb;
		struct gaz_features a, b;
		bool same = false;

		extract(amounts[i].lang_a, amounts[i].a, NULL, NULL, &ba);
		extract(amounts[i].lang_b, amounts[i].b, NULL, NULL, &bb);
		assert_true(gaz_features_decode(gaz_buf_str(&ba), &a));
		assert_true(gaz_features_decode(gaz_buf_str(&bb), &b));
		for (size_t k = 0; k < a.n_terms; k++) {
			for (size_t l = 0; l < b.n_terms; l++)
				same = same || (a.terms[k].kind == 'N' &&
				    a.terms[k].native == b.terms[l].native);
		}
		if (same != amounts[i].same)
			fail_msg("%s: %s", amounts[i].name,
			    same ? "the same" : "not the same");
		gaz_buf_clear(&ba);
		gaz_buf_clear(&bb);
	}
}

/* Does each of two texts tell the same day of the calendar? */
static const struct {
	const char *name, *lang_a, *a, *lang_b, *b;
	bool same;
} days[] = {
	{ "month first", "en", "Japan votes on March 8", "de",
	    "Japan wählt am 8. März", true },
	{ "day first", "en", "Japan votes on 8 March 2025", "fr",
	    "Le Japon vote le 8 mars", true },
	{ "first of a month", "fr", "Vote le 1er octobre", "en",
	    "Vote on October 1st", true },
	{ "of", "es", "Japón vota el 8 de marzo", "pt",
	    "Japão vota a 8 de março", true },
	{ "brief", "en", "MANILA, Oct 6 (XY)", "en", "on 6 October", true },
	{ "signs", "ja", "3月8日投開票へ", "zh", "3月8日举行大选", true },
	{ "signs and letters", "en", "March 8", "ja", "3月8日", true },
	{ "korean", "en", "March 8", "ko", "3월 8일 투표", true },
	{ "polish", "pl", "wybory 8 marca", "ru", "выборы 8 марта", true },
	{ "arabic", "ar", "الانتخابات في 8 مارس", "en", "March 8", true },
	{ "day alone in signs", "ja", "5日に発表", "en", "September 5", true },
	{ "weekday", "en", "on September 3", "de", "am Mittwoch", true },
	{ "another day", "en", "March 8", "de", "am 9. März", false },
	{ "another year", "en", "March 8, 2026", "en", "March 8, 2027",
	    false },
	{ "eight days", "ja", "8日間の旅", "en", "September 8", false },
	{ "no such day", "en", "February 30", "fr", "le 30 février", false },
	{ "share", "en", "8% March", "en", "March 8", false },
	{ "no month first", "fr", "en mars 8 personnes", "en", "March 8",
	    false },
};

static void
test_days(void **state)
{
	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(days); i++) {
		struct gaz_buf ba, bb;
		struct gaz_features a, b;
		bool same = false;

		extract(days[i].lang_a, days[i].a, NULL, NULL, &ba);
		extract(days[i].lang_b, days[i].b, NULL, NULL, &bb);
		assert_true(gaz_features_decode(gaz_buf_str(&ba), &a));
		assert_true(gaz_features_decode(gaz_buf_str(&bb), &b));
		for (size_t k = 0; k < a.n_terms; k++) {
			for (size_t l = 0; l < b.n_terms; l++)
				same = same || (a.terms[k].kind == 'd' &&
				    a.terms[k].native == b.terms[l].native);
		}
		if (same != days[i].same)
			fail_msg("%s: %s", days[i].name,
			    same ? "the same" : "not the same");
		gaz_buf_clear(&ba);
		gaz_buf_clear(&bb);
	}
}

/* A day of its own weighs more than the one of the news; no date, no day. */
static void
test_days_weigh(void **state)
{
	struct gaz_features f;
	struct gaz_buf b;
	struct gaz_story_text t = { GAZ_STR("Vote on March 8"), GAZ_STR_NONE,
		GAZ_STR("en"), GAZ_STR_NONE, GAZ_STR_NONE, GAZ_UTC_UNKNOWN };

	(void)state;
	extract("en", "Vote on March 8, says panel of September 4", NULL, NULL,
	    &b);
	assert_true(gaz_features_decode(gaz_buf_str(&b), &f));
	const struct gaz_term *far = term_of(&f, 'd', "March 8");
	const struct gaz_term *near = term_of(&f, 'd', "September 4");
	assert_non_null(far);
	assert_non_null(near);
	assert_true(far->prior > near->prior);
	assert_null(term_of(&f, 'N', "8"));
	gaz_buf_clear(&b);
	gaz_buf_init(&b, GAZ_FEATURES_MAX);
	gaz_story_extract(extractor, &t, &b);
	assert_true(gaz_features_decode(gaz_buf_str(&b), &f));
	for (size_t i = 0; i < f.n_terms; i++)
		assert_int_not_equal(f.terms[i].kind, 'd');
	gaz_buf_clear(&b);
}

/* The same name in two spellings has one alias, or is known as one. */
static const struct {
	const char *lang_a, *a, *lang_b, *b;
} spellings[] = {
	{ "en", "Lukashevich", "de", "Lukaschewitsch" },
	{ "en", "Karimzade", "ru", "Каримзаде" },
	{ "en", "Zelensky", "de", "Selenskyj" },
	{ "fr", "Poutine", "zh", "普京" },
	{ "de", "Trump", "ar", "ترامب" },
	{ "en", "Zelenskyy", "fr", "Zelensky" },
	{ "de", "Steinmeier", "ru", "Штайнмайер" },
	{ "en", "Altman", "ru", "Альтман" },
	{ "en", "Lecornu", "ja", "ルコルニュ" },
	{ "fr", "Vega", "it", "Vega" },
	{ "uk", "Кравчука", "en", "Kravchuk" },
};

static uint32_t
alias_of(const char *language, const char *name)
{
	char title[256];
	struct gaz_buf b;
	struct gaz_features f;
	uint32_t alias = 0;

	snprintf(title, sizeof(title), strcmp(language, "ja") == 0 ||
	            strcmp(language, "zh") == 0 ?
	        "%s" : "xx yy %s zz", name);
	extract(language, title, NULL, NULL, &b);
	assert_true(gaz_features_decode(gaz_buf_str(&b), &f));
	const struct gaz_term *t = term_of(&f, '*', name);
	if (t != NULL)
		alias = t->alias != 0 ? t->alias : t->native;
	gaz_buf_clear(&b);
	return alias;
}

static void
test_spellings(void **state)
{
	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(spellings); i++) {
		uint32_t a = alias_of(spellings[i].lang_a, spellings[i].a);
		uint32_t b = alias_of(spellings[i].lang_b, spellings[i].b);

		if (a == 0 || a != b)
			fail_msg("%s, %s: %08x, %08x", spellings[i].a,
			    spellings[i].b, a, b);
	}
}

/* What an outlet puts around its titles is no content. */
static void
test_outlet(void **state)
{
	static const struct {
		const char *title, *source, *gone;
	} rows[] = {
		{ "Ferry sinks near harbour | The Coast Post",
		    "www.coastpost.example", "Coast" },
		{ "Ferry sinks near harbour - CPN News", "cpn.example", "CPN" },
		{ "Ferry sinks near harbour | Somewhere Else", "", "Somewhere" },
		{ "Ferry sinks near harbour - Coast Post - World",
		    "coastpost.example", "Post" },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(rows); i++) {
		struct gaz_buf b;
		struct gaz_features f;

		extract("en", rows[i].title, NULL, rows[i].source, &b);
		assert_true(gaz_features_decode(gaz_buf_str(&b), &f));
		if (i < 3 && term_of(&f, '*', rows[i].gone) != NULL)
			fail_msg("%s: still there", rows[i].title);
		assert_non_null(term_of(&f, '*', "Ferry"));
		gaz_buf_clear(&b);
	}
}

/* Countries and cities are places under one key in every language. */
static void
test_places(void **state)
{
	static const char *const lisbon[][2] = { { "fr", "Lisbonne" },
		{ "de", "Lissabon" }, { "es", "Lisboa" }, { "ru", "Лиссабон" },
		{ "zh", "里斯本" }, { "ar", "لشبونة" }, { "pl", "Lizbona" } };
	struct gaz_buf b;
	struct gaz_features f;

	(void)state;
	extract("en", "Trams in Lisbon", NULL, NULL, &b);
	assert_true(gaz_features_decode(gaz_buf_str(&b), &f));
	const struct gaz_term *english = term_of(&f, 'p', "Lisbon");
	uint32_t key = english != NULL ? english->native : 0;
	gaz_buf_clear(&b);
	for (size_t i = 0; i < GAZ_COUNT(lisbon); i++) {
		extract(lisbon[i][0], lisbon[i][1], NULL, NULL, &b);
		assert_true(gaz_features_decode(gaz_buf_str(&b), &f));
		const struct gaz_term *t = term_of(&f, 'p', lisbon[i][1]);
		if (t == NULL || t->native != key)
			fail_msg("%s is not known", lisbon[i][1]);
		gaz_buf_clear(&b);
	}
	extract("en", "a cold turkey for dinner", NULL, NULL, &b);
	assert_true(gaz_features_decode(gaz_buf_str(&b), &f));
	assert_null(term_of(&f, 'p', "turkey"));
	gaz_buf_clear(&b);
}

/* Any text gives a good blob within its limit. */
static void
test_edges(void **state)
{
	static const char *const titles[] = { "", " ", "x", "42", "...", "|||",
		" - | - ", "\xF0\x9F\x98\x80\xF0\x9F\x98\x80", "中", "ก", "<b>",
		"< a", "1e400", "1.", "-1,", "''", "a'", "1 000 000 000 000" };
	struct gaz_buf b;

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(titles); i++) {
		extract("en", titles[i], titles[i], titles[i], &b);
		gaz_buf_clear(&b);
		extract(NULL, titles[i], NULL, NULL, &b);
		gaz_buf_clear(&b);
		extract("zh", NULL, titles[i], NULL, &b);
		gaz_buf_clear(&b);
	}
	/* A megabyte of different words, at and beyond the limits. */
	char *big = gaz_mem_alloc(1 << 20);
	for (size_t i = 0; i < (1 << 20) - 1; i++)
		big[i] = i % 9 == 8 ? ' ' : (char)('a' + (i / 9 >> i % 9) % 26);
	big[(1 << 20) - 1] = '\0';
	extract("en", big, big, "s", &b);
	assert_true(b.len <= GAZ_FEATURES_MAX);
	size_t len = b.len;
	gaz_buf_clear(&b);
	/* What lies behind the limit changes nothing. */
	big[GAZ_STORY_TEXT_MAX] = '\0';
	extract("en", big, big, "s", &b);
	assert_int_equal(b.len, len);
	gaz_buf_clear(&b);
	free(big);
}

static void
test_damage(void **state)
{
	struct gaz_buf b;
	struct gaz_features f;

	(void)state;
	extract("en", "Storm closes the port of Lisbon for 3 days",
	    "Ships wait outside. The harbour master speaks of high waves.",
	    "wire", &b);
	for (size_t n = 0; n < b.len; n++) {
		char *part = gaz_mem_alloc(n + 1);

		memcpy(part, b.p, n);
		assert_false(gaz_story_features_ok(gaz_str_make(part, n)));
		free(part);
	}
	/* Any byte may be anything: no crash, and what passes decodes. */
	for (size_t n = 0; n < b.len; n++) {
		char old = b.p[n];

		for (int x = 0; x < 256; x += 51) {
			b.p[n] = (char)x;
			if (gaz_story_features_ok(gaz_buf_str(&b)))
				assert_true(gaz_features_decode(
				    gaz_buf_str(&b), &f));
		}
		b.p[n] = old;
	}
	assert_false(gaz_story_features_ok(GAZ_STR_NONE));
	gaz_buf_put_char(&b, 'x');
	assert_false(gaz_story_features_ok(gaz_buf_str(&b)));
	gaz_buf_clear(&b);
}

/* What the lexicon finds in a text, by the id of the concept. */
static const struct {
	const char *name, *lang, *title, *id;
	bool found;
} concepts[] = {
	{ "a stem", "fr", "Le ministre démissionne", "resign", true },
	{ "another language's word", "en", "Le ministre démissionne", "resign",
	    false },
	{ "stems inside a phrase", "ru", "Выборы в Южной Корее", "KR", true },
	{ "a phrase, not its parts", "ru", "Южный ветер в Москве", "KR",
	    false },
	{ "adjectives are small", "ru", "Погибли российские туристы", "RU",
	    true },
	{ "so are they in French", "fr", "la presse allemande", "DE", true },
	{ "a small word is no place", "en", "How to roast a turkey", "TR",
	    false },
	{ "with a capital it is", "en", "The quake in Turkey", "TR", true },
	{ "a city is in its country", "en", "The fire in Marseille", "FR",
	    true },
	{ "in whatever language", "de", "Der Brand in Marseille", "FR",
	    true },
	{ "no spaces", "zh", "荷兰医院遭勒索软件攻击", "NL", true },
	{ "the article is part of the word", "ar", "الزلزال يضرب تركيا", "TR",
	    true },
};

static void
test_concepts(void **state)
{
	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(concepts); i++) {
		uint32_t key = gaz_term_key('c', "",
		    gaz_str_of(concepts[i].id));
		struct gaz_features f;
		struct gaz_buf b;
		bool found = false;

		extract(concepts[i].lang, concepts[i].title, "", "", &b);
		assert_true(gaz_features_decode(gaz_buf_str(&b), &f));
		for (size_t k = 0; k < f.n_terms; k++)
			found = found || f.terms[k].cross == key;
		if (found != concepts[i].found)
			fail_msg("%s: %s %s", concepts[i].name,
			    concepts[i].id, found ? "found" : "missing");
		gaz_buf_clear(&b);
	}
}

/* What outlets put around a title that they tell again goes, in any language. */
static const struct {
	const char *name, *lang, *title, *summary, *word;
	bool kept;
} frames[] = {
	{ "a footer", "en", "Trams stop in old town of Lisbon",
	    "Drivers want more pay. The post Trams stop in old town of Lisbon "
	    "appeared first on Savannah Post.", "Savannah", false },
	{ "what stands before it", "en", "Trams stop in old town of Lisbon",
	    "Drivers want more pay. The post Trams stop in old town of Lisbon "
	    "appeared first on Savannah Post.", "Drivers", true },
	{ "in French", "fr", "Les trams de Lisbonne sont en grève",
	    "L’article Les trams de Lisbonne sont en grève est apparu en "
	    "premier sur Brabançon.", "Brabançon", false },
	{ "a long sentence goes on", "en", "Trams stop in old town of Lisbon",
	    "Trams stop in old town of Lisbon because their drivers, who had "
	    "asked the company for more pay in spring and again in summer, "
	    "walked out over Wednesday in Alfama.", "Alfama", true },
	{ "another sentence", "en", "Trams stop in old town of Lisbon",
	    "Trams stop in the old town of Savannah.", "Savannah", true },
};

static void
test_frames(void **state)
{
	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(frames); i++) {
		struct gaz_features f;
		struct gaz_buf b;
		bool found = false;

		extract(frames[i].lang, frames[i].title, frames[i].summary,
		    NULL, &b);
		assert_true(gaz_features_decode(gaz_buf_str(&b), &f));
		for (size_t k = 0; k < f.n_terms; k++)
			found = found || gaz_str_eq_z(f.terms[k].text,
			    frames[i].word);
		if (found != frames[i].kept)
			fail_msg("%s: %s", frames[i].name,
			    found ? "kept" : "gone");
		gaz_buf_clear(&b);
	}
}

/* Titles that say that more than one event is told. */
static const struct {
	const char *lang, *title;
	bool roundup;
} roundups[] = {
	{ "en", "Morning briefing: storm, strike and a verdict", true },
	{ "en", "The week in pictures", true },
	{ "fr", "Ce qu'il faut retenir de l'actualité de mardi", true },
	{ "de", "Der Tag im Überblick: Sturm, Streik, Urteil", true },
	{ "pl", "Podsumowanie dnia: burza i strajk", true },
	{ "ja", "きょうの紙面から　台風と選挙", true },
	{ "zh", "今日要闻：台风和选举", true },
	{ "uk", "Головне за день: буря і страйк", true },
	{ "en", "Storm shuts the port for a week", false },
	{ "en", "Minister calls briefing after the storm", false },
	{ "de", "Streik legt den Hafen lahm", false },
};

static void
test_roundups(void **state)
{
	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(roundups); i++) {
		struct gaz_features f;
		struct gaz_buf b;

		extract(roundups[i].lang, roundups[i].title, NULL, NULL, &b);
		assert_true(gaz_features_decode(gaz_buf_str(&b), &f));
		if (f.roundup != roundups[i].roundup)
			fail_msg("%s", roundups[i].title);
		gaz_buf_clear(&b);
		/* Only the title counts. */
		extract(roundups[i].lang, "xx", roundups[i].title, NULL, &b);
		assert_true(gaz_features_decode(gaz_buf_str(&b), &f));
		assert_false(f.roundup);
		gaz_buf_clear(&b);
	}
}

static int
setup(void **state)
{
	(void)state;
	extractor = gaz_story_extractor_new();
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	gaz_story_extractor_free(extractor);
	return 0;
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_concepts),
		cmocka_unit_test(test_frames),
		cmocka_unit_test(test_roundups),
		cmocka_unit_test(test_amounts),
		cmocka_unit_test(test_days),
		cmocka_unit_test(test_days_weigh),
		cmocka_unit_test(test_spellings),
		cmocka_unit_test(test_outlet),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_edges),
		cmocka_unit_test(test_damage),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("story features", tests, setup,
	    teardown);
}
