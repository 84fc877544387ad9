#ifndef GAZ_STORY_WEIGHTS_H
#define GAZ_STORY_WEIGHTS_H

/*
 * Everything learned or tuned, in one table: W(name, value, origin).
 *
 * "learned" values are logistic regression coefficients, over the decisions
 * that arise when the labelled sets ECB+ (headline and 300 letters), an English
 * and Chinese set of feeds, a set of name-rich headlines in four languages and
 * tests/fixtures/stories are played back in order of arrival, and those most of
 * whose items have company once more with their headlines only. They are drawn
 * to what was believed before (see tests/bench/tune_story.c) and bounded, so that
 * what two texts share never speaks against them; sets that were left out gain by
 * that. scripts/tune reproduces them closely (which decisions arise depends a little on the weights
 * in force). "set" values were chosen on the same sets, one step of one value at
 * a time, by what is best on average (scripts/tune --search).
 */
#define GAZ_STORY_WEIGHTS(W)                                             \
	/* How much a term of a text weighs. */                          \
	W(title, 1.35, "set")                                             \
	W(repeat, 0.25, "set") /* each further occurrence */             \
	W(position, 200, "set") /* words until a body word weighs half */ \
	W(name, 1.3, "set")                                              \
	W(maybe_name, 1.1, "set")                                        \
	W(number, 1.5, "set")                                            \
	W(date, 0.4, "set")                                              \
	W(place, 0.95, "set")                                             \
	W(concept, 0.8, "set")                                           \
	W(concept_word, 1, "set") /* a word that has one, by itself */ \
	W(concept_far, 1.6, "set") /* times that, across languages */ \
	/* Rarity. */                                                    \
	W(idf_documents, 200, "set")                                      \
	W(idf_frequency, 0.7, "set")                                     \
	W(half_life_days, 10, "set")                                     \
	/* Matches that are not the same word. */                        \
	W(concept_match, 0.62, "set") /* inside one language */           \
	W(concept_cross, 1.14, "set")                                     \
	W(cognate_cross, 0.5, "set")                                     \
	W(alias_name, 0.9, "set")                                        \
	W(alias_maybe, 0.6, "set")                                       \
	W(word_norm, 0.4, "set") /* an untranslatable word's share */    \
	/* An item and the members of a story in its language. */ \
	W(s_bias, -2.056, "learned") \
	W(s_word, 1.397, "learned") \
	W(s_name, 1.163, "learned") \
	W(s_number, 3.093, "learned") \
	W(s_date, 1.009, "learned") \
	W(s_place, 2.099, "learned") \
	W(s_concept, 2.697, "learned") \
	W(s_best, 2.251, "learned") \
	W(s_title, 0.341, "learned") \
	W(s_contain, 0.000, "learned") \
	W(s_conflict, -1, "set") \
	W(s_gap, -1.05, "set") \
	W(s_length, -0.898, "learned") \
	W(s_length_cos, 2.201, "learned") \
	W(s_matches, 0.557, "learned") \
	W(s_size, -0.370, "learned") \
	W(s_strange, -0.456, "learned") \
	W(s_strange_title, -0.902, "learned") \
	W(s_elsewhere, -1.232, "learned") \
	W(s_own_name, 1.620, "learned") \
	W(s_own, 0.000, "learned") \
	W(s_others, -1.663, "learned") \
	W(s_roundup, -6, "set") \
	W(s_cover, 0.182, "learned") \
	W(s_known, 0.481, "learned") \
	W(s_known_title, 0.478, "learned") \
	W(s_known_place, 0.398, "learned") \
	W(s_known_number, 1.031, "learned") \
	W(s_other, 1.498, "learned") \
	/* The same in other languages. */ \
	W(x_bias, -3.304, "learned") \
	W(x_word, 1.079, "learned") \
	W(x_name, 2.235, "learned") \
	W(x_number, 3.026, "learned") \
	W(x_date, 1.012, "learned") \
	W(x_place, 2.177, "learned") \
	W(x_concept, 1.857, "learned") \
	W(x_best, 3.627, "learned") \
	W(x_title, 1.299, "learned") \
	W(x_contain, 0.504, "learned") \
	W(x_conflict, -0.2, "set") \
	W(x_gap, -1.2, "set") \
	W(x_length, -0.346, "learned") \
	W(x_length_cos, 2.688, "learned") \
	W(x_matches, 0.835, "learned") \
	W(x_size, -0.514, "learned") \
	W(x_strange, -0.376, "learned") \
	W(x_strange_title, -0.115, "learned") \
	W(x_elsewhere, -1.210, "learned") \
	W(x_own_name, 2.486, "learned") \
	W(x_own, 0.431, "learned") \
	W(x_others, -1.011, "learned") \
	W(x_roundup, -6, "set") \
	W(x_cover, 0.699, "learned") \
	W(x_known, 0.563, "learned") \
	W(x_known_title, 0.595, "learned") \
	W(x_known_place, 1.165, "learned") \
	W(x_known_number, 0.491, "learned") \
	W(x_other, 0.000, "learned") \
	/* From pairs to stories. */                                     \
	W(join, 0.1, "set")                                              \
	W(density, 0.5, "set") /* times log odds of being in company */ \
	W(density_items, 50, "set") /* as many are taken for granted */ \
	W(cross_ease, 0.35, "set") /* translations are missed more */      \
	W(lone_match, 0.7, "set") /* one common term only */             \
	W(only_numbers, 2, "set") /* nothing else in common */           \
	W(margin, 0.5, "set") /* less is needed, the farther ahead */ \
	W(merge, -0.9, "set")                                             \
	W(seam, 0.45, "set") /* parts so much less alike than in themselves */ \
	W(common, 0.5, "set") /* what all say tells nothing apart */       \
	W(seam_merge, 0.43, "set")                                       \
	W(move, 1, "set")                                              \
	W(split, -9, "set")                                            \
	W(same_source, 0.9, "set")                                         \
	/* Vectors, if there are any: times likeness less the centre. */ \
	W(embed, 12, "set")                                               \
	W(embed_centre, 0.15, "set")

struct gaz_story_weights {
#define GAZ_WEIGHT_FIELD(name, value, origin) float name;
	GAZ_STORY_WEIGHTS(GAZ_WEIGHT_FIELD)
#undef GAZ_WEIGHT_FIELD
};

extern const struct gaz_story_weights gaz_story_weights;

#endif
