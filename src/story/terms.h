#ifndef GAZ_STORY_TERMS_H
#define GAZ_STORY_TERMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * All terms of the live stream: how often each occurs, decaying with time,
 * and which of the latest items hold it. Term ids are dense and start at 1.
 */

#define GAZ_POSTINGS_MAX 80 /* of one term; older items fall off */

struct gaz_terms;

struct gaz_terms *gaz_terms_new(float half_life_days);
void gaz_terms_free(struct gaz_terms *t);

/* The id of key; 0 when unknown. */
uint32_t gaz_terms_find(const struct gaz_terms *t, uint32_t key);
/* The same, made when unknown; cross and alias are ids of it, 0: none. */
uint32_t gaz_terms_put(struct gaz_terms *t, uint32_t key, uint32_t cross,
    uint32_t alias);
uint32_t gaz_terms_cross(const struct gaz_terms *t, uint32_t id);
uint32_t gaz_terms_alias(const struct gaz_terms *t, uint32_t id);

/* Time goes on: what is counted from now on weighs more. */
void gaz_terms_set_time(struct gaz_terms *t, int64_t now);
/* One more document. */
void gaz_terms_count_document(struct gaz_terms *t);
/* That document holds the term; more often makes no difference. */
void gaz_terms_count(struct gaz_terms *t, uint32_t id);

/* Natural logarithm of rarity. 0 for id 0. */
float gaz_terms_idf(const struct gaz_terms *t, uint32_t id, float documents,
    float frequency);

/* What sharing the concept says, in hundredths of a rare word's share; 100. */
void gaz_terms_set_prior(struct gaz_terms *t, uint32_t id, uint8_t prior);
float gaz_terms_prior(const struct gaz_terms *t, uint32_t id);

/* Item seq holds the term; items before oldest are gone. */
void gaz_terms_post(struct gaz_terms *t, uint32_t id, uint32_t seq,
    uint32_t oldest);
/* Items that hold the term, oldest first. */
const uint32_t *gaz_terms_postings(const struct gaz_terms *t, uint32_t id,
    size_t *n);

/* Have the processor fetch what gaz_terms_postings will be asked for. */
void gaz_terms_prefetch(const struct gaz_terms *t, uint32_t id);

size_t gaz_terms_used(const struct gaz_terms *t);
size_t gaz_terms_bytes(const struct gaz_terms *t);

/*
 * Forget terms that are rare by now and that no live item holds. used[id] is
 * set for those that one does; on return map[id] is the new id, 0 if it went.
 */
void gaz_terms_sweep(struct gaz_terms *t, const bool *used, uint32_t *map,
    uint32_t oldest);

#endif
