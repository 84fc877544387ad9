#include "config.h"

#include "number.h"

#include <unicode/uchar.h>
#include <unicode/utf16.h>

#include "gazetted/mem.h"

/* Words for powers of ten, folded; those of three letters or less are whole
 * words, the others stems. A long-scale billion is a thousand times more. */
static const struct {
	const char *word;
	double factor;
} magnitudes[] = {
	{ "k", 1e3 },
	{ "tsd", 1e3 },
	{ "tys", 1e3 },
	{ "mil", 1e3 },
	{ "mila", 1e3 },
	{ "mille", 1e3 },
	{ "thousand", 1e3 },
	{ "tausend", 1e3 },
	{ "duizend", 1e3 },
	{ "tusen", 1e3 },
	{ "tysiac", 1e3 },
	{ "tysiec", 1e3 },
	{ "tisic", 1e3 },
	{ "тыс", 1e3 },
	{ "тысяч", 1e3 },
	{ "тисяч", 1e3 },
	{ "الف", 1e3 },
	{ "الاف", 1e3 },
	{ "lakh", 1e5 },
	{ "m", 1e6 },
	{ "mn", 1e6 },
	{ "mln", 1e6 },
	{ "mio", 1e6 },
	{ "million", 1e6 },
	{ "millon", 1e6 },
	{ "milion", 1e6 },
	{ "milho", 1e6 },
	{ "milhao", 1e6 },
	{ "miljoen", 1e6 },
	{ "miljon", 1e6 },
	{ "milyon", 1e6 },
	{ "млн", 1e6 },
	{ "миллион", 1e6 },
	{ "милион", 1e6 },
	{ "мільион", 1e6 },
	{ "مليون", 1e6 },
	{ "ملايين", 1e6 },
	{ "crore", 1e7 },
	{ "b", 1e9 },
	{ "bn", 1e9 },
	{ "bln", 1e9 },
	{ "md", 1e9 },
	{ "mds", 1e9 },
	{ "mld", 1e9 },
	{ "mrd", 1e9 },
	{ "milliard", 1e9 },
	{ "miliard", 1e9 },
	{ "miljard", 1e9 },
	{ "milyar", 1e9 },
	{ "bilho", 1e9 },
	{ "bilhao", 1e9 },
	{ "billion", 1e9 },
	{ "млрд", 1e9 },
	{ "миллиард", 1e9 },
	{ "мільярд", 1e9 },
	{ "милиард", 1e9 },
	{ "مليار", 1e9 },
	{ "tn", 1e12 },
	{ "billon", 1e12 },
	{ "bilion", 1e12 },
	{ "biljoen", 1e12 },
	{ "biliao", 1e12 },
	{ "bilioes", 1e12 },
	{ "trillion", 1e12 },
	{ "trilho", 1e12 },
	{ "trilhao", 1e12 },
	{ "трлн", 1e12 },
	{ "триллион", 1e12 },
	{ "трильион", 1e12 },
	{ "تريليون", 1e12 },
};

static bool
is_one_of(const char *language, const char *list)
{
	/* list: two letters each, spaced */
	for (const char *p = list; p[0] != '\0'; p += p[2] == ' ' ? 3 : 2) {
		if (p[0] == language[0] && p[1] == language[1])
			return true;
	}
	return false;
}

static double
magnitude(struct gaz_str w, const char *language, bool suffix)
{
	double best = 0;
	size_t longest = 0;

	for (size_t i = 0; i < GAZ_COUNT(magnitudes); i++) {
		size_t n = strlen(magnitudes[i].word);
		bool stem = n > 4;

		if (n < longest || (stem ? w.len < n : w.len != n) ||
		    memcmp(w.p, magnitudes[i].word, n) != 0)
			continue;
		/* A lone letter counts behind the digits only: 5m, 3k. */
		if (n <= 2 && !suffix && magnitudes[i].word[1] == '\0')
			continue;
		if (w.len > n + 4)
			continue; /* millionaire */
		best = magnitudes[i].factor;
		longest = n;
		if (gaz_str_eq_z(gaz_str_make(w.p, n), "billion") &&
		    is_one_of(language, "fr de es nl da sv nb no"))
			best = 1e12;
	}
	return best;
}

/* Han signs right behind the digits: 1000亿, 3万. */
static double
han_magnitude(const struct gaz_tokens *t, size_t at)
{
	double factor = 1;

	for (; at < t->text.n; at++) {
		switch (t->text.v[at]) {
		case 0x767E:
			factor *= 1e2;
			break;
		case 0x5343:
			factor *= 1e3;
			break;
		case 0x4E07:
		case 0x842C:
			factor *= 1e4;
			break;
		case 0x4EBF:
		case 0x5104:
			factor *= 1e8;
			break;
		case 0x5146:
			factor *= 1e12;
			break;
		default:
			return factor;
		}
		if (factor > 1e15)
			return factor;
	}
	return factor;
}

/* Digits with separators; *at is left behind them. */
static double
digits(const struct gaz_tokens *t, const struct gaz_token *token,
    const char *language, size_t *at)
{
	const uint16_t *u = t->text.v;
	size_t end = token->start + token->len, i = token->start;
	bool comma_decimal = language[0] != '\0' &&
	    !is_one_of(language, "en zh ja ko th he hi ur bn fa");
	double value = 0, scale = 0;

	for (; i < end; i++) {
		int32_t d = u_charDigitValue(u[i]);

		if (d >= 0) {
			value = value * 10 + d;
			scale *= 10;
			continue;
		}
		if (u[i] == 0x202F) /* ICU keeps 1 000 together */
			continue;
		if (u[i] != ',' && u[i] != '.' && u[i] != 0x66B &&
		    u[i] != 0x66C)
			break;
		size_t run = 0;
		while (i + 1 + run < end && u_charDigitValue(u[i + 1 + run]) >= 0)
			run++;
		bool point = u[i] == 0x66B ||
		    (u[i] == ',') == comma_decimal;
		if (run == 3 && (!point || scale > 0))
			continue; /* groups of thousands */
		if (run == 0)
			break;
		scale = 1;
	}
	*at = i;
	return scale > 0 ? value / scale : value;
}

static bool
is_group(const struct gaz_tokens *t, size_t i, const char *language)
{
	const struct gaz_token *a = &t->list.v[i - 1], *b = &t->list.v[i];
	size_t gap = a->start + a->len;

	if (b->class != GAZ_TOKEN_NUMBER || b->len != 3 ||
	    b->start != gap + 1 || b->folded.len != 3)
		return false;
	UChar c = t->text.v[gap];
	return c == 0xA0 || c == 0x202F || c == 0x2009 ||
	    (c == ' ' &&
		is_one_of(language, "fr ru uk pl cs sk sv nb fi bg es"));
}

bool
gaz_number_read(const struct gaz_tokens *t, size_t i, const char *language,
    double given, double *value, size_t *n_used)
{
	const struct gaz_token *token = &t->list.v[i];
	size_t at, next = i + 1;
	double v = given;

	if (given < 0) {
		v = digits(t, token, language, &at);
		while (token->len <= 3 && next < t->list.n &&
		    next < i + 4 && is_group(t, next, language)) {
			size_t ignored;

			v = v * 1000 +
			    digits(t, &t->list.v[next], language, &ignored);
			at = t->list.v[next].start + 3;
			next++;
		}
		if (at < token->start + token->len && next == i + 1) {
			/* 2.95bn, 100k; 24th and 3D stay plain numbers. */
			char suffix[4];
			size_t n = 0;

			for (; at < token->start + token->len && n < 4; at++)
				suffix[n++] = t->text.v[at] < 0x80 ?
				    gaz_to_lower((char)t->text.v[at]) :
				    '?';
			double factor = magnitude(gaz_str_make(suffix, n),
			    language, true);
			v *= factor > 0 ? factor : 1;
		} else
			v *= han_magnitude(t, at);
	}
	for (int k = 0; k < 2 && next < t->list.n; k++) {
		double factor = t->list.v[next].class == GAZ_TOKEN_WORD ?
		    magnitude(t->list.v[next].folded, language, false) :
		    0;

		if (factor == 0)
			break;
		v *= factor;
		next++;
	}
	*value = v;
	*n_used = next - i;
	return v < 1e18;
}
