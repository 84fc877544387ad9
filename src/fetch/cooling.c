#include "config.h"

#include "hostgate.h"

#include <stdlib.h>

#include "gazetted/limits.h"
#include "gazetted/map.h"
#include "gazetted/mem.h"

/*
 * Few hosts cool at a time, so what is over stays until the table has doubled
 * since it was last swept.
 */
#define FIRST_MS (5 * 60 * 1000)
#define FORGET_MS (24 * 3600 * 1000) /* after the end, with its strikes */
#define FIRST_SWEEP 1024

struct rest {
	int64_t until_ms;
	unsigned strikes; /* answers of 429 without a time, in a row */
};

struct gaz_cooling {
	struct gaz_map *rests;
	size_t sweep_at;
};

struct gaz_cooling *
gaz_cooling_new(void)
{
	struct gaz_cooling *c = gaz_mem_zero(1, sizeof(*c));

	c->rests = gaz_map_new();
	c->sweep_at = FIRST_SWEEP;
	return c;
}

void
gaz_cooling_free(struct gaz_cooling *c)
{
	struct gaz_str key;
	size_t pos = 0;
	void *value;

	if (c == NULL)
		return;
	while (gaz_map_next(c->rests, &pos, &key, &value))
		free(value);
	gaz_map_free(c->rests);
	free(c);
}

static void
sweep(struct gaz_cooling *c, int64_t now_ms)
{
	struct gaz_map *kept = gaz_map_new();
	struct gaz_str key;
	size_t pos = 0;
	void *value;

	while (gaz_map_next(c->rests, &pos, &key, &value)) {
		struct rest *r = value;
		if (r->until_ms + FORGET_MS > now_ms)
			gaz_map_put(kept, key, r);
		else
			free(r);
	}
	gaz_map_free(c->rests);
	c->rests = kept;
	c->sweep_at = 2 * gaz_map_count(kept);
	if (c->sweep_at < FIRST_SWEEP)
		c->sweep_at = FIRST_SWEEP;
}

void
gaz_cooling_put(struct gaz_cooling *c, const char *key, int64_t ms,
    struct gaz_mono now)
{
	struct rest *r = gaz_map_find(c->rests, gaz_str_of(key));

	if (r == NULL) {
		if (gaz_map_count(c->rests) >= c->sweep_at)
			sweep(c, now.ms);
		r = gaz_mem_zero(1, sizeof(*r));
		r->until_ms = INT64_MIN;
		gaz_map_put(c->rests, gaz_str_of(key), r);
	}
	if (ms < 0) {
		if (r->until_ms > now.ms)
			return; /* it was under way when the other came */
		ms = FIRST_MS;
		for (unsigned i = 0; i < r->strikes && ms < FORGET_MS; i++)
			ms *= 2;
		r->strikes++;
		if (ms > FORGET_MS)
			ms = FORGET_MS;
	} else {
		if (ms < GAZ_RETRY_AFTER_MIN_S * 1000)
			ms = GAZ_RETRY_AFTER_MIN_S * 1000;
		if (ms > (int64_t)GAZ_RETRY_AFTER_MAX_S * 1000)
			ms = (int64_t)GAZ_RETRY_AFTER_MAX_S * 1000;
	}
	/* Two requests may have been under way: the longer wait holds. */
	if (now.ms + ms > r->until_ms)
		r->until_ms = now.ms + ms;
}

void
gaz_cooling_remove(struct gaz_cooling *c, const char *key,
    struct gaz_mono now)
{
	if (gaz_cooling_left(c, key, now) > 0)
		return;
	free(gaz_map_take(c->rests, gaz_str_of(key)));
}

int64_t
gaz_cooling_left(const struct gaz_cooling *c, const char *key,
    struct gaz_mono now)
{
	const struct rest *r = gaz_map_find(c->rests, gaz_str_of(key));

	return r != NULL && r->until_ms > now.ms ? r->until_ms - now.ms : 0;
}
