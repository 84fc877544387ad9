/*
 * From what a document says to what the store keeps: one safe HTML text, one
 * plain one, canonical address, language, plain names; items that say nothing
 * left out, items said twice taken once.
 */
#include "config.h"

#include "gazetted/parse.h"

#include "gazetted/hash.h"
#include "gazetted/html.h"
#include "gazetted/lang.h"
#include "gazetted/limits.h"
#include "gazetted/map.h"
#include "gazetted/mem.h"
#include "gazetted/text.h"
#include "gazetted/url.h"

#define EXCERPT_MAX 400      /* characters of a summary */
#define DERIVED_TITLE_MAX 90 /* characters of a title made from text */
#define DESCRIPTION_MAX 1000
#define NAME_MAX 200
#define IDENTIFY_MAX 2000    /* bytes looked at for the language */

struct digest {
	const struct gaz_digest_options *opt;
	struct gaz_arena *a;
	struct gaz_buf scratch, html;
};

static bool
is_html(struct gaz_str type)
{
	return gaz_str_eq_z(type, "text/html") ||
	    gaz_str_eq_z(type, "application/xhtml+xml");
}

static bool
is_plain(struct gaz_str type)
{
	return type.len == 0 || gaz_str_eq_z(type, "text/plain");
}

/* Plain text as a fragment: empty lines part paragraphs. */
static void
plain_to_html(struct gaz_str s, struct gaz_buf *out)
{
	struct gaz_str line;
	bool open = false;

	while (gaz_str_split(&s, '\n', &line)) {
		line = gaz_str_trim(line);
		if (line.len == 0) {
			if (open)
				gaz_buf_put_z(out, "</p>\n");
			open = false;
			continue;
		}
		gaz_buf_put_z(out, open ? "<br>\n" : "<p>");
		gaz_buf_put_escaped(out, line);
		open = true;
	}
	if (open)
		gaz_buf_put_z(out, "</p>");
}

/* Names, titles and the like: no markup, on one line. */
static struct gaz_str
plain_line(struct digest *d, struct gaz_str s, size_t max_chars)
{
	if (s.p == NULL)
		return s;
	s = gaz_text_fold(d->a, s, max_chars);
	return s.len > 0 ? s : GAZ_STR_NONE;
}

static struct gaz_str
text_of(struct digest *d, const struct gaz_text *t, bool block)
{
	gaz_buf_reset(&d->scratch);
	if (is_html(t->type))
		gaz_html_to_text(t->value, block, &d->scratch);
	else if (is_plain(t->type))
		gaz_buf_put_str(&d->scratch, t->value);
	return gaz_buf_str(&d->scratch);
}

static struct gaz_str
address(struct digest *d, struct gaz_str url)
{
	if (url.p == NULL || url.len > GAZ_URL_MAX || !gaz_url_is_http(url))
		return GAZ_STR_NONE;
	return gaz_arena_str(d->a, url);
}

static struct gaz_str
language_tag(struct digest *d, struct gaz_str given)
{
	return given.len > 0 ? gaz_lang_tag(d->a, given) : GAZ_STR_NONE;
}

static bool
is_empty(const struct gaz_item *it)
{
	return it->id.len == 0 && it->link.len == 0 && it->title.len == 0 &&
	    it->summary.value.len == 0 && it->content.n == 0 &&
	    it->enclosures.n == 0;
}

/* The best text to read: the first content that is text, else the summary. */
static const struct gaz_text *
body_of(const struct gaz_item *it)
{
	for (size_t i = 0; i < it->content.n; i++) {
		const struct gaz_text *t = &it->content.v[i];

		if (t->value.len > 0 && (is_html(t->type) ||
		    is_plain(t->type)))
			return t;
	}
	return it->summary.value.len > 0 ? &it->summary : NULL;
}

static void
put_bodies(struct digest *d, const struct gaz_item *it,
    struct gaz_batch_item *out)
{
	const struct gaz_text *body = body_of(it);
	struct gaz_str shown = it->thumbnail, *first = NULL;

	if (body == NULL)
		return;
	gaz_buf_reset(&d->html);
	if (is_html(body->type)) {
		struct gaz_html_options opt = {
			.base = body->base, .decorate = true,
		};
		unsigned flags;

		if (shown.p == NULL)
			first = &shown;
		flags = gaz_html_clean(body->value, &opt, d->a, &d->html,
		    first);
		if (flags & GAZ_HTML_CUT)
			out->flags |= GAZ_ITEM_CUT;
	} else {
		plain_to_html(body->value, &d->html);
	}
	out->thumbnail = address(d, shown);
	out->content = gaz_arena_str(d->a, gaz_buf_str(&d->html));
	out->text = gaz_arena_str(d->a, gaz_str_trim(text_of(d, body, true)));

	/* Some summaries are only "read more"; the text says it better. */
	struct gaz_str excerpt = GAZ_STR_NONE;
	if (it->summary.value.len > 0)
		excerpt = gaz_text_excerpt(d->a,
		    text_of(d, &it->summary, false), EXCERPT_MAX);
	if (excerpt.len == 0)
		excerpt = gaz_text_excerpt(d->a, out->text, EXCERPT_MAX);
	out->summary = excerpt.len > 0 ? excerpt : GAZ_STR_NONE;
}

static void
put_title(struct digest *d, const struct gaz_item *it,
    struct gaz_batch_item *out)
{
	out->title = plain_line(d, it->title, GAZ_TITLE_MAX);
	if (out->title.p != NULL)
		return;
	out->flags |= GAZ_ITEM_TITLE_DERIVED;
	if (out->text.len > 0)
		out->title = gaz_text_excerpt(d->a, out->text,
		    DERIVED_TITLE_MAX);
	if (out->title.len == 0 && it->enclosures.n > 0)
		out->title = plain_line(d, it->enclosures.v[0].title,
		    GAZ_TITLE_MAX);
	if (out->title.len == 0)
		out->title = out->url.len > 0 ? out->url :
		    plain_line(d, it->id, GAZ_TITLE_MAX);
	if (out->title.p == NULL)
		out->title = GAZ_STR("");
}

static void
put_author(struct digest *d, const struct gaz_item *it,
    struct gaz_batch_item *out)
{
	struct gaz_buf names;

	gaz_buf_init(&names, GAZ_BUF_NO_MAX);
	for (size_t i = 0; i < it->authors.n && i < GAZ_ITEM_PERSONS_MAX; i++) {
		const struct gaz_person *p = &it->authors.v[i];
		struct gaz_str name = plain_line(d,
		    p->name.len > 0 ? p->name : p->email, NAME_MAX);

		if (name.len == 0)
			continue;
		if (names.len > 0)
			gaz_buf_put_z(&names, ", ");
		gaz_buf_put_str(&names, name);
	}
	if (names.len > 0)
		out->author = gaz_arena_str(d->a, gaz_buf_str(&names));
	gaz_buf_clear(&names);
}

static void
put_lists(struct digest *d, const struct gaz_item *it,
    struct gaz_batch_item *out)
{
	for (size_t i = 0; i < it->categories.n &&
	    out->categories.n < GAZ_ITEM_CATEGORIES_MAX; i++) {
		const struct gaz_category *c = &it->categories.v[i];
		struct gaz_str name = plain_line(d,
		    c->label.len > 0 ? c->label : c->term, NAME_MAX);

		if (name.len > 0)
			*gaz_list_push(d->a, &out->categories) = name;
	}
	for (size_t i = 0; i < it->enclosures.n &&
	    out->enclosures.n < GAZ_ITEM_ENCLOSURES_MAX; i++) {
		const struct gaz_enclosure *e = &it->enclosures.v[i];
		struct gaz_str url = address(d, e->url);
		struct gaz_enclosure *o;

		if (url.p == NULL)
			continue;
		o = gaz_list_push(d->a, &out->enclosures);
		*o = *e;
		o->url = url;
		o->title = plain_line(d, e->title, GAZ_TITLE_MAX);
	}
}

static void
put_language(struct digest *d, const struct gaz_document *doc,
    const struct gaz_item *it, struct gaz_batch_item *out)
{
	struct gaz_str hint = language_tag(d, it->language), found;

	if (d->opt->language.len > 0) {
		out->language = language_tag(d, d->opt->language);
		return;
	}
	if (hint.p == NULL)
		hint = language_tag(d, doc->feed.language);
	gaz_buf_reset(&d->scratch);
	gaz_buf_put_str(&d->scratch, out->title);
	gaz_buf_put_char(&d->scratch, '\n');
	gaz_buf_put_str(&d->scratch, gaz_str_cut(out->text, IDENTIFY_MAX));
	found = gaz_lang_identify(gaz_buf_str(&d->scratch), hint);
	/* The same language: keep what is said about country and script. */
	if (found.p == NULL || (found.len <= hint.len &&
	    gaz_str_eq(found, gaz_str_sub(hint, 0, found.len)) &&
	    (hint.len == found.len || hint.p[found.len] == '-')))
		out->language = hint;
	else
		out->language = gaz_arena_str(d->a, found);
}

/* Of what a reader would see. */
static uint64_t
hash_item(struct digest *d, const struct gaz_batch_item *it)
{
	const struct gaz_str parts[] = { it->title, it->content, it->url };

	gaz_buf_reset(&d->scratch);
	for (size_t i = 0; i < GAZ_COUNT(parts); i++) {
		gaz_buf_put_str(&d->scratch, parts[i]);
		gaz_buf_put_char(&d->scratch, '\0');
	}
	return gaz_hash_str(gaz_buf_str(&d->scratch));
}

/* A counting link is another one in each feed; where it leads is the same. */
static void
put_url(struct digest *d, const struct gaz_item *it,
    struct gaz_batch_item *out)
{
	struct gaz_str url = address(d, it->original);

	if (url.p == NULL)
		url = out->url_given;
	if (url.p != NULL)
		out->url = gaz_url_canonical(d->a, url);
}

static void
put_item(struct digest *d, const struct gaz_document *doc,
    const struct gaz_item *it, struct gaz_batch_item *out)
{
	struct gaz_str id = it->id;

	*out = (struct gaz_batch_item){ 0 };
	/* An id of megabytes is one all the same. */
	if (id.len > GAZ_URL_MAX) {
		char hex[33];

		gaz_hash128_hex(id.p, id.len, hex);
		id = gaz_arena_fmt(d->a, "xxh128:%s", hex);
	}
	out->guid = id.len > 0 ? gaz_arena_str(d->a, id) : GAZ_STR_NONE;
	out->url_given = address(d, it->link);
	put_url(d, it, out);
	put_bodies(d, it, out);
	if (out->thumbnail.p == NULL)
		out->thumbnail = address(d, it->thumbnail);
	put_title(d, it, out);
	put_author(d, it, out);
	put_lists(d, it, out);
	put_language(d, doc, it, out);
	out->comments = address(d, it->comments);
	out->published = it->published;
	out->updated = it->updated;
	if (out->published == GAZ_UTC_UNKNOWN)
		out->published = it->updated;
	if (out->published == GAZ_UTC_UNKNOWN)
		out->flags |= GAZ_ITEM_DATE_UNKNOWN;
	if (out->guid.p == NULL)
		out->flags |= GAZ_ITEM_ID_DERIVED;
	if (it->explicit_ == GAZ_TRI_YES)
		out->flags |= GAZ_ITEM_EXPLICIT;
	if (it->cut)
		out->flags |= GAZ_ITEM_CUT;
	out->content_hash = hash_item(d, out);
}

/*
 * An id that comes twice is one item when the link is the same: the first, or
 * the second if it was updated later.
 */
static void
put_items(struct digest *d, const struct gaz_document *doc,
    struct gaz_batch *out)
{
	struct gaz_map *seen = gaz_map_new();
	size_t max = GAZ_DOCUMENT_ITEMS_MAX;

	if (d->opt->max_items > 0 &&
	    d->opt->max_items < GAZ_DOCUMENT_ITEMS_MAX)
		max = (size_t)d->opt->max_items;
	for (size_t i = 0; i < doc->items.n; i++) {
		const struct gaz_item *it = &doc->items.v[i];
		struct gaz_batch_item one;
		uintptr_t at;

		if (is_empty(it))
			continue;
		if (out->items.n == max)
			break;
		put_item(d, doc, it, &one);
		at = one.guid.p != NULL ?
		    (uintptr_t)gaz_map_find(seen, one.guid) : 0;
		if (at != 0) {
			struct gaz_batch_item *old = &out->items.v[at - 1];

			if (gaz_str_eq(old->url, one.url)) {
				if (one.updated != GAZ_UTC_UNKNOWN &&
				    one.updated > old->updated)
					*old = one;
				continue;
			}
		}
		*gaz_list_push(d->a, &out->items) = one;
		if (one.guid.p != NULL && at == 0)
			gaz_map_put(seen, one.guid,
			    (void *)(uintptr_t)out->items.n);
	}
	gaz_map_free(seen);
}

static void
put_feed(struct digest *d, const struct gaz_document *doc,
    struct gaz_batch *out)
{
	const struct gaz_feed_info *f = &doc->feed;

	out->format = doc->format;
	out->version = doc->version;
	out->encoding = doc->encoding;
	out->title = plain_line(d, f->title, GAZ_TITLE_MAX);
	out->link = address(d, f->link);
	if (f->description.value.len > 0)
		out->description = gaz_text_excerpt(d->a,
		    text_of(d, &f->description, false), DESCRIPTION_MAX);
	out->language = language_tag(d, f->language);
	out->icon = address(d, f->icon);
	out->image = address(d, f->image.url);
	out->self = address(d, f->self);
	out->next = address(d, f->next);
	out->new_url = address(d, f->new_url);
	out->generator = plain_line(d, f->generator.name, NAME_MAX);
	for (size_t i = 0; i < f->hubs.n && i < GAZ_ITEM_LINKS_MAX; i++) {
		struct gaz_str hub = address(d, f->hubs.v[i]);

		if (hub.p != NULL)
			*gaz_list_push(d->a, &out->hubs) = hub;
	}
	for (size_t i = 0; i < doc->errors.n &&
	    i < GAZ_DOCUMENT_ERRORS_MAX; i++)
		*gaz_list_push(d->a, &out->warnings) = doc->errors.v[i];
	out->ttl_s = f->ttl_min == GAZ_INT_UNKNOWN || f->ttl_min < 0 ||
	    f->ttl_min > INT32_MAX ? GAZ_INT_UNKNOWN : f->ttl_min * 60;
	out->update_interval_s = f->update_interval_s;
	out->skip_hours = f->skip_hours;
	out->skip_days = f->skip_days;
	if (doc->well_formed)
		out->flags |= GAZ_BATCH_WELL_FORMED;
	if (doc->truncated)
		out->flags |= GAZ_BATCH_TRUNCATED;
	if (doc->encoding_repaired)
		out->flags |= GAZ_BATCH_ENCODING_REPAIRED;
	if (doc->items_dropped)
		out->flags |= GAZ_BATCH_ITEMS_DROPPED;
	if (f->block == GAZ_TRI_YES)
		out->flags |= GAZ_BATCH_BLOCKED;
}

void
gaz_parse_digest(const struct gaz_document *doc,
    const struct gaz_digest_options *opt, struct gaz_arena *a,
    struct gaz_batch *out)
{
	struct digest d = { .opt = opt, .a = a };

	*out = (struct gaz_batch){ 0 };
	gaz_buf_init(&d.scratch, GAZ_BUF_NO_MAX);
	gaz_buf_init(&d.html, GAZ_BUF_NO_MAX);
	put_feed(&d, doc, out);
	put_items(&d, doc, out);
	gaz_buf_clear(&d.scratch);
	gaz_buf_clear(&d.html);
}
