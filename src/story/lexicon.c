#include "config.h"

#include "lexicon.h"

#include "gazetted/mem.h"

#include "fold.h"

/* Languages without words of their own borrow those whose stems they mostly
 * share. */
static const struct {
	char tag[4], lenders[2][4];
} relatives[] = {
	{ "be", { "ru", "uk" } },
	{ "bg", { "ru", "" } },
	{ "sr", { "ru", "" } },
	{ "mk", { "ru", "" } },
	{ "sk", { "cs", "" } },
	{ "ca", { "es", "pt" } },
	{ "gl", { "es", "pt" } },
	{ "af", { "nl", "" } },
	{ "lb", { "de", "" } },
	{ "nb", { "da", "" } },
	{ "no", { "da", "" } },
	{ "nn", { "da", "" } },
	{ "ms", { "id", "" } },
	{ "ur", { "fa", "ar" } },
	{ "yue", { "zh", "" } },
};

static uint32_t
bit_of(struct gaz_str tag)
{
	static const char *const languages[] = GAZ_LEXICON_LANGUAGES;

	for (size_t i = 0; i < GAZ_COUNT(languages); i++) {
		if (gaz_str_ieq_z(tag, languages[i]))
			return UINT32_C(1) << i;
	}
	return 0;
}

uint32_t
gaz_lexicon_langs(struct gaz_str language)
{
	size_t n = 0;

	while (n < language.len && gaz_is_alpha(language.p[n]))
		n++;
	struct gaz_str tag = gaz_str_make(language.p, n);
	uint32_t bit = bit_of(tag);
	for (size_t i = 0; i < sizeof(relatives) / sizeof(relatives[0]); i++) {
		if (gaz_str_ieq_z(tag, relatives[i].tag))
			bit |= bit_of(gaz_str_of(relatives[i].lenders[0])) |
			    bit_of(gaz_str_of(relatives[i].lenders[1]));
	}
	return bit;
}

static bool
is_name(char kind)
{
	return kind == 'h' || kind == 'o' || kind == 'p';
}

/* Adjectives and inhabitants have no capital in most languages. */
static bool
fits_lower(char kind, uint32_t langs, uint32_t flags)
{
	return !is_name(kind) ||
	    (kind == 'p' && (langs & ~UINT32_C(1)) != 0 &&
	        (flags & (GAZ_LEXICON_PREFIX | GAZ_LEXICON_SHORT)) ==
	            GAZ_LEXICON_PREFIX);
}

int
gaz_lexicon_find(uint64_t h, uint32_t langs, unsigned how, bool *node)
{
	uint64_t key = gaz_fnv_end(h), rest = GAZ_LEXICON_REST(key);
	uint32_t b = GAZ_LEXICON_BUCKET(key);
	int found = -1, found_rank = 0;

	for (uint32_t i = gaz_lexicon_starts[b]; i < gaz_lexicon_starts[b + 1];
	     i++) {
		uint64_t e = gaz_lexicon_entries[i];

		if (e >> 30 != rest)
			continue;
		uint32_t flags = e & 7, its = gaz_lexicon_sets[e >> 3 & 0x1FFF];
		uint32_t own = its & langs;
		bool any = (its & GAZ_LEXICON_ANY) != 0 ||
		    (langs == 0 && !(flags & GAZ_LEXICON_SHORT));

		if (!(how & GAZ_LEXICON_WHOLE) &&
		    !(flags & GAZ_LEXICON_PREFIX))
			continue;
		if (own == 0 && !any)
			continue;
		if (flags & GAZ_LEXICON_HEAD) {
			if (node != NULL)
				*node = true;
			continue;
		}
		int concept = (int)(e >> 16 & 0x3FFF);
		char kind = gaz_lexicon_concepts[concept].kind;
		if ((how & GAZ_LEXICON_CAPITALS) && kind == 's')
			continue;
		if ((how & GAZ_LEXICON_LOWER) && !fits_lower(kind, langs, flags))
			continue;
		int rank = 1 + (own != 0) +
		    ((how & GAZ_LEXICON_UPPER) && is_name(kind) ? 2 : 0);
		if (rank > found_rank) {
			found = concept;
			found_rank = rank;
		}
	}
	return found;
}
