/*
 * Second thoughts about stories: some time after new items came, the index
 * looks again at the stories they touched and may unite twins or move an item.
 * What it changed goes into the store in the same transaction. Rounds follow
 * each other as long as something changes, but not for ever.
 */
#include "config.h"

#include <event2/event.h>
#include <inttypes.h>
#include <stdlib.h>

#include "gazetted/log.h"

#include "app.h"

#define REPAIR_DELAY_MS 1000
#define ROUNDS_MAX 5

struct repair {
	struct gaz_app *app;
	size_t merged, moved;
};

/* ---- on the writer thread */

/* Why the item is more at home there: it against the story's leading item. */
static bool
explain_move(struct gaz_writer_state *w, const struct gaz_story_change *c,
    struct gaz_story_decision *d, struct gaz_arena *a, struct gaz_err *err)
{
	struct gaz_view *v = gaz_view_new(GAZ_VIEW_STORIES);
	struct gaz_str own, other;
	struct gaz_filter f;
	bool ok;

	gaz_filter_init(&f);
	f.story_id = c->to;
	ok = gaz_store_query(w->store, &f, false, gaz_clock_utc(), v, err);
	if (ok && (v->stories.n == 0 || v->stories.v[0].items.n == 0)) {
		d->opened = true;
	} else if (ok) {
		int64_t nearest = v->stories.v[0].items.v[0].id;

		ok = gaz_store_item_features(w->store, c->item_id, a, &own,
		    err) && gaz_store_item_features(w->store, nearest, a,
		    &other, err);
		if (ok) {
			gaz_story_compare(w->index, own, other, a, d);
			gaz_story_compare_vectors(w->index, c->item_id,
			    nearest, a, d);
			d->nearest_item = nearest;
		}
	}
	gaz_view_free(v);
	return ok;
}

static bool
store_move(struct gaz_writer_state *w, const struct gaz_story_change *c,
    struct gaz_err *err)
{
	struct gaz_story_decision d = { 0 };
	struct gaz_arena a = { 0 };
	struct gaz_buf evidence;
	bool ok;

	gaz_buf_init(&evidence, GAZ_BUF_NO_MAX);
	ok = explain_move(w, c, &d, &a, err);
	if (ok) {
		struct gaz_store_membership m = {
			.item_id = c->item_id, .story_id = c->to,
			.opened = d.opened, .nearest = d.nearest_item,
			.when = gaz_clock_utc(), .score = d.score,
		};

		gaz_story_write_evidence(&d, &evidence);
		/* One more member of the object that was just written. */
		gaz_buf_truncate(&evidence, evidence.len - 1);
		gaz_buf_put_fmt(&evidence, ",\"moved_from\":%" PRId64 "}",
		    c->from);
		m.evidence = gaz_buf_str(&evidence);
		ok = gaz_store_put_membership(w->store, &m, err);
	}
	gaz_buf_clear(&evidence);
	gaz_arena_clear(&a);
	return ok;
}

static bool
run_repair(struct gaz_writer_state *w, void *arg, struct gaz_err *err)
{
	struct repair *r = arg;
	struct gaz_story_repair out = { 0 };
	struct gaz_arena a = { 0 };
	gaz_utc now = gaz_clock_utc();
	bool ok = true;

	r->merged = r->moved = 0;
	gaz_story_index_repair(w->index, now, &a, &out);
	for (size_t i = 0; i < out.changes.n && ok; i++) {
		const struct gaz_story_change *c = &out.changes.v[i];

		if (c->item_id == 0) {
			ok = gaz_store_merge_stories(w->store, c->to, c->from,
			    false, now, err);
			r->merged++;
		} else {
			ok = store_move(w, c, err);
			r->moved++;
		}
	}
	gaz_arena_clear(&a);
	return ok;
}

/* ---- on the loop */

static void
done_repair(void *arg, bool ok, const struct gaz_err *err)
{
	struct repair *r = arg;
	struct gaz_app *app = r->app;
	bool changed = r->merged > 0 || r->moved > 0;

	app->repairing = false;
	if (!ok) {
		gaz_log(GAZ_LOG_WARN, "story", "event=repair-failed "
		    "text=\"%s\"", err->msg);
	} else if (changed) {
		gaz_log(GAZ_LOG_INFO, "story",
		    "event=repaired merged=%zu moved=%zu", r->merged,
		    r->moved);
		gaz_exports_touch(app);
		if (++app->repair_rounds < ROUNDS_MAX)
			app->repair_due = true;
	}
	free(r);
	if (app->repair_due && !app->stopping)
		gaz_repair_run(app);
	else
		gaz_app_idle(app);
}

void
gaz_repair_run(struct gaz_app *app)
{
	struct repair *r;

	if (app->repairing)
		return;
	app->repair_due = false;
	app->repairing = true;
	r = gaz_mem_zero(1, sizeof(*r));
	r->app = app;
	gaz_writer_run(app->writer, run_repair, done_repair, r, app->once);
}

void
gaz_repair_touch(struct gaz_app *app)
{
	struct timeval tv = { REPAIR_DELAY_MS / 1000,
		(REPAIR_DELAY_MS % 1000) * 1000 };

	app->repair_rounds = 0;
	app->repair_due = true;
	if (!app->once && !app->stopping &&
	    !event_pending(app->repair_timer, EV_TIMEOUT, NULL))
		event_add(app->repair_timer, &tv);
}
