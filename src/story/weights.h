#ifndef GAZ_STORY_WEIGHTS_H
#define GAZ_STORY_WEIGHTS_H

/*
 * Everything learned or tuned, in one table: W(name, value, origin).
 */
#define GAZ_STORY_WEIGHTS(W)                                             \
	/* How much a term of a text weighs. */                          \
	W(title, 1.5, "set")                                             \
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
	W(cognate_cross, 0.7, "set")                                     \
	W(alias_name, 0.9, "set")                                        \
	W(alias_maybe, 0.6, "set")                                       \
	W(word_norm, 0.4, "set") /* an untranslatable word's share */    \
	/* An item and the members of a story in its language. */ \
	W(s_bias, -4.777, "learned") \
	W(s_word, -2.604, "learned") \
	W(s_name, 4.759, "learned") \
	W(s_number, -0.085, "learned") \
	W(s_date, 0.038, "learned") \
	W(s_place, 2.242, "learned") \
	W(s_concept, 3.431, "learned") \
	W(s_best, 0.485, "learned") \
	W(s_title, 0.543, "learned") \
	W(s_contain, 1.873, "learned") \
	W(s_conflict, -0.951, "learned") \
	W(s_gap, -1.036, "learned") \
	W(s_length, -3.895, "learned") \
	W(s_length_cos, 5.300, "learned") \
	W(s_matches, 2.233, "learned") \
	W(s_size, -0.262, "learned") \
	/* The same in other languages. */ \
	W(x_bias, -5.249, "learned") \
	W(x_word, -0.470, "learned") \
	W(x_name, 3.424, "learned") \
	W(x_number, 0.353, "learned") \
	W(x_date, 0.005, "learned") \
	W(x_place, -0.016, "learned") \
	W(x_concept, 1.758, "learned") \
	W(x_best, 3.697, "learned") \
	W(x_title, 2.185, "learned") \
	W(x_contain, -0.189, "learned") \
	W(x_conflict, -2.550, "learned") \
	W(x_gap, -2.133, "learned") \
	W(x_length, 1.238, "learned") \
	W(x_length_cos, 3.789, "learned") \
	W(x_matches, 1.074, "learned") \
	W(x_size, -0.988, "learned") \
	/* From pairs to stories. */                                     \
	W(join, -0.9, "set")                                              \
	W(margin, 0.0, "set")                                            \
	W(merge, -1.1, "set")                                             \
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
