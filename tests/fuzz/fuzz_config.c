/* Configuration files and rules: any bytes give a config or a report. */
#include "config.h"

#include <assert.h>

#include "gazetted/config.h"
#include "gazetted/rule.h"

#include "fuzz.h"

static void
use(const struct gaz_config *c, struct gaz_str text)
{
	struct gaz_rule_item item = { .title = GAZ_STR("aaaaaaaaaaaaaaaab"),
		.feed = GAZ_STR("x"), .language = GAZ_STR("en") };
	struct gaz_rule_outcome out;
	struct gaz_arena a = { 0 };
	struct gaz_buf diff;
	struct gaz_err err;

	if (gaz_utf8_is_valid(text))
		item.content = gaz_str_cut(text, 200);
	struct gaz_rules *r = gaz_rules_new(c, &err);
	assert(r != NULL); /* what was checked compiles */
	gaz_rules_apply(r, &item, &a, &out);
	gaz_rules_free(r);
	gaz_buf_init(&diff, 1 << 20);
	gaz_config_diff(c, c, &diff);
	assert(diff.len == 0);
	for (size_t i = 0; i < c->feeds.n; i++)
		assert(gaz_config_find_feed(c, c->feeds.v[i].name) ==
		    &c->feeds.v[i]);
	gaz_buf_clear(&diff);
	gaz_arena_clear(&a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gaz_str text = gaz_str_make((const char *)data, size);
	struct gaz_config_errors errors = { 0 };
	struct gaz_rule_fault fault;
	struct gaz_err err;

	struct gaz_config *c = gaz_config_parse(text, "fuzz", &errors);
	assert((c == NULL) == (errors.count > 0));
	assert(gaz_utf8_is_valid(gaz_buf_str(&errors.text)));
	if (c != NULL)
		use(c, text);
	gaz_config_put(c);
	gaz_config_errors_clear(&errors);
	if (!gaz_rule_check(text, &fault, &err))
		assert(fault.at <= size && err.msg[0] != '\0');
	return 0;
}
