#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/pressure.h"
#include "daemon/writer.h"

static void
test_edges(void **state)
{
	struct gaz_pressure p = { GAZ_PARSE_BACKLOG - 1, GAZ_BACKLOG_BYTES - 1,
		GAZ_STORE_BACKLOG - 1, GAZ_BACKLOG_BYTES - 1 };
	size_t *const all[] = { &p.parsing, &p.parsing_bytes, &p.storing,
		&p.storing_bytes };

	(void)state;
	assert_false(gaz_pressure_is_high(&p));
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		++*all[i];
		assert_true(gaz_pressure_is_high(&p));
		--*all[i];
	}
	/* Else the writer would wait for company that does not come. */
	assert_true(GAZ_STORE_BACKLOG > GAZ_WRITER_GROUP_MAX);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_edges),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("pressure", tests, NULL, NULL);
}
