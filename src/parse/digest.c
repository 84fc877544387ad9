/*
 * From what a document says to what the store keeps: one safe HTML text, one
 * plain one, canonical address, language, plain names; items that say nothing
 * left out, items said twice taken once.
 */
#include "config.h"

#include "parse/digest.h"

#include "gazetted/extra.h"
#include "gazetted/hash.h"
#include "gazetted/html.h"
#include "gazetted/lang.h"
#include "gazetted/limits.h"
#include "gazetted/mem.h"
#include "gazetted/text.h"
#include "gazetted/url.h"

#include "parse/text.h"

#define EXCERPT_MAX 400      /* characters of a summary */
#define DERIVED_TITLE_MAX 90 /* characters of a title made from text */
#define DESCRIPTION_MAX 1000
#define NAME_MAX 200
#define IDENTIFY_MAX 2000    /* bytes looked at for the language */

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
plain_line(struct gaz_digest *d, struct gaz_str s, size_t max_chars)
{
	if (s.p == NULL)
		return s;
	s = gaz_text_fold(d->a, s, max_chars);
	return s.len > 0 ? s : GAZ_STR_NONE;
}

/* The same of names: see gaz_text_name. */
static struct gaz_str
plain_name(struct gaz_digest *d, struct gaz_str s, size_t max_chars)
{
	s = gaz_text_name(d->a, s, max_chars);
	return s.len > 0 ? s : GAZ_STR_NONE;
}

static struct gaz_str
text_of(struct gaz_digest *d, const struct gaz_text *t, bool block)
{
	if (t->plain.p != NULL)
		return t->plain;
	gaz_buf_reset(&d->scratch);
	if (is_html(t->type))
		gaz_html_to_text(t->value, block, &d->scratch);
	else if (is_plain(t->type))
		gaz_buf_put_str(&d->scratch, t->value);
	return gaz_buf_str(&d->scratch);
}

static struct gaz_str
address(struct gaz_digest *d, struct gaz_str url)
{
	if (url.p == NULL || url.len > GAZ_URL_MAX || !gaz_url_is_http(url))
		return GAZ_STR_NONE;
	return gaz_arena_str(d->a, url);
}

static struct gaz_str
language_tag(struct gaz_digest *d, struct gaz_str given)
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
put_bodies(struct gaz_digest *d, const struct gaz_item *it,
    struct gaz_batch_item *out)
{
	const struct gaz_text *body = body_of(it);
	struct gaz_str shown = it->thumbnail, *first = NULL;

	if (body == NULL)
		return;
	gaz_buf_reset(&d->html);
	if (body->decorated) {
		gaz_buf_put_str(&d->html, body->value);
	} else if (is_html(body->type)) {
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
put_title(struct gaz_digest *d, const struct gaz_item *it,
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
put_author(struct gaz_digest *d, const struct gaz_item *it,
    struct gaz_batch_item *out)
{
	struct gaz_buf names;

	gaz_buf_init(&names, GAZ_BUF_NO_MAX);
	for (size_t i = 0; i < it->authors.n && i < GAZ_ITEM_PERSONS_MAX; i++) {
		const struct gaz_person *p = &it->authors.v[i];
		struct gaz_str name = plain_name(d,
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
put_lists(struct gaz_digest *d, const struct gaz_item *it,
    struct gaz_batch_item *out)
{
	for (size_t i = 0; i < it->categories.n &&
	    out->categories.n < GAZ_ITEM_CATEGORIES_MAX; i++) {
		const struct gaz_category *c = &it->categories.v[i];
		struct gaz_str name = plain_name(d,
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
		o->type = gaz_arena_str(d->a, e->type);
		o->title = plain_name(d, e->title, GAZ_TITLE_MAX);
	}
}

static void
put_chapters(struct gaz_digest *d, const gaz_chapter_list *from,
    gaz_chapter_list *to)
{
	for (size_t i = 0; i < from->n; i++) {
		struct gaz_chapter c = from->v[i];

		c.title = plain_name(d, c.title, GAZ_TITLE_MAX);
		c.href = address(d, c.href);
		c.image = address(d, c.image);
		*gaz_list_push(d->a, to) = c;
	}
}

/* What few items have; addresses are those of the web, names plain. */
static void
put_extra(struct gaz_digest *d, const struct gaz_item *it,
    struct gaz_batch_item *out)
{
	struct gaz_extra e = {
		.chapters_url = address(d, it->chapters_url),
		.places = it->places,
	};

	if (it->roles.n + it->transcripts.n + it->chapters.n +
	    it->soundbites.n + it->places.n == 0 && e.chapters_url.p == NULL)
		return;
	for (size_t i = 0; i < it->transcripts.n; i++) {
		struct gaz_link t = it->transcripts.v[i];

		t.href = address(d, t.href);
		if (t.href.p == NULL)
			continue;
		t.type = plain_line(d, t.type, NAME_MAX);
		t.hreflang = language_tag(d, t.hreflang);
		t.rel = plain_line(d, t.rel, NAME_MAX);
		*gaz_list_push(d->a, &e.transcripts) = t;
	}
	for (size_t i = 0; i < it->roles.n; i++) {
		const struct gaz_role *r = &it->roles.v[i];

		*gaz_list_push(d->a, &e.persons) = (struct gaz_role){
			.name = plain_name(d, r->name, NAME_MAX),
			.role = plain_name(d, r->role, NAME_MAX),
			.group = plain_name(d, r->group, NAME_MAX),
			.href = address(d, r->href),
			.image = address(d, r->image) };
	}
	put_chapters(d, &it->chapters, &e.chapters);
	put_chapters(d, &it->soundbites, &e.soundbites);
	gaz_buf_reset(&d->scratch);
	gaz_extra_pack(&e, &d->scratch);
	if (d->scratch.len > 0)
		out->extra = gaz_arena_str(d->a, gaz_buf_str(&d->scratch));
}

/* Of out and the language that its item names, once that of the feed is
 * known. */
static void
put_language(struct gaz_digest *d, struct gaz_str of_feed,
    struct gaz_batch_item *out)
{
	struct gaz_str hint = out->language, found;

	if (hint.p == NULL)
		hint = of_feed;
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

static void
put_languages(struct gaz_digest *d, const struct gaz_document *doc)
{
	struct gaz_str tag = language_tag(d, d->opt->language.len > 0 ?
	    d->opt->language : doc->feed.language);

	for (size_t i = 0; i < d->out->items.n; i++) {
		struct gaz_batch_item *it = &d->out->items.v[i];

		if (d->opt->language.len > 0)
			it->language = tag;
		else
			put_language(d, tag, it);
	}
}

/* Of what a reader would see. */
static uint64_t
hash_item(struct gaz_digest *d, const struct gaz_batch_item *it)
{
	const struct gaz_str parts[] = { it->title, it->content, it->url };

	gaz_buf_reset(&d->scratch);
	for (size_t i = 0; i < GAZ_COUNT(parts); i++) {
		gaz_buf_put_str(&d->scratch, parts[i]);
		gaz_buf_put_char(&d->scratch, '\0');
	}
	if (it->extra.len > 0) {
		gaz_buf_put_str(&d->scratch, it->extra);
		gaz_buf_put_char(&d->scratch, '\0');
	}
	return gaz_hash_str(gaz_buf_str(&d->scratch));
}

/* A counting link is another one in each feed; where it leads is the same. */
static void
put_url(struct gaz_digest *d, const struct gaz_item *it,
    struct gaz_batch_item *out)
{
	struct gaz_str url = address(d, it->original);

	if (url.p == NULL)
		url = out->url_given;
	if (url.p != NULL)
		out->url = gaz_url_canonical(d->a, url);
}

static void
put_item(struct gaz_digest *d, const struct gaz_item *it,
    struct gaz_batch_item *out)
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
	put_extra(d, it, out);
	if (d->opt->language.len == 0)
		out->language = language_tag(d, it->language);
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
	if (it->notes & GAZ_NOTE_CUT)
		out->flags |= GAZ_ITEM_CUT;
	out->content_hash = hash_item(d, out);
}

/*
 * An id that comes twice is one item when the link is the same: the first, or
 * the second if it was updated later.
 */
void
gaz_digest_item(struct gaz_digest *d, const struct gaz_item *it)
{
	struct gaz_batch *out = d->out;
	size_t max = GAZ_DOCUMENT_ITEMS_MAX;
	struct gaz_batch_item one;
	uintptr_t at;

	if (d->opt->max_items > 0 &&
	    d->opt->max_items < GAZ_DOCUMENT_ITEMS_MAX)
		max = (size_t)d->opt->max_items;
	if (d->full || is_empty(it))
		return;
	if (out->items.n == max) {
		d->full = true;
		if (max == GAZ_DOCUMENT_ITEMS_MAX)
			out->flags |= GAZ_BATCH_ITEMS_DROPPED;
		return;
	}
	put_item(d, it, &one);
	at = one.guid.p != NULL ?
	    (uintptr_t)gaz_map_find(d->seen, one.guid) : 0;
	if (at != 0) {
		struct gaz_batch_item *old = &out->items.v[at - 1];

		if (gaz_str_eq(old->url, one.url)) {
			if (one.updated != GAZ_UTC_UNKNOWN &&
			    one.updated > old->updated)
				*old = one;
			return;
		}
	}
	*gaz_list_push(d->a, &out->items) = one;
	if (one.guid.p != NULL && at == 0)
		gaz_map_put(d->seen, one.guid, (void *)(uintptr_t)out->items.n);
}

static void
put_feed(struct gaz_digest *d, const struct gaz_document *doc,
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
	for (size_t i = 0; i < f->links.n && out->prev_archive.p == NULL; i++) {
		if (gaz_str_ieq_z(f->links.v[i].rel, "prev-archive"))
			out->prev_archive = address(d, f->links.v[i].href);
	}
	out->new_url = address(d, f->new_url);
	out->generator = plain_name(d, f->generator.name, NAME_MAX);
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
	if (doc->notes & GAZ_NOTE_REPAIRED)
		out->flags |= GAZ_BATCH_TEXT_REPAIRED;
	if (doc->notes & GAZ_NOTE_CUT)
		out->flags |= GAZ_BATCH_TEXT_CUT;
	if (doc->notes & GAZ_NOTE_TOO_DEEP)
		out->flags |= GAZ_BATCH_HTML_TOO_DEEP;
	if (doc->notes & GAZ_NOTE_TOO_MANY_ATTRIBUTES)
		out->flags |= GAZ_BATCH_HTML_TOO_MANY_ATTRIBUTES;
}

void
gaz_digest_init(struct gaz_digest *d, const struct gaz_digest_options *opt,
    struct gaz_arena *a, struct gaz_batch *out)
{
	*d = (struct gaz_digest){ .opt = opt, .a = a, .out = out };
	*out = (struct gaz_batch){ 0 };
	gaz_buf_init(&d->scratch, GAZ_BUF_NO_MAX);
	gaz_buf_init(&d->html, GAZ_BUF_NO_MAX);
	d->seen = gaz_map_new();
}

void
gaz_digest_finish(struct gaz_digest *d, const struct gaz_document *doc)
{
	put_feed(d, doc, d->out);
	put_languages(d, doc);
}

void
gaz_digest_clear(struct gaz_digest *d)
{
	gaz_buf_clear(&d->scratch);
	gaz_buf_clear(&d->html);
	gaz_map_free(d->seen);
	d->seen = NULL;
}

void
gaz_parse_digest(const struct gaz_document *doc,
    const struct gaz_digest_options *opt, struct gaz_arena *a,
    struct gaz_batch *out)
{
	struct gaz_digest d;

	gaz_digest_init(&d, opt, a, out);
	for (size_t i = 0; i < doc->items.n; i++)
		gaz_digest_item(&d, &doc->items.v[i]);
	gaz_digest_finish(&d, doc);
	gaz_digest_clear(&d);
}
