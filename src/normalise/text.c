/*
 * Plain text made fit for a line, a log and a terminal. What a character is
 * comes from ICU's property tables.
 */
#include "config.h"

#include "gazetted/text.h"

#include <unicode/uchar.h>

#include "gazetted/limits.h"

enum class {
	CLASS_OTHER,
	CLASS_SPACE,
	CLASS_MARK,   /* stands on the character in front */
	CLASS_JOINER, /* ZWJ, ZWNJ, direction marks: one at a time */
	CLASS_DROP,
};

/*
 * Letters of the scripts that most text is in, for which nobody has to be
 * asked: no marks, no spaces, nothing that ends a sentence.
 */
static bool
is_common_letter(uint32_t c)
{
	return (c >= 0xc0 && c < 0x250) || (c >= 0x400 && c < 0x482) ||
	    (c >= 0x3041 && c < 0x3097) || (c >= 0x30a1 && c < 0x30fb) ||
	    (c >= 0x4e00 && c < 0xa000) || (c >= 0xac00 && c < 0xd7a4);
}

static enum class
class_of(uint32_t c)
{
	if (c < 0x80) {
		if (gaz_is_space((char)c) || c == 0x0b)
			return CLASS_SPACE;
		return c < 0x20 || c == 0x7f ? CLASS_DROP : CLASS_OTHER;
	}
	if (is_common_letter(c))
		return CLASS_OTHER;
	if (c == 0x200c || c == 0x200d || c == 0x200e || c == 0x200f ||
	    c == 0x061c)
		return CLASS_JOINER;
	if (u_isUWhiteSpace((UChar32)c))
		return CLASS_SPACE;
	switch (u_charType((UChar32)c)) {
	case U_NON_SPACING_MARK:
	case U_ENCLOSING_MARK:
	case U_COMBINING_SPACING_MARK:
		return CLASS_MARK;
	case U_CONTROL_CHAR:
	case U_SURROGATE:
		return CLASS_DROP;
	case U_FORMAT_CHAR:
		/* Letters of flags, counted like marks. */
		return c >= 0xe0020 && c <= 0xe007f ? CLASS_MARK : CLASS_DROP;
	default:
		return (c & 0xfffe) == 0xfffe ? CLASS_DROP : CLASS_OTHER;
	}
}

#define ONES UINT64_C(0x0101010101010101)
#define HIGH UINT64_C(0x8080808080808080)

/* The high bit of each byte of ASCII that is below n. */
static uint64_t
bytes_below(uint64_t word, uint64_t n)
{
	return ~((word | HIGH) - ONES * n) & ~word & HIGH;
}

/*
 * The end of printable ASCII with single spaces inside from pos on, at most max
 * bytes, that begins and ends with another character.
 */
static size_t
plain_run(struct gaz_str s, size_t pos, size_t max)
{
	size_t end = s.len - pos > max ? pos + max : s.len, i = pos;
	uint64_t now, next;

	if (i == end || s.p[i] == ' ')
		return pos;
	while (end - i > sizeof(now)) {
		memcpy(&now, s.p + i, sizeof(now));
		memcpy(&next, s.p + i + 1, sizeof(next));
		/* DEL is the byte that adding one makes 0x80. */
		if ((((now | (now + ONES)) & HIGH) |
		    bytes_below(now, 0x20) |
		    (bytes_below(now, 0x21) & bytes_below(next, 0x21))) != 0)
			break;
		i += sizeof(now);
	}
	while (i < end && s.p[i] >= ' ' && s.p[i] < 0x7f &&
	    (s.p[i] != ' ' || (i + 1 < end && s.p[i + 1] > ' ' &&
	    s.p[i + 1] < 0x7f)))
		i++;
	/* The last eight may have ended in front of something else. */
	return i > pos && s.p[i - 1] == ' ' ? i - 1 : i;
}

/* Printable ASCII with single spaces, none at either end. */
static bool
is_folded(struct gaz_str s, size_t max_chars)
{
	return s.len <= max_chars && plain_run(s, 0, s.len) == s.len;
}

/*
 * Fold s to out, up to max_chars characters. Return how many there are, with
 * white space at the end.
 */
static size_t
fold(struct gaz_str s, size_t max_chars, struct gaz_buf *out)
{
	size_t chars = 0, marks = 0, base = 0;
	bool space = false, joined = false;

	for (size_t pos = 0; pos < s.len;) {
		size_t left = max_chars - chars, run =
		    plain_run(s, pos, space && left > 0 ? left - 1 : left) -
		    pos;

		if (run > 0) {
			if (space)
				gaz_buf_put_char(out, ' ');
			gaz_buf_put(out, s.p + pos, run);
			base = out->len - 1;
			chars += run + space;
			pos += run;
			space = joined = false;
			marks = 0;
			continue;
		}
		uint32_t c = gaz_utf8_next(s, &pos);
		enum class class = class_of(c);
		if (class == CLASS_SPACE) {
			space = out->len > 0;
			continue;
		}
		if (class == CLASS_DROP ||
		    (class == CLASS_MARK && ++marks > GAZ_MARKS_MAX) ||
		    (class == CLASS_JOINER && joined))
			continue;
		joined = class == CLASS_JOINER;
		if (class == CLASS_OTHER)
			marks = 0;
		size_t need = space ? 2 : 1;
		if (chars + need > max_chars) {
			/* Leave no letter without its marks. */
			if (class == CLASS_MARK && !space)
				gaz_buf_truncate(out, base);
			break;
		}
		if (space)
			gaz_buf_put_char(out, ' ');
		if (class == CLASS_OTHER || space)
			base = out->len;
		gaz_buf_put_utf8(out, c);
		chars += need;
		space = false;
	}
	while (out->len > 0 && out->p[out->len - 1] == ' ')
		gaz_buf_truncate(out, out->len - 1);
	return chars;
}

struct gaz_str
gaz_text_fold(struct gaz_arena *a, struct gaz_str s, size_t max_chars)
{
	struct gaz_buf out;
	struct gaz_str result;

	if (s.p == NULL)
		return s;
	if (is_folded(s, max_chars))
		return gaz_arena_str(a, s);
	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	(void)fold(s, max_chars, &out);
	result = gaz_arena_str(a, gaz_buf_str(&out));
	gaz_buf_clear(&out);
	return result;
}

/* Excerpts */

/* Full stops of the world's scripts. */
static bool
is_stop(uint32_t c)
{
	if (c < 0x80)
		return c == '.' || c == '!' || c == '?';
	return !is_common_letter(c) &&
	    u_hasBinaryProperty((UChar32)c, UCHAR_S_TERM);
}

/* Quotes and brackets that belong to the sentence in front. */
static bool
is_closing(uint32_t c)
{
	int8_t type;

	if (c < 0x80)
		return c == '"' || c == '\'' || c == ')' || c == ']' ||
		    c == '}';
	if (is_common_letter(c))
		return false;
	type = u_charType((UChar32)c);
	return type == U_END_PUNCTUATION ||
	    type == U_FINAL_PUNCTUATION || type == U_INITIAL_PUNCTUATION;
}

/* Scripts that are written without spaces end a word anywhere. */
static bool
is_ideograph(uint32_t c)
{
	if (c < 0x80 || (c >= 0xc0 && c < 0x482))
		return false;
	return u_hasBinaryProperty((UChar32)c, UCHAR_IDEOGRAPHIC) ||
	    (c >= 0x3040 && c <= 0x30ff) || (c >= 0x0e00 && c <= 0x0eff);
}

/*
 * Where to cut text that is longer than max characters: *sentence behind the
 * last whole sentence, *word behind the last whole word that leaves place for
 * an ellipsis.
 */
static void
find_cuts(struct gaz_str s, size_t max, size_t *sentence, size_t *word)
{
	size_t chars = 0, pos = 0;
	bool stop = false;

	*sentence = *word = 0;
	while (pos < s.len && chars <= max) {
		size_t at = pos;
		unsigned char first = (unsigned char)s.p[pos];
		uint32_t c;

		if (!stop && gaz_is_alnum((char)first)) {
			pos++;
			chars++;
			continue;
		}
		c = gaz_utf8_next(s, &pos);
		/* "3.5" and "e.g.," are no ends: a space has to follow. */
		if (stop && (c == ' ' || c >= 0x3000) && !is_closing(c))
			*sentence = at;
		if (c == ' ' || is_ideograph(c)) {
			if (chars < max)
				*word = at;
		}
		stop = is_stop(c) || (stop && is_closing(c));
		chars++;
	}
}

struct gaz_str
gaz_text_excerpt(struct gaz_arena *a, struct gaz_str s, size_t max_chars)
{
	struct gaz_buf out;
	struct gaz_str folded, result;
	size_t sentence, word;

	if (s.p == NULL || max_chars > SIZE_MAX / 2)
		return gaz_text_fold(a, s, SIZE_MAX);
	if (is_folded(s, max_chars))
		return gaz_arena_str(a, s);
	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	/* Where it is cut depends on one character more. When fold stops, it
	 * takes a letter back with its marks and joiners. */
	size_t chars = fold(s, max_chars + 2 * GAZ_MARKS_MAX + 4, &out);
	folded = gaz_buf_str(&out);
	if (chars <= max_chars || gaz_utf8_count(folded) <= max_chars) {
		result = gaz_arena_str(a, folded);
		goto done;
	}
	if (max_chars == 0) {
		result = gaz_arena_str(a, GAZ_STR(""));
		goto done;
	}
	find_cuts(folded, max_chars, &sentence, &word);
	if (sentence > 0 && sentence >= word / 2) {
		result = gaz_arena_str(a, gaz_str_sub(folded, 0, sentence));
		goto done;
	}
	if (word == 0) {
		/* One endless word. */
		for (size_t i = 0; i + 1 < max_chars; i++)
			(void)gaz_utf8_next(folded, &word);
	}
	result = gaz_arena_fmt(a, "%.*s\xe2\x80\xa6", (int)word, folded.p);
done:
	gaz_buf_clear(&out);
	return result;
}
