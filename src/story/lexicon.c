#include "config.h"

#include "lexicon.h"

#include "fold.h"

/* Languages without a column borrow one whose stems they mostly share. */
static const struct {
	char tag[4], columns[2][4];
} relatives[] = {
	{ "uk", { "ru", "pl" } },
	{ "be", { "ru", "pl" } },
	{ "bg", { "ru", "" } },
	{ "sr", { "ru", "" } },
	{ "mk", { "ru", "" } },
	{ "cs", { "pl", "" } },
	{ "sk", { "pl", "" } },
	{ "ca", { "es", "pt" } },
	{ "gl", { "es", "pt" } },
	{ "ro", { "it", "fr" } },
	{ "af", { "nl", "" } },
	{ "lb", { "de", "" } },
	{ "fa", { "ar", "" } },
	{ "ur", { "ar", "" } },
	{ "yue", { "zh", "" } },
};

static uint32_t
column(struct gaz_str tag)
{
	static const char *const languages[] = GAZ_LEXICON_LANGUAGES;

	for (size_t i = 0; i < GAZ_LEXICON_COLUMNS; i++) {
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
	uint32_t bit = column(tag);
	for (size_t i = 0; i < sizeof(relatives) / sizeof(relatives[0]); i++) {
		if (gaz_str_ieq_z(tag, relatives[i].tag))
			bit |= column(gaz_str_of(relatives[i].columns[0])) |
			    column(gaz_str_of(relatives[i].columns[1]));
	}
	return bit;
}

int
gaz_lexicon_find(uint64_t h, uint32_t langs, bool whole, bool capitals,
    bool *head)
{
	uint64_t key = gaz_fnv_end(h);
	int found = -1;
	bool found_own = false;

	key += key == 0;
	for (uint32_t i = (uint32_t)key & gaz_lexicon_mask;;
	     i = (i + 1) & gaz_lexicon_mask) {
		const struct gaz_lexicon_form *f = &gaz_lexicon_forms[i];

		if (f->key == 0)
			return found;
		if (f->key != key)
			continue;
		if (f->flags & GAZ_LEXICON_HEAD) {
			if (head != NULL)
				*head = true;
			continue;
		}
		if (!whole && !(f->flags & GAZ_LEXICON_PREFIX))
			continue;
		if (capitals && gaz_lexicon_concepts[f->concept].kind == 's')
			continue;
		bool own = (f->langs & langs) != 0;
		bool any = (f->langs & GAZ_LEXICON_ANY) != 0 ||
		    (langs == 0 && !(f->flags & GAZ_LEXICON_SHORT));
		if ((own && !found_own) || (any && found == -1)) {
			found = f->concept;
			found_own = own;
		}
	}
}
