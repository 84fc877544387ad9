/*
 * What the writer does with a cycle. First the batch: checked, put through the
 * rules, stored; then a story for each new item; then the outcome with the
 * next due time, which only here can be known.
 */
#include "config.h"

#include "cycle.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? 1 : x > y ? -1 : 0;
}

/* The document's own dates tell the feed's rhythm. */
static void
note_rhythm(struct cycle *c, const struct gaz_batch *b)
{
	GAZ_VEC(uint32_t) dates = { 0 };

	for (size_t i = 0; i < b->items.n; i++) {
		gaz_utc t = b->items.v[i].published;

		if (t > 0 && t <= c->when && t <= UINT32_MAX)
			*gaz_vec_push(&dates) = (uint32_t)t;
	}
	if (dates.n > 1)
		qsort(dates.v, dates.n, sizeof(*dates.v), newest_first);
	c->recent_count = 0;
	for (size_t i = 0; i < dates.n && i < GAZ_FEED_RECENT; i++)
		c->recent[c->recent_count++] = dates.v[i];
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

static bool
store_items(struct gaz_writer_state *w, struct cycle *c, struct gaz_err *err)
{
	struct gaz_put_result res = { 0 };
	struct gaz_arena a = { 0 };
	struct gaz_err why = { 0 };
	gaz_str_list *tags;
	struct gaz_batch b;
	bool ok = true;

	if (!gaz_batch_decode(gaz_buf_str(&c->message), &a, &b, &why)) {
		c->fault = GAZ_FAULT_HOSTILE;
		snprintf(c->text, sizeof(c->text), "%.*s",
		    (int)sizeof(c->text) - 1, why.msg);
	} else if (b.fault != GAZ_FAULT_NONE) {
		c->fault = b.fault;
		snprintf(c->text, sizeof(c->text), "%.*s%s%.*s",
		    b.fault_text.len < 120 ? (int)b.fault_text.len : 120,
		    b.fault_text.p != NULL ? b.fault_text.p : "",
		    b.feeds_found.n > 0 ? "; it links to " : "",
		    b.feeds_found.n > 0 && b.feeds_found.v[0].len < 60 ?
		    (int)b.feeds_found.v[0].len : 0,
		    b.feeds_found.n > 0 ? b.feeds_found.v[0].p : "");
	} else {
		c->parsed = true;
		c->truncated = (b.flags & GAZ_BATCH_TRUNCATED) != 0;
		c->ttl_s = b.ttl_s;
		c->update_interval_s = b.update_interval_s;
		c->skip_hours = b.skip_hours;
		c->skip_days = b.skip_days;
		note_rhythm(c, &b);
		tags = apply_rules(w, c, &b, &a);
		ok = gaz_store_put_batch(w->store, c->feed_id, &b, c->when,
		    &res, err) && put_tags(w, tags, &res, err) &&
		    decide_stories(w, c, &b, &res, err);
		c->added = res.added;
		c->changed = res.changed;
		if (ok && c->truncated) {
			c->fault = GAZ_FAULT_TRUNCATED;
			snprintf(c->text, sizeof(c->text),
			    "the document ends too early; %zu items kept",
			    b.items.n);
		}
	}
	gaz_vec_clear(&res.items);
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
	if (c->parsed) {
		in.ttl_s = c->ttl_s;
		in.update_interval_s = c->update_interval_s;
		in.skip_hours = c->skip_hours;
		in.skip_days = c->skip_days;
		in.newest_count = 0;
		for (size_t i = 0; i < c->recent_count; i++)
			in.newest[in.newest_count++] = c->recent[i];
	}
	gaz_interval_decide(&in, &c->next);
	if (c->path == NULL)
		return;
	/* Looking at a file costs nothing and offends nobody. */
	c->next.delay_s = in.configured_s > 0 ? in.configured_s : in.min_s;
	snprintf(c->next.reason, sizeof(c->next.reason), "local document");
}

/* "https://host:port/": all that a pause needs, and no secret of a path. */
static bool
put_pause(struct gaz_writer_state *w, const struct cycle *c,
    struct gaz_err *err)
{
	struct gaz_str url = gaz_str_of(c->final_url);
	size_t at = gaz_str_find(url, GAZ_STR("://"), 0);
	struct gaz_arena a = { 0 };
	bool ok;

	if (at == GAZ_STR_NPOS)
		return true;
	for (at += 3; at < url.len && memchr("/?#", url.p[at], 3) == NULL;)
		at++;
	ok = gaz_store_put_pause(w->store, gaz_arena_fmt(&a, "%.*s/",
	    (int)at, url.p), c->when + c->cool_s, GAZ_STR("429"), err);
	gaz_arena_clear(&a);
	return ok;
}

/* May run twice; starts from the fetch's result each time. */
bool
gaz_ingest_run(struct gaz_writer_state *w, void *arg, struct gaz_err *err)
{
	struct cycle *c = arg;

	c->fault = c->fetch_fault;
	snprintf(c->text, sizeof(c->text), "%s", c->fetch_text);
	c->added = c->changed = c->opened = 0;
	c->parsed = c->truncated = false;
	if (c->message.p != NULL && !store_items(w, c, err))
		return false;
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
		    (c->etag != NULL || c->last_modified != NULL ||
		    !c->not_modified),
		.etag = gaz_str_of(c->etag),
		.last_modified = gaz_str_of(c->last_modified),
		.validators_url = c->etag != NULL || c->last_modified != NULL ?
		    gaz_str_of(c->final_url) : GAZ_STR_NONE,
		.moved_to = gaz_str_of(c->moved_to),
		.not_counted = c->not_counted,
	};
	/* An answer that 304 could not be checked against is asked whole. */
	if (c->fault == GAZ_FAULT_PROTOCOL && c->status == 304) {
		o.set_validators = true;
		o.etag = o.last_modified = o.validators_url = GAZ_STR_NONE;
	}
	return gaz_store_put_outcome(w->store, &o, err) &&
	    (c->cool_s <= 0 || put_pause(w, c, err));
}
