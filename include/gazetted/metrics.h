#ifndef GAZETTED_METRICS_H
#define GAZETTED_METRICS_H

#include "gazetted/buf.h"

/*
 * Counters, gauges and histograms as atomics, written out in the Prometheus text format
 * (version 0.0.4). Any thread.
 */
#define GAZ_METRICS(X)                                                      \
	X(FETCHES, "gazetted_fetches_total", "counter",                     \
	    "Fetches that ended, well or not")                              \
	X(FETCH_FAILURES, "gazetted_fetch_failures_total", "counter",       \
	    "Fetches that failed")                                          \
	X(FETCH_UNCHANGED, "gazetted_fetch_unchanged_total", "counter",     \
	    "Fetches answered by 304")                                      \
	X(FETCH_BYTES, "gazetted_fetch_bytes_total", "counter",             \
	    "Body bytes received, decoded")                                 \
	X(ITEMS_NEW, "gazetted_items_new_total", "counter", "New items")    \
	X(ITEMS_CHANGED, "gazetted_items_changed_total", "counter",         \
	    "Items whose content changed")                                  \
	X(STORIES_NEW, "gazetted_stories_new_total", "counter",             \
	    "Stories opened")                                               \
	X(WEBSUB_LEASES, "gazetted_websub_leases", "gauge",                 \
	    "Feeds that a hub delivers")                                    \
	X(WEBSUB_DELIVERIES, "gazetted_websub_deliveries_total", "counter", \
	    "Deliveries of hubs that were taken")                           \
	X(WEBSUB_IGNORED, "gazetted_websub_ignored_total", "counter",       \
	    "Deliveries without a right signature or of another topic")     \
	X(WEBSUB_FAILURES, "gazetted_websub_failures_total", "counter",     \
	    "Requests to hubs that failed or were not verified")            \
	X(HUB_SUBSCRIBERS, "gazetted_hub_subscribers", "gauge",             \
	    "Subscribers of our own feeds")                                 \
	X(HUB_DELIVERIES, "gazetted_hub_deliveries_total", "counter",       \
	    "Deliveries to subscribers that went well")                     \
	X(HUB_FAILURES, "gazetted_hub_failures_total", "counter",           \
	    "Deliveries and verifications that failed")                     \
	X(WORKER_DEATHS, "gazetted_worker_deaths_total", "counter",         \
	    "Parse workers that had to be replaced")                        \
	X(HTTP_REQUESTS, "gazetted_http_requests_total", "counter",         \
	    "HTTP requests answered")                                       \
	X(FEEDS, "gazetted_feeds", "gauge", "Feeds subscribed to")          \
	X(FEEDS_FAILING, "gazetted_feeds_failing", "gauge",                 \
	    "Feeds whose last fetch failed")                                \
	X(STORIES_LIVE, "gazetted_stories_live", "gauge",                   \
	    "Stories open to new items")                                    \
	X(ITEMS_LIVE, "gazetted_items_live", "gauge",                       \
	    "Items in the story window")                                    \
	X(GENERATION, "gazetted_generation", "gauge",                       \
	    "Generation of the store; rises with every change")

enum gaz_metric {
#define X(id, name, type, help) GAZ_METRIC_##id,
	GAZ_METRICS(X)
#undef X
	    GAZ_METRIC_COUNT
};

/* Counters with a label: as many series as it has values. */
#define GAZ_METRIC_FAMILIES(X)                                              \
	X(FETCH_FAULTS, "gazetted_fetch_faults_total", "fault",             \
	    "Fetches that failed, by fault")
#define GAZ_METRIC_VALUES_MAX 64 /* of one label */

enum gaz_metric_family {
#define X(id, name, label, help) GAZ_FAMILY_##id,
	GAZ_METRIC_FAMILIES(X)
#undef X
	    GAZ_FAMILY_COUNT
};

/* How long things take: microseconds in, seconds out. */
#define GAZ_HISTOGRAMS(X)                                                   \
	X(LOOP_LAG, "gazetted_loop_lag_seconds",                            \
	    "How late the event loop calls a timer")

enum gaz_histogram {
#define X(id, name, help) GAZ_HISTOGRAM_##id,
	GAZ_HISTOGRAMS(X)
#undef X
	    GAZ_HISTOGRAM_COUNT
};

struct gaz_metrics;
struct gaz_metrics *gaz_metrics_new(void);
void gaz_metrics_free(struct gaz_metrics *m);
void gaz_metrics_add(struct gaz_metrics *m, enum gaz_metric id, int64_t n);
void gaz_metrics_set(struct gaz_metrics *m, enum gaz_metric id, int64_t n);
/* One more of the value-th series. value is below GAZ_METRIC_VALUES_MAX; text is
 * what the label says of it, always the same, kept by the caller, of letters,
 * digits and hyphens. A series is written once it has counted something. */
void gaz_metrics_count(struct gaz_metrics *m, enum gaz_metric_family id,
    size_t value, const char *text);
void gaz_metrics_observe(struct gaz_metrics *m, enum gaz_histogram id,
    int64_t us);
int64_t gaz_metrics_get(const struct gaz_metrics *m, enum gaz_metric id);
void gaz_metrics_write(const struct gaz_metrics *m, struct gaz_buf *out);

#endif
