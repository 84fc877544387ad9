#ifndef GAZETTED_DAEMON_WEBSUB_FORM_H
#define GAZETTED_DAEMON_WEBSUB_FORM_H

#include "gazetted/arena.h"
#include "gazetted/buf.h"
#include "gazetted/document.h"
#include "gazetted/secret.h"

/* The words of WebSub: forms, signatures, leases. Pure. Any thread. */

/* As a parameter's name or value has it in a query or form. */
void gaz_websub_encode(struct gaz_buf *out, struct gaz_str s);
/* Back again; absent when it is broken, holds a NUL or is no UTF-8. */
struct gaz_str gaz_websub_decode(struct gaz_arena *a, struct gaz_str s);
/* name=value, with "&" in front unless out is empty or ends with "?". */
void gaz_websub_put_param(struct gaz_buf *out, const char *name,
    struct gaz_str value);

/*
 * "sha256=…" with as many hexadecimal digits as that hash has; false when it
 * is anything else.
 */
bool gaz_websub_read_signature(struct gaz_str value, enum gaz_mac *how,
    uint8_t mac[GAZ_MAC_MAX]);
/* Does value, an X-Hub-Signature, prove that its maker knew secret? Never with
 * an empty one. */
bool gaz_websub_is_signed(struct gaz_str value, struct gaz_str secret,
    struct gaz_str body);
/* The value of an X-Hub-Signature. */
void gaz_websub_sign(struct gaz_buf *out, enum gaz_mac how,
    struct gaz_str secret, struct gaz_str body);

/*
 * Hubs as the store has them, a line each, and as a list: those that can be
 * asked, each once, GAZ_WEBSUB_HUBS_MAX at most. out is made anew; its strings
 * are lent by lines.
 */
void gaz_websub_split(struct gaz_arena *a, struct gaz_str lines,
    gaz_str_list *out);
struct gaz_str gaz_websub_join(struct gaz_arena *a, const gaz_str_list *hubs);
/* The next one to ask of hubs[0..n): the soonest that at says, the first behind
 * own (in a circle) of several, which is no place of theirs if it is n; n when
 * none is before `before`. */
size_t gaz_websub_next_hub(const int64_t *at, size_t n, size_t own,
    int64_t before);

/* hub.lease_seconds of a verification, within the limits. */
int64_t gaz_websub_lease_s(struct gaz_str value);
/*
 * When to ask again for a lease of so many seconds: at 80 %. *brief counts
 * leases below GAZ_WEBSUB_BRIEF_S in a row; a hub that gives no others is
 * asked less and less often, down to once in about a quarter of an hour.
 */
int64_t gaz_websub_renew_s(int64_t lease_s, int64_t *brief);

/*
 * A secret goes where nobody on the way can read it: by https, or to this
 * machine ("potentially trustworthy" in the words of the W3C).
 */
bool gaz_websub_may_have_secret(struct gaz_str hub);
/* A user or password stands in it: nothing to tell a hub. */
bool gaz_websub_has_user(struct gaz_str url);
/* What follows "/websub/in/", if it looks like a token. Absent otherwise. */
struct gaz_str gaz_websub_token(struct gaz_str rest);

#endif
