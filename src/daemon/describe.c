#include "config.h"

#include "describe.h"

#include <inttypes.h>

#include "gazetted/api.h"
#include "gazetted/lease.h"

void
gaz_describe_store(struct gaz_json *j, const char *path,
    const struct gaz_store_stats *st)
{
	gaz_json_object(j, "feeds");
	gaz_json_int(j, "known", st->feeds);
	gaz_json_int(j, "enabled", st->feeds_enabled);
	gaz_json_int(j, "failing", st->feeds_failing);
	gaz_json_end_object(j);
	gaz_json_object(j, "store");
	gaz_json_z(j, "path", path);
	gaz_json_int(j, "schema", st->schema);
	gaz_json_int(j, "bytes", st->bytes);
	gaz_json_int(j, "generation", st->generation);
	gaz_json_int(j, "items", st->items);
	gaz_json_int(j, "stories", st->stories);
	gaz_json_utc(j, "oldest_item", st->oldest_item);
	gaz_json_utc(j, "newest_item", st->newest_item);
	gaz_json_int(j, "last_item", st->last_item);
	gaz_json_end_object(j);
}

/* Asterisks stand for user and password, if there are any. */
static struct gaz_str
without_user(struct gaz_arena *a, struct gaz_str url)
{
	size_t from = gaz_str_find(url, GAZ_STR("://"), 0);
	struct gaz_str rest, authority;
	size_t at;

	if (from == GAZ_STR_NPOS)
		return url;
	rest = gaz_str_sub(url, from + 3, url.len);
	authority = gaz_str_sub(rest, 0, gaz_str_find_char(rest, '/', 0));
	at = gaz_str_rfind_char(authority, '@');
	if (at == GAZ_STR_NPOS)
		return url;
	return gaz_arena_fmt(a, "%.*s***%.*s", (int)from + 3, url.p,
	    GAZ_STR_ARG(gaz_str_sub(rest, at, rest.len)));
}

bool
gaz_describe_lists(struct gaz_json *j, struct gaz_store *s,
    struct gaz_err *err)
{
	gaz_store_list_list lists = { 0 };
	struct gaz_arena a = { 0 };
	bool ok = gaz_store_load_lists(s, &a, &lists, err);

	gaz_json_array(j, "subscriptions");
	for (size_t i = 0; i < lists.n; i++) {
		const struct gaz_store_list *l = &lists.v[i];

		gaz_json_object(j, NULL);
		gaz_json_str(j, "url", without_user(&a, l->url));
		gaz_json_int(j, "feeds", l->feeds);
		gaz_json_int(j, "leaving", l->leaving);
		gaz_json_int(j, "skipped", l->skipped);
		gaz_json_utc(j, "last_fetch", l->last_fetch);
		gaz_json_utc(j, "last_success", l->last_success);
		gaz_json_utc(j, "next_fetch", l->next_fetch);
		gaz_json_z(j, "fault", gaz_fault_name(l->fault));
		gaz_json_str(j, "fault_text", l->fault_text);
		gaz_json_int(j, "failures", l->failures);
		gaz_json_int(j, "http_status", l->http_status);
		gaz_json_end_object(j);
	}
	gaz_json_end_array(j);
	gaz_arena_clear(&a);
	return ok;
}

/* ---- a feed */

static void
put_history(struct gaz_json *j, const gaz_store_history_list *l)
{
	gaz_json_array(j, "history");
	for (size_t i = 0; i < l->n; i++) {
		const struct gaz_store_history *h = &l->v[i];

		gaz_json_object(j, NULL);
		gaz_json_utc(j, "when", h->when);
		gaz_json_z(j, "fault", gaz_fault_name(h->fault));
		gaz_json_str(j, "text", h->text);
		gaz_json_int(j, "http_status", h->http_status);
		gaz_json_int(j, "duration_ms", h->duration_ms);
		gaz_json_int(j, "bytes", h->bytes);
		gaz_json_int(j, "new", h->new_items);
		gaz_json_int(j, "changed", h->changed_items);
		gaz_json_utc(j, "next_fetch", h->next_fetch);
		gaz_json_str(j, "next_reason", h->next_reason);
		gaz_json_end_object(j);
	}
	gaz_json_end_array(j);
}

/* The feed's other hubs, and why they were not taken if they were asked. */
static void
put_others(struct gaz_json *j, const gaz_store_lease_list *l,
    struct gaz_str hubs)
{
	const struct gaz_store_lease none = { .asked = GAZ_UTC_UNKNOWN,
		.next = GAZ_UTC_UNKNOWN, .fault = GAZ_FAULT_NONE };
	struct gaz_str hub;

	gaz_json_array(j, "others");
	while (gaz_str_split(&hubs, '\n', &hub)) {
		const struct gaz_store_lease *r = &none;

		if (gaz_str_eq(hub, l->v[0].hub))
			continue;
		for (size_t i = 1; i < l->n; i++) {
			if (l->v[i].state == GAZ_LEASE_SPARE &&
			    gaz_str_eq(hub, l->v[i].hub))
				r = &l->v[i];
		}
		gaz_json_object(j, NULL);
		gaz_json_str(j, "hub", hub);
		gaz_json_utc(j, "asked", r->asked);
		gaz_json_utc(j, "next_request", r->next);
		gaz_json_z(j, "fault", gaz_fault_name(r->fault));
		gaz_json_str(j, "fault_text", r->fault_text);
		gaz_json_int(j, "failures", r->failures);
		gaz_json_end_object(j);
	}
	gaz_json_end_array(j);
}

/* The subscription at a hub that counts; never what proves who we are. */
static void
put_lease(struct gaz_json *j, const gaz_store_lease_list *l,
    struct gaz_str hubs)
{
	const struct gaz_store_lease *r = l->n > 0 ? &l->v[0] : NULL;

	if (r == NULL || r->state == GAZ_LEASE_LEAVING) {
		gaz_json_str(j, "websub", GAZ_STR_NONE);
		return;
	}
	gaz_json_object(j, "websub");
	gaz_json_z(j, "state", r->state == GAZ_LEASE_ACTIVE &&
	    r->missed != GAZ_UTC_UNKNOWN ? "quiet" :
	    gaz_lease_state_name(r->state));
	gaz_json_str(j, "hub", r->hub);
	gaz_json_str(j, "topic", r->topic);
	gaz_json_bool(j, "signed", r->secret.len > 0 ||
	    r->next_secret.len > 0);
	gaz_json_utc(j, "since", r->since);
	gaz_json_utc(j, "lease_ends", r->state == GAZ_LEASE_ACTIVE ? r->ends :
	    GAZ_UTC_UNKNOWN);
	gaz_json_utc(j, "asked", r->asked);
	gaz_json_utc(j, "next_request", r->next);
	gaz_json_z(j, "fault", gaz_fault_name(r->fault));
	gaz_json_str(j, "fault_text", r->fault_text);
	gaz_json_int(j, "failures", r->failures);
	gaz_json_int(j, "deliveries", r->deliveries);
	gaz_json_int(j, "known", r->known);
	gaz_json_utc(j, "last_delivery", r->last_delivery);
	put_others(j, l, hubs);
	gaz_json_end_object(j);
}

bool
gaz_describe_find_feed(struct gaz_store *s, struct gaz_str name, int64_t *id,
    struct gaz_err *err)
{
	gaz_store_feed_list list = { 0 };
	struct gaz_arena a = { 0 };
	int64_t number = 0, found = 0;
	bool ok = gaz_store_load_feeds(s, &a, &list, err), named = false;

	gaz_str_to_int(name, &number);
	for (size_t i = 0; i < list.n && !named; i++) {
		const struct gaz_store_feed *f = &list.v[i];

		named = gaz_str_eq(name, f->name) ||
		    gaz_str_eq(name, f->url) ||
		    gaz_str_eq(name, f->configured_url);
		if (named || f->id == number)
			found = f->id;
	}
	gaz_arena_clear(&a);
	if (!ok)
		return false;
	if (found == 0)
		return gaz_err_set(err, GAZ_ERR_MISSING,
		    "there is no feed \"%.*s\"",
		    name.len < 100 ? (int)name.len : 100,
		    name.p != NULL ? name.p : "");
	*id = found;
	return true;
}

/* The feed's row, whether it is gone, and the hubs that it names. */
static bool
query_feed(struct gaz_store *s, int64_t id, gaz_utc now, struct gaz_view *v,
    bool *gone, struct gaz_str *hubs, struct gaz_err *err)
{
	struct gaz_store_feed feed;
	struct gaz_filter f;
	bool found;

	gaz_filter_init(&f);
	*gaz_list_push(&v->arena, &f.feeds) =
	    gaz_arena_fmt(&v->arena, "%" PRId64, id);
	if (!gaz_store_load_feed(s, id, &v->arena, &feed, &found, err) ||
	    !gaz_store_query(s, &f, false, now, v, err))
		return false;
	/* Another one may have that number for a name. */
	for (size_t i = 0; found && i < v->feeds.n; i++) {
		if (v->feeds.v[i].id == id) {
			v->feeds.v[0] = v->feeds.v[i];
			*gone = feed.gone;
			*hubs = feed.hub;
			return true;
		}
	}
	return gaz_err_set(err, GAZ_ERR_MISSING, "there is no feed %" PRId64,
	    id);
}

bool
gaz_describe_feed(struct gaz_store *s, int64_t id, gaz_utc now,
    const struct gaz_describe_live *live, struct gaz_buf *out,
    struct gaz_err *err)
{
	struct gaz_view *v = gaz_view_new(GAZ_VIEW_FEEDS);
	gaz_store_history_list history = { 0 };
	gaz_store_lease_list leases = { 0 };
	struct gaz_json j;
	struct gaz_str hubs = GAZ_STR_NONE;
	bool gone = false, ok;

	ok = query_feed(s, id, now, v, &gone, &hubs, err) &&
	    gaz_store_feed_history(s, id, &v->arena, &history, err) &&
	    gaz_store_load_leases(s, id, &v->arena, &leases, err);
	if (ok) {
		gaz_json_init(&j, out, 0);
		gaz_json_object(&j, NULL);
		if (live != NULL && live->reason != NULL)
			v->feeds.v[0].next_reason = gaz_str_of(live->reason);
		gaz_api_put_feed(&j, &v->feeds.v[0]);
		gaz_json_bool(&j, "gone", live != NULL ? live->gone : gone);
		if (live != NULL) {
			gaz_json_bool(&j, "fetching", live->fetching);
			gaz_json_opt_int(&j, "due_in", live->due_in_s);
		}
		put_lease(&j, &leases, hubs);
		put_history(&j, &history);
		gaz_json_end_object(&j);
		gaz_buf_put_char(out, '\n');
	}
	gaz_view_free(v);
	return ok;
}

/* ---- two items */

/* One of the two: its view into v, its features. */
static bool
load_item(struct gaz_store *s, int64_t id, gaz_utc now, struct gaz_view *v,
    struct gaz_str *features, struct gaz_err *err)
{
	struct gaz_filter f;

	gaz_filter_init(&f);
	f.item_id = id;
	if (!gaz_store_query(s, &f, false, now, v, err))
		return false;
	if (v->items.n == 0)
		return gaz_err_set(err, GAZ_ERR_MISSING,
		    "there is no item %" PRId64, id);
	return gaz_store_item_features(s, id, &v->arena, features, err);
}

static void
put_item(struct gaz_json *j, const char *name, const struct gaz_view_item *it)
{
	gaz_json_object(j, name);
	gaz_json_int(j, "id", it->id);
	gaz_json_opt_int(j, "story",
	    it->story_id > 0 ? it->story_id : GAZ_INT_UNKNOWN);
	gaz_json_str(j, "title", it->title);
	gaz_json_str(j, "url", it->url);
	gaz_json_str(j, "language", it->language);
	gaz_json_str(j, "feed", it->feed_title);
	gaz_json_utc(j, "published", it->published);
	gaz_json_end_object(j);
}

bool
gaz_describe_pair(struct gaz_store *s, struct gaz_story_index *index,
    int64_t a, int64_t b, gaz_utc now, struct gaz_buf *out,
    struct gaz_err *err)
{
	struct gaz_view *x = gaz_view_new(GAZ_VIEW_ITEMS);
	struct gaz_view *y = gaz_view_new(GAZ_VIEW_ITEMS);
	struct gaz_story_decision d = { 0 };
	struct gaz_str of_x = GAZ_STR_NONE, of_y = GAZ_STR_NONE;
	struct gaz_buf reasons;
	struct gaz_json j;
	bool ok;

	ok = load_item(s, a, now, x, &of_x, err) &&
	    load_item(s, b, now, y, &of_y, err);
	if (ok) {
		int64_t story = x->items.v[0].story_id;

		gaz_story_compare(index, of_x, of_y, &x->arena, &d);
		gaz_buf_init(&reasons, GAZ_BUF_NO_MAX);
		gaz_story_write_evidence(&d, &reasons);
		gaz_json_init(&j, out, 0);
		gaz_json_object(&j, NULL);
		gaz_json_bool(&j, "same",
		    story != 0 && story == y->items.v[0].story_id);
		put_item(&j, "a", &x->items.v[0]);
		put_item(&j, "b", &y->items.v[0]);
		gaz_json_raw(&j, "evidence", gaz_buf_str(&reasons));
		gaz_json_end_object(&j);
		gaz_buf_put_char(out, '\n');
		gaz_buf_clear(&reasons);
	}
	gaz_view_free(x);
	gaz_view_free(y);
	return ok;
}
