#include "config.h"

#include "extract.h"

#include <unicode/ustring.h>

struct sb_stemmer *
gaz_stemmer_of(struct gaz_story_extractor *x, const char *language)
{
	for (size_t i = 0; i < x->n_stemmers; i++) {
		if (strncmp(x->stemmers[i].language, language, 4) == 0)
			return x->stemmers[i].sb;
	}
	if (x->n_stemmers == GAZ_STEMMERS_MAX || language[0] == '\0')
		return NULL;
	struct gaz_stemmer *s = &x->stemmers[x->n_stemmers++];
	memcpy(s->language, language, 4);
	s->sb = sb_stemmer_new(
	    strcmp(language, "nb") == 0 || strcmp(language, "nn") == 0
		? "no"
		: language,
	    NULL);
	return s->sb;
}

/* Of a list that spaces part. */
static bool
is_one_of(const char *language, const char *list)
{
	return language[0] != '\0' && strstr(list, language) != NULL;
}

/*
 * Polish and Ukrainian have no stemmer in the library, and names want a milder
 * one: the commonest endings of Slavic cases in Latin letters, longest first.
 */
static size_t
slavic_stem(struct gaz_str w)
{
	static const char *const endings[] = { "iego", "iemu", "ami", "ach",
		"ego", "emu", "ogo", "omu", "iem", "owi", "ymi", "imi", "ow",
		"om", "em", "oi", "ei", "ej", "ie", "ia", "iu", "ym", "im",
		"ich", "ych", "a", "e", "i", "o", "u", "y" };

	for (size_t i = 0; i < GAZ_COUNT(endings); i++) {
		size_t n = strlen(endings[i]);

		if (w.len >= n + 4 &&
		    memcmp(w.p + w.len - n, endings[i], n) == 0)
			return w.len - n;
	}
	return w.len;
}

/* The stem of a word token, folded. */
struct gaz_str
gaz_stem(struct gaz_story_extractor *x, const struct gaz_token *t,
    char out[GAZ_FOLD_MAX])
{
	UErrorCode status = U_ZERO_ERROR;
	UChar u[GAZ_FOLD_MAX];
	char utf8[GAZ_FOLD_MAX * 3 + 1];
	int32_t n;
	bool ascii = true;

	for (size_t i = 0; i < t->len; i++)
		ascii = ascii && x->tokens.text.v[t->start + i] < 0x80;
	if (x->sb == NULL || t->len > GAZ_FOLD_MAX / 2) {
		size_t len = t->folded.len;

		if (is_one_of(x->f.language, "pl cs sk"))
			len = slavic_stem(t->folded);
		else if (is_one_of(x->f.language, "uk be bg mk")) {
			len = gaz_fold_latin(x->fold, t->folded, out);
			return gaz_str_make(
			    out, slavic_stem(gaz_str_make(out, len)));
		}
		return gaz_str_make(t->folded.p, len);
	}
	if (ascii) {
		const sb_symbol *s = sb_stemmer_stem(
		    x->sb, (const sb_symbol *)t->folded.p, (int)t->folded.len);
		int len = sb_stemmer_length(x->sb);

		if (s == NULL || len <= 0 || len > GAZ_FOLD_MAX)
			return t->folded;
		memcpy(out, s, (size_t)len);
		return gaz_str_make(out, (size_t)len);
	}
	/* Stemmers want the accents, so stem first and fold then. */
	n = u_strToLower(
	    u, GAZ_FOLD_MAX, x->tokens.text.v + t->start, t->len, "", &status);
	int32_t bytes;
	u_strToUTF8(utf8, sizeof(utf8), &bytes, u, n, &status);
	if (U_FAILURE(status))
		return t->folded;
	const sb_symbol *s =
	    sb_stemmer_stem(x->sb, (const sb_symbol *)utf8, bytes);
	if (s == NULL)
		return t->folded;
	/* What the stemmer returns, its own buffer, holds as many bytes. */
	memcpy(utf8, s, (size_t)sb_stemmer_length(x->sb));
	u_strFromUTF8(
	    u, GAZ_FOLD_MAX, &n, utf8, sb_stemmer_length(x->sb), &status);
	if (U_FAILURE(status) || n == 0)
		return t->folded;
	return gaz_str_make(out, gaz_fold_word(x->fold, u, (size_t)n, out));
}

/*
 * Stemmers mistake "Steinmeier" for a comparative. Names take a genitive s at
 * most, except where nouns have case endings.
 */
struct gaz_str
gaz_stem_name(struct gaz_story_extractor *x, const struct gaz_token *t,
    struct gaz_str stemmed, char latin[GAZ_FOLD_MAX])
{
	static const char few[] = "en fr de es it pt nl ca sv da nb ro";
	static const char slavic[] = "ru uk be bg sr mk pl cs sk hr sl";

	if (t->class != GAZ_TOKEN_WORD || x->f.language[0] == '\0')
		return stemmed;
	bool is_slavic = is_one_of(x->f.language, slavic);
	if (!is_slavic && !is_one_of(x->f.language, few))
		return stemmed;
	size_t n = gaz_fold_latin(x->fold, t->folded, latin);
	if (is_slavic)
		return gaz_str_make(latin, slavic_stem(gaz_str_make(latin, n)));
	if (n > 4 && latin[n - 1] == 's')
		n--;
	return gaz_str_make(latin, n);
}
