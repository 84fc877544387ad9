/*
 * The compiler of data/lang/words.tsv, run by make: prints the model that
 * lang.c includes. Words and letter triples are sorted, each with the list
 * of languages that have it.
 */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "gazetted/str.h"

#include "normalise/lang_model.h"

/* Of the table: bytes, languages, words, triples. */
#define TABLE_MAX (1u << 20)
#define LANGS_MAX 255
#define WORDS_MAX 65535
#define TRIPLES_MAX 262144

struct entry {
	struct gaz_str word; /* of words */
	uint64_t key;        /* of triples */
	size_t lang;
	size_t value;        /* rank; count */
};

static char table[TABLE_MAX];
static struct {
	struct gaz_str code, script, prior;
} langs[LANGS_MAX];
static struct entry words[WORDS_MAX], triples[TRIPLES_MAX];
static size_t langs_n, words_n, triples_n;

static void
check(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "langc: too many %s\n", what);
	exit(65);
}

static void
add_triple(uint64_t key, size_t lang)
{
	check(triples_n < TRIPLES_MAX, "triples");
	triples[triples_n++] = (struct entry){ .key = key, .lang = lang,
		.value = 1 };
}

static void
add_word(struct gaz_str word, size_t lang, size_t rank)
{
	uint64_t key = ' ';
	size_t pos = 0;

	check(words_n < WORDS_MAX, "words");
	words[words_n++] = (struct entry){ .word = word, .lang = lang,
		.value = rank };
	while (pos < word.len) {
		uint32_t c = gaz_utf8_next(word, &pos);

		key = gaz_lang_triple(key, c);
		if (key >> 42 != 0)
			add_triple(key, lang);
		/* Letters beyond a-z tell much by themselves. */
		if (c >= 0x80)
			add_triple(c, lang);
	}
	key = gaz_lang_triple(key, ' ');
	if (key >> 42 != 0)
		add_triple(key, lang);
}

static int
by_word(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int c = gaz_str_cmp(x->word, y->word);

	return c != 0 ? c : (x->lang > y->lang) - (x->lang < y->lang);
}

static int
by_key(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return (x->lang > y->lang) - (x->lang < y->lang);
}

static void
read_table(struct gaz_str rest)
{
	struct gaz_str line, code, script, prior, word;

	while (gaz_str_split(&rest, '\n', &line)) {
		size_t rank = 0;

		if (line.len == 0 || line.p[0] == '#')
			continue;
		if (!gaz_str_split(&line, '\t', &code) ||
		    !gaz_str_split(&line, '\t', &script) ||
		    !gaz_str_split(&line, '\t', &prior) || line.p == NULL)
			check(false, "columns missing, or lines");
		check(langs_n < LANGS_MAX, "languages");
		langs[langs_n].code = code;
		langs[langs_n].script = script;
		langs[langs_n++].prior = prior;
		while (gaz_str_split(&line, ' ', &word)) {
			if (word.len > 0)
				add_word(word, langs_n - 1, rank++);
		}
	}
}

/* Equal triples of one language become one entry. */
static void
count_triples(void)
{
	size_t n = 0;

	qsort(triples, triples_n, sizeof(triples[0]), by_key);
	for (size_t i = 0; i < triples_n; i++) {
		if (n > 0 && triples[n - 1].key == triples[i].key &&
		    triples[n - 1].lang == triples[i].lang)
			triples[n - 1].value++;
		else
			triples[n++] = triples[i];
	}
	triples_n = n;
}

/* A word that stands twice keeps its better rank. */
static void
sort_words(void)
{
	size_t n = 0;

	qsort(words, words_n, sizeof(words[0]), by_word);
	for (size_t i = 0; i < words_n; i++) {
		if (n > 0 && words[n - 1].lang == words[i].lang &&
		    gaz_str_eq(words[n - 1].word, words[i].word)) {
			if (words[i].value < words[n - 1].value)
				words[n - 1].value = words[i].value;
			continue;
		}
		words[n++] = words[i];
	}
	words_n = n;
}

static size_t
total_of(size_t lang)
{
	size_t total = 0;

	for (size_t i = 0; i < triples_n; i++)
		total += triples[i].lang == lang ? triples[i].value : 0;
	return total;
}

static size_t
count_different(void)
{
	size_t n = 0;

	for (size_t i = 0; i < triples_n; i++)
		n += i == 0 || triples[i].key != triples[i - 1].key;
	return n;
}

static void
print_langs(void)
{
	size_t different = count_different();

	printf("#define LANGS %zu\n", langs_n);
	printf("static const struct lang langs[LANGS] = {\n");
	for (size_t i = 0; i < langs_n; i++) {
		double total = (double)total_of(i) +
		    LANG_SMOOTHING * (double)different;

		printf("\t{ \"%.*s\", SCRIPT_%.*s, %.*s, %.4ff },\n",
		    GAZ_STR_ARG(langs[i].code), GAZ_STR_ARG(langs[i].script),
		    GAZ_STR_ARG(langs[i].prior),
		    log(LANG_SMOOTHING / total));
	}
	printf("};\n/* What a triple of that count adds to \"none\". */\n"
	    "static const float gains[256] = {");
	for (int i = 0; i < 256; i++)
		printf("%s%.4ff,", i % 8 == 0 ? "\n\t" : " ",
		    log((i + LANG_SMOOTHING) / LANG_SMOOTHING));
	printf("\n};\n");
}

static void
print_words(void)
{
	printf("static const struct posting word_postings[] = {\n");
	for (size_t i = 0; i < words_n; i++)
		printf("\t{ %zu, %zu },\n", words[i].lang,
		    words[i].value < 255 ? words[i].value : 255);
	printf("};\nstatic const struct word words[] = {\n");
	for (size_t i = 0, from = 0; i < words_n; i++) {
		if (i + 1 < words_n &&
		    gaz_str_eq(words[i].word, words[i + 1].word))
			continue;
		printf("\t{ \"%.*s\", %zu, %zu },\n",
		    GAZ_STR_ARG(words[i].word), from, i + 1 - from);
		from = i + 1;
	}
	printf("};\n");
}

static void
print_triples(void)
{
	size_t different = 0;

	printf("static const struct posting triple_postings[] = {\n");
	for (size_t i = 0; i < triples_n; i++)
		printf("\t{ %zu, %zu },\n", triples[i].lang,
		    triples[i].value < 255 ? triples[i].value : 255);
	printf("};\nstatic const struct triple triples[] = {\n");
	for (size_t i = 0, from = 0; i < triples_n; i++) {
		if (i + 1 < triples_n &&
		    triples[i].key == triples[i + 1].key)
			continue;
		printf("\t{ UINT64_C(%llu), %zu, %zu },\n",
		    (unsigned long long)triples[i].key, from, i + 1 - from);
		from = i + 1;
		different++;
	}
	printf("};\n#define TRIPLES %zu\n", different);
}

int
main(int argc, char **argv)
{
	FILE *f = argc == 2 ? fopen(argv[1], "r") : NULL;
	size_t n;

	if (f == NULL) {
		fprintf(stderr, "usage: langc WORDS.tsv\n");
		return 64;
	}
	n = fread(table, 1, sizeof(table), f);
	fclose(f);
	check(n < sizeof(table), "bytes");
	read_table(gaz_str_make(table, n));
	if (words_n == 0) {
		fprintf(stderr, "langc: %s: no words\n", argv[1]);
		return 65;
	}
	sort_words();
	count_triples();
	printf("/* Made of data/lang/words.tsv. */\n");
	print_langs();
	print_words();
	print_triples();
	return fflush(stdout) == 0 ? 0 : 74;
}
