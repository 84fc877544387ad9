#ifndef GAZ_STORY_WEIGHTS_H
#define GAZ_STORY_WEIGHTS_H

/*
 * Everything learned or tuned, in one table: W(name, value, origin).
 *
 * "learned" values are logistic regression coefficients, over the decisions
 * that arise when the labelled sets ECB+ (headline and 300 letters), an English
 * and Chinese set of feeds, a set of name-rich headlines in four languages and
 * tests/fixtures/stories are played back in order of arrival, and once more with
 * their headlines only; scripts/tune
 * reproduces them closely (which decisions arise depends a little on the weights
 * in force). "set" values were chosen by trying a few on the same sets and
 * taking what is best on average and flat around the optimum.
 */
#define GAZ_STORY_WEIGHTS(W)                                             \
	/* How much a term of a text weighs. */                          \
	W(title, 1.35, "set")                                             \
	W(repeat, 0.25, "set") /* each further occurrence */             \
	W(position, 150, "set") /* words until a body word weighs half */ \
	W(name, 1.3, "set")                                              \
	W(maybe_name, 1.1, "set")                                        \
	W(number, 1.5, "set")                                            \
	W(date, 0.4, "set")                                              \
	W(place, 0.8, "set")                                             \
	W(concept, 1.3, "set")                                           \
	/* Rarity. */                                                    \
	W(idf_documents, 200, "set")                                      \
	W(idf_frequency, 0.7, "set")                                     \
	W(half_life_days, 10, "set")                                     \
	/* Matches that are not the same word. */                        \
	W(concept_match, 0.5, "set") /* inside one language */           \
	W(concept_cross, 0.9, "set")                                     \
	W(cognate_cross, 0.5, "set")                                     \
	W(alias_name, 0.9, "set")                                        \
	W(alias_maybe, 0.6, "set")                                       \
	W(word_norm, 0.4, "set") /* an untranslatable word's share */    \
	/* An item and the members of a story in its language. */ \
	W(s_bias, -3.894, "learned") \
	W(s_word, 0.241, "learned") \
	W(s_name, 1.830, "learned") \
	W(s_number, 2.069, "learned") \
	W(s_date, 0.095, "learned") \
	W(s_place, 4.149, "learned") \
	W(s_concept, 0.869, "learned") \
	W(s_best, 1.808, "learned") \
	W(s_title, 1.526, "learned") \
	W(s_contain, -0.898, "learned") \
	W(s_conflict, -0.800, "set") \
	W(s_gap, -0.600, "set") \
	W(s_length, -5.597, "learned") \
	W(s_length_cos, 5.865, "learned") \
	W(s_matches, 2.527, "learned") \
	W(s_size, 0.110, "learned") \
	/* The same in other languages. */ \
	W(x_bias, -5.702, "learned") \
	W(x_word, 0.054, "learned") \
	W(x_name, 2.820, "learned") \
	W(x_number, 3.416, "learned") \
	W(x_date, 0.006, "learned") \
	W(x_place, 0.911, "learned") \
	W(x_concept, 1.288, "learned") \
	W(x_best, 4.123, "learned") \
	W(x_title, 1.721, "learned") \
	W(x_contain, 0.337, "learned") \
	W(x_conflict, -1.000, "set") \
	W(x_gap, -0.600, "set") \
	W(x_length, 0.810, "learned") \
	W(x_length_cos, 4.763, "learned") \
	W(x_matches, 0.932, "learned") \
	W(x_size, -0.739, "learned") \
	/* From pairs to stories. */                                     \
	W(join, -0.85, "set")                                              \
	W(lone_match, 1, "set") /* one common term only */             \
	W(margin, 0.0, "set")                                            \
	W(merge, -1, "set")                                             \
	W(move, 0.5, "set")                                              \
	W(split, -9, "set")                                            \
	W(same_source, 0.15, "set")

struct gaz_story_weights {
#define GAZ_WEIGHT_FIELD(name, value, origin) float name;
	GAZ_STORY_WEIGHTS(GAZ_WEIGHT_FIELD)
#undef GAZ_WEIGHT_FIELD
};

extern const struct gaz_story_weights gaz_story_weights;

#endif
