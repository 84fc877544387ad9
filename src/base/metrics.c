#include "config.h"

#include "gazetted/metrics.h"

#include <assert.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "gazetted/mem.h"

/* Upper ends, in microseconds; what is above all of them is counted last. */
static const int64_t ends[] = { 500, 1000, 2000, 5000, 10000, 15000, 20000,
	50000, 100000, 200000, 500000, 1000000 };

struct histogram {
	_Atomic int64_t counts[sizeof(ends) / sizeof(ends[0]) + 1];
	_Atomic int64_t sum_us;
};

struct family {
	_Atomic int64_t counts[GAZ_METRIC_VALUES_MAX];
	const char *_Atomic texts[GAZ_METRIC_VALUES_MAX];
};

struct gaz_metrics {
	_Atomic int64_t values[GAZ_METRIC_COUNT];
	struct family families[GAZ_FAMILY_COUNT];
	struct histogram histograms[GAZ_HISTOGRAM_COUNT];
};

static const struct {
	const char *name, *type, *help;
} rows[GAZ_METRIC_COUNT] = {
#define X(id, name, type, help) [GAZ_METRIC_##id] = { name, type, help },
	GAZ_METRICS(X)
#undef X
};

static const struct {
	const char *name, *label, *help;
} families[GAZ_FAMILY_COUNT] = {
#define X(id, name, label, help) [GAZ_FAMILY_##id] = { name, label, help },
	GAZ_METRIC_FAMILIES(X)
#undef X
};

static const struct {
	const char *name, *help;
} histograms[GAZ_HISTOGRAM_COUNT] = {
#define X(id, name, help) [GAZ_HISTOGRAM_##id] = { name, help },
	GAZ_HISTOGRAMS(X)
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
gaz_metrics_count(struct gaz_metrics *m, enum gaz_metric_family id,
    size_t value, const char *text)
{
	struct family *f = &m->families[id];

	assert(value < GAZ_METRIC_VALUES_MAX);
	atomic_store_explicit(&f->texts[value], text, memory_order_relaxed);
	atomic_fetch_add_explicit(&f->counts[value], 1, memory_order_relaxed);
}

void
gaz_metrics_observe(struct gaz_metrics *m, enum gaz_histogram id, int64_t us)
{
	struct histogram *h = &m->histograms[id];
	size_t i = 0;

	while (i < GAZ_COUNT(ends) && us > ends[i])
		i++;
	atomic_fetch_add_explicit(&h->counts[i], 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&h->sum_us, us, memory_order_relaxed);
}

static void
write_family(const struct family *f, size_t i, struct gaz_buf *out)
{
	gaz_buf_put_fmt(out, "# HELP %s %s\n# TYPE %s counter\n",
	    families[i].name, families[i].help, families[i].name);
	for (size_t k = 0; k < GAZ_METRIC_VALUES_MAX; k++) {
		const char *text = atomic_load_explicit(&f->texts[k],
		    memory_order_relaxed);

		if (text != NULL)
			gaz_buf_put_fmt(out, "%s{%s=\"%s\"} %" PRId64 "\n",
			    families[i].name, families[i].label, text,
			    atomic_load_explicit(&f->counts[k],
			    memory_order_relaxed));
	}
}

static void
write_histogram(const struct histogram *h, const char *name, const char *help,
    struct gaz_buf *out)
{
	int64_t n = 0;

	gaz_buf_put_fmt(out, "# HELP %s %s\n# TYPE %s histogram\n", name, help,
	    name);
	for (size_t i = 0; i <= GAZ_COUNT(ends); i++) {
		n += atomic_load_explicit(&h->counts[i], memory_order_relaxed);
		gaz_buf_put_fmt(out, "%s_bucket{le=\"", name);
		if (i < GAZ_COUNT(ends))
			gaz_buf_put_fmt(out, "%" PRId64 ".%06" PRId64,
			    ends[i] / 1000000, ends[i] % 1000000);
		else
			gaz_buf_put_z(out, "+Inf");
		gaz_buf_put_fmt(out, "\"} %" PRId64 "\n", n);
	}
	int64_t us = atomic_load_explicit(&h->sum_us, memory_order_relaxed);
	gaz_buf_put_fmt(out, "%s_sum %" PRId64 ".%06" PRId64 "\n%s_count %"
	    PRId64 "\n", name, us / 1000000, us % 1000000, name, n);
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
	for (size_t i = 0; i < GAZ_FAMILY_COUNT; i++)
		write_family(&m->families[i], i, out);
	for (size_t i = 0; i < GAZ_HISTOGRAM_COUNT; i++)
		write_histogram(&m->histograms[i], histograms[i].name,
		    histograms[i].help, out);
}
