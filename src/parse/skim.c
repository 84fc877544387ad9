#include "config.h"

#include "parse/skim.h"

#include "gazetted/mem.h"

/* Bytes of a text that is decoded at once. */
#define PIECE (64u << 10)

/* Move *at behind the next occurrence of what. */
static bool
skip_to(struct gaz_str doc, size_t *at, struct gaz_str what)
{
	/* Not memmem: the first character of these is rare. */
	while ((*at = gaz_str_find_char(doc, what.p[0], *at)) !=
	    GAZ_STR_NPOS) {
		if (doc.len - *at >= what.len &&
		    memcmp(doc.p + *at, what.p, what.len) == 0) {
			*at += what.len;
			return true;
		}
		(*at)++;
	}
	return false;
}

/* The reference at s.p[at] that is right in any document; its length or 0. */
static size_t
put_reference(struct gaz_str s, size_t at, struct gaz_buf *out)
{
	static const struct {
		struct gaz_str name;
		char c;
	} own[] = { { { "lt;", 3 }, '<' }, { { "gt;", 3 }, '>' },
		{ { "amp;", 4 }, '&' }, { { "quot;", 5 }, '"' },
		{ { "apos;", 5 }, '\'' } };
	uint32_t c = 0;
	size_t i = at + 2;

	for (size_t k = 0; k < GAZ_COUNT(own); k++) {
		if (s.len - at > own[k].name.len && memcmp(s.p + at + 1,
		    own[k].name.p, own[k].name.len) == 0) {
			gaz_buf_put_char(out, own[k].c);
			return own[k].name.len + 1;
		}
	}
	if (s.len - at < 4 || s.p[at + 1] != '#')
		return 0;
	for (; i < s.len && i - at < 9 && gaz_is_digit(s.p[i]); i++)
		c = c * 10 + (uint32_t)(s.p[i] - '0');
	/* Others are for the parser to judge. */
	if (i == at + 2 || i == s.len || s.p[i] != ';' || c < 0x20 ||
	    c > 0xD7FF)
		return 0;
	gaz_buf_put_utf8(out, c);
	return i + 1 - at;
}

/*
 * Decode text between tags; false when the parser had better look at it. What
 * is long is looked at only, and skim->text is of no meaning.
 */
static bool
decode_text(struct gaz_skim *skim, struct gaz_str s)
{
	struct gaz_buf *out = &skim->text;
	size_t from = 0, at = 0;

	skim->decoded = s.len <= PIECE;
	if ((s.len > 0 && memchr(s.p, '\r', s.len) != NULL) ||
	    skip_to(s, &at, GAZ_STR("]]>")))
		return false;
	gaz_buf_reset(out);
	while ((at = gaz_str_find_char(s, '&', from)) != GAZ_STR_NPOS) {
		if (skim->decoded)
			gaz_buf_put(out, s.p + from, at - from);
		else
			gaz_buf_reset(out);
		size_t n = put_reference(s, at, out);

		if (n == 0)
			return false;
		from = at + n;
	}
	if (skim->decoded)
		gaz_buf_put(out, s.p + from, s.len - from);
	return true;
}

/* What was looked at, in pieces. */
static void
put_pieces(struct gaz_skim *skim, void (*put)(void *arg, struct gaz_str s),
    void *arg)
{
	struct gaz_str s = skim->content;
	struct gaz_buf *out = &skim->text;

	gaz_buf_reset(out);
	for (size_t from = 0, at = 0; at < s.len;) {
		at = gaz_str_find_char(s, '&', from);
		struct gaz_str run = gaz_str_sub(s, from, at);

		if (at == GAZ_STR_NPOS || out->len + run.len >= PIECE) {
			if (out->len > 0)
				put(arg, gaz_buf_str(out));
			gaz_buf_reset(out);
			if (run.len > 0)
				put(arg, run);
		} else {
			gaz_buf_put_str(out, run);
		}
		if (at != GAZ_STR_NPOS)
			at = from = at + put_reference(s, at, out);
	}
	if (out->len > 0)
		put(arg, gaz_buf_str(out));
}

void
gaz_skim_put(struct gaz_skim *skim, void (*put)(void *arg, struct gaz_str s),
    void *arg)
{
	if (skim->cdata)
		put(arg, skim->content);
	else if (skim->decoded)
		put(arg, gaz_buf_str(&skim->text));
	else
		put_pieces(skim, put, arg);
}

/* Behind the tag at from, which is '<', or GAZ_STR_NPOS. */
static size_t
skip_tag(struct gaz_str doc, size_t from)
{
	static const bool counts[256] = { ['>'] = true, ['"'] = true,
		['\''] = true };

	for (size_t i = from; i < doc.len; i++) {
		char c = doc.p[i];

		if (!counts[(unsigned char)c])
			continue;
		if (c == '>')
			return i + 1;
		/* A quoted value. */
		i = gaz_str_find_char(doc, c, i + 1);
		if (i == GAZ_STR_NPOS)
			break;
	}
	return GAZ_STR_NPOS;
}

/* The text at from..to, if it is one that is looked for. */
static bool
take(struct gaz_skim *skim, size_t from, size_t to, bool cdata)
{
	skim->from = from;
	skim->to = to;
	skim->cdata = cdata;
	skim->content = gaz_str_sub(skim->doc, from, to);
	if (to - from < GAZ_SKIM_MIN)
		return false;
	return cdata || decode_text(skim, skim->content);
}

bool
gaz_skim_next(struct gaz_skim *skim)
{
	const struct gaz_str doc = skim->doc;
	size_t at = skim->at;
	bool found = false;

	while (!found && at - skim->at <= GAZ_SKIM_VAIN_MAX &&
	    (at = gaz_str_find_char(doc, '<', at)) != GAZ_STR_NPOS) {
		struct gaz_str rest = gaz_str_sub(doc, at, doc.len);
		size_t from;

		if (rest.len > 1 && rest.p[1] != '!' && rest.p[1] != '?') {
			from = skip_tag(doc, at);
			at = gaz_str_find_char(doc, '<', from);
			if (at == GAZ_STR_NPOS)
				break;
			found = take(skim, from, at, false);
		} else if (gaz_str_starts(rest, "<![CDATA[")) {
			from = at += strlen("<![CDATA[");
			if (!skip_to(doc, &at, GAZ_STR("]]>")))
				break;
			found = take(skim, from, at - strlen("]]>"), true);
		} else if (gaz_str_starts(rest, "<!--")) {
			at += strlen("<!--");
			if (!skip_to(doc, &at, GAZ_STR("-->")))
				break;
		} else if (gaz_str_starts(rest, "<?")) {
			if (!skip_to(doc, &at, GAZ_STR("?>")))
				break;
		} else {
			from = skip_tag(doc, at);
			at = gaz_str_find_char(doc, '<', from);
			if (at == GAZ_STR_NPOS)
				break;
			found = take(skim, from, at, false);
		}
	}
	skim->at = found ? at : doc.len;
	return found;
}

void
gaz_skim_init(struct gaz_skim *skim, struct gaz_str doc)
{
	*skim = (struct gaz_skim){ .doc = doc };
	gaz_buf_init(&skim->text, GAZ_BUF_NO_MAX);
}

void
gaz_skim_clear(struct gaz_skim *skim)
{
	gaz_buf_clear(&skim->text);
}
