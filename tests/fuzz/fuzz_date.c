#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "gazetted/date.h"
#include "gazetted/lang.h"

#include "fuzz.h"

/* Small readers of strings: dates, durations, languages. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gaz_str s = gaz_str_make((const void *)data, size);
	struct gaz_arena a = { 0 };
	char text[GAZ_UTC_TEXT_MAX];
	gaz_utc t = gaz_date_parse(s);
	int64_t duration = gaz_duration_parse(s);

	if (t != GAZ_UTC_UNKNOWN) {
		gaz_utc_rfc3339(t, text);
		/* Zones move the ends of the calendar a little. */
		if (text[0] != '\0')
			FUZZ_CHECK(gaz_date_parse(gaz_str_of(text)) == t ||
			    gaz_str_starts(gaz_str_of(text), "0000"),
			    "%s is read as another time", text);
	}
	FUZZ_CHECK(duration >= 0 || duration == INT64_MIN, "negative");
	struct gaz_str tag = gaz_lang_tag(&a, s);

	FUZZ_CHECK(gaz_str_eq(tag, gaz_lang_tag(&a, tag)), "no fixed point");
	(void)gaz_lang_is_rtl(tag);
	(void)gaz_lang_identify(s, tag);
	gaz_arena_clear(&a);
	return 0;
}
