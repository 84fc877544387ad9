#ifndef GAZETTED_CLOCK_H
#define GAZETTED_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Wall clock: seconds since 1970-01-01T00:00:00Z; may be negative. */
typedef int64_t gaz_utc;
#define GAZ_UTC_UNKNOWN INT64_MIN

/* For waiting and timing; a struct, so it cannot be mistaken for the other. */
struct gaz_mono {
	int64_t ms;
};

/* Ask the system. Only the daemon and the tools call these. Any thread. */
gaz_utc gaz_clock_utc(void);
struct gaz_mono gaz_clock_mono(void);
/* Like mono, but goes on while the machine is suspended. */
struct gaz_mono gaz_clock_boot(void);

/* Proleptic Gregorian calendar, UTC. */
struct gaz_civil {
	int64_t year;
	int month; /* 1..12 */
	int day;   /* 1..31 */
	int hour, minute, second;
	int weekday; /* 0 Sunday .. 6 Saturday */
};
/*
 * The fields must be in range except that day may run over, and second may be
 * 60. GAZ_UTC_UNKNOWN for years that do not fit.
 */
gaz_utc gaz_civil_to_utc(const struct gaz_civil *c);
struct gaz_civil gaz_civil_of(gaz_utc t);
bool gaz_civil_is_date(int64_t year, int month, int day);

#define GAZ_UTC_TEXT_MAX 40
/* These give "" when t is unknown or its year outside 0..9999. Return out. */
/* RFC 3339, "2025-09-04T18:30:00Z". */
const char *gaz_utc_rfc3339(gaz_utc t, char out[GAZ_UTC_TEXT_MAX]);
/* RFC 5322, "Thu, 04 Sep 2025 18:30:00 +0000". */
const char *gaz_utc_rfc5322(gaz_utc t, char out[GAZ_UTC_TEXT_MAX]);
/* RFC 9110 (HTTP), "Thu, 04 Sep 2025 18:30:00 GMT". */
const char *gaz_utc_http(gaz_utc t, char out[GAZ_UTC_TEXT_MAX]);

#endif
