#include "config.h"

#include "hostgate.h"

#include <assert.h>
#include <libpsl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "gazetted/hash.h"
#include "gazetted/map.h"
#include "gazetted/mem.h"
#include "gazetted/vec.h"

/*
 * Each host has its own line, and stands as a whole in at most one of four
 * heaps, by the time when the first of its line may go:
 *
 *   URGENT    its first is urgent: a person waits, or a redirect goes on
 *   ORDINARY  the rest
 *   SUSPECT   it did not answer last time
 *   IDLE      nobody waits; forgotten when its pause is over
 *
 * A host at its limit of connections is in none of them until one ends. So a
 * crowd on one host is one entry, and taking is O(log hosts).
 *
 * The address of a name is known only from the socket (meet), so it is learnt
 * for the next time: names maps the host to its address, turns maps the address
 * to the end of its pause. Both hold hashes: 16 bytes each for a host that was
 * asked once, and no need to be exact.
 */
enum class { URGENT, ORDINARY, SUSPECT, IDLE, CLASSES };

#define NOWHERE SIZE_MAX
#define SUSPECT_MS (6 * 3600 * 1000) /* how long a bad name lasts */
#define ADDRESSES_MAX (1u << 20)     /* then what was learnt is dropped */
#define SPARES_MAX 256               /* hosts kept for use again */

struct gaz_hostgate_host {
	struct gaz_hostgate_host *prev, *next; /* of all; or of spares */
	uint64_t name;      /* hash of its key; two in 2^64 may share a line */
	struct gaz_hostgate_wait *first, *last;
	int running;
	int64_t next_ms;    /* end of the pause */
	int64_t suspect_until; /* 0: it is none */
	int64_t at_ms;      /* what it is ordered by in its heap */
	uint64_t order;     /* equal times: first come, first served */
	size_t index;       /* in its heap, or NOWHERE */
	enum class class;
	bool is_public;
};

struct heap {
	GAZ_VEC(struct gaz_hostgate_host *) hosts;
};

struct gaz_hostgate {
	struct gaz_hostgate_limits limits;
	struct gaz_map64 *hosts; /* name -> its address in memory */
	struct gaz_hostgate_host *all, *spare;
	struct heap heaps[CLASSES];
	struct gaz_map64 *names, *turns;
	size_t running, waiting, suspects, spares;
	uint64_t orders;
};

/* Keys */

/* The last label is no public suffix, or is for use at home. */
static bool
is_private_name(const psl_ctx_t *psl, const char *host)
{
	const char *dot = strrchr(host, '.');

	if (psl == NULL || dot == NULL ||
	    gaz_str_ends(gaz_str_of(host), ".home.arpa"))
		return true;
	return !psl_is_public_suffix2(psl, dot + 1,
	    PSL_TYPE_ANY | PSL_TYPE_NO_STAR_RULE);
}

void
gaz_hostkey_of(const struct gaz_uri *uri, struct gaz_hostkey *out)
{
	const psl_ctx_t *psl = psl_builtin();
	struct sockaddr_storage sa;
	size_t len;
	const char *text = uri->host;

	out->is_public = !gaz_address_parse(uri->host, &sa, &len) &&
	    !is_private_name(psl, uri->host);
	if (out->is_public) {
		/* NULL: the host is a public suffix itself. */
		const char *domain = psl_registrable_domain(psl, uri->host);
		if (domain != NULL)
			text = domain;
		snprintf(out->cool, sizeof(out->cool), "%s", text);
	} else {
		snprintf(out->cool, sizeof(out->cool), "%s %d", text,
		    uri->port);
	}
	snprintf(out->text, sizeof(out->text), "%s", text);
}

/* Heaps */

static bool
is_before(const struct gaz_hostgate_host *a, const struct gaz_hostgate_host *b)
{
	return a->at_ms < b->at_ms ||
	    (a->at_ms == b->at_ms && a->order < b->order);
}

static void
place(struct heap *h, size_t i, struct gaz_hostgate_host *x)
{
	h->hosts.v[i] = x;
	x->index = i;
}

static void
sift(struct heap *h, size_t i, struct gaz_hostgate_host *x)
{
	while (i > 0 && is_before(x, h->hosts.v[(i - 1) / 2])) {
		place(h, i, h->hosts.v[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
	for (;;) {
		size_t k = 2 * i + 1;
		if (k >= h->hosts.n)
			break;
		if (k + 1 < h->hosts.n &&
		    is_before(h->hosts.v[k + 1], h->hosts.v[k]))
			k++;
		if (!is_before(h->hosts.v[k], x))
			break;
		place(h, i, h->hosts.v[k]);
		i = k;
	}
	place(h, i, x);
}

static struct gaz_hostgate_host *
top(const struct heap *h)
{
	return h->hosts.n > 0 ? h->hosts.v[0] : NULL;
}

static void
heap_remove(struct gaz_hostgate *g, struct gaz_hostgate_host *host)
{
	struct heap *h = &g->heaps[host->class];
	size_t i = host->index;

	if (i == NOWHERE)
		return;
	host->index = NOWHERE;
	struct gaz_hostgate_host *last = h->hosts.v[--h->hosts.n];
	if (last != host)
		sift(h, i, last);
}

static void
heap_put(struct gaz_hostgate *g, struct gaz_hostgate_host *host,
    enum class class, int64_t at_ms)
{
	struct heap *h = &g->heaps[class];

	host->class = class;
	host->at_ms = at_ms;
	host->order = g->orders++;
	*gaz_vec_push(&h->hosts) = host;
	sift(h, h->hosts.n - 1, host);
}

/* Hosts */

static void
host_free(struct gaz_hostgate *g, struct gaz_hostgate_host *host)
{
	heap_remove(g, host);
	gaz_map64_remove(g->hosts, host->name);
	*(host->prev != NULL ? &host->prev->next : &g->all) = host->next;
	if (host->next != NULL)
		host->next->prev = host->prev;
	if (g->spares >= SPARES_MAX) {
		free(host);
		return;
	}
	host->next = g->spare;
	g->spare = host;
	g->spares++;
}

static struct gaz_hostgate_host *
host_get(struct gaz_hostgate *g, const struct gaz_hostkey *key)
{
	uint64_t name = gaz_hash_str(gaz_str_of(key->text)), at;
	struct gaz_hostgate_host *host = g->spare;

	if (gaz_map64_find(g->hosts, name, &at))
		return (struct gaz_hostgate_host *)(uintptr_t)at;
	if (host != NULL) {
		g->spare = host->next;
		g->spares--;
	} else {
		host = gaz_mem_alloc(sizeof(*host));
	}
	*host = (struct gaz_hostgate_host){
		.next = g->all, .name = name, .next_ms = INT64_MIN,
		.index = NOWHERE, .is_public = key->is_public,
	};
	if (g->all != NULL)
		g->all->prev = host;
	g->all = host;
	gaz_map64_put(g->hosts, name, (uint64_t)(uintptr_t)host);
	return host;
}

static enum class
class_of(const struct gaz_hostgate_host *host, int64_t now_ms)
{
	if (host->first->urgent)
		return URGENT;
	return host->suspect_until > now_ms ? SUSPECT : ORDINARY;
}

/* Put the host where it belongs after something about it has changed. It may
 * be freed. */
static void
settle(struct gaz_hostgate *g, struct gaz_hostgate_host *host, int64_t now_ms)
{
	heap_remove(g, host);
	if (host->first != NULL) {
		if (host->running >= g->limits.connections_per_host)
			return;
		int64_t at = host->first->not_before;
		if (at < host->next_ms)
			at = host->next_ms;
		heap_put(g, host, class_of(host, now_ms), at);
		return;
	}
	if (host->running > 0)
		return;
	int64_t until = host->next_ms > host->suspect_until
	    ? host->next_ms : host->suspect_until;
	if (until <= now_ms)
		host_free(g, host);
	else
		heap_put(g, host, IDLE, until);
}

static void
link_in(struct gaz_hostgate_host *host, struct gaz_hostgate_wait *w,
    struct gaz_hostgate_wait *after)
{
	w->prev = after;
	w->next = after != NULL ? after->next : host->first;
	*(w->prev != NULL ? &w->prev->next : &host->first) = w;
	*(w->next != NULL ? &w->next->prev : &host->last) = w;
}

static void
link_out(struct gaz_hostgate_host *host, struct gaz_hostgate_wait *w)
{
	*(w->prev != NULL ? &w->prev->next : &host->first) = w->next;
	*(w->next != NULL ? &w->next->prev : &host->last) = w->prev;
	w->prev = w->next = NULL;
}

/* Turns of addresses */

static int64_t
turn_of(const struct gaz_hostgate *g, uint64_t address)
{
	uint64_t ms;

	return gaz_map64_find(g->turns, address, &ms) ? (int64_t)ms : 0;
}

static void
turn_set(struct gaz_hostgate *g, uint64_t address, int64_t ms)
{
	if (gaz_map64_count(g->turns) >= ADDRESSES_MAX) {
		gaz_map64_free(g->turns);
		g->turns = gaz_map64_new();
	}
	gaz_map64_put(g->turns, address, (uint64_t)ms);
}

/* Is it w's turn on address? If not, keep the next one for it. */
static bool
claim(struct gaz_hostgate *g, struct gaz_hostgate_wait *w, uint64_t address,
    int64_t now_ms)
{
	int64_t free_ms = turn_of(g, address);

	w->address = address;
	w->reserved = free_ms > now_ms;
	w->not_before = w->reserved ? free_ms : now_ms;
	turn_set(g, address, (w->reserved ? free_ms : now_ms) +
	    g->limits.gap_ms);
	return !w->reserved;
}

/* The gate */

struct gaz_hostgate *
gaz_hostgate_new(const struct gaz_hostgate_limits *l)
{
	struct gaz_hostgate *g = gaz_mem_zero(1, sizeof(*g));

	g->limits = *l;
	g->hosts = gaz_map64_new();
	g->names = gaz_map64_new();
	g->turns = gaz_map64_new();
	return g;
}

static void
free_list(struct gaz_hostgate_host *host)
{
	while (host != NULL) {
		struct gaz_hostgate_host *next = host->next;
		free(host);
		host = next;
	}
}

void
gaz_hostgate_free(struct gaz_hostgate *g)
{
	if (g == NULL)
		return;
	free_list(g->all);
	free_list(g->spare);
	for (size_t i = 0; i < CLASSES; i++)
		gaz_vec_clear(&g->heaps[i].hosts);
	gaz_map64_free(g->hosts);
	gaz_map64_free(g->names);
	gaz_map64_free(g->turns);
	free(g);
}

void
gaz_hostgate_configure(struct gaz_hostgate *g,
    const struct gaz_hostgate_limits *l, struct gaz_mono now)
{
	bool wider = l->connections_per_host > g->limits.connections_per_host;

	g->limits = *l;
	/* Hosts that were full may have room now. */
	for (struct gaz_hostgate_host *host = g->all; wider && host != NULL;
	     host = host->next) {
		if (host->index == NOWHERE && host->first != NULL)
			settle(g, host, now.ms);
	}
}

void
gaz_hostgate_put(struct gaz_hostgate *g, struct gaz_hostgate_wait *w,
    const struct gaz_hostkey *key, bool urgent, struct gaz_mono now)
{
	assert(w->host == NULL);
	struct gaz_hostgate_host *host = host_get(g, key);
	struct gaz_hostgate_wait *after = host->last;

	w->host = host;
	w->urgent = urgent;
	w->started = false;
	if (!w->reserved) {
		w->address = 0;
		/* Hosts go in the order of their coming. */
		w->not_before = now.ms;
	}
	if (urgent) {
		after = NULL;
		for (struct gaz_hostgate_wait *i = host->first;
		     i != NULL && i->urgent; i = i->next)
			after = i;
	} else if (w->reserved) {
		/* It was first once; its turn on the address must not pass
		 * while it stands behind others. */
		after = NULL;
	}
	link_in(host, w, after);
	g->waiting++;
	settle(g, host, now.ms);
}

/* How many places suspects may have, and when others could go now. */
static size_t
half_of(const struct gaz_hostgate *g)
{
	return ((size_t)g->limits.connections + 1) / 2;
}

static size_t
eighth_of(const struct gaz_hostgate *g)
{
	return ((size_t)g->limits.connections + 7) / 8;
}

/* The host whose first goes next, or NULL with *wait_ms as in take. */
static struct gaz_hostgate_host *
choose(const struct gaz_hostgate *g, int64_t now_ms, int64_t *wait_ms)
{
	struct gaz_hostgate_host *best = NULL;

	*wait_ms = INT64_MAX;
	if (g->running >= (size_t)g->limits.connections)
		return NULL;
	for (size_t i = URGENT; i <= SUSPECT; i++) {
		struct gaz_hostgate_host *host = top(&g->heaps[i]);
		if (host == NULL || (i == SUSPECT && g->suspects >=
		    (best != NULL ? eighth_of(g) : half_of(g))))
			continue;
		if (host->at_ms > now_ms) {
			if (host->at_ms - now_ms < *wait_ms)
				*wait_ms = host->at_ms - now_ms;
			continue;
		}
		if (i == URGENT)
			return host;
		if (best == NULL || is_before(host, best))
			best = host;
	}
	return best;
}

static void
forget_idle(struct gaz_hostgate *g, int64_t now_ms)
{
	struct gaz_hostgate_host *host;

	while ((host = top(&g->heaps[IDLE])) != NULL && host->at_ms <= now_ms)
		host_free(g, host);
}

/* Has the first of host its turn on the address that it is known to have? */
static bool
has_turn(struct gaz_hostgate *g, struct gaz_hostgate_host *host,
    int64_t now_ms)
{
	struct gaz_hostgate_wait *w = host->first;
	uint64_t address;

	if (w->reserved || !host->is_public || g->limits.gap_ms == 0 ||
	    !gaz_map64_find(g->names, host->name, &address))
		return true;
	return claim(g, w, address, now_ms);
}

struct gaz_hostgate_wait *
gaz_hostgate_take(struct gaz_hostgate *g, struct gaz_mono now,
    int64_t *wait_ms)
{
	struct gaz_hostgate_host *host;

	forget_idle(g, now.ms);
	while ((host = choose(g, now.ms, wait_ms)) != NULL) {
		if (!has_turn(g, host, now.ms)) {
			settle(g, host, now.ms);
			continue;
		}
		struct gaz_hostgate_wait *w = host->first;
		w->started = true;
		w->reserved = false;
		w->not_before = 0;
		w->as_suspect = host->class == SUSPECT;
		w->next_before = host->next_ms;
		link_out(host, w);
		host->running++;
		host->next_ms = now.ms + g->limits.gap_ms;
		g->waiting--;
		g->running++;
		g->suspects += w->as_suspect;
		settle(g, host, now.ms);
		return w;
	}
	return NULL;
}

void
gaz_hostgate_end(struct gaz_hostgate *g, struct gaz_hostgate_wait *w,
    struct gaz_mono now)
{
	struct gaz_hostgate_host *host = w->host;

	if (host == NULL)
		return;
	if (w->started) {
		host->running--;
		g->running--;
		g->suspects -= w->as_suspect;
	} else {
		link_out(host, w);
		g->waiting--;
	}
	w->host = NULL;
	w->started = w->as_suspect = false;
	settle(g, host, now.ms);
}

void
gaz_hostgate_give_back(struct gaz_hostgate *g, struct gaz_hostgate_wait *w,
    struct gaz_mono now)
{
	assert(w->host != NULL && w->started);
	w->host->next_ms = w->next_before;
	gaz_hostgate_end(g, w, now);
}

bool
gaz_hostgate_meet(struct gaz_hostgate *g, struct gaz_hostgate_wait *w,
    const void *address, size_t len, struct gaz_mono now)
{
	struct gaz_hostgate_host *host = w->host;
	uint64_t hash = gaz_hash64(address, len);

	assert(host != NULL && w->started);
	if (!host->is_public || g->limits.gap_ms == 0)
		return true;
	if (gaz_map64_count(g->names) >= ADDRESSES_MAX) {
		gaz_map64_free(g->names);
		g->names = gaz_map64_new();
	}
	gaz_map64_put(g->names, host->name, hash);
	if (w->address == hash)
		return true;
	return claim(g, w, hash, now.ms);
}

void
gaz_hostgate_suspect(struct gaz_hostgate *g, struct gaz_hostgate_wait *w,
    bool suspect, struct gaz_mono now)
{
	(void)g;
	assert(w->host != NULL && w->started);
	w->host->suspect_until = suspect ? now.ms + SUSPECT_MS : 0;
}

size_t
gaz_hostgate_squeeze(const struct gaz_hostgate *g, size_t silent,
    struct gaz_mono now)
{
	const struct gaz_hostgate_host *urgent = top(&g->heaps[URGENT]);
	const struct gaz_hostgate_host *next = top(&g->heaps[ORDINARY]);
	size_t held = g->suspects + silent;

	if (g->running < (size_t)g->limits.connections ||
	    ((urgent == NULL || urgent->at_ms > now.ms) &&
	    (next == NULL || next->at_ms > now.ms)) || held <= eighth_of(g))
		return 0;
	size_t surplus = held - eighth_of(g);
	return surplus < silent ? surplus : silent;
}

bool
gaz_hostgate_has_more(const struct gaz_hostgate_wait *w)
{
	return w->host != NULL && w->host->first != NULL;
}

size_t
gaz_hostgate_running(const struct gaz_hostgate *g)
{
	return g->running;
}

size_t
gaz_hostgate_waiting(const struct gaz_hostgate *g)
{
	return g->waiting;
}

size_t
gaz_hostgate_ready(const struct gaz_hostgate *g)
{
	return g->heaps[URGENT].hosts.n + g->heaps[ORDINARY].hosts.n;
}

size_t
gaz_hostgate_hosts(const struct gaz_hostgate *g)
{
	return gaz_map64_count(g->hosts);
}
