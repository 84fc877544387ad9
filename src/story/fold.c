#include "config.h"

#include "fold.h"

#include <stdlib.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>
#include <unicode/utf16.h>

/*
 * Folding works on one word at a time. Words of ASCII letters, the most
 * frequent by far, never reach ICU. Transliteration of rarer scripts is slow,
 * so its results are remembered in a small table that is overwritten freely:
 * it changes the speed and never a result.
 */

#define CACHE_SIZE 4096
#define CACHE_WORD 40

struct slot {
	uint64_t key; /* 0: empty */
	char latin[CACHE_WORD];
	uint8_t len;
};

struct gaz_fold {
	const UNormalizer2 *nfkc_cf, *nfkd;
	UTransliterator *latin, *hans;
	struct slot cache[CACHE_SIZE];
};

static UTransliterator *
open_trans(const char *id)
{
	UErrorCode status = U_ZERO_ERROR;
	UChar name[64];

	u_charsToUChars(id, name, (int32_t)strlen(id) + 1);
	UTransliterator *t = utrans_openU(name, -1, UTRANS_FORWARD, NULL, 0,
	    NULL, &status);
	return U_SUCCESS(status) ? t : NULL;
}

struct gaz_fold *
gaz_fold_new(void)
{
	UErrorCode status = U_ZERO_ERROR;
	struct gaz_fold *f = calloc(1, sizeof(*f));

	if (f == NULL)
		abort();
	f->nfkc_cf = unorm2_getNFKCCasefoldInstance(&status);
	f->nfkd = unorm2_getNFKDInstance(&status);
	f->latin = open_trans("Any-Latin; Latin-ASCII");
	f->hans = open_trans("Traditional-Simplified");
	if (U_FAILURE(status))
		abort();
	return f;
}

void
gaz_fold_free(struct gaz_fold *f)
{
	if (f == NULL)
		return;
	if (f->latin != NULL)
		utrans_close(f->latin);
	if (f->hans != NULL)
		utrans_close(f->hans);
	free(f);
}

/* Latin letters that no decomposition makes ASCII. */
static const char *
special(UChar32 c)
{
	switch (c) {
	case 0xE6:
		return "ae";
	case 0xF8:
	case 0x153:
		return c == 0xF8 ? "o" : "oe";
	case 0x142:
		return "l";
	case 0x111:
	case 0xF0:
		return "d";
	case 0xFE:
		return "th";
	case 0x131:
		return "i";
	case 0x127:
		return "h";
	case 0x259:
		return "e";
	case 0x640: /* Arabic tatweel only stretches */
		return "";
	case 0x629: /* ta marbuta and ha, alef maqsura and ya: often mixed */
		return "\xD9\x87";
	case 0x649:
		return "\xD9\x8A";
	default:
		return NULL;
	}
}

void
gaz_fold_apostrophe(const uint16_t **u, size_t *n)
{
	for (size_t i = 1; i + 1 < *n; i++) {
		if ((*u)[i] != '\'' && (*u)[i] != 0x2019)
			continue;
		if (*n - i - 1 <= 2 && i > 2) { /* Trump's, Trump'un */
			*n = i;
			return;
		}
		if (i <= 5) { /* l'accord, qu'il, dell'Iran */
			*u += i + 1;
			*n -= i + 1;
			return;
		}
	}
}

size_t
gaz_fold_word(struct gaz_fold *f, const uint16_t *u, size_t n,
    char out[GAZ_FOLD_MAX])
{
	UErrorCode status = U_ZERO_ERROR;
	UChar a[GAZ_FOLD_MAX * 2], b[GAZ_FOLD_MAX * 4];
	size_t len = 0;
	bool ascii = true;

	if (n > GAZ_FOLD_MAX / 2)
		n = GAZ_FOLD_MAX / 2;
	for (size_t i = 0; i < n; i++)
		ascii = ascii && u[i] < 0x80;
	if (ascii) {
		for (size_t i = 0; i < n; i++)
			out[i] = gaz_to_lower((char)u[i]);
		return n;
	}
	int32_t na = unorm2_normalize(f->nfkc_cf, u, (int32_t)n, a,
	    GAZ_FOLD_MAX * 2, &status);
	/* Marks are letters of their own from the Indic scripts onward. */
	bool marks = true;
	for (int32_t i = 0; U_SUCCESS(status) && i < na; i++)
		marks = marks && (a[i] < 0x900 || (a[i] >= 0x1E00 && a[i] < 0x2000));
	int32_t nb = unorm2_normalize(marks ? f->nfkd : f->nfkc_cf, a, na, b,
	    GAZ_FOLD_MAX * 4, &status);
	if (U_FAILURE(status))
		return 0;
	for (int32_t i = 0; i < nb;) {
		UChar32 c;

		U16_NEXT(b, i, nb, c);
		if (marks && u_charType(c) == U_NON_SPACING_MARK)
			continue;
		const char *ascii_form = special(c);
		if (ascii_form != NULL) {
			for (; *ascii_form != '\0' && len < GAZ_FOLD_MAX; ++len)
				out[len] = *ascii_form++;
			continue;
		}
		char utf8[4];
		int32_t k = 0;
		UBool error = false;
		U8_APPEND((uint8_t *)utf8, k, 4, c, error);
		if (error || len + (size_t)k > GAZ_FOLD_MAX)
			break;
		memcpy(out + len, utf8, (size_t)k);
		len += (size_t)k;
	}
	return len;
}

void
gaz_fold_han(struct gaz_fold *f, uint16_t *u, size_t *n, size_t cap)
{
	UErrorCode status = U_ZERO_ERROR;
	int32_t len = (int32_t)*n, limit = len;

	if (f->hans == NULL)
		return;
	utrans_transUChars(f->hans, u, &len, (int32_t)cap, 0, &limit, &status);
	if (U_SUCCESS(status))
		*n = (size_t)len;
}

/* Cyrillic from U+0430 on; what is newer or rarer goes through ICU. */
static const char *const cyrillic[] = {
	"a", "b", "v", "g", "d", "e", "zh", "z", "i", "i", "k", "l", "m", "n",
	"o", "p", "r", "s", "t", "u", "f", "kh", "ts", "ch", "sh", "shch", "",
	"y", "", "e", "yu", "ya",
};

static bool
latin_from_cyrillic(struct gaz_str s, char out[GAZ_FOLD_MAX], size_t *len)
{
	*len = 0;
	for (size_t pos = 0; pos < s.len;) {
		uint32_t c = gaz_utf8_next(s, &pos);
		const char *t;
		char one[2] = { 0, 0 };

		if (c < 0x80) {
			one[0] = (char)c;
			t = one;
		} else if (c >= 0x430 && c < 0x450)
			t = cyrillic[c - 0x430];
		else if (c == 0x456 || c == 0x457) /* Ukrainian i, yi */
			t = "i";
		else if (c == 0x454)
			t = "e";
		else if (c == 0x491)
			t = "g";
		else
			return false;
		for (; *t != '\0' && *len < GAZ_FOLD_MAX; t++)
			out[(*len)++] = *t;
	}
	return true;
}

static size_t
latin_by_icu(struct gaz_fold *f, struct gaz_str s, char out[GAZ_FOLD_MAX])
{
	UErrorCode status = U_ZERO_ERROR;
	UChar u[GAZ_FOLD_MAX * 4];
	int32_t n = 0;
	size_t len = 0;

	if (f->latin == NULL)
		return 0;
	u_strFromUTF8(u, GAZ_FOLD_MAX, &n, s.p, (int32_t)s.len, &status);
	int32_t limit = n;
	utrans_transUChars(f->latin, u, &n, GAZ_FOLD_MAX * 4, 0, &limit,
	    &status);
	if (U_FAILURE(status))
		return 0;
	for (int32_t i = 0; i < n && len < GAZ_FOLD_MAX; i++) {
		if (u[i] < 0x80 && gaz_is_alnum((char)u[i]))
			out[len++] = gaz_to_lower((char)u[i]);
	}
	return len;
}

size_t
gaz_fold_latin(struct gaz_fold *f, struct gaz_str s, char out[GAZ_FOLD_MAX])
{
	bool ascii = true;
	size_t len = 0;

	for (size_t i = 0; i < s.len; i++)
		ascii = ascii && (unsigned char)s.p[i] < 0x80;
	if (ascii) {
		for (size_t i = 0; i < s.len && i < GAZ_FOLD_MAX; i++) {
			if (gaz_is_alnum(s.p[i]))
				out[len++] = s.p[i];
		}
		return len;
	}
	if (latin_from_cyrillic(s, out, &len))
		return len;
	uint64_t key = gaz_fnv_end(gaz_fnv(GAZ_FNV_SEED, s));
	struct slot *slot = &f->cache[key % CACHE_SIZE];
	if (slot->key != key) {
		len = latin_by_icu(f, s, out);
		slot->key = key;
		slot->len = (uint8_t)(len < CACHE_WORD ? len : CACHE_WORD);
		memcpy(slot->latin, out, slot->len);
	}
	memcpy(out, slot->latin, slot->len);
	return slot->len;
}

/* One sound, one letter, as far as European spellings allow. */
static size_t
phonetic(struct gaz_str s, char out[GAZ_FOLD_MAX], bool name)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i], d = i + 1 < s.len ? s.p[i + 1] : '\0';
		char t = c;

		switch (c) {
		case 'p':
			if (d == 'h') {
				t = 'f';
				i++;
			} else if (name)
				t = 'b';
			break;
		case 'c':
			if (d == 'h' && name) {
				t = 's';
				i++;
			} else if (d == 'h' || d == 'k') {
				t = 'k';
				i++;
			} else if (d == 'e' || d == 'i' || d == 'y' ||
			    d == 'z')
				t = 's';
			else
				t = 'k';
			break;
		case 's':
			if (d == 'c' && i + 2 < s.len && s.p[i + 2] == 'h')
				i += 2;
			else if (d == 'h' || (d == 'z' && name))
				i++;
			break;
		case 't':
			if (d == 'h')
				i++;
			else if ((d == 's' || d == 'z') && name) {
				t = 's';
				i++;
			} else if (d == 'c' && i + 2 < s.len &&
			    s.p[i + 2] == 'h') {
				t = 's';
				i += 2;
			} else if (d == 'i' && i + 2 < s.len && !name &&
			    s.p[i + 2] == 'o')
				t = 's'; /* -tion, -sion, -cion, -zione */
			break;
		case 'k':
			if (d == 'h')
				i++;
			break;
		case 'g':
			if (d == 'h')
				i++;
			break;
		case 'q':
			t = 'k';
			if (d == 'u')
				i++;
			break;
		case 'x':
			if (n > 0 && out[n - 1] != 'k' && n < GAZ_FOLD_MAX)
				out[n++] = 'k';
			t = 's';
			break;
		case 'y':
		case 'j':
			t = 'i';
			break;
		case 'w':
			t = 'v';
			break;
		case 'z':
			t = 's';
			break;
		case 'h':
			if (i > 0)
				continue;
			break;
		case 'l':
			if (name)
				t = 'r';
			break;
		default:
			break;
		}
		if (name && t == 'v')
			t = 'f';
		if (name && t == 'n' && (d == 'b' || d == 'p'))
			t = 'm';
		if (n > 0 && out[n - 1] == t && !gaz_is_digit(t))
			continue;
		if (n < GAZ_FOLD_MAX)
			out[n++] = t;
	}
	return n;
}

size_t
gaz_fold_cognate(struct gaz_str latin, char out[GAZ_FOLD_MAX])
{
	size_t n = phonetic(latin, out, false);

	return n < 6 ? n : 6;
}

static bool
is_vowel(char c)
{
	return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u';
}

size_t
gaz_fold_skeleton(struct gaz_str latin, char out[GAZ_FOLD_MAX])
{
	char p[GAZ_FOLD_MAX];
	size_t n = phonetic(latin, p, true), len = 0;

	for (size_t i = 0; i < n; i++) {
		if (is_vowel(p[i])) {
			/* Which vowel begins a name differs; that one does,
			 * does not. */
			if (i == 0)
				out[len++] = 'a';
			continue;
		}
		if (len == 0 || out[len - 1] != p[i] || gaz_is_digit(p[i]))
			out[len++] = p[i];
	}
	return len;
}
