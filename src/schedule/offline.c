#include "config.h"

#include "gazetted/schedule.h"

/*
 * One host that fails is the host's fault, and so may two be that share a
 * name server. Eight different ones in a row without a single answer, or all
 * that there are, are a machine without a network.
 */

bool
gaz_fault_is_network(enum gaz_fault fault)
{
	/* Any other fault needs an answer, or our own decision, to exist. */
	return fault == GAZ_FAULT_DNS || fault == GAZ_FAULT_DNS_TIMEOUT ||
	    fault == GAZ_FAULT_CONNECT || fault == GAZ_FAULT_TIMEOUT ||
	    fault == GAZ_FAULT_PROXY;
}

static bool
says_nothing(enum gaz_fault fault)
{
	return fault == GAZ_FAULT_CANCELLED || fault == GAZ_FAULT_BAD_URL ||
	    fault == GAZ_FAULT_SCHEME || fault == GAZ_FAULT_BLOCKED_ADDRESS ||
	    fault == GAZ_FAULT_NO_FILE || fault == GAZ_FAULT_INTERNAL ||
	    fault == GAZ_FAULT_STORE;
}

bool
gaz_offline_note(struct gaz_offline *o, enum gaz_fault fault, uint64_t host,
    struct gaz_mono now)
{
	if (says_nothing(fault))
		return gaz_offline_is(o);
	if (!gaz_fault_is_network(fault)) {
		o->count = 0;
		return false;
	}
	if (gaz_offline_is(o))
		return true;
	for (size_t i = 0; i < o->count; i++) {
		if (o->hosts[i] == host)
			return false;
	}
	if (o->count == 0)
		o->since = now;
	o->hosts[o->count++] = host;
	return gaz_offline_is(o);
}

bool
gaz_offline_is(const struct gaz_offline *o)
{
	size_t enough = o->all > 1 && o->all < GAZ_OFFLINE_HOSTS ? o->all :
	    GAZ_OFFLINE_HOSTS;
	return o->count >= enough;
}
