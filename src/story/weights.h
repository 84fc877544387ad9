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
 * reproduces them. "set" values were chosen by trying a few on the same sets and
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
	W(concept_match, 0.6, "set") /* inside one language */           \
	W(concept_cross, 0.9, "set")                                     \
	W(cognate_cross, 0.5, "set")                                     \
	W(alias_name, 0.9, "set")                                        \
	W(alias_maybe, 0.6, "set")                                       \
	W(word_norm, 0.4, "set") /* an untranslatable word's share */    \
	/* An item and the members of a story in its language. */ \
	W(s_bias, -3.902, "learned") \
	W(s_word, 0.517, "learned") \
	W(s_name, 1.556, "learned") \
	W(s_number, 1.757, "learned") \
	W(s_date, 0.093, "learned") \
	W(s_place, 4.136, "learned") \
	W(s_concept, 1.149, "learned") \
	W(s_best, 1.992, "learned") \
	W(s_title, 1.586, "learned") \
	W(s_contain, -1.182, "learned") \
	W(s_conflict, -0.800, "set") \
	W(s_gap, -0.600, "set") \
	W(s_length, -5.352, "learned") \
	W(s_length_cos, 6.518, "learned") \
	W(s_matches, 2.393, "learned") \
	W(s_size, 0.103, "learned") \
	/* The same in other languages. */ \
	W(x_bias, -6.225, "learned") \
	W(x_word, -0.152, "learned") \
	W(x_name, 3.145, "learned") \
	W(x_number, 2.958, "learned") \
	W(x_date, 0.008, "learned") \
	W(x_place, 0.793, "learned") \
	W(x_concept, 2.265, "learned") \
	W(x_best, 4.547, "learned") \
	W(x_title, 1.853, "learned") \
	W(x_contain, -0.448, "learned") \
	W(x_conflict, -1.000, "set") \
	W(x_gap, -0.600, "set") \
	W(x_length, 1.507, "learned") \
	W(x_length_cos, 4.574, "learned") \
	W(x_matches, 0.899, "learned") \
	W(x_size, -0.762, "learned") \
	/* From pairs to stories. */                                     \
	W(join, -0.7, "set")                                              \
	W(lone_match, 2.0, "set") /* one common term only */             \
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
