/* The attributes that may leave the cleaner, and what may stand in them. */
#include "config.h"

#include "normalise/html_attribute.h"

#include "gazetted/mem.h"
#include "gazetted/url.h"

#include "normalise/html_write.h"

enum value {
	VALUE_TEXT,
	VALUE_LINK,    /* http, https, mailto */
	VALUE_MEDIA,   /* http, https */
	VALUE_PICTURE, /* and data: of raster images */
	VALUE_SRCSET,
	VALUE_NUMBER,
	VALUE_LENGTH,  /* number, perhaps with % */
	VALUE_SWITCH,  /* its name or nothing */
	VALUE_WORD,    /* letters, digits, - and _ */
};

#define ROW(name, groups, value) \
	{ name, groups, VALUE_##value, sizeof(name) - 1 }

/* Sorted by name, as first_rows wants; a name has one row for each kind of
 * value. */
static const struct attribute {
	const char *name;
	unsigned groups; /* of elements that may have it */
	enum value value;
	uint8_t len; /* of name */
} attributes[] = {
	ROW("abbr", GROUP_CELL, TEXT),
	ROW("alt", GROUP_IMAGE, TEXT),
	ROW("cite", GROUP_QUOTE | GROUP_EDIT, LINK),
	ROW("colspan", GROUP_CELL, NUMBER),
	ROW("controls", GROUP_MEDIA, SWITCH),
	ROW("datetime", GROUP_TIME | GROUP_EDIT, TEXT),
	ROW("dir", GROUP_ANY, WORD),
	ROW("height", GROUP_IMAGE | GROUP_VIDEO, LENGTH),
	ROW("href", GROUP_LINK, LINK),
	ROW("hreflang", GROUP_LINK, WORD),
	ROW("lang", GROUP_ANY, WORD),
	ROW("loop", GROUP_MEDIA, SWITCH),
	ROW("media", GROUP_SOURCE, TEXT),
	ROW("muted", GROUP_MEDIA, SWITCH),
	ROW("open", GROUP_DETAILS, SWITCH),
	ROW("poster", GROUP_VIDEO, MEDIA),
	ROW("reversed", GROUP_OL, SWITCH),
	ROW("rowspan", GROUP_CELL, NUMBER),
	ROW("scope", GROUP_CELL, WORD),
	ROW("sizes", GROUP_IMAGE | GROUP_SOURCE, TEXT),
	ROW("span", GROUP_COLUMN, NUMBER),
	ROW("src", GROUP_IMAGE, PICTURE),
	ROW("src", GROUP_MEDIA | GROUP_SOURCE, MEDIA),
	ROW("srcset", GROUP_IMAGE | GROUP_SOURCE, SRCSET),
	ROW("start", GROUP_OL, NUMBER),
	ROW("title", GROUP_ANY, TEXT),
	ROW("type", GROUP_LINK | GROUP_SOURCE | GROUP_OL, TEXT),
	ROW("value", GROUP_LI, NUMBER),
	ROW("width", GROUP_IMAGE | GROUP_VIDEO, LENGTH),
};

/* Where the names with each letter begin, and where the last ones end. */
static const uint8_t first_rows['z' - 'a' + 2] = {
	0, 2, 2, 5, 7, 7, 7, 7, 10,
	10, 10, 10, 12, 14, 14, 15, 16, 16,
	18, 25, 27, 27, 28, 29, 29, 29, 29,
};

void
gaz_html_attributes_init(struct attribute_writer *w,
    const struct gaz_html_options *opt)
{
	w->decorate = opt->decorate;
	w->base_given = opt->base;
	w->has_base = false;
	gaz_buf_init(&w->value, GAZ_BUF_NO_MAX);
	gaz_buf_init(&w->url, GAZ_BUF_NO_MAX);
	gaz_buf_init(&w->set, GAZ_BUF_NO_MAX);
	gaz_buf_init(&w->image, GAZ_BUF_NO_MAX);
	gaz_buf_init(&w->scratch, GAZ_BUF_NO_MAX);
}

void
gaz_html_attributes_clear(struct attribute_writer *w)
{
	if (w->has_base)
		gaz_url_base_clear(&w->base);
	gaz_buf_clear(&w->value);
	gaz_buf_clear(&w->url);
	gaz_buf_clear(&w->set);
	gaz_buf_clear(&w->image);
	gaz_buf_clear(&w->scratch);
}

static const struct attribute *
find(struct gaz_str name, unsigned groups)
{
	unsigned letter = (unsigned char)gaz_to_lower(name.p[0]) -
	    (unsigned)'a';

	if (letter > 'z' - 'a')
		return NULL;
	for (size_t i = first_rows[letter]; i < first_rows[letter + 1]; i++) {
		if ((attributes[i].groups & groups) != 0 &&
		    attributes[i].len == name.len &&
		    gaz_mem_ieq(name.p, attributes[i].name, name.len))
			return &attributes[i];
	}
	return NULL;
}

/* The attribute's value with references decoded; lent until the next. */
static struct gaz_str
decoded(struct attribute_writer *w, struct gaz_str value)
{
	if (memchr(value.p != NULL ? value.p : "", '&', value.len) == NULL)
		return value; /* controls do no harm where this is used */
	gaz_buf_reset(&w->value);
	gaz_html_decode(value, true, &w->value);
	return gaz_buf_str(&w->value);
}

static const struct token_attribute *
attribute(const struct token *token, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < token->n; i++) {
		if (token->v[i].name.len == len &&
		    gaz_mem_ieq(token->v[i].name.p, name, len))
			return &token->v[i];
	}
	return NULL;
}

static void
put_value(struct gaz_str name, struct gaz_str value, struct gaz_buf *out)
{
	gaz_buf_put_char(out, ' ');
	gaz_buf_put_str(out, name);
	gaz_buf_put(out, "=\"", 2);
	gaz_html_write_value(value, false, out);
	gaz_buf_put_char(out, '"');
}

/* URLs */

/* gaz_url_resolve_to, the base looked at when one is needed. */
static bool
resolve_to(struct attribute_writer *w, struct gaz_str ref, bool allow_data,
    struct gaz_buf *out)
{
	if (gaz_url_is_plain(ref)) {
		gaz_buf_put_str(out, ref);
		return true;
	}
	if (!w->has_base)
		gaz_url_base_init(&w->base, w->base_given);
	w->has_base = true;
	return gaz_url_resolve_to(&w->base, ref, allow_data, &w->scratch, out);
}

/* Resolve into w->url; false when the result may not stand in such a place. */
static bool
resolve(struct attribute_writer *w, struct gaz_str ref, enum value kind)
{
	struct gaz_str url;

	gaz_buf_reset(&w->url);
	if (gaz_str_trim(ref).len == 0 ||
	    !resolve_to(w, ref, kind == VALUE_PICTURE, &w->url))
		return false;
	url = gaz_buf_str(&w->url);
	if (gaz_str_istarts(url, "https:") || gaz_str_istarts(url, "http:"))
		return true;
	if (gaz_str_istarts(url, "mailto:"))
		return kind == VALUE_LINK;
	if (gaz_str_istarts(url, "data:"))
		return kind == VALUE_PICTURE;
	/* Relative still: nobody said to what. */
	return gaz_url_split(url).scheme.p == NULL && url.len > 0;
}

/* The next candidate of a srcset; false at its end. */
static bool
next_candidate(struct gaz_str s, size_t *pos, struct gaz_str *url,
    struct gaz_str *descriptor)
{
	size_t i = *pos, from, depth = 0;

	while (i < s.len && (gaz_is_space(s.p[i]) || s.p[i] == ','))
		i++;
	if (i == s.len)
		return false;
	for (from = i; i < s.len && !gaz_is_space(s.p[i]); i++)
		continue;
	*url = gaz_str_sub(s, from, i);
	*descriptor = GAZ_STR("");
	if (gaz_str_ends(*url, ",")) {
		while (gaz_str_ends(*url, ","))
			url->len--;
		*pos = i;
		return true;
	}
	for (from = i; i < s.len && (s.p[i] != ',' || depth > 0); i++) {
		if (s.p[i] == '(')
			depth++;
		else if (s.p[i] == ')' && depth > 0)
			depth--;
	}
	*descriptor = gaz_str_trim(gaz_str_sub(s, from, i));
	*pos = i;
	return true;
}

/* "2x", "1.5x", "640w" */
static bool
is_descriptor(struct gaz_str s)
{
	size_t i = 0, digits = 0, dots = 0;

	if (s.len == 0)
		return true;
	for (; i < s.len && (gaz_is_digit(s.p[i]) || s.p[i] == '.'); i++) {
		if (s.p[i] == '.')
			dots++;
		else
			digits++;
	}
	return digits > 0 && digits < 9 && dots <= 1 && i + 1 == s.len &&
	    (s.p[i] == 'x' || s.p[i] == 'w');
}

/* The candidates that may stay, resolved, in w->set. */
static bool
collect_srcset(struct attribute_writer *w, struct gaz_str value)
{
	struct gaz_str url, descriptor;
	size_t pos = 0, n = 0;

	gaz_buf_reset(&w->set);
	while (n < SRCSET_MAX && next_candidate(value, &pos, &url,
	    &descriptor)) {
		if (!is_descriptor(descriptor) ||
		    !resolve(w, url, VALUE_MEDIA))
			continue;
		struct gaz_str r = gaz_buf_str(&w->url);
		/* Neither may stand where it would be read as a border. */
		if (r.p[0] == ',' || r.p[r.len - 1] == ',' ||
		    memchr(r.p, ' ', r.len) != NULL)
			continue;
		if (n++ > 0)
			gaz_buf_put(&w->set, ", ", 2);
		gaz_buf_put_str(&w->set, r);
		if (descriptor.len > 0) {
			gaz_buf_put_char(&w->set, ' ');
			gaz_buf_put_str(&w->set, descriptor);
		}
	}
	return n > 0;
}

/* Other values */

static bool
is_number(struct gaz_str s, size_t max_digits)
{
	size_t i = s.len > 0 && s.p[0] == '-' ? 1 : 0;

	if (i == s.len || s.len - i > max_digits)
		return false;
	for (; i < s.len; i++) {
		if (!gaz_is_digit(s.p[i]))
			return false;
	}
	return true;
}

/* A length as HTML has it: "px" is often written and means nothing. */
static struct gaz_str
length_of(struct gaz_str s)
{
	size_t i = 0;

	s = gaz_str_trim(s);
	if (s.len > 2 && gaz_str_ieq_z(gaz_str_sub(s, s.len - 2, s.len), "px"))
		s.len -= 2;
	while (i < s.len && (gaz_is_digit(s.p[i]) || (s.p[i] == '.' && i > 0)))
		i++;
	if (i < s.len && i > 0 && s.p[i] == '%')
		i++;
	return i == s.len && i > 0 && i < 10 ? s : GAZ_STR_NONE;
}

static bool
is_word(struct gaz_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (!gaz_is_alnum(s.p[i]) && s.p[i] != '-' && s.p[i] != '_')
			return false;
	}
	return s.len > 0 && s.len <= 64;
}

/* Write one attribute, if its value may stay. */
static bool
put_attribute(struct attribute_writer *w, const struct attribute *a,
    struct gaz_str raw, struct gaz_buf *out)
{
	struct gaz_str value = raw;

	if (a->value != VALUE_TEXT)
		value = decoded(w, raw);
	switch (a->value) {
	case VALUE_TEXT:
		gaz_buf_put_char(out, ' ');
		gaz_buf_put(out, a->name, a->len);
		gaz_buf_put(out, "=\"", 2);
		gaz_html_write_value(raw, true, out);
		gaz_buf_put_char(out, '"');
		return true;
	case VALUE_LINK:
	case VALUE_MEDIA:
	case VALUE_PICTURE:
		if (!resolve(w, value, a->value))
			return false;
		value = gaz_buf_str(&w->url);
		break;
	case VALUE_SRCSET:
		if (!collect_srcset(w, value))
			return false;
		value = gaz_buf_str(&w->set);
		break;
	case VALUE_NUMBER:
		value = gaz_str_trim(value);
		if (!is_number(value, (a->groups &
		    (GROUP_CELL | GROUP_COLUMN)) != 0 ? 4 : 9))
			return false;
		break;
	case VALUE_LENGTH:
		value = length_of(value);
		if (value.p == NULL)
			return false;
		break;
	case VALUE_SWITCH:
		if (!gaz_str_ieq_z(value, a->name))
			value = GAZ_STR("");
		break;
	case VALUE_WORD:
		value = gaz_str_trim(value);
		if (!is_word(value))
			return false;
		break;
	}
	put_value(gaz_str_make(a->name, a->len), value, out);
	return true;
}

/* Pictures */

static bool
is_tiny(struct attribute_writer *w, const struct token_attribute *a)
{
	struct gaz_str s;

	if (a == NULL)
		return false;
	s = length_of(decoded(w, a->value));
	return gaz_str_eq_z(s, "0") || gaz_str_eq_z(s, "1");
}

/* Whether a style says something, white space aside. */
static bool
style_says(struct gaz_str style, const char *what)
{
	for (size_t from = 0; from < style.len; from++) {
		size_t i = from, n = 0;
		while (i < style.len && what[n] != '\0') {
			if (gaz_is_space(style.p[i])) {
				i++;
				continue;
			}
			if (gaz_to_lower(style.p[i]) != what[n])
				break;
			i++;
			n++;
		}
		/* A number may go on. */
		if (what[n] == '\0' && (i == style.len ||
		    (!gaz_is_digit(style.p[i]) && style.p[i] != '.')) &&
		    (from == 0 || style.p[from - 1] == ';' ||
		    gaz_is_space(style.p[from - 1])))
			return true;
	}
	return false;
}

bool
gaz_html_is_pixel(struct attribute_writer *w, const struct token *token)
{
	const struct token_attribute *style = attribute(token, "style");

	if (is_tiny(w, attribute(token, "width")) &&
	    is_tiny(w, attribute(token, "height")))
		return true;
	if (style == NULL || style->value.len > 1024)
		return false;
	struct gaz_str s = decoded(w, style->value);
	return style_says(s, "display:none") ||
	    ((style_says(s, "width:1px") || style_says(s, "width:0")) &&
	    (style_says(s, "height:1px") || style_says(s, "height:0")));
}

/*
 * Pages that load pictures late give a place-holder in src and the picture in
 * an attribute that a script looks for.
 */
static const struct token_attribute *
late_source(struct attribute_writer *w, const struct token *token)
{
	static const char *const names[] = { "data-src", "data-lazy-src",
		"data-original", "data-lazyload" };
	const struct token_attribute *src = attribute(token, "src");

	if (src != NULL) {
		struct gaz_str value = decoded(w, src->value);
		if (resolve(w, value, VALUE_MEDIA))
			return NULL;
	}
	for (size_t i = 0; i < GAZ_COUNT(names); i++) {
		const struct token_attribute *a = attribute(token, names[i]);
		if (a != NULL && resolve(w, decoded(w, a->value), VALUE_MEDIA))
			return a;
	}
	return NULL;
}

/* Attributes of ours. */
static void
put_decoration(const struct element *e, bool has_url, const struct token *token,
    struct gaz_buf *out)
{
	if ((e->groups & GROUP_LINK) != 0 && has_url)
		gaz_buf_put_z(out, " rel=\"noopener noreferrer nofollow\"");
	if ((e->groups & GROUP_IMAGE) != 0 && has_url)
		gaz_buf_put_z(out,
		    " loading=\"lazy\" referrerpolicy=\"no-referrer\"");
	if ((e->groups & GROUP_MEDIA) != 0) {
		if (attribute(token, "controls") == NULL)
			gaz_buf_put_z(out, " controls=\"\"");
		gaz_buf_put_z(out, " preload=\"none\"");
	}
}

/* The other buffers are used again by the attributes behind it. */
static struct gaz_str
keep_image(struct attribute_writer *w, struct gaz_str url)
{
	gaz_buf_reset(&w->image);
	gaz_buf_put_str(&w->image, url);
	return gaz_buf_str(&w->image);
}

void
gaz_html_attributes_write(struct attribute_writer *w,
    const struct element *e, const struct token *token, struct gaz_buf *out,
    struct gaz_str *image)
{
	const struct token_attribute *late = NULL;
	unsigned groups = e->groups | GROUP_ANY;
	bool has_url = false, has_set = false;

	if ((groups & GROUP_IMAGE) != 0)
		late = late_source(w, token);
	for (size_t i = 0; i < token->n; i++) {
		const struct token_attribute *t = &token->v[i];
		const struct attribute *a = find(t->name, groups);
		if (a == NULL && gaz_str_ieq_z(t->name, "xml:lang") &&
		    attribute(token, "lang") == NULL)
			a = find(GAZ_STR("lang"), groups);
		if (a == NULL || (late != NULL && a->value == VALUE_PICTURE))
			continue;
		if (!put_attribute(w, a, t->value, out))
			continue;
		has_set |= a->value == VALUE_SRCSET;
		if (a->value != VALUE_LINK && a->value != VALUE_PICTURE)
			continue;
		has_url = true;
		if (a->value == VALUE_PICTURE && image != NULL &&
		    gaz_str_istarts(gaz_buf_str(&w->url), "http"))
			*image = keep_image(w, gaz_buf_str(&w->url));
	}
	if (late != NULL && resolve(w, decoded(w, late->value), VALUE_MEDIA)) {
		put_value(GAZ_STR("src"), gaz_buf_str(&w->url), out);
		has_url = true;
		if (image != NULL &&
		    gaz_str_istarts(gaz_buf_str(&w->url), "http"))
			*image = keep_image(w, gaz_buf_str(&w->url));
	}
	if (!has_set && (groups & (GROUP_IMAGE | GROUP_SOURCE)) != 0) {
		const struct token_attribute *t = attribute(token,
		    "data-srcset");
		if (t == NULL)
			t = attribute(token, "data-lazy-srcset");
		if (t != NULL && collect_srcset(w, decoded(w, t->value)))
			put_value(GAZ_STR("srcset"), gaz_buf_str(&w->set), out);
	}
	if (w->decorate)
		put_decoration(e, has_url, token, out);
}

/* References in markup that is otherwise left alone. */

static bool
is_reference(const struct token *token, struct gaz_str name)
{
	static const char *const names[] = { "action", "background", "cite",
		"codebase", "formaction", "href", "longdesc", "poster",
		"src", "xlink:href" };

	for (size_t i = 0; i < GAZ_COUNT(names); i++) {
		if (gaz_str_ieq_z(name, names[i]))
			return true;
	}
	return gaz_str_ieq_z(name, "data") &&
	    gaz_str_ieq_z(token->name, "object");
}

/* Behind the attribute in the source. */
static const char *
end_of(const struct token_attribute *a)
{
	if (a->value.p == NULL)
		return a->name.p + a->name.len;
	return a->value.p + a->value.len + (a->quote != '\0');
}

void
gaz_html_attributes_write_raw(struct attribute_writer *w,
    const struct token *token, struct gaz_buf *out, struct gaz_str *image)
{
	const char *done = token->source.p;

	for (size_t i = 0; i < token->n; i++) {
		const struct token_attribute *t = &token->v[i];
		bool set = gaz_str_ieq_z(t->name, "srcset"), keep;
		if (!set && !is_reference(token, t->name))
			continue;
		struct gaz_str old = decoded(w, t->value), now;
		if (gaz_str_trim(old).len == 0)
			continue;
		gaz_buf_reset(&w->url);
		keep = set ? collect_srcset(w, old)
		           : resolve_to(w, old, true, &w->url);
		now = gaz_buf_str(set ? &w->set : &w->url);
		if (keep && image != NULL && gaz_str_ieq_z(t->name, "src") &&
		    gaz_str_istarts(now, "http"))
			*image = keep_image(w, now);
		if (keep && gaz_str_eq(old, now))
			continue;
		gaz_buf_put(out, done, (size_t)(t->name.p - done));
		if (keep) {
			gaz_buf_put_str(out, t->name);
			gaz_buf_put(out, "=\"", 2);
			gaz_html_write_value(now, false, out);
			gaz_buf_put_char(out, '"');
		}
		done = end_of(t);
	}
	gaz_buf_put(out, done, (size_t)(token->source.p + token->source.len -
	    done));
}
