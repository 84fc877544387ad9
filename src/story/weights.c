#include "config.h"

#include "weights.h"

const struct gaz_story_weights gaz_story_weights = {
#define GAZ_WEIGHT_VALUE(name, value, origin) .name = (float)(value),
	GAZ_STORY_WEIGHTS(GAZ_WEIGHT_VALUE)
#undef GAZ_WEIGHT_VALUE
};
