#ifndef GAZETTED_DATE_H
#define GAZETTED_DATE_H

#include "gazetted/clock.h"
#include "gazetted/str.h"

/*
 * Any date a feed may hold: RFC 822/2822/5322 in all spellings, RFC 3339,
 * W3CDTF, ISO 8601 basic, week and ordinal forms, asctime, foreign month
 * names, two-digit years, named zones. No zone means UTC, no time 00:00:00;
 * fractions are cut. GAZ_UTC_UNKNOWN when it is none. Pure. Any thread.
 */
gaz_utc gaz_date_parse(struct gaz_str s);

/* Seconds of "s", "m:s", "h:m:s"; GAZ_INT_UNKNOWN (INT64_MIN) otherwise. */
int64_t gaz_duration_parse(struct gaz_str s);

#endif
