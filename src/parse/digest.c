/*
 * From what a document says to what the store keeps: items that say nothing
 * left out, items said twice taken once, each with what its feed says.
 */
#include "config.h"

#include "parse/digest.h"

#include <assert.h>

#include "gazetted/extra.h"
#include "gazetted/hash.h"
#include "gazetted/lang.h"
#include "gazetted/limits.h"
#include "gazetted/mem.h"
#include "gazetted/text.h"

#include "parse/digest_item.h"
#include "parse/text.h"

#define DESCRIPTION_MAX 1000 /* characters */
#define IDENTIFY_MAX 2000    /* bytes looked at for the language */
#define HELD_MAX (512u << 10) /* bytes of items that wait for their feed */

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

/* ----- items on their way ----- */

static void
pass_on(struct gaz_digest *d, struct gaz_batch_item *it, uint32_t replaces)
{
	put_language(d, it);
	/* The item has not changed when those of its feed do. */
	it->extra = gaz_extra_inherit(it->extra, d->persons, &d->scratch);
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

	d->title = gaz_digest_line(&d->known, title, GAZ_TITLE_MAX);
	d->language = gaz_digest_language(&d->known, d->opt->language.len > 0 ?
	    d->opt->language : doc->feed.language);
	d->persons = gaz_digest_persons(&d->known, &doc->feed.roles,
	    &d->scratch);
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

/* Nearly every feed says these in front of its items, and once. */
static bool
has_introduced(const struct gaz_digest *d, const struct gaz_document *doc)
{
	return doc->feed.title_detail.value.len > 0 &&
	    (d->opt->language.len > 0 || doc->feed.language.len > 0);
}

static void
hand_over(struct gaz_digest *d, const struct gaz_document *doc,
    struct gaz_batch_item *it, uint32_t replaces)
{
	if (!d->is_known && d->n_items == 1 && has_introduced(d, doc))
		know(d, doc);
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
	if (d->put_off || d->full || gaz_digest_is_empty(it))
		return;
	if (d->n_items == max) {
		d->full = true;
		d->dropped = max == GAZ_DOCUMENT_ITEMS_MAX;
		return;
	}
	gaz_digest_put_item(d, it, &one);
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
	out->title = gaz_digest_line(a, f->title, GAZ_TITLE_MAX);
	out->link = gaz_digest_address(f->link);
	if (f->description.value.len > 0)
		out->description = gaz_text_excerpt(a,
		    gaz_digest_text(&f->description, false, &d->scratch),
		    DESCRIPTION_MAX);
	out->language = gaz_digest_language(a, f->language);
	out->icon = gaz_digest_address(f->icon);
	out->image = gaz_digest_address(f->image.url);
	out->self = gaz_digest_address(f->self);
	out->next = gaz_digest_address(f->next);
	for (size_t i = 0; i < f->links.n && out->prev_archive.p == NULL; i++) {
		if (gaz_str_ieq_z(f->links.v[i].rel, "prev-archive"))
			out->prev_archive =
			    gaz_digest_address(f->links.v[i].href);
	}
	out->new_url = gaz_digest_address(f->new_url);
	out->generator = gaz_digest_name(a, f->generator.name, DIGEST_NAME_MAX);
	for (size_t i = 0; i < f->hubs.n && i < GAZ_ITEM_LINKS_MAX; i++) {
		struct gaz_str hub = gaz_digest_address(f->hubs.v[i]);

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
	struct gaz_str title = d->title, language = d->language,
	    persons = d->persons;
	bool same = true;

	d->at_end = true;
	if (d->put_off) {
		know(d, doc);
		return false;
	}
	if (d->is_known) {
		know(d, doc);
		same = !d->passed_on || (gaz_str_eq(title, d->title) &&
		    gaz_str_eq(language, d->language) &&
		    gaz_str_eq(persons, d->persons));
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
