/*
 * Language of a text. The script decides where only one language uses it; else
 * a small model of words and letter triples does: a word adds the logarithm of
 * how likely it is in each language, by its rank in the list of frequent words
 * or, when it is not there, by its letters. A declared language wins as long as
 * the text does not clearly speak against it.
 */
#include "config.h"

#include "gazetted/lang.h"

#include <math.h>
#include <stdlib.h>

#include "gazetted/buf.h"
#include "gazetted/mem.h"

#include "normalise/lang_internal.h"
#include "normalise/lang_model.h"
#include "src/normalise/lang_table.h"

/* How much is looked at: more does not change the answer. */
#define LETTERS_MAX 800
#define WORD_LEN_MAX 64 /* bytes; longer ones are no words */
/* Weight of the triples against whole words: those of one word depend on each
 * other. */
#define TRIPLE_WEIGHT 0.9f
/* Lead over the second (natural logarithm of odds) that decides. */
#define LEAD_MIN 0.7
/* Lead over the declared language that overrules it: a few odd words do not. */
#define OVERRULE 10.0
#define OVERRULE_PER_LETTER 0.5
#define OVERRULE_FOREIGN 30.0 /* when the model does not know that one */

/* ----- scripts ----- */

static const struct {
	uint32_t from, to;
	enum script script;
} ranges[] = {
	{ 'A', 'Z', SCRIPT_LATIN },
	{ 'a', 'z', SCRIPT_LATIN },
	{ 0xC0, 0x24F, SCRIPT_LATIN },
	{ 0x370, 0x3FF, SCRIPT_GREEK },
	{ 0x400, 0x52F, SCRIPT_CYRILLIC },
	{ 0x531, 0x58F, SCRIPT_ARMENIAN },
	{ 0x590, 0x5FF, SCRIPT_HEBREW },
	{ 0x600, 0x6FF, SCRIPT_ARABIC },
	{ 0x750, 0x77F, SCRIPT_ARABIC },
	{ 0x900, 0x97F, SCRIPT_DEVANAGARI },
	{ 0x980, 0x9FF, SCRIPT_BENGALI },
	{ 0xA00, 0xA7F, SCRIPT_GURMUKHI },
	{ 0xA80, 0xAFF, SCRIPT_GUJARATI },
	{ 0xB00, 0xB7F, SCRIPT_ORIYA },
	{ 0xB80, 0xBFF, SCRIPT_TAMIL },
	{ 0xC00, 0xC7F, SCRIPT_TELUGU },
	{ 0xC80, 0xCFF, SCRIPT_KANNADA },
	{ 0xD00, 0xD7F, SCRIPT_MALAYALAM },
	{ 0xD80, 0xDFF, SCRIPT_SINHALA },
	{ 0xE00, 0xE7F, SCRIPT_THAI },
	{ 0xE80, 0xEFF, SCRIPT_LAO },
	{ 0xF00, 0xFFF, SCRIPT_TIBETAN },
	{ 0x1000, 0x109F, SCRIPT_MYANMAR },
	{ 0x10A0, 0x10FF, SCRIPT_GEORGIAN },
	{ 0x1100, 0x11FF, SCRIPT_HANGUL },
	{ 0x1200, 0x139F, SCRIPT_ETHIOPIC },
	{ 0x1780, 0x17FF, SCRIPT_KHMER },
	{ 0x1E00, 0x1EFF, SCRIPT_LATIN },
	{ 0x1F00, 0x1FFF, SCRIPT_GREEK },
	{ 0x3040, 0x30FF, SCRIPT_KANA },
	{ 0x3400, 0x9FFF, SCRIPT_HAN },
	{ 0xAC00, 0xD7AF, SCRIPT_HANGUL },
	{ 0xF900, 0xFAFF, SCRIPT_HAN },
	{ 0xFB50, 0xFDFF, SCRIPT_ARABIC },
	{ 0xFE70, 0xFEFF, SCRIPT_ARABIC },
	{ 0xFF66, 0xFF9F, SCRIPT_KANA },
	{ 0x20000, 0x2FFFF, SCRIPT_HAN },
};

/* Scripts of one language, near enough. */
static const struct {
	enum script script;
	const char *code;
} only[] = {
	{ SCRIPT_GREEK, "el" },
	{ SCRIPT_HEBREW, "he" },
	{ SCRIPT_THAI, "th" },
	{ SCRIPT_HANGUL, "ko" },
	{ SCRIPT_KANA, "ja" },
	{ SCRIPT_HAN, "zh" },
	{ SCRIPT_GEORGIAN, "ka" },
	{ SCRIPT_ARMENIAN, "hy" },
	{ SCRIPT_BENGALI, "bn" },
	{ SCRIPT_GURMUKHI, "pa" },
	{ SCRIPT_GUJARATI, "gu" },
	{ SCRIPT_ORIYA, "or" },
	{ SCRIPT_TAMIL, "ta" },
	{ SCRIPT_TELUGU, "te" },
	{ SCRIPT_KANNADA, "kn" },
	{ SCRIPT_MALAYALAM, "ml" },
	{ SCRIPT_SINHALA, "si" },
	{ SCRIPT_LAO, "lo" },
	{ SCRIPT_TIBETAN, "bo" },
	{ SCRIPT_MYANMAR, "my" },
	{ SCRIPT_KHMER, "km" },
	{ SCRIPT_ETHIOPIC, "am" },
};

/* Codes that share a script of "only" with the main one, or use two. */
static const struct {
	const char *code;
	enum script script;
} also[] = {
	{ "yi", SCRIPT_HEBREW },
	{ "as", SCRIPT_BENGALI },
	{ "ti", SCRIPT_ETHIOPIC },
	{ "dz", SCRIPT_TIBETAN },
	{ "yue", SCRIPT_HAN },
	{ "ja", SCRIPT_HAN },
	{ "ko", SCRIPT_HAN },
	{ "sa", SCRIPT_DEVANAGARI },
	{ "ps", SCRIPT_ARABIC },
	{ "sd", SCRIPT_ARABIC },
	{ "ug", SCRIPT_ARABIC },
	{ "ku", SCRIPT_ARABIC },
	{ "ckb", SCRIPT_ARABIC },
	{ "tg", SCRIPT_CYRILLIC },
	{ "ky", SCRIPT_CYRILLIC },
	{ "mn", SCRIPT_CYRILLIC },
	{ "tt", SCRIPT_CYRILLIC },
	{ "uz", SCRIPT_CYRILLIC },
	{ "sr", SCRIPT_CYRILLIC },
	{ "ba", SCRIPT_CYRILLIC },
	{ "cv", SCRIPT_CYRILLIC },
	{ "os", SCRIPT_CYRILLIC },
	{ "ab", SCRIPT_CYRILLIC },
};

static enum script
script_of(uint32_t c)
{
	size_t low = 0, high = GAZ_COUNT(ranges);

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (c > ranges[mid].to)
			low = mid + 1;
		else if (c < ranges[mid].from)
			high = mid;
		else
			return c == 0xD7 || c == 0xF7 ? SCRIPT_OTHER
						      : ranges[mid].script;
	}
	return SCRIPT_OTHER;
}

/* ----- words ----- */

static uint32_t
lower(uint32_t c)
{
	if (c < 0x80)
		return (uint32_t)gaz_to_lower((char)c);
	if ((c >= 0xC0 && c <= 0xDE) || (c >= 0x391 && c <= 0x3A9) ||
	    (c >= 0x410 && c <= 0x42F))
		return c + 0x20;
	if (c >= 0x400 && c <= 0x40F)
		return c + 0x50;
	if (c == 0x130 || c == 0x178)
		return c == 0x130 ? 'i' : 0xFF;
	if (c == 0x18F)
		return 0x259;
	if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E))
		return c % 2 == 1 ? c + 1 : c;
	if ((c >= 0x100 && c <= 0x17F) || (c >= 0x1A0 && c <= 0x1A5) ||
	    (c >= 0x1E00 && c <= 0x1EFF) || (c >= 0x218 && c <= 0x21B) ||
	    (c >= 0x460 && c <= 0x52F))
		return c % 2 == 0 ? c + 1 : c;
	if (c == 0x1AF)
		return 0x1B0;
	/* Cedillas for commas, Arabic letters of other keyboards. */
	if (c == 0x15F || c == 0x163)
		return c;
	if (c == 0x200C)
		return ' ';
	return c;
}

struct counts {
	float score[LANGS];
	unsigned letters[SCRIPT_COUNT];
	unsigned total; /* letters */
	unsigned words, known;
};

static int
compare_word(const void *key, const void *row)
{
	const struct gaz_str *s = key;
	const struct word *w = row;

	return gaz_str_cmp(*s, gaz_str_of(w->text));
}

static const struct triple *
find_triple(uint64_t key)
{
	size_t low = 0, high = TRIPLES;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (triples[mid].key == key)
			return &triples[mid];
		if (triples[mid].key < key)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

static void
add_triple(uint64_t key, float score[LANGS])
{
	const struct triple *t = find_triple(key);

	if (t == NULL)
		return;
	for (size_t i = t->from; i < t->from + (size_t)t->n; i++) {
		const struct posting *p = &triple_postings[i];

		score[p->lang] += gains[p->value];
	}
}

/* Logarithm of the chance of the word in each language. */
static void
add_word(struct counts *c, struct gaz_str word)
{
	float score[LANGS] = { 0 };
	uint64_t key = ' ';
	size_t pos = 0, n = 0;
	const struct word *found = bsearch(
	    &word, words, GAZ_COUNT(words), sizeof(words[0]), compare_word);

	while (pos < word.len) {
		uint32_t ch = gaz_utf8_next(word, &pos);

		key = gaz_lang_triple(key, ch);
		if (key >> 42 != 0) {
			add_triple(key, score);
			n++;
		}
		if (ch >= 0x80) {
			add_triple(ch, score);
			n++;
		}
	}
	key = gaz_lang_triple(key, ' ');
	if (key >> 42 != 0) {
		add_triple(key, score);
		n++;
	}
	for (size_t i = 0; i < LANGS; i++)
		score[i] = TRIPLE_WEIGHT *
		    (score[i] + langs[i].none * (float)n);
	if (found != NULL) {
		c->known++;
		for (size_t i = found->from; i < found->from + (size_t)found->n;
		     i++) {
			const struct posting *p = &word_postings[i];
			float chance = logf(0.13f / ((float)p->value + 4.0f));

			if (chance > score[p->lang])
				score[p->lang] = chance;
		}
	}
	c->words++;
	for (size_t i = 0; i < LANGS; i++)
		c->score[i] += score[i];
}

static bool
is_part_of_word(uint32_t c)
{
	/* Joiners and vowel signs belong to the letters around them. */
	return script_of(c) != SCRIPT_OTHER || (c >= 0x300 && c <= 0x36F) ||
	       c == 0x200D || c == 0x2BC;
}

static void
count(struct counts *c, struct gaz_str text)
{
	char word[WORD_LEN_MAX];
	size_t len = 0, pos = 0;
	bool too_long = false;

	while (pos < text.len && c->total < LETTERS_MAX) {
		uint32_t ch = gaz_utf8_next(text, &pos);
		char out[4];

		if (is_part_of_word(ch)) {
			size_t n = gaz_utf8_put(lower(ch), out);
			enum script s = script_of(ch);

			if (s != SCRIPT_OTHER) {
				c->letters[s]++;
				c->total++;
			}
			if (len + n > sizeof(word))
				too_long = true;
			else
				memcpy(word + len, out, n), len += n;
			continue;
		}
		if (len > 0 && !too_long)
			add_word(c, gaz_str_make(word, len));
		len = 0;
		too_long = false;
	}
	if (len > 0 && !too_long)
		add_word(c, gaz_str_make(word, len));
}

/* ----- codes ----- */

/* Codes that text alone does not tell apart: the declared one is kept. */
static const char *const twins[][4] = {
	{ "nb", "no", "nn", "da" },
	{ "sr", "hr", "bs", "sh" },
	{ "id", "ms", NULL, NULL },
	{ "hi", "mr", "ne", NULL },
};

static bool
are_twins(struct gaz_str a, const char *b)
{
	for (size_t i = 0; i < GAZ_COUNT(twins); i++) {
		bool has_a = false, has_b = false;

		for (size_t k = 0; k < 4 && twins[i][k] != NULL; k++) {
			has_a = has_a || gaz_str_eq_z(a, twins[i][k]);
			has_b = has_b || strcmp(b, twins[i][k]) == 0;
		}
		if (has_a && has_b)
			return true;
	}
	return false;
}

static size_t
index_of(struct gaz_str code, enum script script)
{
	if (gaz_str_eq_z(code, "no"))
		code = GAZ_STR("nb");
	for (size_t i = 0; i < LANGS; i++) {
		if (langs[i].script == script &&
		    gaz_str_eq_z(code, langs[i].code))
			return i;
	}
	return LANGS;
}

/* ----- decision ----- */

static enum script
main_script(const struct counts *c)
{
	enum script best = SCRIPT_OTHER;
	unsigned cjk = c->letters[SCRIPT_HAN] + c->letters[SCRIPT_KANA];

	/* Japanese is written in both; a few kana among ideographs do. */
	if (cjk * 3 > c->total)
		return c->letters[SCRIPT_KANA] * 12 > cjk ? SCRIPT_KANA
							  : SCRIPT_HAN;
	for (unsigned s = SCRIPT_LATIN; s < SCRIPT_COUNT; s++) {
		if (c->letters[s] > c->letters[best])
			best = (enum script)s;
	}
	return c->letters[best] > 0 ? best : SCRIPT_OTHER;
}

static const char *
only_language(enum script script)
{
	for (size_t i = 0; i < GAZ_COUNT(only); i++) {
		if (only[i].script == script)
			return only[i].code;
	}
	return NULL;
}

/* Could a text in that language be in that script? */
static bool
hint_fits(struct gaz_str hint, enum script script)
{
	bool in_model = false;

	for (size_t i = 0; i < GAZ_COUNT(also); i++) {
		if (gaz_str_eq_z(hint, also[i].code) &&
		    also[i].script == script)
			return true;
	}
	for (size_t i = 0; i < GAZ_COUNT(only); i++) {
		if (gaz_str_eq_z(hint, only[i].code))
			return only[i].script == script;
	}
	for (size_t i = 0; i < LANGS; i++) {
		if (gaz_str_eq_z(hint, langs[i].code)) {
			if (langs[i].script == script)
				return true;
			in_model = true;
		}
	}
	return !in_model && script == SCRIPT_LATIN;
}

static struct gaz_str
choose(const struct counts *c, enum script script, struct gaz_str hint)
{
	size_t best = LANGS, hinted = index_of(hint, script);
	double second = -INFINITY, lead, over;

	for (size_t i = 0; i < LANGS; i++) {
		if (langs[i].script == script &&
		    (best == LANGS || c->score[i] > c->score[best]))
			best = i;
	}
	if (best == LANGS)
		return hint;
	for (size_t i = 0; i < LANGS; i++) {
		if (i != best && langs[i].script == script &&
		    c->score[i] > second)
			second = c->score[i];
	}
	lead = c->score[best] - second;
	if (hint.len == 0)
		return lead >= LEAD_MIN ? gaz_str_of(langs[best].code)
					: GAZ_STR_NONE;
	if (best == hinted || are_twins(hint, langs[best].code))
		return hint;
	if (!hint_fits(hint, script))
		return gaz_str_of(langs[best].code);
	if (hinted < LANGS) {
		over = c->score[best] - c->score[hinted];
		return over >= OVERRULE + OVERRULE_PER_LETTER * c->total
			   ? gaz_str_of(langs[best].code)
			   : hint;
	}
	/* A language we know nothing of: only much familiar text tells. */
	return c->known * 2 > c->words && c->words >= 8 &&
		       lead >= OVERRULE_FOREIGN
		   ? gaz_str_of(langs[best].code)
		   : hint;
}

struct gaz_str
gaz_lang_identify(struct gaz_str text, struct gaz_str hint)
{
	struct counts c = { 0 };
	enum script script;
	const char *code;

	for (size_t i = 0; i < LANGS; i++)
		c.score[i] = langs[i].prior;
	hint = gaz_lang_known(hint);
	count(&c, text);
	script = main_script(&c);
	if (script == SCRIPT_OTHER)
		return hint;
	code = only_language(script);
	if (code == NULL)
		return choose(&c, script, hint);
	return hint.len > 0 && hint_fits(hint, script) ? hint
						       : gaz_str_of(code);
}
