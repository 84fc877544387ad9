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
	W(number, 1.0, "set")                                            \
	W(date, 0.4, "set")                                              \
	W(place, 0.8, "set")                                             \
	W(concept, 1.0, "set")                                           \
	/* Rarity. */                                                    \
	W(idf_documents, 60, "set")                                      \
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
	W(s_bias, -4.566, "learned") \
	W(s_word, 0.014, "learned") \
	W(s_name, 4.918, "learned") \
	W(s_number, 0.685, "learned") \
	W(s_date, 0.000, "learned") \
	W(s_place, 1.856, "learned") \
	W(s_concept, 0.000, "learned") \
	W(s_best, 1.102, "learned") \
	W(s_title, -0.767, "learned") \
	W(s_contain, 2.548, "learned") \
	W(s_conflict, -0.997, "learned") \
	W(s_gap, -1.047, "learned") \
	W(s_length, -3.879, "learned") \
	W(s_length_cos, 5.155, "learned") \
	W(s_matches, 2.037, "learned") \
	W(s_size, -0.199, "learned") \
	/* The same in other languages. */ \
	W(x_bias, -3.872, "learned") \
	W(x_word, 1.355, "learned") \
	W(x_name, 3.212, "learned") \
	W(x_number, -1.238, "learned") \
	W(x_date, 0.000, "learned") \
	W(x_place, 0.328, "learned") \
	W(x_concept, 0.000, "learned") \
	W(x_best, 3.384, "learned") \
	W(x_title, 3.304, "learned") \
	W(x_contain, 0.772, "learned") \
	W(x_conflict, -2.244, "learned") \
	W(x_gap, -2.011, "learned") \
	W(x_length, -0.003, "learned") \
	W(x_length_cos, 2.485, "learned") \
	W(x_matches, 1.156, "learned") \
	W(x_size, -0.247, "learned") \
	/* From pairs to stories. */                                     \
	W(join, -1.5, "set")                                              \
	W(margin, 0.0, "set")                                            \
	W(same_source, 0.15, "set")

struct gaz_story_weights {
#define GAZ_WEIGHT_FIELD(name, value, origin) float name;
	GAZ_STORY_WEIGHTS(GAZ_WEIGHT_FIELD)
#undef GAZ_WEIGHT_FIELD
};

extern const struct gaz_story_weights gaz_story_weights;

#endif
