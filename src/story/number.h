#ifndef GAZ_STORY_NUMBER_H
#define GAZ_STORY_NUMBER_H

#include "token.h"

/*
 * Amounts as plain values: "1 000 milliards", "$1 trillion", "eine Billion"
 * and "1万亿" are all 1e12.
 */

/*
 * Read the number that token i begins, in the given language; given >= 0: it
 * was a number word of that value. *n_used: how many tokens it took. False:
 * it is none.
 */
bool gaz_number_read(const struct gaz_tokens *t, size_t i,
    const char *language, double given, double *value, size_t *n_used);

#endif
