#include "config.h"

#include "fold.h"
#include "lexicon.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unicode/ucal.h>
#include <unicode/udat.h>
#include <unicode/uloc.h>
#include <unicode/ustring.h>

#include "gazetted/mem.h"
#include "gazetted/vec.h"

/*
 * lexc FILE.tsv... >lexicon_data.c  (lists, lang-TAG.tsv, behind the tables)
 *
 * The compiler of the news lexicon: folds every form as the extractor folds
 * words, adds the names of countries and of the cities that time zones are
 * called after, which ICU knows in many languages, and writes the buckets
 * that lexicon.h describes. Runs only while the program is built.
 */

#define TEXT_MAX 1000 /* UTF-16 units of one form */
#define FOLDED_MAX 512

struct form {
	uint64_t key;
	uint32_t langs, order; /* order: what was read first goes first */
	uint16_t concept;
	uint8_t flags;
};
static GAZ_VEC(struct form) forms;

static const char *const languages[] = GAZ_LEXICON_LANGUAGES;
_Static_assert(GAZ_COUNT(languages) < 31, "a bit is of all languages");
static uint32_t sets[GAZ_LEXICON_SETS_MAX], n_sets;

static struct concept {
	char id[48], in[4];
	unsigned weight;
	char kind;
} concepts[GAZ_LEXICON_CONCEPTS_MAX];
static uint32_t n_concepts;
static struct gaz_fold *fold;
static uint64_t version = GAZ_FNV_SEED;

static _Noreturn void
die(const char *file, int line, const char *what)
{
	fprintf(stderr, "lexc: %s:%d: %s\n", file, line, what);
	exit(1);
}

static void
add_form(const char *p, size_t n, uint32_t langs, uint16_t concept,
    uint8_t flags)
{
	uint64_t key = gaz_fnv_end(gaz_fnv(GAZ_FNV_SEED, gaz_str_make(p, n)));
	uint32_t order = (uint32_t)forms.n;

	*gaz_vec_push(&forms) = (struct form){ key, langs, order, concept,
		flags };
}

static bool
parts_words(UChar c)
{
	return c == ' ' || c == '-' || c == 0xA0 || c == '.' || c == 0x2010 ||
	    c == 0x30FB || c == 0xB7 || c == '/' || c == ',' || c == '(' ||
	    c == ')';
}

/*
 * Add a form. A * behind a word lets it end in any way. Of a phrase, every
 * beginning is added as well, so that a search knows where to go on.
 */
static void
add_text(const char *text, size_t n, uint32_t langs, uint16_t concept)
{
	UErrorCode status = U_ZERO_ERROR;
	UChar u[TEXT_MAX];
	char folded[FOLDED_MAX];
	size_t len = 0;
	uint8_t flags = 0;
	int32_t nu;

	u_strFromUTF8(u, TEXT_MAX, &nu, text, (int32_t)n, &status);
	if (U_FAILURE(status))
		return;
	if (langs & (UINT32_C(1) << 11)) {
		size_t m = (size_t)nu;

		gaz_fold_han(fold, u, &m, TEXT_MAX);
		nu = (int32_t)m;
	}
	for (int32_t i = 0; i < nu;) {
		int32_t start = i;
		char word[GAZ_FOLD_MAX];

		while (i < nu && !parts_words(u[i]))
			i++;
		const uint16_t *w = u + start;
		size_t nw = (size_t)(i - start);
		bool stem = nw > 0 && w[nw - 1] == '*';
		i++;
		nw -= stem;
		if (nw == 0)
			continue;
		gaz_fold_apostrophe(&w, &nw);
		size_t k = gaz_fold_word(fold, w, nw, word);
		if (k == 0 || len + k + 1 >= FOLDED_MAX)
			continue;
		if (len > 0) {
			add_form(folded, len, langs, 0,
			    flags | GAZ_LEXICON_HEAD);
			folded[len++] = ' ';
		}
		memcpy(folded + len, word, k);
		len += k;
		flags = stem ? GAZ_LEXICON_PREFIX : 0;
	}
	if (len == 0)
		return;
	if (len < 5)
		flags |= GAZ_LEXICON_SHORT;
	add_form(folded, len, langs, concept, flags);
	version = gaz_fnv(version, gaz_str_make(folded, len));
	version = gaz_fnv_byte(version, flags);
}

/* Forms that | parts. */
static void
add_texts(const char *p, unsigned language, uint16_t concept)
{
	uint32_t langs = UINT32_C(1) << language;
	char kind = concepts[concept].kind;

	/* Names hold in every language. */
	if (kind == 'h' || kind == 'o' || kind == 'p')
		langs |= GAZ_LEXICON_ANY;
	while (p != NULL && *p != '\0') {
		const char *bar = strchr(p, '|');
		size_t len = bar != NULL ? (size_t)(bar - p) : strlen(p);

		add_text(p, len, langs, concept);
		p = bar != NULL ? bar + 1 : NULL;
	}
}

static uint16_t
add_concept(const char *id, unsigned weight, char kind)
{
	for (uint32_t i = 0; i < n_concepts; i++) {
		if (strcmp(concepts[i].id, id) == 0)
			return (uint16_t)i;
	}
	if (n_concepts == GAZ_LEXICON_CONCEPTS_MAX)
		die(id, 0, "too many concepts");
	struct concept *c = &concepts[n_concepts];
	snprintf(c->id, sizeof(c->id), "%s", id);
	c->weight = weight;
	c->kind = kind;
	version = gaz_fnv_byte(gaz_fnv(version, gaz_str_of(id)),
	    (unsigned char)weight);
	return (uint16_t)n_concepts++;
}

static void
read_row(const char *file, int line, char *row)
{
	char *field[4 + GAZ_LEXICON_COLUMNS] = { NULL };
	size_t n = 0;

	for (char *p = row; p != NULL && n < GAZ_COUNT(field);) {
		char *tab = strchr(p, '\t');

		if (tab != NULL)
			*tab++ = '\0';
		field[n++] = p;
		p = tab;
	}
	if (n < 4)
		die(file, line, "a row is id, weight, kind and the languages");
	if (strlen(field[0]) >= sizeof(concepts[0].id) || field[0][0] == '\0')
		die(file, line, "the id is empty or too long");
	char *end;
	double weight = strtod(field[1], &end);
	if (*end != '\0' || weight < 0 || weight > 2)
		die(file, line, "the weight is a number from 0 to 2");
	if (strlen(field[2]) != 1 || strchr("cohpnrs", field[2][0]) == NULL)
		die(file, line, "the kind is one of c o h p n r s");
	char kind = field[2][0];
	for (uint32_t i = 0; i < n_concepts; i++) {
		if (strcmp(concepts[i].id, field[0]) == 0)
			die(file, line, "the id is there already");
	}
	uint16_t concept = add_concept(field[0],
	    (unsigned)(weight * 100 + 0.5), kind);
	/* Of several countries the first is meant most. */
	if (n == GAZ_COUNT(field) && strlen(field[n - 1]) >= 2)
		memcpy(concepts[concept].in, field[n - 1], 2);
	for (size_t i = 3; i < n && i < 3 + GAZ_LEXICON_COLUMNS; i++)
		add_texts(field[i], (unsigned)i - 3, concept);
}

/* A row of a list: an id that a table has, and forms in the list's language. */
static void
read_list_row(const char *file, int line, char *row, unsigned language)
{
	char *tab = strchr(row, '\t');
	uint32_t i = 0;

	if (tab == NULL || strchr(tab + 1, '\t') != NULL)
		die(file, line, "a row of a list is id and forms");
	*tab = '\0';
	while (i < n_concepts && strcmp(concepts[i].id, row) != 0)
		i++;
	if (i == n_concepts)
		die(file, line, "no table has this id");
	add_texts(tab + 1, language, (uint16_t)i);
}

/* The language of a list by the file's name, lang-TAG.tsv; -1: a table. */
static int
language_of(const char *file)
{
	const char *base = strrchr(file, '/');
	size_t i = 0;

	base = base != NULL ? base + 1 : file;
	if (strncmp(base, "lang-", 5) != 0)
		return -1;
	base += 5;
	while (i < GAZ_COUNT(languages) &&
	    (strncmp(base, languages[i], strlen(languages[i])) != 0 ||
	        base[strlen(languages[i])] != '.'))
		i++;
	if (i == GAZ_COUNT(languages))
		die(file, 0, "lexicon.h does not name its language");
	return (int)i;
}

static void
read_file(const char *name)
{
	FILE *f = fopen(name, "r");
	int language = language_of(name);
	char *row = NULL;
	size_t cap = 0;
	ssize_t n;

	if (f == NULL)
		die(name, 0, "cannot open");
	for (int line = 1; (n = getline(&row, &cap, f)) > 0; line++) {
		while (n > 0 && (row[n - 1] == '\n' || row[n - 1] == '\r'))
			row[--n] = '\0';
		if (n <= 0 || row[0] == '#')
			continue;
		if (language >= 0)
			read_list_row(name, line, row, (unsigned)language);
		else
			read_row(name, line, row);
	}
	free(row);
	fclose(f);
}

/* Names in these languages come from ICU. */
static const char *const locales[] = { "en", "fr", "de", "es", "it", "pt", "nl",
	"pl", "ru", "ar", "ja", "zh", "zh_Hant", "uk", "cs", "sk", "sv", "da",
	"nb", "fi", "tr", "el", "he", "hu", "ro", "bg", "sr", "hr", "ko", "hi",
	"fa", "id", "vi", "th", "ca", "bn", "ur", "et", "lv", "lt", "sl" };

static void
add_uchars(const char *locale, const UChar *u, int32_t n, uint16_t concept)
{
	UErrorCode status = U_ZERO_ERROR;
	uint32_t langs = GAZ_LEXICON_ANY;
	char text[512];
	int32_t len;

	u_strToUTF8(text, sizeof(text), &len, u, n, &status);
	if (U_FAILURE(status) || len < 3)
		return;
	for (size_t i = 0; i < GAZ_COUNT(languages); i++) {
		if (strncmp(locale, languages[i], 2) == 0)
			langs |= UINT32_C(1) << i;
	}
	/* "Georgia (country)" and the like: keep what people write. */
	char *paren = strchr(text, '(');
	if (paren != NULL && paren > text + 1)
		len = (int32_t)(paren - text);
	add_text(text, (size_t)len, langs, concept);
}

static void
add_countries(void)
{
	for (const char *const *c = uloc_getISOCountries(); *c != NULL; c++) {
		char code[8];
		uint16_t concept = add_concept(*c, 60, 'p');

		snprintf(code, sizeof(code), "_%s", *c);
		for (size_t i = 0; i < sizeof(locales) / sizeof(locales[0]);
		     i++) {
			UErrorCode status = U_ZERO_ERROR;
			UChar u[128];
			int32_t n = uloc_getDisplayCountry(code, locales[i], u,
			    128, &status);

			if (status == U_ZERO_ERROR)
				add_uchars(locales[i], u, n, concept);
		}
	}
}

static void
add_cities(void)
{
	static const UChar pattern[] = u"VVV";

	for (size_t i = 0; i < sizeof(locales) / sizeof(locales[0]); i++) {
		UErrorCode status = U_ZERO_ERROR;
		UEnumeration *zones = ucal_openTimeZoneIDEnumeration(
		    UCAL_ZONE_TYPE_CANONICAL_LOCATION, NULL, NULL, &status);
		UDateFormat *format = udat_open(UDAT_PATTERN, UDAT_PATTERN,
		    locales[i], NULL, 0, pattern, 3, &status);
		const UChar *zone;
		int32_t n_zone;

		if (U_FAILURE(status))
			exit(1);
		while ((zone = uenum_unext(zones, &n_zone, &status)) != NULL) {
			char id[48], *city;
			UChar u[128];
			UCalendar *calendar = ucal_open(zone, n_zone,
			    locales[i], UCAL_GREGORIAN, &status);

			if (U_FAILURE(status) || n_zone > 40)
				exit(1);
			udat_setCalendar(format, calendar);
			status = U_ZERO_ERROR;
			int32_t n = udat_format(format, 0, u, 128, NULL,
			    &status);
			ucal_close(calendar);
			u_UCharsToChars(zone, id, n_zone);
			id[n_zone] = '\0';
			city = strrchr(id, '/');
			if (city == NULL || U_FAILURE(status))
				continue;
			add_uchars(locales[i], u, n,
			    add_concept(city + 1, 70, 'p'));
		}
		udat_close(format);
		uenum_close(zones);
	}
}

/* By bucket, then as read. */
static int
by_place(const void *pa, const void *pb)
{
	const struct form *a = pa, *b = pb;
	uint32_t x = GAZ_LEXICON_BUCKET(a->key), y = GAZ_LEXICON_BUCKET(b->key);

	if (x != y)
		return x < y ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

/*
 * One entry for what says the same in several languages. ICU's name of a place
 * gives way to a name that the tables know.
 */
static void
settle(uint32_t icu)
{
	size_t n = 0, bucket = 0;

	qsort(forms.v, forms.n, sizeof(forms.v[0]), by_place);
	for (size_t i = 0; i < forms.n; i++) {
		struct form f = forms.v[i];

		if (n == 0 || GAZ_LEXICON_BUCKET(forms.v[n - 1].key) !=
		        GAZ_LEXICON_BUCKET(f.key))
			bucket = n;
		bool known = false;
		for (size_t k = bucket; k < n && f.order >= icu; k++)
			known = known || (forms.v[k].key == f.key &&
			    !(forms.v[k].flags & GAZ_LEXICON_HEAD) &&
			    forms.v[k].concept != f.concept &&
			    strchr("phos", concepts[forms.v[k].concept].kind));
		if (known && !(f.flags & GAZ_LEXICON_HEAD))
			continue;
		size_t k = bucket;
		while (k < n &&
		    (forms.v[k].key != f.key || forms.v[k].flags != f.flags ||
		        forms.v[k].concept != f.concept))
			k++;
		if (k == n)
			forms.v[n++] = f;
		else
			forms.v[k].langs |= f.langs;
	}
	forms.n = n;
}

static uint32_t
set_of(uint32_t langs)
{
	uint32_t i = 0;

	while (i < n_sets && sets[i] != langs)
		i++;
	if (i == GAZ_LEXICON_SETS_MAX)
		die("sets", 0, "too many different sets of languages");
	if (i == n_sets)
		sets[n_sets++] = langs;
	return i;
}

static void
write_concepts(void)
{
	size_t at = 0;

	puts("const struct gaz_lexicon_concept gaz_lexicon_concepts[] = {");
	for (uint32_t i = 0; i < n_concepts; i++) {
		const struct concept *c = &concepts[i];
		uint32_t in = GAZ_LEXICON_NOWHERE;

		for (uint32_t k = 0; k < n_concepts && c->in[0] != '\0'; k++) {
			if (strcmp(concepts[k].id, c->in) == 0 && k != i)
				in = k;
		}
		printf("{%zu,%" PRIu32 ",%u,'%c'},\n", at, in, c->weight,
		    c->kind);
		at += strlen(c->id) + 1;
	}
	puts("};\nconst char gaz_lexicon_ids[] =");
	for (uint32_t i = 0; i < n_concepts; i++)
		printf("\"%s\\0\"\n", concepts[i].id);
	puts(";");
}

int
main(int argc, char **argv)
{
	uint32_t bucket = 0;

	fold = gaz_fold_new();
	for (int i = 1; i < argc; i++)
		read_file(argv[i]);
	uint32_t icu = (uint32_t)forms.n;
	add_countries();
	add_cities();
	settle(icu);
	puts("/* Written by lexc from data/lexicon and ICU. */\n"
	     "#include \"config.h\"\n\n#include \"story/lexicon.h\"\n");
	printf("const uint32_t gaz_lexicon_version = %" PRIu32 "u;\n",
	    (uint32_t)gaz_fnv_end(version));
	write_concepts();
	puts("const uint64_t gaz_lexicon_entries[] = {");
	for (size_t i = 0; i < forms.n; i++) {
		const struct form *f = &forms.v[i];

		printf("UINT64_C(%" PRIu64 "),\n",
		    gaz_lexicon_pack(f->key, f->concept, set_of(f->langs),
		        f->flags));
	}
	puts("};\nconst uint32_t gaz_lexicon_sets[] = {");
	for (uint32_t i = 0; i < n_sets; i++)
		printf("%" PRIu32 "u,\n", sets[i]);
	puts("};\nconst uint32_t gaz_lexicon_starts[] = {");
	for (size_t i = 0; i <= forms.n; i++) {
		uint32_t to = i < forms.n ?
		    GAZ_LEXICON_BUCKET(forms.v[i].key) :
		    GAZ_LEXICON_BUCKETS;

		for (; bucket <= to; bucket++)
			printf("%zu,\n", i);
	}
	puts("};");
	fprintf(stderr, "lexc: %" PRIu32 " concepts, %zu forms, %" PRIu32 " sets\n",
	    n_concepts, forms.n, n_sets);
	gaz_vec_clear(&forms);
	gaz_fold_free(fold);
	return ferror(stdout) || fflush(stdout) != 0;
}
