/*
 * A feed may name several hubs. One of them counts: it is asked, and while it
 * delivers it stays. The others are not known yet, or are spare leases in a list
 * that hangs on the one that counts; each has its own pause after its own
 * failures. One of these may be the heir: it is asked while the one that counts
 * still has a lease that it does not renew, so that there is no time without a
 * hub. The store does not know of heirs: after a crash one is a spare. What counts
 * is written down after what does not any more, so that a crash in between leaves
 * one that can count.
 */
#include "config.h"

#include "websub.h"

#include <stdlib.h>

#include "gazetted/limits.h"

#include "websub_form.h"

static struct gaz_lease *
find_spare(const struct gaz_lease *l, struct gaz_str hub)
{
	for (struct gaz_lease *s = l->spares; s != NULL; s = s->next_spare) {
		if (gaz_str_eq_z(hub, s->hub))
			return s;
	}
	return NULL;
}

void
gaz_websub_add_spare(struct gaz_lease *l, struct gaz_lease *spare)
{
	spare->state = GAZ_LEASE_SPARE;
	spare->open = false;
	spare->since = spare->ends = spare->missed = GAZ_UTC_UNKNOWN;
	spare->secret[0] = '\0';
	spare->next_spare = l->spares;
	l->spares = spare;
}

struct gaz_lease *
gaz_websub_heir_of(const struct gaz_lease *l)
{
	struct gaz_lease *s = l->spares;

	while (s != NULL && !s->heir)
		s = s->next_spare;
	return s;
}

/* Out of the list that hangs on l. */
static void
take_spare(struct gaz_lease *l, const struct gaz_lease *spare)
{
	struct gaz_lease **at = &l->spares;

	while (*at != spare)
		at = &(*at)->next_spare;
	*at = spare->next_spare;
}

/* A spare that is in no list any more. */
static void
forget(struct gaz_lease *s)
{
	if (s->transfer != NULL)
		gaz_fetcher_cancel(s->websub->app->fetcher, s->transfer);
	gaz_websub_forget(s);
}

void
gaz_websub_forget_spares(struct gaz_lease *l)
{
	while (l->spares != NULL) {
		struct gaz_lease *s = l->spares;

		l->spares = s->next_spare;
		forget(s);
	}
}

void
gaz_websub_set_hubs(struct gaz_lease *l, const gaz_str_list *hubs)
{
	struct gaz_lease *s, *next;
	struct gaz_arena a = { 0 };
	bool listed;

	for (s = l->spares; s != NULL; s = next) {
		next = s->next_spare;
		listed = false;
		for (size_t i = 0; i < hubs->n; i++)
			listed = listed || gaz_str_eq_z(hubs->v[i], s->hub);
		if (!listed) {
			take_spare(l, s);
			forget(s);
		}
	}
	free(l->hubs);
	l->hubs = gaz_mem_strdup(gaz_arena_z(&a, gaz_websub_join(&a, hubs)));
	gaz_arena_clear(&a);
}

/* What the address of a lease begins with. */
static struct gaz_str
base_of(const struct gaz_lease *l)
{
	return gaz_str_sub(gaz_str_of(l->callback), 0,
	    strlen(l->callback) - GAZ_SECRET_LEN);
}

/* The heir's, or the hub that may be asked soonest, if that is sooner than
 * before. Lent by it or l->hubs; absent: there is none. */
static struct gaz_str
choose(const struct gaz_lease *l, gaz_utc before)
{
	gaz_utc now = gaz_clock_utc(), at[GAZ_WEBSUB_HUBS_MAX];
	const struct gaz_lease *heir = gaz_websub_heir_of(l);
	struct gaz_arena a = { 0 };
	struct gaz_str hub;
	gaz_str_list hubs;
	size_t own, best;

	if (heir != NULL)
		return gaz_str_of(heir->hub);
	gaz_websub_split(&a, gaz_str_of(l->hubs), &hubs);
	own = hubs.n;
	for (size_t i = 0; i < hubs.n; i++) {
		const struct gaz_lease *s = find_spare(l, hubs.v[i]);

		if (gaz_str_eq_z(hubs.v[i], l->hub))
			own = i;
		at[i] = s != NULL && s->next != GAZ_UTC_UNKNOWN ? s->next : now;
	}
	best = gaz_websub_next_hub(at, hubs.n, own, before);
	hub = best < hubs.n ? hubs.v[best] : GAZ_STR_NONE;
	gaz_arena_clear(&a);
	return hub;
}

/* hub counts instead of l, which becomes spare. */
static void
switch_to(struct gaz_lease *l, struct gaz_str hub)
{
	struct gaz_lease *s = find_spare(l, hub);

	if (s != NULL) {
		take_spare(l, s);
		s->state = GAZ_LEASE_ASKED;
		s->heir = false;
		gaz_websub_enter(s);
	} else {
		s = gaz_websub_new(l->websub, l->feed_id, hub,
		    gaz_str_of(l->topic), base_of(l));
	}
	s->hubs = l->hubs;
	s->spares = l->spares;
	l->hubs = NULL;
	l->spares = NULL;
	gaz_websub_add_spare(s, l);
	gaz_websub_keep(l);
	gaz_websub_keep(s);
	gaz_websub_log(s, GAZ_LOG_INFO, "switched", "");
}

bool
gaz_websub_try_another(struct gaz_lease *l)
{
	struct gaz_str hub = choose(l, l->next);

	if (hub.p == NULL)
		return false;
	switch_to(l, hub);
	return true;
}

/*
 * The subscription of l, which counts, is given up: when its hub is asked again,
 * it is another one. Return the spare lease for that, which counts for now; the
 * caller sets what it knows of the hub.
 */
static struct gaz_lease *
give_up(struct gaz_lease *l)
{
	struct gaz_lease *spare = gaz_websub_new(l->websub, l->feed_id,
	    gaz_str_of(l->hub), gaz_str_of(l->topic), base_of(l));

	spare->hubs = l->hubs;
	spare->spares = l->spares;
	l->hubs = NULL;
	l->spares = NULL;
	gaz_websub_leave(l);
	gaz_websub_enter(spare);
	return spare;
}

bool
gaz_websub_exchange(struct gaz_lease *l)
{
	gaz_utc now = gaz_clock_utc();
	struct gaz_str hub = choose(l, now + 1);
	struct gaz_lease *spare;

	if (hub.p == NULL)
		return false;
	spare = give_up(l);
	gaz_websub_set_fault(spare, GAZ_FAULT_HUB_QUIET, "");
	spare->failures = 1;
	spare->next = now + GAZ_BACKOFF_MAX_S;
	switch_to(spare, hub);
	return true;
}

/* ---- heirs */

void
gaz_websub_ask_heir(struct gaz_lease *l)
{
	gaz_utc now = gaz_clock_utc();
	struct gaz_lease *s;
	struct gaz_str hub;

	if (l->hubs == NULL || gaz_websub_heir_of(l) != NULL)
		return;
	hub = choose(l, now + 1);
	if (hub.p == NULL)
		return;
	s = find_spare(l, hub);
	if (s == NULL) {
		s = gaz_websub_new(l->websub, l->feed_id, hub,
		    gaz_str_of(l->topic), base_of(l));
		gaz_websub_enter(l);
		gaz_websub_add_spare(l, s);
	}
	s->heir = true;
	s->next = now;
	gaz_websub_keep(s);
}

void
gaz_websub_drop_heir(struct gaz_lease *heir)
{
	/* What it was asked it may verify yet, and is told that it is over. */
	heir->heir = heir->open = false;
	if (heir->transfer != NULL)
		gaz_fetcher_cancel(heir->websub->app->fetcher, heir->transfer);
	gaz_websub_keep(heir);
}

void
gaz_websub_inherit(struct gaz_lease *heir)
{
	struct gaz_lease *l = gaz_websub_of_feed(heir->websub, heir->feed_id);
	struct gaz_lease *spare;
	enum gaz_fault fault = l->fault;
	char *text = l->fault_text;
	int64_t failures = l->failures;
	gaz_utc next = l->next;

	l->fault_text = NULL;
	spare = give_up(l);
	gaz_websub_set_fault(spare, fault, text);
	free(text);
	spare->failures = failures;
	spare->next = next;
	switch_to(spare, gaz_str_of(heir->hub));
}
