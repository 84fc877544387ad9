/* The names of what can go wrong with a fetch, as one table. */
#include "config.h"

#include "gazetted/fault.h"

static const struct {
	const char *name, *text;
} faults[] = {
#define X(id, name, text) { name, text },
	GAZ_FAULTS(X)
#undef X
};

const char *
gaz_fault_name(enum gaz_fault f)
{
	return (unsigned)f < GAZ_FAULT_COUNT ? faults[f].name : "internal";
}

const char *
gaz_fault_text(enum gaz_fault f)
{
	return (unsigned)f < GAZ_FAULT_COUNT ? faults[f].text : "unknown";
}

bool
gaz_fault_find(struct gaz_str name, enum gaz_fault *out)
{
	for (unsigned i = 0; i < GAZ_FAULT_COUNT; i++) {
		if (gaz_str_eq_z(name, faults[i].name)) {
			*out = (enum gaz_fault)i;
			return true;
		}
	}
	return false;
}
