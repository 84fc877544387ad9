#include "config.h"

#include "gazetted/fault.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void
test_names(void **state)
{
	(void)state;
	for (unsigned i = 0; i < GAZ_FAULT_COUNT; i++) {
		enum gaz_fault back = GAZ_FAULT_INTERNAL, f = (enum gaz_fault)i;

		assert_true(gaz_fault_find(gaz_str_of(gaz_fault_name(f)),
		    &back));
		assert_int_equal(back, f); /* also: no name stands twice */
		assert_true(gaz_fault_text(f)[0] != '\0');
	}
}

static void
test_unknown(void **state)
{
	enum gaz_fault f = GAZ_FAULT_DNS;

	(void)state;
	assert_false(gaz_fault_find(GAZ_STR("no-such-fault"), &f));
	assert_false(gaz_fault_find(GAZ_STR(""), &f));
	assert_int_equal(f, GAZ_FAULT_DNS);
	assert_string_equal(gaz_fault_name((enum gaz_fault)9999), "internal");
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_unknown),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("fault", tests, NULL, NULL);
}
