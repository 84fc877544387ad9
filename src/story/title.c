#include "config.h"

#include "gazetted/story.h"

#include "gazetted/mem.h"

/*
 * Outlets sign their headlines: "Bayrou ousted | The Coast Post". Beside the
 * outlet's name that is noise. Only what is the name, or begins like it, goes.
 */

#define NAME_MAX_BYTES 128
#define NAME_LEAST 3   /* letters that must agree */
#define TITLE_LEAST 8  /* bytes that must be left */

static const char *const separators[] = { " | ", " - ", " \xE2\x80\x93 ",
	" \xE2\x80\x94 ", " \xC2\xB7 ", " \xE2\x80\xA2 ", " \xC2\xBB ", " :: " };

/* Letters and digits only, small; Latin letters of two bytes as well. */
static size_t
letters(struct gaz_str s, char out[NAME_MAX_BYTES])
{
	size_t n = 0;

	for (size_t i = 0; i < s.len && n < NAME_MAX_BYTES; i++) {
		unsigned char c = (unsigned char)s.p[i];
		unsigned char before =
		    i > 0 ? (unsigned char)s.p[i - 1] : 0;

		if (c < 0x80 && !gaz_is_alpha((char)c) &&
		    !gaz_is_digit((char)c))
			continue;
		if (before == 0xC3 && c >= 0x80 && c <= 0x9E && c != 0x97)
			c = (unsigned char)(c + 0x20);
		out[n++] = c < 0x80 ? gaz_to_lower((char)c) : (char)c;
	}
	return n;
}

static struct gaz_str
skip_article(struct gaz_str s)
{
	static const char *const articles[] = { "the ", "le ", "la ", "les ",
		"der ", "die ", "das ", "el ", "il " };

	for (size_t i = 0; i < GAZ_COUNT(articles); i++) {
		size_t n = strlen(articles[i]);

		if (s.len > n && gaz_str_ieq_z(gaz_str_sub(s, 0, n),
		        articles[i]))
			return gaz_str_sub(s, n, s.len);
	}
	return s;
}

/* One is the other, or the other goes on behind it: "Coast Post Online". */
static bool
is_name(struct gaz_str piece, struct gaz_str outlet)
{
	char a[NAME_MAX_BYTES], b[NAME_MAX_BYTES];
	size_t n = letters(skip_article(gaz_str_trim(piece)), a);
	size_t m = letters(skip_article(gaz_str_trim(outlet)), b);
	size_t least = n < m ? n : m, most = n < m ? m : n;

	if (least < NAME_LEAST || memcmp(a, b, least) != 0)
		return false;
	return least == most || (least > NAME_LEAST && least * 3 >= most);
}

static size_t
last_separator(struct gaz_str title, size_t *len)
{
	size_t last = GAZ_STR_NPOS;

	for (size_t i = 0; i < GAZ_COUNT(separators); i++) {
		struct gaz_str s = gaz_str_of(separators[i]);

		for (size_t at = gaz_str_find(title, s, 0); at != GAZ_STR_NPOS;
		     at = gaz_str_find(title, s, at + 1)) {
			if (last == GAZ_STR_NPOS || at > last) {
				last = at;
				*len = s.len;
			}
		}
	}
	return last;
}

struct gaz_str
gaz_title_without_outlet(struct gaz_str title, struct gaz_str outlet)
{
	size_t len = 0, at = last_separator(title, &len);

	if (at == GAZ_STR_NPOS ||
	    !is_name(gaz_str_sub(title, at + len, title.len), outlet))
		return title;
	struct gaz_str rest = gaz_str_trim(gaz_str_sub(title, 0, at));
	return rest.len >= TITLE_LEAST ? rest : title;
}
