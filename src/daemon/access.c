/* What a feed's section says of how it is asked, as the fetcher wants it. */
#include "config.h"

#include <string.h>

#include "app.h"

const struct gaz_fetch_cidr *
gaz_pipeline_allow(const gaz_cidr_list *l, struct gaz_arena *a, size_t *n)
{
	GAZ_LIST(struct gaz_fetch_cidr) out = { 0 };

	for (size_t i = 0; i < l->n; i++) {
		struct gaz_fetch_cidr *c = gaz_list_push(a, &out);

		c->family = l->v[i].family;
		c->bits = l->v[i].bits;
		memcpy(c->addr, l->v[i].addr, sizeof(c->addr));
	}
	*n = out.n;
	return out.v;
}

bool
gaz_pipeline_options(struct gaz_fetch_request *req,
    const struct gaz_config_feed *conf, struct gaz_arena *a,
    struct gaz_err *err)
{
	const struct gaz_config_access *access = conf->access;
	GAZ_LIST(const char *) headers = { 0 };

	if (access->user.len > 0)
		req->user = gaz_arena_z(a, access->user);
	if (access->password_file.len > 0) {
		struct gaz_buf pw;
		bool ok;

		gaz_buf_init(&pw, GAZ_BUF_NO_MAX);
		ok = gaz_config_load_password(access, &pw, err);
		if (ok)
			req->password = gaz_arena_z(a, gaz_buf_str(&pw));
		gaz_buf_clear(&pw);
		if (!ok)
			return false;
	}
	for (size_t i = 0; i < access->headers.n; i++)
		*gaz_list_push(a, &headers) = gaz_arena_fmt(a, "%.*s: %.*s",
		    GAZ_STR_ARG(access->headers.v[i].name),
		    GAZ_STR_ARG(access->headers.v[i].value)).p;
	if (headers.n > 0) {
		*gaz_list_push(a, &headers) = NULL;
		req->headers = headers.v;
	}
	req->user_agent = gaz_z_or_null(access->user_agent, a);
	req->proxy = gaz_str_eq_z(access->proxy, "none")
	    ? "" : gaz_z_or_null(access->proxy, a);
	req->allow_private = gaz_pipeline_allow(&access->allow_private, a,
	    &req->allow_private_count);
	req->tls_insecure = access->tls_insecure;
	/* What lets us in there is nobody else's business, be it that the feed
	 * has moved or that a page of its past is elsewhere. */
	if ((req->user != NULL || req->headers != NULL) &&
	    !gaz_str_eq_z(conf->url, req->url) &&
	    !gaz_fetch_same_origin(req->url, gaz_arena_z(a, conf->url))) {
		req->user = req->password = NULL;
		req->headers = NULL;
	}
	return true;
}
