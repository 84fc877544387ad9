#include "config.h"

#include "settings.h"

#include <stdlib.h>
#include <string.h>

#include "gazetted/limits.h"
#include "gazetted/mem.h"

#define USER_AGENT PACKAGE_NAME "/" PACKAGE_VERSION " (+" PACKAGE_URL ")"

static char *
copy_some(const char *s)
{
	return s != NULL && s[0] != '\0' ? gaz_mem_strdup(s) : NULL;
}

static struct gaz_fetch_cidr *
copy_ranges(const struct gaz_fetch_cidr *v, size_t n)
{
	if (n == 0)
		return NULL;
	struct gaz_fetch_cidr *out = gaz_mem_zero(n, sizeof(*out));
	memcpy(out, v, n * sizeof(*out));
	return out;
}

struct gaz_settings *
gaz_settings_get(struct gaz_settings *s)
{
	s->refs++;
	return s;
}

void
gaz_settings_put(struct gaz_settings *s)
{
	if (s == NULL || --s->refs > 0)
		return;
	free(s->user_agent);
	free(s->proxy);
	free(s->ca_file);
	free(s->allow);
	curl_slist_free_all(s->resolve);
	free(s);
}

bool
gaz_settings_same_policy(const struct gaz_settings *a,
    const struct gaz_settings *b)
{
	if (a->allow_count != b->allow_count)
		return false;
	for (size_t i = 0; i < a->allow_count; i++) {
		const struct gaz_fetch_cidr *x = &a->allow[i];
		const struct gaz_fetch_cidr *y = &b->allow[i];
		if (x->family != y->family || x->bits != y->bits ||
		    memcmp(x->addr, y->addr, sizeof(x->addr)) != 0)
			return false;
	}
	return true;
}

static int64_t
or_default(int64_t v, int64_t otherwise)
{
	return v > 0 ? v : otherwise;
}

static struct curl_slist *
slist_of(const char *const *lines)
{
	struct curl_slist *list = NULL;

	for (; lines != NULL && *lines != NULL; lines++) {
		struct curl_slist *more = curl_slist_append(list, *lines);
		if (more == NULL)
			gaz_mem_die(strlen(*lines));
		list = more;
	}
	return list;
}

struct gaz_settings *
gaz_settings_new(const struct gaz_fetcher_options *opt)
{
	struct gaz_settings *s = gaz_mem_zero(1, sizeof(*s));

	s->refs = 1;
	s->connections = (int)or_default(opt->connections, GAZ_CONNECTIONS);
	s->user_agent = copy_some(opt->user_agent);
	if (s->user_agent == NULL)
		s->user_agent = gaz_mem_strdup(USER_AGENT);
	s->proxy = copy_some(opt->proxy);
	s->ca_file = copy_some(opt->ca_file);
	s->allow = copy_ranges(opt->allow_private,
	    opt->allow_private_count);
	s->allow_count = opt->allow_private_count;
	s->resolve = slist_of(opt->resolve);
	s->connect_ms = or_default(opt->connect_timeout_ms,
	    GAZ_CONNECT_TIMEOUT_S * 1000);
	s->first_byte_ms = or_default(opt->first_byte_timeout_ms,
	    GAZ_FIRST_BYTE_TIMEOUT_S * 1000);
	s->patience_ms = or_default(opt->patience_ms, GAZ_PATIENCE_MS);
	s->slow_bytes_per_s = or_default(opt->slow_bytes_per_s,
	    GAZ_SLOW_BYTES_PER_S);
	s->slow_time_s = or_default(opt->slow_time_s, GAZ_SLOW_TIME_S);
	return s;
}
