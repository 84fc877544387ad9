/* Values in their places: quotes, list elements, and where a byte came from. */
#include "config.h"

#include "config/setting.h"

struct gaz_config_place
gaz_config_place_of(const struct gaz_config_value *v, size_t offset,
    size_t len)
{
	size_t i = v->piece_count - 1;

	if (v->raw.len == 0)
		return v->key;
	while (i > 0 && v->pieces[i].offset > offset)
		i--;
	/* Marks stay in the line they begin in. */
	if (i + 1 < v->piece_count && offset + len >= v->pieces[i + 1].offset)
		len = v->pieces[i + 1].offset > offset
		    ? v->pieces[i + 1].offset - offset - 1 : 1;
	return (struct gaz_config_place){ v->file,
		v->pieces[i].at + (offset - v->pieces[i].offset), len };
}

/*
 * Take the quotes off: raw begins with one at offset from. The plain text is
 * appended to out, *end is behind the closing quote.
 */
static bool
unquote(struct gaz_config_reader *r, const struct gaz_config_value *v,
    size_t from, struct gaz_buf *out, size_t *end)
{
	static const char codes[] = "\"\\nrt", meanings[] = "\"\\\n\r\t";
	struct gaz_str raw = v->raw;
	size_t i;

	for (i = from + 1; i < raw.len && raw.p[i] != '"'; i++) {
		char c = raw.p[i];
		if (c == '\\' && i + 1 < raw.len) {
			const char *code = raw.p[i + 1] == '\0' ? NULL
			    : strchr(codes, raw.p[i + 1]);
			if (code == NULL) {
				gaz_config_report(r->errors,
				    gaz_config_place_of(v, i, 2), false,
				    "inside quotes a backslash is written "
				    "\\\\ (known are \\\\ \\\" \\n \\r \\t)");
				return false;
			}
			c = meanings[code - codes];
			i++;
		}
		gaz_buf_put_char(out, c);
	}
	if (i < raw.len) {
		*end = i + 1;
		return true;
	}
	gaz_config_report(r->errors,
	    gaz_config_place_of(v, from, raw.len - from), false,
	    "this quote is never closed");
	return false;
}

struct gaz_str
gaz_config_plain(struct gaz_config_reader *r, const struct gaz_config_value *v)
{
	size_t end;

	if (v->raw.len == 0 || v->raw.p[0] != '"')
		return v->raw.p != NULL ? v->raw : GAZ_STR("");
	gaz_buf_reset(&r->plain);
	if (!unquote(r, v, 0, &r->plain, &end))
		return GAZ_STR_NONE;
	if (end == v->raw.len)
		return gaz_buf_str(&r->plain);
	gaz_config_report(r->errors,
	    gaz_config_place_of(v, end, v->raw.len - end), false,
	    "there is text after the closing quote; quote all of it, with "
	    "\\\" for a quote inside");
	return GAZ_STR_NONE;
}

/*
 * The next element of a list from *pos on. False when the list is over or
 * broken (*ok tells which). The text lives until the next one.
 */
bool
gaz_config_next_element(struct gaz_config_setting *st, size_t *pos, bool *ok)
{
	struct gaz_str raw = st->v->raw;
	size_t end;

	while (*pos < raw.len && gaz_is_space(raw.p[*pos]))
		++*pos;
	if (*pos >= raw.len)
		return false;
	st->shift = *pos;
	if (raw.p[*pos] == '"') {
		gaz_buf_reset(&st->r->plain);
		if (!unquote(st->r, st->v, *pos, &st->r->plain, &end)) {
			*ok = false;
			return false;
		}
		st->s = gaz_buf_str(&st->r->plain);
		while (end < raw.len && gaz_is_space(raw.p[end]))
			end++;
		if (end < raw.len && raw.p[end] != ',') {
			FAULT(st, end, raw.len - end,
			    "a comma is missing behind the quote");
			*ok = false;
			return false;
		}
	} else {
		end = gaz_str_find_char(raw, ',', *pos);
		if (end == GAZ_STR_NPOS)
			end = raw.len;
		st->s = gaz_str_trim(gaz_str_sub(raw, *pos, end));
	}
	if (st->s.len == 0) {
		FAULT(st, *pos, 1, "an entry of the list is empty");
		*ok = false;
		return false;
	}
	*pos = end + 1;
	return true;
}

bool
gaz_config_is_plain(struct gaz_config_setting *st)
{
	for (size_t i = 0; i < st->s.len; i++) {
		if ((unsigned char)st->s.p[i] >= ' ')
			continue;
		FAULT(st, inside(st, i), 1,
		    "line breaks and control characters are not allowed here");
		return false;
	}
	return true;
}
