#ifndef GAZETTED_DICTIONARY_H
#define GAZETTED_DICTIONARY_H

#include "gazetted/str.h"

/*
 * Reads FreeDict dictionaries to English as the packages dict-freedict-*-eng
 * install them: freedict-XXX-eng.index and freedict-XXX-eng.dict.dz. Any
 * thread.
 */

#define GAZ_DICTIONARY_FOLDER "/usr/share/dictd"

/* language: BCP 47; word and english: one word each, of one article. */
typedef void (*gaz_dictionary_fn)(void *arg, struct gaz_str language,
    struct gaz_str word, struct gaz_str english);

/*
 * Call fn for every pair of single words in the dictionaries below folder, in
 * an order that depends on the files alone. A dictionary that is damaged or
 * too large is left out from there on, with a line in the log. Return how many
 * were read; a missing folder has none.
 */
size_t gaz_dictionary_read(const char *folder, gaz_dictionary_fn fn, void *arg);

#endif
