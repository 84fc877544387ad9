#include "config.h"

#include "gazetted/metrics.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "gazetted/mem.h"

struct gaz_metrics {
	_Atomic int64_t values[GAZ_METRIC_COUNT];
};

static const struct {
	const char *name, *type, *help;
} rows[GAZ_METRIC_COUNT] = {
#define X(id, name, type, help) [GAZ_METRIC_##id] = { name, type, help },
	GAZ_METRICS(X)
#undef X
};

struct gaz_metrics *
gaz_metrics_new(void)
{
	return gaz_mem_zero(1, sizeof(struct gaz_metrics));
}

void
gaz_metrics_free(struct gaz_metrics *m)
{
	free(m);
}

void
gaz_metrics_add(struct gaz_metrics *m, enum gaz_metric id, int64_t n)
{
	atomic_fetch_add_explicit(&m->values[id], n, memory_order_relaxed);
}

void
gaz_metrics_set(struct gaz_metrics *m, enum gaz_metric id, int64_t n)
{
	atomic_store_explicit(&m->values[id], n, memory_order_relaxed);
}

int64_t
gaz_metrics_get(const struct gaz_metrics *m, enum gaz_metric id)
{
	return atomic_load_explicit(&m->values[id], memory_order_relaxed);
}

void
gaz_metrics_write(const struct gaz_metrics *m, struct gaz_buf *out)
{
	for (int i = 0; i < GAZ_METRIC_COUNT; i++) {
		gaz_buf_put_fmt(out,
		    "# HELP %s %s\n# TYPE %s %s\n%s %" PRId64 "\n",
		    rows[i].name, rows[i].help, rows[i].name, rows[i].type,
		    rows[i].name, gaz_metrics_get(m, (enum gaz_metric)i));
	}
}
