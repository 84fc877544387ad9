#ifndef GAZETTED_FETCH_SETTINGS_H
#define GAZETTED_FETCH_SETTINGS_H

#include <curl/curl.h>

#include "gazetted/fetch.h"

/*
 * The options of a fetcher, with defaults filled in. Shared by the plans made
 * from them, so that a change does not pull anything away under a transfer.
 */
struct gaz_settings {
	int refs;
	int connections;
	char *user_agent, *proxy, *ca_file; /* the last two: NULL for none */
	struct gaz_fetch_cidr *allow;
	size_t allow_count;
	struct curl_slist *resolve;
	int64_t connect_ms, first_byte_ms, patience_ms;
	int64_t slow_bytes_per_s, slow_time_s;
};

/* With one owner. */
struct gaz_settings *gaz_settings_new(const struct gaz_fetcher_options *opt);
struct gaz_settings *gaz_settings_get(struct gaz_settings *s);
void gaz_settings_put(struct gaz_settings *s);
/* The same addresses are open. */
bool gaz_settings_same_policy(const struct gaz_settings *a,
    const struct gaz_settings *b);

#endif
