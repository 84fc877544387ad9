/* What time brings to a lease, without waiting for it: the table around it is
 * played by this test. */
#include "config.h"

#include "daemon/websub.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gazetted/limits.h"

static struct {
	int kept, asked, forgotten, scheduled, polled, others;
	int heirs, dropped, inherited;
	bool has_other;
	struct gaz_lease *heir, *first; /* first counts when the heir is told of */
} calls;

void
gaz_websub_keep(struct gaz_lease *l)
{
	(void)l;
	calls.kept++;
}

void
gaz_websub_keep_then(struct gaz_lease *l, gaz_job_done_fn done)
{
	(void)l;
	(void)done;
	calls.asked++;
}

void
gaz_websub_forget(struct gaz_lease *l)
{
	(void)l;
	calls.forgotten++;
}

void
gaz_websub_schedule(struct gaz_lease *l)
{
	(void)l;
	calls.scheduled++;
}

void
gaz_websub_poll_again(struct gaz_lease *l, const char *reason)
{
	(void)l;
	assert_true(reason[0] != '\0');
	calls.polled++;
}

bool
gaz_websub_try_another(struct gaz_lease *l)
{
	assert_true(l->state == GAZ_LEASE_ASKED ||
	    l->state == GAZ_LEASE_DENIED);
	calls.others += calls.has_other;
	return calls.has_other;
}

void
gaz_websub_ask_heir(struct gaz_lease *l)
{
	assert_int_equal(l->state, GAZ_LEASE_ACTIVE);
	calls.heirs++;
}

void
gaz_websub_drop_heir(struct gaz_lease *heir)
{
	heir->heir = heir->open = false;
	calls.dropped++;
}

void
gaz_websub_inherit(struct gaz_lease *heir)
{
	heir->heir = false;
	heir->state = GAZ_LEASE_ASKED;
	calls.inherited++;
}

struct gaz_lease *
gaz_websub_heir_of(const struct gaz_lease *l)
{
	(void)l;
	return calls.heir;
}

struct gaz_lease *
gaz_websub_of_feed(struct gaz_websub *w, int64_t feed_id)
{
	(void)w;
	(void)feed_id;
	return calls.first;
}

void
gaz_pauses_keep(struct gaz_app *a, const struct gaz_fetch_result *r)
{
	(void)a;
	(void)r;
}

void
gaz_websub_wake(struct gaz_websub *w)
{
	(void)w;
}

void
gaz_websub_release(struct gaz_lease *l)
{
	(void)l;
}

struct gaz_feed *
gaz_feeds_find(struct gaz_app *app, int64_t id)
{
	(void)app;
	(void)id;
	return NULL;
}

static struct gaz_app app;
static struct gaz_websub websub = { .app = &app };

static struct gaz_lease
lease(enum gaz_lease_state state)
{
	static char hub[] = "https://hub.example/";

	memset(&calls, 0, sizeof(calls));
	return (struct gaz_lease){
		.websub = &websub, .feed_id = 1, .hub = hub, .state = state,
		.asked = GAZ_UTC_UNKNOWN, .since = GAZ_UTC_UNKNOWN,
		.ends = GAZ_UTC_UNKNOWN, .next = gaz_clock_utc() - 1,
		.missed = GAZ_UTC_UNKNOWN,
	};
}

static int
set_up(void **state)
{
	(void)state;
	app.metrics = gaz_metrics_new();
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	gaz_metrics_free(app.metrics);
	return 0;
}

static void
test_ask(void **state)
{
	struct gaz_lease l = lease(GAZ_LEASE_ASKED);
	char secret[GAZ_SECRET_LEN + 1];

	(void)state;
	gaz_websub_turn(&l);
	assert_int_equal(calls.asked, 1);
	assert_true(l.open);
	assert_int_equal(l.next, l.asked + GAZ_WEBSUB_VERIFY_S);
	memcpy(secret, l.next_secret, sizeof(secret));
	assert_int_equal(strlen(secret), GAZ_SECRET_LEN);
	/* Too early a look changes nothing. */
	gaz_websub_turn(&l);
	assert_int_equal(calls.asked, 1);
	assert_int_equal(calls.scheduled, 1);
	/* Every try has the same secret. */
	l.open = false;
	l.next = gaz_clock_utc();
	gaz_websub_turn(&l);
	assert_int_equal(calls.asked, 2);
	assert_string_equal(l.next_secret, secret);
}

static void
test_silent_hub(void **state)
{
	struct gaz_lease l = lease(GAZ_LEASE_ASKED);
	int64_t before = 0;

	(void)state;
	for (int i = 1; i < 20; i++) {
		int64_t pause;

		l.open = true;
		l.next = gaz_clock_utc() - 1;
		gaz_websub_turn(&l);
		assert_int_equal(calls.kept, i);
		assert_int_equal(l.fault, GAZ_FAULT_HUB_SILENT);
		assert_int_equal(l.failures, i);
		assert_false(l.open);
		pause = l.next - gaz_clock_utc();
		assert_true(pause >= 2 * GAZ_WEBSUB_RETRY_S - 1);
		assert_true(pause <= GAZ_BACKOFF_MAX_S);
		assert_true(i > 7 || pause > before);
		before = pause;
	}
	assert_true(before > GAZ_BACKOFF_MAX_S / 10 * 8);
	assert_int_equal(calls.asked, 0);
	assert_int_equal(gaz_metrics_get(app.metrics,
	    GAZ_METRIC_WEBSUB_FAILURES), 19);
	free(l.fault_text);
}

/* Whoever fails gives way, but not while a lease runs. */
static void
test_another_hub(void **state)
{
	struct gaz_lease l = lease(GAZ_LEASE_ASKED);

	(void)state;
	calls.has_other = true;
	l.open = true;
	gaz_websub_turn(&l);
	assert_int_equal(l.fault, GAZ_FAULT_HUB_SILENT);
	assert_int_equal(calls.others, 1);
	assert_int_equal(calls.kept, 0); /* by who switched */
	free(l.fault_text);
	l = lease(GAZ_LEASE_ACTIVE);
	calls.has_other = true;
	l.open = true;
	l.ends = gaz_clock_utc() + 1000;
	gaz_websub_turn(&l);
	assert_int_equal(l.fault, GAZ_FAULT_HUB_SILENT);
	assert_int_equal(calls.others, 0);
	assert_int_equal(calls.kept, 1);
	l.ends = gaz_clock_utc() - 1;
	gaz_websub_turn(&l);
	assert_int_equal(calls.others, 1);
	free(l.fault_text);
	l = lease(GAZ_LEASE_ACTIVE);
	calls.has_other = true;
	gaz_websub_denied(&l, GAZ_STR("no"));
	assert_int_equal(calls.others, 1);
	free(l.fault_text);
}

static void
fail_once(struct gaz_lease *l)
{
	l->open = true;
	l->next = gaz_clock_utc() - 1;
	gaz_websub_turn(l);
}

/* A renewal fails: the feed is polled from the first time on, another hub is
 * asked as well from the GAZ_WEBSUB_HEIR_FAILURES-th on. */
static void
test_renewal_fails(void **state)
{
	struct gaz_lease l = lease(GAZ_LEASE_ACTIVE);

	(void)state;
	l.ends = gaz_clock_utc() + 10 * 86400;
	assert_true(gaz_websub_is_trusted(&l));
	for (int i = 1; i <= GAZ_WEBSUB_HEIR_FAILURES + 2; i++) {
		fail_once(&l);
		assert_int_equal(l.state, GAZ_LEASE_ACTIVE);
		assert_int_equal(l.failures, i);
		assert_false(gaz_websub_is_trusted(&l));
		assert_int_equal(calls.polled, 1);
		assert_int_equal(calls.heirs, i < GAZ_WEBSUB_HEIR_FAILURES ? 0
		    : i - GAZ_WEBSUB_HEIR_FAILURES + 1);
	}
	gaz_websub_verified(&l, 1000);
	assert_true(gaz_websub_is_trusted(&l));
	/* When the next try would come too late, at the first failure. */
	l = lease(GAZ_LEASE_ACTIVE);
	l.ends = gaz_clock_utc() + GAZ_WEBSUB_RETRY_S;
	fail_once(&l);
	assert_int_equal(calls.heirs, 1);
	free(l.fault_text);
	/* Of a quiet hub the feed has its rhythm already. */
	l = lease(GAZ_LEASE_ACTIVE);
	l.missed = 5;
	l.ends = gaz_clock_utc() + 10 * 86400;
	fail_once(&l);
	assert_int_equal(calls.polled, 0);
	free(l.fault_text);
}

static void
test_heir(void **state)
{
	struct gaz_lease l = lease(GAZ_LEASE_ACTIVE), h = l;

	(void)state;
	/* It fails: it is dropped, and another looked for. */
	calls.first = &l;
	h.state = GAZ_LEASE_SPARE;
	h.heir = true;
	fail_once(&h);
	assert_int_equal(calls.dropped, 1);
	assert_int_equal(calls.heirs, 1);
	assert_int_equal(calls.others, 0);
	free(h.fault_text);
	h.fault_text = NULL;
	/* It denies: the same. It is no spare that is denied in vain. */
	h.heir = true;
	gaz_websub_denied(&h, GAZ_STR("no"));
	assert_int_equal(h.state, GAZ_LEASE_SPARE);
	assert_int_equal(h.fault, GAZ_FAULT_HUB_DENIED);
	assert_int_equal(calls.dropped, 2);
	gaz_websub_denied(&h, GAZ_STR("no"));
	assert_int_equal(calls.dropped, 2);
	free(h.fault_text);
	h.fault_text = NULL;
	/* It is verified: it counts, and is not dropped. */
	h.heir = true;
	gaz_websub_verified(&h, 1000);
	assert_int_equal(calls.inherited, 1);
	assert_int_equal(h.state, GAZ_LEASE_ACTIVE);
	assert_int_equal(calls.dropped, 2);
	/* The first is renewed after all: what was asked of it is void. */
	calls.heir = &h;
	gaz_websub_verified(&l, 1000);
	assert_int_equal(calls.dropped, 3);
	assert_int_equal(calls.inherited, 1);
	/* The lease is over before it has verified: it is asked in its place. */
	l = lease(GAZ_LEASE_ACTIVE);
	calls.heir = &h;
	calls.has_other = true;
	l.ends = gaz_clock_utc() - 1;
	gaz_websub_turn(&l);
	assert_int_equal(calls.others, 1);
	assert_int_equal(calls.asked, 0);
	assert_int_equal(calls.polled, 1);
}

static void
test_leaving_gives_up(void **state)
{
	struct gaz_lease l = lease(GAZ_LEASE_LEAVING);

	(void)state;
	for (int i = 1; i <= GAZ_WEBSUB_LEAVE_TRIES; i++) {
		assert_int_equal(calls.forgotten, 0);
		l.open = true;
		l.next = gaz_clock_utc() - 1;
		gaz_websub_turn(&l);
	}
	assert_int_equal(calls.forgotten, 1);
	free(l.fault_text);
	/* Once it is over there is nothing to say. */
	l = lease(GAZ_LEASE_LEAVING);
	l.ends = gaz_clock_utc() - 1;
	gaz_websub_turn(&l);
	assert_int_equal(calls.forgotten, 1);
	assert_int_equal(calls.asked, 0);
}

static void
test_lapse(void **state)
{
	struct gaz_lease l = lease(GAZ_LEASE_ACTIVE);

	(void)state;
	l.since = l.missed = 5;
	l.ends = gaz_clock_utc() - 1;
	l.next = gaz_clock_utc() + 1000;
	gaz_websub_turn(&l);
	assert_int_equal(l.state, GAZ_LEASE_ASKED);
	assert_true(l.since == GAZ_UTC_UNKNOWN);
	assert_true(l.missed == GAZ_UTC_UNKNOWN);
	assert_int_equal(calls.polled, 1);
	assert_int_equal(calls.kept, 1);
	assert_int_equal(calls.asked, 0); /* its pause is not over */
}

/* A clock that was a year ahead must not keep it waiting for a year. */
static void
test_clock_put_back(void **state)
{
	struct gaz_lease l = lease(GAZ_LEASE_ACTIVE);

	(void)state;
	l.asked = gaz_clock_utc() + 365 * 86400;
	l.next = l.asked + 1000;
	l.ends = l.asked + 2000;
	gaz_websub_turn(&l);
	assert_int_equal(calls.asked, 1);
	assert_true(l.asked <= gaz_clock_utc());
	gaz_websub_turn(&l);
	assert_int_equal(calls.asked, 1);
	assert_int_equal(calls.scheduled, 1);
}

static void
test_verified(void **state)
{
	struct gaz_lease l = lease(GAZ_LEASE_ASKED);
	gaz_utc now = gaz_clock_utc(), since;

	(void)state;
	l.open = true;
	l.failures = 3;
	l.fault = GAZ_FAULT_CONNECT;
	memset(l.next_secret, 'a', GAZ_SECRET_LEN);
	gaz_websub_verified(&l, 1000);
	assert_int_equal(l.state, GAZ_LEASE_ACTIVE);
	assert_true(l.ends >= now + 1000 && l.next >= now + 800);
	assert_true(l.next - l.ends == -200);
	assert_int_equal(l.secret[0], 'a');
	assert_int_equal(l.next_secret[0], '\0');
	assert_int_equal(l.failures, 0);
	assert_int_equal(l.fault, GAZ_FAULT_NONE);
	/* Renewed: it is the same stretch, by another secret. */
	since = l.since = l.since - 500;
	l.next = gaz_clock_utc();
	gaz_websub_turn(&l);
	assert_int_equal(calls.asked, 1);
	assert_int_equal(l.state, GAZ_LEASE_ACTIVE);
	assert_true(strcmp(l.next_secret, l.secret) != 0);
	gaz_websub_verified(&l, 1000);
	assert_int_equal(l.since, since);
	assert_int_equal(l.next_secret[0], '\0');
}

static void
test_denied(void **state)
{
	struct gaz_lease l = lease(GAZ_LEASE_ACTIVE);

	(void)state;
	l.since = 5;
	memset(l.secret, 'a', GAZ_SECRET_LEN);
	gaz_websub_denied(&l, GAZ_STR("no\nmore"));
	assert_int_equal(l.state, GAZ_LEASE_DENIED);
	assert_int_equal(l.fault, GAZ_FAULT_HUB_DENIED);
	assert_null(strchr(l.fault_text, '\n'));
	assert_int_equal(l.secret[0], '\0');
	assert_int_equal(calls.polled, 1);
	assert_true(l.next >= gaz_clock_utc() + 86399);
	/* A day later it is asked again. */
	l.next = gaz_clock_utc();
	gaz_websub_turn(&l);
	assert_int_equal(l.state, GAZ_LEASE_ASKED);
	assert_int_equal(calls.asked, 1);
	free(l.fault_text);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_ask, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_silent_hub, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_another_hub, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_renewal_fails, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_heir, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_leaving_gives_up, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_lapse, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_clock_put_back, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_verified, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_denied, set_up,
		    tear_down),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("websub_ask", tests, NULL, NULL);
}
