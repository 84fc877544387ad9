#ifndef GAZETTED_LANG_H
#define GAZETTED_LANG_H

#include "gazetted/arena.h"

/* Language tags and identification. Pure. Any thread. */

/* BCP 47 form of what feeds write ("en_us" -> "en-US"); absent if hopeless. */
struct gaz_str gaz_lang_tag(struct gaz_arena *a, struct gaz_str given);

/*
 * ISO 639-1 code of the language that text is written in, static memory;
 * absent when undecided. hint is the declared language (may be absent): kept
 * unless the text clearly is in another one.
 */
struct gaz_str gaz_lang_identify(struct gaz_str text, struct gaz_str hint);

/* "rtl" languages by primary subtag. */
bool gaz_lang_is_rtl(struct gaz_str tag);

#endif
