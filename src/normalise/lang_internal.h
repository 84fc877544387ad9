#ifndef GAZ_NORMALISE_LANG_INTERNAL_H
#define GAZ_NORMALISE_LANG_INTERNAL_H

#include "gazetted/str.h"

/* The part of a tag in front of the first hyphen or underscore. */
struct gaz_str gaz_lang_primary(struct gaz_str tag);

/* The ISO 639-1 code of a declared language, static; absent: none we know. */
struct gaz_str gaz_lang_known(struct gaz_str hint);

#endif
