/*
 * What the writer does with a cycle. First the batch: checked, put through the
 * rules, stored; then a story for each new item; then the outcome with the
 * next due time, which only here can be known.
 */
#include "config.h"

#include "cycle.h"
#include "websub_form.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gazetted/lease.h"
#include "gazetted/limits.h"
#include "gazetted/log.h"

/* Which story each new item belongs to; the store has them oldest first. */
static bool
decide_stories(struct gaz_writer_state *w, struct cycle *c,
    const struct gaz_batch *b, struct gaz_put_result *res, struct gaz_err *err)
{
	struct gaz_arena a = { 0 };
	struct gaz_buf evidence;
	bool ok = true;

	gaz_buf_init(&evidence, GAZ_BUF_NO_MAX);
	for (size_t i = 0; i < res->items.n && ok; i++) {
		const struct gaz_put_item *p = &res->items.v[i];
		struct gaz_story_decision d = { 0 };

		if (p->kind != GAZ_PUT_NEW)
			continue;
		struct gaz_story_item item = {
			.item_id = p->item_id, .source_id = c->feed_id,
			.published = p->published, .arrived = c->when,
			.features = b->items.v[p->index].features,
		};
		gaz_story_index_add(w->index, &item, c->when, &a, &d);
		gaz_buf_reset(&evidence);
		gaz_story_write_evidence(&d, &evidence);
		struct gaz_store_membership m = {
			.item_id = p->item_id, .story_id = d.story_id,
			.opened = d.opened, .copy = d.copy,
			.copy_of = d.copy_of, .when = c->when,
			.nearest = d.nearest_item,
			.score = d.score, .evidence = gaz_buf_str(&evidence),
		};
		ok = gaz_store_put_membership(w->store, &m, err);
		c->opened += d.opened && !p->backfill;
		gaz_arena_clear(&a);
	}
	gaz_buf_clear(&evidence);
	gaz_arena_clear(&a);
	return ok;
}

static int
newest_first(const void *a, const void *b)
{
	gaz_utc x = *(const gaz_utc *)a, y = *(const gaz_utc *)b;

	return (x < y) - (x > y);
}

/* The document's own dates tell the feed's rhythm. */
static void
note_rhythm(struct cycle *c, const struct gaz_batch *b)
{
	GAZ_VEC(gaz_utc) dates = { 0 };

	for (size_t i = 0; i < b->items.n; i++) {
		gaz_utc t = b->items.v[i].published;

		if (t >= GAZ_RHYTHM_EARLIEST && t <= c->when)
			*gaz_vec_push(&dates) = t;
	}
	/* The rest is as it was. */
	for (size_t i = 0; c->delta && i < GAZ_RHYTHM_DATES; i++)
		*gaz_vec_push(&dates) = c->in.rhythm.dates[i];
	if (dates.n > 1)
		qsort(dates.v, dates.n, sizeof(*dates.v), newest_first);
	gaz_rhythm_note(&c->rhythm, dates.v, dates.n, c->when);
	gaz_vec_clear(&dates);
}

/*
 * What the rules say of each item: those to drop leave the batch, the tags of
 * the others are returned in the order of the batch (NULL: there are no rules).
 */
static gaz_str_list *
apply_rules(struct gaz_writer_state *w, const struct cycle *c,
    struct gaz_batch *b, struct gaz_arena *a)
{
	gaz_str_list *tags;
	size_t kept = 0;

	if (w->rules == NULL || gaz_rules_count(w->rules) == 0)
		return NULL;
	tags = gaz_arena_alloc(a, (b->items.n + 1) * sizeof(*tags));
	for (size_t i = 0; i < b->items.n; i++) {
		const struct gaz_batch_item *it = &b->items.v[i];
		struct gaz_rule_item item = {
			.feed = c->conf != NULL ? c->conf->name : GAZ_STR_NONE,
			.feed_title = c->conf != NULL &&
			    c->conf->title.len > 0 ? c->conf->title : b->title,
			.title = it->title, .author = it->author,
			.url = it->url, .language = it->language,
			.content = it->text, .categories = &it->categories,
			.tags = c->conf != NULL ? &c->conf->tags : NULL,
		};
		struct gaz_rule_outcome out = { 0 };

		gaz_rules_apply(w->rules, &item, a, &out);
		for (size_t k = 0; k < out.exhausted.n; k++)
			gaz_log(GAZ_LOG_INFO, "rule", "feed=%" PRId64
			    " event=given-up rule=\"%.*s\"", c->feed_id,
			    GAZ_STR_ARG(out.exhausted.v[k]));
		if (out.drop)
			continue;
		tags[kept] = out.tags;
		b->items.v[kept++] = *it;
	}
	b->items.n = kept;
	return tags;
}

static bool
put_tags(struct gaz_writer_state *w, const gaz_str_list *tags,
    const struct gaz_put_result *res, struct gaz_err *err)
{
	for (size_t i = 0; tags != NULL && i < res->items.n; i++) {
		const struct gaz_put_item *p = &res->items.v[i];

		if (p->kind != GAZ_PUT_NEW)
			continue; /* a person may have changed them since */
		for (size_t k = 0; k < tags[p->index].n; k++) {
			if (!gaz_store_tag_item(w->store, p->item_id,
			    tags[p->index].v[k], true, err))
				return false;
		}
	}
	return true;
}

/* Append the texts of a list, as many as have room as a whole. */
static void
put_piece(struct cycle *c, const char *lead, struct gaz_str s, size_t start)
{
	size_t used = strlen(c->text);
	const char *sep = used == start ? lead : "; ";

	if (strlen(sep) + s.len < sizeof(c->text) - used)
		snprintf(c->text + used, sizeof(c->text) - used, "%s%.*s",
		    sep, GAZ_STR_ARG(s));
}

static void
put_list(struct cycle *c, const char *lead, const gaz_str_list *l)
{
	size_t start = strlen(c->text);

	for (size_t i = 0; i < l->n; i++)
		put_piece(c, lead, l->v[i], start);
}

/* Why the document was refused; of a page, the feeds it links to. */
static void
put_fault_text(struct cycle *c, const struct gaz_batch *b)
{
	struct gaz_str why = gaz_str_cut(b->fault_text, 160);

	snprintf(c->text, sizeof(c->text), "%.*s", GAZ_STR_ARG(why));
	size_t start = strlen(c->text);
	for (size_t i = 0; i < b->feeds_found.n; i++)
		put_piece(c, "; it links to ", b->feeds_found.v[i].href, start);
}

static void
replace(char **p, struct gaz_str s)
{
	char *fresh = s.len > 0 ? gaz_mem_strndup(s.p, s.len) : NULL;

	free(*p);
	*p = fresh;
}

/* Link fields go before what the document says (WebSub, 4). Another run finds
 * the same. */
static void
settle_hub(struct cycle *c, struct gaz_batch *b, struct gaz_arena *a)
{
	struct gaz_str hubs = gaz_str_of(c->hub);

	if (c->lease != NULL) {
		b->flags |= GAZ_BATCH_PARTIAL;
		return;
	}
	if (hubs.len == 0)
		hubs = gaz_websub_join(a, &b->hubs);
	gaz_websub_split(a, gaz_arena_str(a, hubs), &b->hubs);
	if (c->self != NULL)
		b->self = gaz_arena_str(a, gaz_str_of(c->self));
	replace(&c->hub, gaz_websub_join(a, &b->hubs));
	replace(&c->self, b->self);
}

/* A 304 may name what the document does not, but takes nothing back (RFC 9111,
 * 4.3.4: its fields update what is known). Another run finds the same. */
static bool
note_links(struct gaz_writer_state *w, struct cycle *c, struct gaz_err *err)
{
	struct gaz_arena a = { 0 };
	struct gaz_store_feed f;
	gaz_str_list hubs;
	bool found = false, ok;

	c->linked = false;
	if (!c->not_modified || c->fault != GAZ_FAULT_NONE ||
	    (c->hub == NULL && c->self == NULL))
		return true;
	ok = gaz_store_load_feed(w->store, c->feed_id, &a, &f, &found, err);
	if (ok && found) {
		gaz_websub_split(&a, gaz_str_of(c->hub), &hubs);
		if (hubs.n > 0)
			f.hub = gaz_websub_join(&a, &hubs);
		if (c->self != NULL)
			f.self = gaz_arena_str(&a, gaz_str_of(c->self));
		replace(&c->hub, f.hub);
		replace(&c->self, f.self);
		c->linked = true;
		ok = gaz_store_put_hubs(w->store, c->feed_id, f.hub, f.self,
		    err);
	}
	gaz_arena_clear(&a);
	return ok;
}

bool
gaz_ingest_batch(struct gaz_writer_state *w, struct cycle *c,
    struct gaz_batch *b, struct gaz_arena *a, struct gaz_err *err)
{
	struct gaz_put_result res = { 0 };
	gaz_str_list *tags = apply_rules(w, c, b, a);
	bool ok = gaz_store_put_batch(w->store, c->feed_id, b, c->when, &res,
	    err) && put_tags(w, tags, &res, err) &&
	    decide_stories(w, c, b, &res, err);

	c->added = res.added;
	c->fresh = res.added - res.backfill;
	c->changed = res.changed;
	gaz_vec_clear(&res.items);
	return ok;
}

static bool
store_items(struct gaz_writer_state *w, struct cycle *c, struct gaz_err *err)
{
	struct gaz_arena a = { 0 };
	struct gaz_err why = { 0 };
	struct gaz_batch b;
	bool ok = true;

	if (!gaz_batch_decode(gaz_buf_str(&c->message), &a, &b, &why)) {
		c->fault = GAZ_FAULT_HOSTILE;
		snprintf(c->text, sizeof(c->text), "%.*s",
		    (int)sizeof(c->text) - 1, why.msg);
	} else if (b.fault != GAZ_FAULT_NONE) {
		c->fault = b.fault;
		put_fault_text(c, &b);
	} else {
		c->parsed = true;
		c->truncated = (b.flags & GAZ_BATCH_TRUNCATED) != 0;
		c->ttl_s = b.ttl_s;
		c->update_interval_s = b.update_interval_s;
		c->skip_hours = b.skip_hours;
		c->skip_days = b.skip_days;
		if (c->delta)
			b.flags |= GAZ_BATCH_PARTIAL;
		note_rhythm(c, &b);
		settle_hub(c, &b, &a);
		ok = gaz_ingest_batch(w, c, &b, &a, err);
		if (ok && c->truncated) {
			c->fault = GAZ_FAULT_TRUNCATED;
			snprintf(c->text, sizeof(c->text),
			    "the document ends too early; %zu items kept",
			    b.items.n);
		} else if (ok && c->fetch_text[0] == '\0') {
			put_list(c, "", &b.warnings);
		}
	}
	gaz_arena_clear(&a);
	return ok;
}

static void
decide_next(struct cycle *c)
{
	struct gaz_interval_input in = c->in;

	in.now = c->when;
	in.fault = c->fault;
	in.failures = c->fault == GAZ_FAULT_NONE ? 0 :
	    c->in.failures + (c->not_counted ? 0 : 1);
	in.http_status = c->status;
	in.retry_after_s = c->retry_after_s;
	in.max_age_s = c->max_age_s;
	in.rhythm = c->rhythm;
	if (c->parsed) {
		in.ttl_s = c->ttl_s;
		in.update_interval_s = c->update_interval_s;
		in.skip_hours = c->skip_hours;
		in.skip_days = c->skip_days;
	}
	in.push = c->hub_delivers && !(c->hub_owes && c->fresh > 0);
	in.offline_s = c->offline_s;
	gaz_interval_decide(&in, &c->next);
	if (c->path == NULL)
		return;
	/* Looking at a file costs nothing and offends nobody. */
	c->next.delay_s = in.configured_s > 0 ? in.configured_s : in.min_s;
	snprintf(c->next.reason, sizeof(c->next.reason), "local document");
}

/* Whether the address that all was moved to is the feed's by now. */
static bool
note_move(struct gaz_writer_state *w, struct cycle *c, struct gaz_err *err)
{
	struct gaz_arena a = { 0 };
	struct gaz_store_feed f;
	bool found = false, ok;

	free(c->adopted);
	c->adopted = NULL;
	c->duplicate_of = 0;
	if (c->moved_to == NULL || c->fault != GAZ_FAULT_NONE)
		return true;
	ok = gaz_store_load_feed(w->store, c->feed_id, &a, &f, &found, err);
	if (ok && found && gaz_str_eq_z(f.url, c->moved_to)) {
		c->adopted = gaz_mem_strdup(c->moved_to);
		c->duplicate_of = f.duplicate_of;
	}
	gaz_arena_clear(&a);
	return ok;
}

static bool
put_pause(struct gaz_writer_state *w, const struct cycle *c,
    struct gaz_err *err)
{
	char length[24];

	if (c->pause_host == NULL)
		return true;
	snprintf(length, sizeof(length), "%" PRId64, c->pause_s);
	return gaz_store_put_pause(w->store, gaz_str_of(c->pause_host),
	    c->when + c->pause_s, gaz_str_of(length), err);
}

/* A 404 may have been the last one. */
static bool
look_at_fate(struct gaz_writer_state *w, struct cycle *c, struct gaz_err *err)
{
	struct gaz_store_feed f;
	struct gaz_arena a = { 0 };
	bool found, ok;

	c->given_up = false;
	if (c->fault != GAZ_FAULT_NOT_FOUND)
		return true;
	ok = gaz_store_load_feed(w->store, c->feed_id, &a, &f, &found, err);
	c->given_up = ok && found && (f.gone || !f.enabled);
	gaz_arena_clear(&a);
	return ok;
}

bool
gaz_ingest_run(struct gaz_writer_state *w, void *arg, struct gaz_err *err)
{
	struct cycle *c = arg;

	if (c->postponed)
		return gaz_store_put_next(w->store, c->feed_id,
		    c->when + c->next.delay_s, gaz_str_of(c->next.reason), err);
	c->fault = c->fetch_fault;
	snprintf(c->text, sizeof(c->text), "%s", c->fetch_text);
	c->added = c->changed = c->opened = c->fresh = 0;
	c->parsed = c->truncated = false;
	c->rhythm = c->in.rhythm;
	if (c->message.p != NULL && !store_items(w, c, err))
		return false;
	/* No fetch: its validators, its failures and its time stay. */
	if (c->lease != NULL)
		return gaz_store_note_delivery(w->store, gaz_str_of(c->lease),
		    c->when, c->added == 0 && c->changed == 0, err);
	decide_next(c);

	struct gaz_store_outcome o = {
		.feed_id = c->feed_id, .when = c->when,
		.next_fetch = c->next.delay_s < 0 ? GAZ_UTC_UNKNOWN :
		    c->when + c->next.delay_s,
		.next_reason = gaz_str_of(c->next.reason),
		.fault = c->fault, .fault_text = gaz_str_of(c->text),
		.http_status = c->status, .duration_ms = c->duration_ms,
		.bytes = (int64_t)c->bytes, .new_items = c->added,
		.changed_items = c->changed, .not_modified = c->not_modified,
		.set_validators = c->fault == GAZ_FAULT_NONE &&
		    (c->parsed || c->not_modified) &&
		    gaz_cycle_has_validators(c),
		.etag = gaz_str_of(c->etag),
		.last_modified = gaz_str_of(c->last_modified),
		.validators_url = c->etag != NULL || c->last_modified != NULL ?
		    gaz_str_of(c->final_url) : GAZ_STR_NONE,
		.moved_to = gaz_str_of(c->moved_to),
		.not_counted = c->not_counted, .set_back = c->set_back,
	};
	uint8_t rhythm[GAZ_RHYTHM_BYTES], was[GAZ_RHYTHM_BYTES];
	gaz_rhythm_save(&c->rhythm, rhythm);
	gaz_rhythm_save(&c->in.rhythm, was);
	if (memcmp(rhythm, was, sizeof(rhythm)) != 0)
		o.rhythm = gaz_str_make((const char *)rhythm, sizeof(rhythm));
	/* An answer that nothing could be checked against is asked whole. */
	if (gaz_cycle_is_confused(c)) {
		o.set_validators = true;
		o.etag = o.last_modified = o.validators_url = GAZ_STR_NONE;
	}
	return gaz_store_put_outcome(w->store, &o, err) &&
	    note_links(w, c, err) && note_move(w, c, err) && put_pause(w, c, err) &&
	    look_at_fate(w, c, err);
}
