#ifndef GAZETTED_TESTS_SIMULATE_H
#define GAZETTED_TESTS_SIMULATE_H

#include "gazetted/schedule.h"

/*
 * Days of fetching in seconds: feeds whose items come by chance, each kind with
 * a rhythm of its own, fetched as a rule says. The same numbers give the same
 * days. Pure; one thread at a time.
 */
enum sim_kind {
	SIM_NEWSPAPER,  /* 20 to 150 a day, by daylight, fewer on weekends */
	SIM_AGENCY,     /* 50 to 300 a day, round the clock */
	SIM_DAILY,      /* one a day at its hour, some but not on weekends */
	SIM_BLOG,       /* one to ten a week, when somebody is awake */
	SIM_PODCAST,    /* on one or two weekdays, at its hour */
	SIM_CLOCK,      /* by daylight, put out every quarter, half or full hour
	                   of the clock, one to four at a time */
	SIM_WAVES,      /* by daylight, one thing bringing on the next within
	                   minutes */
	SIM_BURSTS,     /* days of silence, then many within hours */
	SIM_SLEEPY,     /* one in a month or two */
	SIM_DEAD,       /* none any more */
	SIM_KINDS,
};

enum sim_rule {
	SIM_FIXED,      /* all of them every fixed_s */
	SIM_FIXED_HINTS, /* the same, later where a hint asks for it */
	SIM_ENTRIES,    /* Miniflux's: a week over the items of the last week,
	                   from 5 minutes to a day, looked at every hour */
	SIM_OURS,
};

/* Feeds of each kind, per cent; rows in sim_mixes. */
struct sim_mix {
	const char *name;
	int share[SIM_KINDS];
};
extern const struct sim_mix sim_mixes[];
extern const size_t sim_mix_count;

struct simulation {
	const struct sim_mix *mix; /* NULL: the first */
	uint32_t feeds;
	int days;
	uint64_t seed;
	enum sim_rule rule;
	int64_t fixed_s;
	int64_t price_s;   /* of gaz_interval_input */
	int64_t budget;    /* requests an hour; 0: none */
	int hints;         /* per cent of the feeds that give one */
	int known_days;    /* that they were fetched before, every two hours; 0:
	                      the first documents are all that is known */
};

struct simulated {
	uint64_t requests, items;
	double mean_delay_s;    /* of an item, until it is fetched: each item
	                           counts the same, whatever feed it is of */
	double median_delay_s;
	double feed_delay_s;    /* mean over feeds with items: each feed counts
	                           the same */
	double kind_delay_s[SIM_KINDS]; /* mean over the items of a kind */
	uint64_t kind_requests[SIM_KINDS];
	uint64_t broken;        /* requests that came before a hint was over */
	uint64_t checksum;      /* of all that happened */
};

void simulate(const struct simulation *s, struct simulated *out);
const char *sim_kind_name(enum sim_kind k);

#endif
