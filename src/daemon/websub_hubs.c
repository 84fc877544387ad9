/*
 * A feed may name several hubs. One of them counts: it is asked, and while it
 * delivers it stays. The others are not known yet, or are spare leases in a list
 * that hangs on the one that counts; each has its own pause after its own
 * failures. What counts is written down after what does not any more, so that a
 * crash in between leaves one that can count.
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

/* Out of the list that hangs on l. */
static void
take_spare(struct gaz_lease *l, const struct gaz_lease *spare)
{
	struct gaz_lease **at = &l->spares;

	while (*at != spare)
		at = &(*at)->next_spare;
	*at = spare->next_spare;
}

void
gaz_websub_forget_spares(struct gaz_lease *l)
{
	while (l->spares != NULL) {
		struct gaz_lease *s = l->spares;

		l->spares = s->next_spare;
		gaz_websub_forget(s);
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
			gaz_websub_forget(s);
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

/* The hub that may be asked soonest, if that is sooner than before. Lent by
 * l->hubs; absent: there is none. */
static struct gaz_str
choose(const struct gaz_lease *l, gaz_utc before)
{
	gaz_utc now = gaz_clock_utc(), at[GAZ_WEBSUB_HUBS_MAX];
	struct gaz_arena a = { 0 };
	struct gaz_str hub;
	gaz_str_list hubs;
	size_t own, best;

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

bool
gaz_websub_exchange(struct gaz_lease *l)
{
	gaz_utc now = gaz_clock_utc();
	struct gaz_str hub = choose(l, now + 1);
	struct gaz_lease *spare;

	if (hub.p == NULL)
		return false;
	/* Its subscription is given up; when it is asked again, it is another
	 * one. */
	spare = gaz_websub_new(l->websub, l->feed_id, gaz_str_of(l->hub),
	    gaz_str_of(l->topic), base_of(l));
	spare->hubs = l->hubs;
	spare->spares = l->spares;
	l->hubs = NULL;
	l->spares = NULL;
	gaz_websub_leave(l);
	gaz_websub_enter(spare);
	gaz_websub_set_fault(spare, GAZ_FAULT_HUB_QUIET, "");
	spare->failures = 1;
	spare->next = now + GAZ_BACKOFF_MAX_S;
	switch_to(spare, hub);
	return true;
}
