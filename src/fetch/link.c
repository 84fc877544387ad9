#include "config.h"

#include "gazetted/link.h"

/* Up to the next of ends that stands outside of quotes. */
static struct gaz_str
cut_unquoted(struct gaz_str *s, const char *ends)
{
	size_t i = 0;
	bool quoted = false;

	for (; i < s->len; i++) {
		if (s->p[i] == '"')
			quoted = !quoted;
		else if (quoted && s->p[i] == '\\')
			i += i + 1 < s->len;
		else if (!quoted && s->p[i] != '\0' &&
		    strchr(ends, s->p[i]) != NULL)
			break;
	}
	struct gaz_str piece = gaz_str_sub(*s, 0, i);
	*s = gaz_str_sub(*s, i, s->len);
	return gaz_str_trim(piece);
}

/* The value of "name=value", quotes taken off; absent when it has another
 * name. */
static struct gaz_str
value_of(struct gaz_str param, const char *name)
{
	size_t eq = gaz_str_find_char(param, '=', 0);
	struct gaz_str v;

	if (eq == GAZ_STR_NPOS || !gaz_str_ieq_z(
	    gaz_str_trim(gaz_str_sub(param, 0, eq)), name))
		return GAZ_STR_NONE;
	v = gaz_str_trim(gaz_str_sub(param, eq + 1, param.len));
	if (v.len >= 2 && v.p[0] == '"' && v.p[v.len - 1] == '"')
		v = gaz_str_sub(v, 1, v.len - 1);
	return v;
}

bool
gaz_link_field_next(struct gaz_str *rest, struct gaz_link_field *out)
{
	size_t open = gaz_str_find_char(*rest, '<', 0);
	size_t close = open == GAZ_STR_NPOS ? open :
	    gaz_str_find_char(*rest, '>', open);

	if (close == GAZ_STR_NPOS) {
		*rest = GAZ_STR_NONE;
		return false;
	}
	*out = (struct gaz_link_field){
		.target = gaz_str_trim(gaz_str_sub(*rest, open + 1, close)),
	};
	*rest = gaz_str_sub(*rest, close + 1, rest->len);
	cut_unquoted(rest, ";,");
	while (rest->len > 0 && rest->p[0] == ';') {
		*rest = gaz_str_sub(*rest, 1, rest->len);
		struct gaz_str param = cut_unquoted(rest, ";,");
		struct gaz_str rel = value_of(param, "rel");
		/* Of several only the first counts (RFC 8288, 3.3). */
		if (out->rel.p == NULL)
			out->rel = rel;
		if (value_of(param, "anchor").p != NULL)
			out->anchored = true;
	}
	*rest = gaz_str_sub(*rest, 1, rest->len);
	return true;
}

bool
gaz_link_field_is(const struct gaz_link_field *f, const char *word)
{
	struct gaz_str rels = f->rel, piece;

	while (!f->anchored && gaz_str_split(&rels, ' ', &piece)) {
		if (gaz_str_ieq_z(piece, word))
			return true;
	}
	return false;
}
