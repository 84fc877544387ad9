#include "config.h"

#include "gazetted/story.h"

#include "gazetted/json.h"

/* The decision as it is kept beside a membership, one line of JSON. */

void
gaz_story_write_evidence(const struct gaz_story_decision *d,
    struct gaz_buf *out)
{
	struct gaz_json j;

	gaz_json_init(&j, out, 0);
	gaz_json_object(&j, NULL);
	gaz_json_num(&j, "score", d->score);
	gaz_json_num(&j, "threshold", d->threshold);
	if (d->opened)
		gaz_json_bool(&j, "opened", true);
	if (d->roundup)
		gaz_json_bool(&j, "roundup", true);
	if (d->copy)
		gaz_json_int(&j, "copy_of", d->copy_of);
	if (d->nearest_item != 0) {
		gaz_json_int(&j, "nearest", d->nearest_item);
		gaz_json_int(&j, "gap_s", d->gap_s);
		gaz_json_str(&j, "language", d->language);
		gaz_json_str(&j, "nearest_language", d->nearest_language);
	}
	if (d->known > 0)
		gaz_json_num(&j, "known", d->known);
	if (d->runner_up != 0) {
		gaz_json_int(&j, "runner_up", d->runner_up);
		gaz_json_num(&j, "runner_up_score", d->runner_up_score);
	}
	gaz_json_array(&j, "shared");
	for (size_t i = 0; i < d->evidence.n; i++) {
		const struct gaz_story_evidence *e = &d->evidence.v[i];
		const char kind[2] = { e->kind, '\0' };

		gaz_json_object(&j, NULL);
		gaz_json_str(&j, "term", e->term);
		gaz_json_z(&j, "kind", kind);
		gaz_json_num(&j, "weight", e->weight);
		gaz_json_end_object(&j);
	}
	gaz_json_end_array(&j);
	gaz_json_end_object(&j);
}
