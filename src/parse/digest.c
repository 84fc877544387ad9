/*
 * From what a document says to what the store keeps: one safe HTML text, one
 * plain one, canonical address, language, plain names; items that say nothing
 * left out, items said twice taken once.
 */
#include "config.h"

#include "parse/digest.h"

#include <assert.h>

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
#define ESCAPED_MAX 6        /* bytes of an escaped character */
#define ENDS_MAX 16          /* bytes of tags around a line */
#define PLAIN_HTML_MAX (2 * GAZ_FIELD_MAX) /* bytes that plain text becomes */
#define HELD_MAX (512u << 10) /* bytes of items that wait for their feed */

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

/* Plain text as a fragment: empty lines part paragraphs. False: it was cut, as
 * HTML is. */
static bool
plain_to_html(struct gaz_str s, struct gaz_buf *out)
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

/* Names, titles and the like: no markup, on one line. */
static struct gaz_str
plain_line(struct gaz_arena *a, struct gaz_str s, size_t max_chars)
{
	if (s.p == NULL)
		return s;
	s = gaz_text_fold(a, s, max_chars);
	return s.len > 0 ? s : GAZ_STR_NONE;
}

/* The same of names: see gaz_text_name. */
static struct gaz_str
plain_name(struct gaz_arena *a, struct gaz_str s, size_t max_chars)
{
	s = gaz_text_name(a, s, max_chars);
	return s.len > 0 ? s : GAZ_STR_NONE;
}

/* As plain text; what has to be made is made in b. */
static struct gaz_str
text_of(const struct gaz_text *t, bool block, struct gaz_buf *b)
{
	if (t->plain.p != NULL)
		return t->plain;
	if (is_plain(t->type))
		return t->value;
	gaz_buf_reset(b);
	if (is_html(t->type))
		gaz_html_to_text(t->value, block, b);
	return gaz_buf_str(b);
}

/* url, if it is one that may be kept. */
static struct gaz_str
address(struct gaz_str url)
{
	return url.p == NULL || url.len > GAZ_URL_MAX ||
	    !gaz_url_is_http(url) ? GAZ_STR_NONE : url;
}

static struct gaz_str
language_tag(struct gaz_arena *a, struct gaz_str given)
{
	return given.len > 0 ? gaz_lang_tag(a, given) : GAZ_STR_NONE;
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

void
gaz_digest_choose(gaz_text_list *content)
{
	bool chosen = false;

	/* Their number tells that there was something. */
	for (size_t i = 0; i < content->n; i++) {
		struct gaz_text *t = &content->v[i];

		if (chosen || (!is_html(t->type) && !is_plain(t->type)))
			t->value = t->plain = GAZ_STR("");
		chosen = chosen || t->value.len > 0;
	}
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
		out->content = body->value;
	} else if (is_html(body->type)) {
		struct gaz_html_options opt = {
			.base = body->base, .decorate = true,
		};
		unsigned flags;

		if (shown.p == NULL)
			first = &shown;
		flags = gaz_html_clean(body->value, &opt, &d->one, &d->html,
		    first);
		if (flags & GAZ_HTML_CUT)
			out->flags |= GAZ_ITEM_CUT;
	} else {
		if (!plain_to_html(body->value, &d->html))
			out->flags |= GAZ_ITEM_CUT;
	}
	out->thumbnail = address(shown);
	if (!body->decorated)
		out->content = gaz_buf_str(&d->html);
	out->text = gaz_str_trim(text_of(body, true, &d->text));

	/* Some summaries are only "read more"; the text says it better. */
	struct gaz_str excerpt = GAZ_STR_NONE;
	if (it->summary.value.len > 0)
		excerpt = gaz_text_excerpt(&d->one,
		    text_of(&it->summary, false,
		    &d->scratch), EXCERPT_MAX);
	if (excerpt.len == 0)
		excerpt = gaz_text_excerpt(&d->one, out->text, EXCERPT_MAX);
	out->summary = excerpt.len > 0 ? excerpt : GAZ_STR_NONE;
}

static void
put_title(struct gaz_digest *d, const struct gaz_item *it,
    struct gaz_batch_item *out)
{
	out->title = plain_line(&d->one, it->title, GAZ_TITLE_MAX);
	if (out->title.p != NULL)
		return;
	out->flags |= GAZ_ITEM_TITLE_DERIVED;
	if (out->text.len > 0)
		out->title = gaz_text_excerpt(&d->one, out->text,
		    DERIVED_TITLE_MAX);
	if (out->title.len == 0 && it->enclosures.n > 0)
		out->title = plain_line(&d->one, it->enclosures.v[0].title,
		    GAZ_TITLE_MAX);
	if (out->title.len == 0)
		out->title = out->url.len > 0 ? out->url :
		    plain_line(&d->one, it->id, GAZ_TITLE_MAX);
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
		struct gaz_str name = plain_name(&d->one,
		    p->name.len > 0 ? p->name : p->email, NAME_MAX);

		if (name.len == 0)
			continue;
		if (names.len > 0)
			gaz_buf_put_z(&names, ", ");
		gaz_buf_put_str(&names, name);
	}
	if (names.len > 0)
		out->author = gaz_arena_str(&d->one,
		    gaz_buf_str(&names));
	gaz_buf_clear(&names);
}

static void
put_lists(struct gaz_digest *d, const struct gaz_item *it,
    struct gaz_batch_item *out)
{
	for (size_t i = 0; i < it->categories.n &&
	    out->categories.n < GAZ_ITEM_CATEGORIES_MAX; i++) {
		const struct gaz_category *c = &it->categories.v[i];
		struct gaz_str name = plain_name(&d->one,
		    c->label.len > 0 ? c->label : c->term, NAME_MAX);

		if (name.len > 0)
			*gaz_list_push(&d->one, &out->categories) = name;
	}
	for (size_t i = 0; i < it->enclosures.n &&
	    out->enclosures.n < GAZ_ITEM_ENCLOSURES_MAX; i++) {
		const struct gaz_enclosure *e = &it->enclosures.v[i];
		struct gaz_str url = address(e->url);
		struct gaz_enclosure *o;

		if (url.p == NULL)
			continue;
		o = gaz_list_push(&d->one, &out->enclosures);
		*o = *e;
		o->url = url;
		o->title = plain_name(&d->one, e->title, GAZ_TITLE_MAX);
	}
}

static void
put_chapters(struct gaz_digest *d, const gaz_chapter_list *from,
    gaz_chapter_list *to)
{
	for (size_t i = 0; i < from->n; i++) {
		struct gaz_chapter c = from->v[i];

		c.title = plain_name(&d->one, c.title, GAZ_TITLE_MAX);
		c.href = address(c.href);
		c.image = address(c.image);
		*gaz_list_push(&d->one, to) = c;
	}
}

/* What few items have; addresses are those of the web, names plain. */
static void
put_extra(struct gaz_digest *d, const struct gaz_item *it,
    struct gaz_batch_item *out)
{
	struct gaz_extra e = {
		.chapters_url = address(it->chapters_url),
		.places = it->places,
	};

	if (it->roles.n + it->transcripts.n + it->chapters.n +
	    it->soundbites.n + it->places.n == 0 && e.chapters_url.p == NULL)
		return;
	for (size_t i = 0; i < it->transcripts.n; i++) {
		struct gaz_link t = it->transcripts.v[i];

		t.href = address(t.href);
		if (t.href.p == NULL)
			continue;
		t.type = plain_line(&d->one, t.type, NAME_MAX);
		t.hreflang = language_tag(&d->one, t.hreflang);
		t.rel = plain_line(&d->one, t.rel, NAME_MAX);
		*gaz_list_push(&d->one, &e.transcripts) = t;
	}
	for (size_t i = 0; i < it->roles.n; i++) {
		const struct gaz_role *r = &it->roles.v[i];

		*gaz_list_push(&d->one, &e.persons) = (struct gaz_role){
			.name = plain_name(&d->one, r->name, NAME_MAX),
			.role = plain_name(&d->one, r->role, NAME_MAX),
			.group = plain_name(&d->one, r->group, NAME_MAX),
			.href = address(r->href),
			.image = address(r->image) };
	}
	put_chapters(d, &it->chapters, &e.chapters);
	put_chapters(d, &it->soundbites, &e.soundbites);
	gaz_buf_reset(&d->scratch);
	gaz_extra_pack(&e, &d->scratch);
	if (d->scratch.len > 0)
		out->extra = gaz_arena_str(&d->one, gaz_buf_str(&d->scratch));
}

/* The language of an item, by the one that it names and that of its feed. */
static void
put_language(struct gaz_digest *d, struct gaz_batch_item *out)
{
	struct gaz_str hint = out->language, found;

	if (d->opt->language.len > 0) {
		out->language = d->language;
		return;
	}
	if (hint.p == NULL)
		hint = d->language;
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
		out->language = found;
}

/* Of what a reader would see. */
static uint64_t
hash_item(const struct gaz_batch_item *it)
{
	const struct gaz_str parts[] = { it->title, it->content, it->url,
		it->extra };

	return gaz_hash_texts(parts, GAZ_COUNT(parts) - (it->extra.len == 0));
}

/* A counting link is another one in each feed; where it leads is the same. */
static void
put_url(struct gaz_digest *d, const struct gaz_item *it,
    struct gaz_batch_item *out)
{
	struct gaz_str url = address(it->original);

	if (url.p == NULL)
		url = out->url_given;
	if (url.p != NULL)
		out->url = gaz_url_canonical(&d->one, url);
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
		id = gaz_arena_fmt(&d->one, "xxh128:%s", hex);
	}
	out->guid = id.len > 0 ? id : GAZ_STR_NONE;
	out->url_given = address(it->link);
	put_url(d, it, out);
	put_bodies(d, it, out);
	if (out->thumbnail.p == NULL)
		out->thumbnail = address(it->thumbnail);
	put_title(d, it, out);
	put_author(d, it, out);
	put_lists(d, it, out);
	put_extra(d, it, out);
	if (d->opt->language.len == 0)
		out->language = language_tag(&d->one, it->language);
	out->comments = address(it->comments);
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
	out->content_hash = hash_item(out);
}

/* ----- items on their way ----- */

static void
pass_on(struct gaz_digest *d, struct gaz_batch_item *it, uint32_t replaces)
{
	put_language(d, it);
	d->passed_on = true;
	if (!d->too_much && !d->sink->put(d->sink->arg, it, replaces, d->title))
		d->too_much = true;
}

/* What the feed has said by now holds from here on, for those that wait too. */
static void
know(struct gaz_digest *d, const struct gaz_document *doc)
{
	struct gaz_str title = gaz_text_plain(&d->known,
	    &doc->feed.title_detail, GAZ_TITLE_MAX);

	d->title = plain_line(&d->known, title, GAZ_TITLE_MAX);
	d->language = language_tag(&d->known, d->opt->language.len > 0 ?
	    d->opt->language : doc->feed.language);
	d->is_known = true;
}

static void
release(struct gaz_digest *d)
{
	struct gaz_str held = gaz_buf_str(&d->held);
	struct gaz_arena lists = { 0 };

	for (size_t pos = 0; pos < held.len;) {
		struct gaz_batch_item it;
		uint32_t replaces;

		gaz_batch_next_own(held, &pos, &lists, &it, &replaces);
		pass_on(d, &it, replaces);
		gaz_arena_reset(&lists);
	}
	gaz_arena_clear(&lists);
	gaz_buf_clear(&d->held);
}

static void
hand_over(struct gaz_digest *d, const struct gaz_document *doc,
    struct gaz_batch_item *it, uint32_t replaces)
{
	if (!d->is_known) {
		/* Within the ceiling of the buffer it waits. */
		if (gaz_batch_put_item(it, replaces, &d->held, NULL)) {
			d->held_len = d->held.len;
			return;
		}
		gaz_buf_truncate(&d->held, d->held_len);
		know(d, doc);
		if (d->title.p == NULL) {
			d->is_known = false;
			d->put_off = true;
			return;
		}
		release(d);
	}
	pass_on(d, it, replaces);
}

/*
 * An id that comes twice is one item when the link is the same: the first, or
 * the second if it was updated later. False: it is not wanted.
 */
static bool
find_place(struct gaz_digest *d, const struct gaz_batch_item *it,
    uint32_t *replaces)
{
	uint64_t id = it->guid.p != NULL ? gaz_hash_str(it->guid) : 0;
	uint64_t url = gaz_hash_str(it->url), at;

	*replaces = GAZ_BATCH_NEW;
	if (it->guid.p != NULL && gaz_map64_find(d->seen, id, &at)) {
		struct gaz_digest_seen *old = &d->rows.v[at];

		if (old->url == url) {
			if (it->updated == GAZ_UTC_UNKNOWN ||
			    it->updated <= old->updated)
				return false;
			old->updated = it->updated;
			*replaces = old->item;
			return true;
		}
	} else if (it->guid.p != NULL) {
		gaz_map64_put(d->seen, id, d->rows.n);
		*gaz_vec_push(&d->rows) = (struct gaz_digest_seen){ url,
			it->updated, d->n_items };
	}
	d->n_items++;
	return true;
}

void
gaz_digest_item(struct gaz_digest *d, const struct gaz_document *doc,
    const struct gaz_item *it)
{
	uint32_t max = GAZ_DOCUMENT_ITEMS_MAX, replaces;
	struct gaz_batch_item one;

	if (d->opt->max_items > 0 &&
	    d->opt->max_items < GAZ_DOCUMENT_ITEMS_MAX)
		max = (uint32_t)d->opt->max_items;
	if (d->put_off || d->full || is_empty(it))
		return;
	if (d->n_items == max) {
		d->full = true;
		d->dropped = max == GAZ_DOCUMENT_ITEMS_MAX;
		return;
	}
	put_item(d, it, &one);
	if (find_place(d, &one, &replaces))
		hand_over(d, doc, &one, replaces);
	gaz_arena_reset(&d->one);
}

/* ----- the feed ----- */

static void
put_feed(struct gaz_digest *d, const struct gaz_document *doc,
    struct gaz_arena *a, struct gaz_batch *out)
{
	const struct gaz_feed_info *f = &doc->feed;

	out->format = doc->format;
	out->version = doc->version;
	out->encoding = doc->encoding;
	out->title = plain_line(a, f->title, GAZ_TITLE_MAX);
	out->link = address(f->link);
	if (f->description.value.len > 0)
		out->description = gaz_text_excerpt(a,
		    text_of(&f->description, false, &d->scratch),
		    DESCRIPTION_MAX);
	out->language = language_tag(a, f->language);
	out->icon = address(f->icon);
	out->image = address(f->image.url);
	out->self = address(f->self);
	out->next = address(f->next);
	for (size_t i = 0; i < f->links.n && out->prev_archive.p == NULL; i++) {
		if (gaz_str_ieq_z(f->links.v[i].rel, "prev-archive"))
			out->prev_archive = address(f->links.v[i].href);
	}
	out->new_url = address(f->new_url);
	out->generator = plain_name(a, f->generator.name, NAME_MAX);
	for (size_t i = 0; i < f->hubs.n && i < GAZ_ITEM_LINKS_MAX; i++) {
		struct gaz_str hub = address(f->hubs.v[i]);

		if (hub.p != NULL)
			*gaz_list_push(a, &out->hubs) = hub;
	}
	for (size_t i = 0; i < doc->errors.n &&
	    i < GAZ_DOCUMENT_ERRORS_MAX; i++)
		*gaz_list_push(a, &out->warnings) = doc->errors.v[i];
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
	if (doc->items_dropped || d->dropped)
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
    const struct gaz_parse_sink *sink)
{
	*d = (struct gaz_digest){ .opt = opt, .sink = sink };
	gaz_buf_init(&d->scratch, GAZ_BUF_NO_MAX);
	gaz_buf_init(&d->html, GAZ_BUF_NO_MAX);
	gaz_buf_init(&d->text, GAZ_BUF_NO_MAX);
	gaz_buf_init(&d->held, HELD_MAX);
	d->seen = gaz_map64_new();
}

void
gaz_digest_restart(struct gaz_digest *d)
{
	/* Only what was said in the end can be relied on. */
	d->is_known = d->is_known && d->at_end;
	gaz_buf_reset(&d->held);
	gaz_map64_free(d->seen);
	d->seen = gaz_map64_new();
	d->rows.n = 0;
	d->n_items = 0;
	d->held_len = 0;
	d->full = d->dropped = d->too_much = d->put_off = false;
	if (d->passed_on && d->sink->restart != NULL)
		d->sink->restart(d->sink->arg);
	d->passed_on = false;
}

void
gaz_digest_know(struct gaz_digest *d, const struct gaz_document *doc)
{
	if (!d->is_known)
		know(d, doc);
	d->at_end = true;
}

bool
gaz_digest_finish(struct gaz_digest *d, const struct gaz_document *doc,
    struct gaz_arena *a, struct gaz_batch *out)
{
	struct gaz_str title = d->title, language = d->language;
	bool same = true;

	d->at_end = true;
	if (d->put_off) {
		know(d, doc);
		return false;
	}
	if (d->is_known) {
		know(d, doc);
		same = !d->passed_on || (gaz_str_eq(title, d->title) &&
		    gaz_str_eq(language, d->language));
	} else {
		know(d, doc);
		release(d);
	}
	if (same)
		put_feed(d, doc, a, out);
	return same;
}

void
gaz_digest_clear(struct gaz_digest *d)
{
	gaz_buf_clear(&d->scratch);
	gaz_buf_clear(&d->html);
	gaz_buf_clear(&d->text);
	gaz_buf_clear(&d->held);
	gaz_map64_free(d->seen);
	gaz_vec_clear(&d->rows);
	gaz_arena_clear(&d->one);
	gaz_arena_clear(&d->known);
	d->seen = NULL;
}

/* ----- as a list ----- */

static bool
collect(void *arg, struct gaz_batch_item *it, uint32_t replaces,
    struct gaz_str feed_title)
{
	(void)feed_title;
	return gaz_batch_put_item(it, replaces, arg, NULL);
}

static void
collect_anew(void *arg)
{
	gaz_buf_reset(arg);
}

struct gaz_parse_sink
gaz_digest_collector(struct gaz_buf *flat)
{
	return (struct gaz_parse_sink){ .arg = flat, .put = collect,
		.restart = collect_anew };
}

void
gaz_digest_collected(struct gaz_buf *flat, const struct gaz_batch *rest,
    struct gaz_arena *a, struct gaz_batch *out)
{
	struct gaz_err err;
	bool ok = gaz_batch_put_rest(rest, flat, &err) &&
	    gaz_batch_decode(gaz_arena_str(a, gaz_buf_str(flat)), a, out,
	        &err);

	assert(ok);
	gaz_buf_clear(flat);
}

void
gaz_parse_digest(const struct gaz_document *doc,
    const struct gaz_digest_options *opt, struct gaz_arena *a,
    struct gaz_batch *out)
{
	struct gaz_buf flat;
	const struct gaz_parse_sink sink = gaz_digest_collector(&flat);
	struct gaz_batch rest = { 0 };
	struct gaz_digest d;
	bool same;

	gaz_buf_init(&flat, GAZ_BUF_NO_MAX);
	gaz_digest_init(&d, opt, &sink);
	gaz_digest_know(&d, doc);
	for (size_t i = 0; i < doc->items.n; i++)
		gaz_digest_item(&d, doc, &doc->items.v[i]);
	same = gaz_digest_finish(&d, doc, a, &rest);
	assert(same);
	gaz_digest_collected(&flat, &rest, a, out);
	gaz_digest_clear(&d);
}
