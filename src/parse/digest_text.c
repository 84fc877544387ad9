/* Texts, names and addresses of a document as the store keeps them. */
#include "config.h"

#include "parse/digest_item.h"

#include "gazetted/html.h"
#include "gazetted/lang.h"
#include "gazetted/limits.h"
#include "gazetted/text.h"
#include "gazetted/url.h"

#include "parse/text.h"

#define ESCAPED_MAX 6        /* bytes of an escaped character */
#define ENDS_MAX 16          /* bytes of tags around a line */
#define PLAIN_HTML_MAX (2 * GAZ_FIELD_MAX) /* bytes that plain text becomes */

bool
gaz_digest_is_html(struct gaz_str type)
{
	return gaz_str_eq_z(type, "text/html") ||
	    gaz_str_eq_z(type, "application/xhtml+xml");
}

bool
gaz_digest_is_plain(struct gaz_str type)
{
	return type.len == 0 || gaz_str_eq_z(type, "text/plain");
}

/* As much of a line as takes at most room bytes when it is escaped. */
static struct gaz_str
fit_escaped(struct gaz_str line, size_t room)
{
	size_t n = 0, i = 0;

	if (line.len <= room / ESCAPED_MAX)
		return line;
	for (; i < line.len && n + ESCAPED_MAX <= room; i++)
		n += strchr("&<>\"'", line.p[i]) != NULL ? ESCAPED_MAX : 1;
	return gaz_str_cut(line, i);
}

bool
gaz_digest_plain_html(struct gaz_str s, struct gaz_buf *out)
{
	struct gaz_str line, fits;
	bool open = false, whole = true;

	while (whole && gaz_str_split(&s, '\n', &line)) {
		line = gaz_str_trim(line);
		if (line.len == 0) {
			if (open)
				gaz_buf_put_z(out, "</p>\n");
			open = false;
			continue;
		}
		fits = out->len + ENDS_MAX > PLAIN_HTML_MAX ? GAZ_STR("") :
		    fit_escaped(line, PLAIN_HTML_MAX - ENDS_MAX - out->len);
		whole = fits.len == line.len;
		if (fits.len == 0)
			break;
		gaz_buf_put_z(out, open ? "<br>\n" : "<p>");
		gaz_buf_put_escaped(out, fits);
		open = true;
	}
	if (open)
		gaz_buf_put_z(out, "</p>");
	return whole;
}

struct gaz_str
gaz_digest_line(struct gaz_arena *a, struct gaz_str s, size_t max_chars)
{
	if (s.p == NULL)
		return s;
	s = gaz_text_fold(a, s, max_chars);
	return s.len > 0 ? s : GAZ_STR_NONE;
}

struct gaz_str
gaz_digest_name(struct gaz_arena *a, struct gaz_str s, size_t max_chars)
{
	s = gaz_text_name(a, s, max_chars);
	return s.len > 0 ? s : GAZ_STR_NONE;
}

struct gaz_str
gaz_digest_text(const struct gaz_text *t, bool block, struct gaz_buf *b)
{
	if (t->plain.p != NULL)
		return t->plain;
	if (gaz_digest_is_plain(t->type))
		return t->value;
	gaz_buf_reset(b);
	if (gaz_digest_is_html(t->type))
		gaz_html_to_text(t->value, block, b);
	return gaz_buf_str(b);
}

struct gaz_str
gaz_digest_address(struct gaz_str url)
{
	return url.p == NULL || url.len > GAZ_URL_MAX ||
	    !gaz_url_is_http(url) ? GAZ_STR_NONE : url;
}

struct gaz_str
gaz_digest_language(struct gaz_arena *a, struct gaz_str given)
{
	return given.len > 0 ? gaz_lang_tag(a, given) : GAZ_STR_NONE;
}
