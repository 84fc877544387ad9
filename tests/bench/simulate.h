#ifndef GAZETTED_TESTS_SIMULATE_H
#define GAZETTED_TESTS_SIMULATE_H

#include "gazetted/schedule.h"

/*
 * Days of fetching in seconds: feeds whose items come by chance, with busy and
 * sleepy ones, nights and weekends, fetched as the schedule says.
 */
struct simulation {
	uint32_t feeds;
	int days;
	uint64_t seed;
	int64_t fixed_s;   /* poll all of them so often; 0: by rhythm */
	int64_t price_s;   /* of gaz_interval_input */
	int64_t budget;    /* requests an hour; 0: none */
};

struct simulated {
	uint64_t requests, items;
	double mean_delay_s;    /* of an item, until it is fetched */
	double median_delay_s;
	uint64_t checksum;      /* of all that happened */
};

void simulate(const struct simulation *s, struct simulated *out);

#endif
