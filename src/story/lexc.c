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

/*
 * lexc FILE.tsv... >lexicon_data.c
 *
 * The compiler of the news lexicon: folds every form as the extractor folds
 * words, adds the names of countries and of the cities that time zones are
 * called after, which ICU knows in many languages, and writes one
 * open-addressing table. Runs only while the program is built.
 */

#define FORMS_MAX 400000
#define CONCEPTS_MAX 60000

static struct gaz_lexicon_form *table;
static uint32_t table_size = 1 << 15, table_used;
static struct concept {
	char id[48];
	unsigned weight;
	char kind;
} concepts[CONCEPTS_MAX];
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
place(struct gaz_lexicon_form f)
{
	uint32_t i = (uint32_t)f.key & (table_size - 1);

	while (table[i].key != 0)
		i = (i + 1) & (table_size - 1);
	table[i] = f;
}

static void
grow(void)
{
	struct gaz_lexicon_form *old = table;
	uint32_t n = old == NULL ? 0 : table_size;

	if (old != NULL)
		table_size *= 2;
	table = calloc(table_size, sizeof(*table));
	if (table == NULL)
		exit(1);
	for (uint32_t i = 0; i < n; i++) {
		if (old[i].key != 0)
			place(old[i]);
	}
	free(old);
}

static char
kind_of(const struct gaz_lexicon_form *f)
{
	return f->flags & GAZ_LEXICON_HEAD ? 'H' : concepts[f->concept].kind;
}

/* What says the same already grows by the language; keep_first: a place. */
static void
add_form(const char *p, size_t n, struct gaz_lexicon_form f, bool keep_first)
{
	uint64_t key = gaz_fnv_end(gaz_fnv(GAZ_FNV_SEED, gaz_str_make(p, n)));

	key += key == 0;
	f.key = key;
	for (uint32_t i = (uint32_t)key & (table_size - 1); table[i].key != 0;
	     i = (i + 1) & (table_size - 1)) {
		if (table[i].key != key ||
		    ((table[i].flags ^ f.flags) & GAZ_LEXICON_HEAD) != 0)
			continue;
		if ((f.flags & GAZ_LEXICON_HEAD) != 0)
			return;
		if (table[i].concept == f.concept &&
		    table[i].flags == f.flags) {
			table[i].langs |= f.langs;
			return;
		}
		if (keep_first && strchr("phos", kind_of(&table[i])) != NULL)
			return;
	}
	if (++table_used * 2 > table_size)
		grow();
	place(f);
}

/* Fold a form into words joined by one space; the length. */
static size_t
fold_form(const char *text, size_t n, bool chinese, char out[512], bool *many)
{
	UErrorCode status = U_ZERO_ERROR;
	UChar u[256];
	int32_t nu;
	size_t len = 0;

	*many = false;
	u_strFromUTF8(u, 250, &nu, text, (int32_t)n, &status);
	if (U_FAILURE(status) || nu > 250)
		return 0;
	if (chinese) {
		size_t m = (size_t)nu;

		gaz_fold_han(fold, u, &m, 250);
		nu = (int32_t)m;
	}
	for (int32_t i = 0; i < nu;) {
		int32_t start = i;
		char word[GAZ_FOLD_MAX];

		while (i < nu && u[i] != ' ' && u[i] != '-' && u[i] != 0xA0 &&
		    u[i] != '.' && u[i] != 0x2010 && u[i] != 0x30FB &&
		    u[i] != 0xB7 && u[i] != '/' && u[i] != ',' && u[i] != '(' &&
		    u[i] != ')')
			i++;
		const uint16_t *w = u + start;
		size_t nw = (size_t)(i - start);
		i++;
		if (nw == 0)
			continue;
		gaz_fold_apostrophe(&w, &nw);
		size_t k = gaz_fold_word(fold, w, nw, word);
		if (k == 0 || len + k + 1 >= 512)
			continue;
		if (len > 0) {
			out[len++] = ' ';
			*many = true;
		}
		memcpy(out + len, word, k);
		len += k;
	}
	return len;
}

static void
add_text(const char *text, size_t n, uint32_t langs, uint16_t concept,
    bool keep_first)
{
	struct gaz_lexicon_form f = { 0, langs, concept, 0 };
	char folded[512];
	bool many;

	if (n > 0 && text[n - 1] == '*') {
		f.flags |= GAZ_LEXICON_PREFIX;
		n--;
	}
	size_t len = fold_form(text, n, langs & (UINT32_C(1) << 11), folded,
	    &many);
	if (len == 0)
		return;
	if (len < 5)
		f.flags |= GAZ_LEXICON_SHORT;
	add_form(folded, len, f, keep_first);
	if (many) {
		struct gaz_lexicon_form head = { 0, GAZ_LEXICON_ANY, 0,
			GAZ_LEXICON_HEAD };
		size_t first = 0;

		while (folded[first] != ' ')
			first++;
		add_form(folded, first, head, false);
	}
	version = gaz_fnv(version, gaz_str_make(folded, len));
}

static uint16_t
add_concept(const char *id, unsigned weight, char kind)
{
	for (uint32_t i = 0; i < n_concepts; i++) {
		if (strcmp(concepts[i].id, id) == 0)
			return (uint16_t)i;
	}
	if (n_concepts == CONCEPTS_MAX)
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
	char *field[3 + GAZ_LEXICON_COLUMNS] = { NULL };
	size_t n = 0;

	for (char *p = row; p != NULL && n < 3 + GAZ_LEXICON_COLUMNS;) {
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
	if (strlen(field[2]) != 1 || strchr("cohpns", field[2][0]) == NULL)
		die(file, line, "the kind is one of c o h p n s");
	char kind = field[2][0];
	for (uint32_t i = 0; i < n_concepts; i++) {
		if (strcmp(concepts[i].id, field[0]) == 0)
			die(file, line, "the id is there already");
	}
	uint16_t concept = add_concept(field[0],
	    (unsigned)(weight * 100 + 0.5), kind);
	for (size_t i = 3; i < n; i++) {
		uint32_t langs = UINT32_C(1) << (i - 3);

		/* Names hold in every language. */
		if (kind == 'h' || kind == 'o' || kind == 'p')
			langs |= GAZ_LEXICON_ANY;
		for (char *p = field[i]; p != NULL && *p != '\0';) {
			char *bar = strchr(p, '|');
			size_t len = bar != NULL ? (size_t)(bar - p) :
			                           strlen(p);
			add_text(p, len, langs, concept, false);
			p = bar != NULL ? bar + 1 : NULL;
		}
	}
}

static void
read_file(const char *name)
{
	FILE *f = fopen(name, "r");
	char *row = NULL;
	size_t cap = 0;
	ssize_t n;

	if (f == NULL)
		die(name, 0, "cannot open");
	for (int line = 1; (n = getline(&row, &cap, f)) > 0; line++) {
		while (n > 0 && (row[n - 1] == '\n' || row[n - 1] == '\r'))
			row[--n] = '\0';
		if (n > 0 && row[0] != '#')
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
	static const char *const columns[] = GAZ_LEXICON_LANGUAGES;
	UErrorCode status = U_ZERO_ERROR;
	uint32_t langs = GAZ_LEXICON_ANY;
	char text[512];
	int32_t len;

	u_strToUTF8(text, sizeof(text), &len, u, n, &status);
	if (U_FAILURE(status) || len < 3)
		return;
	for (size_t i = 0; i < GAZ_LEXICON_COLUMNS; i++) {
		if (strncmp(locale, columns[i], 2) == 0)
			langs |= UINT32_C(1) << i;
	}
	/* "Georgia (country)" and the like: keep what people write. */
	char *paren = strchr(text, '(');
	if (paren != NULL && paren > text + 1)
		len = (int32_t)(paren - text);
	add_text(text, (size_t)len, langs, concept, true);
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

int
main(int argc, char **argv)
{
	fold = gaz_fold_new();
	grow();
	for (int i = 1; i < argc; i++)
		read_file(argv[i]);
	add_countries();
	add_cities();
	puts("/* Written by lexc from data/lexicon and ICU. */\n"
	     "#include \"config.h\"\n\n#include \"story/lexicon.h\"\n");
	printf("const uint32_t gaz_lexicon_mask = %" PRIu32 ";\n",
	    table_size - 1);
	printf("const uint32_t gaz_lexicon_version = %" PRIu32 "u;\n",
	    (uint32_t)gaz_fnv_end(version));
	printf("const uint32_t gaz_lexicon_concept_count = %" PRIu32 ";\n",
	    n_concepts);
	puts("const struct gaz_lexicon_concept gaz_lexicon_concepts[] = {");
	for (uint32_t i = 0; i < n_concepts; i++)
		printf("{\"%s\",%u,'%c'},\n", concepts[i].id,
		    concepts[i].weight, concepts[i].kind);
	puts("};\nconst struct gaz_lexicon_form gaz_lexicon_forms[] = {");
	for (uint32_t i = 0; i < table_size; i++) {
		if (table[i].key == 0) {
			puts("{0,0,0,0},");
			continue;
		}
		printf("{UINT64_C(%" PRIu64 "),%" PRIu32 "u,%u,%u},\n",
		    table[i].key, table[i].langs, table[i].concept,
		    table[i].flags);
	}
	puts("};");
	free(table);
	gaz_fold_free(fold);
	return ferror(stdout) || fflush(stdout) != 0;
}
