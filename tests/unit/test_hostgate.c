#include "config.h"

#include "fetch/hostgate.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gazetted/hash.h"
#include "gazetted/limits.h"
#include "gazetted/mem.h"

static struct gaz_mono
at(int64_t ms)
{
	return (struct gaz_mono){ ms };
}

static struct gaz_hostkey
key_of(const char *url)
{
	struct gaz_hostkey key;
	struct gaz_arena a = { 0 };
	struct gaz_uri u;

	if (gaz_uri_parse(url, &a, &u) != GAZ_FAULT_NONE)
		fail_msg("%s", url);
	gaz_hostkey_of(&u, &key);
	gaz_arena_clear(&a);
	return key;
}

static void
put(struct gaz_hostgate *g, struct gaz_hostgate_wait *w, const char *host,
    int64_t now)
{
	char url[128];

	snprintf(url, sizeof(url), "http://%s/", host);
	struct gaz_hostkey key = key_of(url);
	gaz_hostgate_put(g, w, &key, false, at(now));
}

static struct gaz_hostgate *
gate(int connections, int per_host, int64_t gap_ms)
{
	return gaz_hostgate_new(&(struct gaz_hostgate_limits){
	    connections, per_host, gap_ms });
}

static void
test_keys(void **state)
{
	static const struct {
		const char *url, *text, *cool;
		bool is_public;
	} rows[] = {
		{ "http://www.example.com/", "example.com", "example.com",
		    true },
		{ "https://A.B.Example.COM:444/", "example.com",
		    "example.com", true },
		{ "http://example.com./", "example.com", "example.com",
		    true },
		{ "http://www.bbc.co.uk/", "bbc.co.uk", "bbc.co.uk", true },
		{ "http://joe.github.io/", "joe.github.io", "joe.github.io",
		    true },
		/* A public suffix itself. */
		{ "http://github.io/", "github.io", "github.io", true },
		{ "http://b\xc3\xbc" "cher.de/", "xn--bcher-kva.de",
		    "xn--bcher-kva.de", true },
		{ "http://localhost/", "localhost", "localhost 80", false },
		{ "http://localhost:81/", "localhost", "localhost 81",
		    false },
		{ "http://a.localhost/", "a.localhost", "a.localhost 80",
		    false },
		{ "http://nas.lan/", "nas.lan", "nas.lan 80", false },
		{ "http://a.nas.lan/", "a.nas.lan", "a.nas.lan 80", false },
		{ "http://nas.home.arpa/", "nas.home.arpa",
		    "nas.home.arpa 80", false },
		{ "http://news.internal/", "news.internal",
		    "news.internal 80", false },
		{ "http://127.0.0.1:8000/", "127.0.0.1", "127.0.0.1 8000",
		    false },
		{ "http://0x7f.1/", "127.0.0.1", "127.0.0.1 80", false },
		{ "http://192.0.78.24/", "192.0.78.24", "192.0.78.24 80",
		    false },
		{ "https://[2606:4700::1111]/", "2606:4700::1111",
		    "2606:4700::1111 443", false },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(rows); i++) {
		struct gaz_hostkey key = key_of(rows[i].url);
		if (strcmp(key.text, rows[i].text) != 0 ||
		    strcmp(key.cool, rows[i].cool) != 0 ||
		    key.is_public != rows[i].is_public)
			fail_msg("%s: %s, %s, %d", rows[i].url, key.text,
			    key.cool, key.is_public);
	}
}

/* Two at a time, a second between starts, in order. */
static void
test_one_host(void **state)
{
	struct gaz_hostgate *g = gate(64, 2, 1000);
	struct gaz_hostgate_wait w[4] = { 0 };
	int64_t wait;

	(void)state;
	assert_null(gaz_hostgate_take(g, at(0), &wait));
	assert_true(wait == INT64_MAX);
	for (int i = 0; i < 4; i++)
		put(g, &w[i], i % 2 == 0 ? "a.example.com" : "b.example.com",
		    5000);
	assert_int_equal(gaz_hostgate_waiting(g), 4);
	assert_int_equal(gaz_hostgate_hosts(g), 1);
	assert_ptr_equal(gaz_hostgate_take(g, at(5000), &wait), &w[0]);
	assert_null(gaz_hostgate_take(g, at(5000), &wait));
	assert_int_equal(wait, 1000);
	assert_null(gaz_hostgate_take(g, at(5999), &wait));
	assert_int_equal(wait, 1);
	assert_ptr_equal(gaz_hostgate_take(g, at(6000), &wait), &w[1]);
	assert_int_equal(gaz_hostgate_running(g), 2);
	/* Both places are taken, whatever the time. */
	assert_null(gaz_hostgate_take(g, at(9000), &wait));
	assert_true(wait == INT64_MAX);
	gaz_hostgate_end(g, &w[1], at(9000));
	assert_ptr_equal(gaz_hostgate_take(g, at(9000), &wait), &w[2]);
	gaz_hostgate_end(g, &w[0], at(9100));
	assert_null(gaz_hostgate_take(g, at(9100), &wait));
	assert_int_equal(wait, 900);
	/* Who gives up in the line leaves no hole. */
	gaz_hostgate_end(g, &w[3], at(9200));
	assert_int_equal(gaz_hostgate_waiting(g), 0);
	gaz_hostgate_end(g, &w[2], at(9300));
	assert_int_equal(gaz_hostgate_running(g), 0);
	/* Forgotten when the pause is over. */
	assert_int_equal(gaz_hostgate_hosts(g), 1);
	assert_null(gaz_hostgate_take(g, at(10000), &wait));
	assert_int_equal(gaz_hostgate_hosts(g), 0);
	gaz_hostgate_end(g, &w[2], at(9300));
	gaz_hostgate_free(g);
	gaz_hostgate_free(NULL);
}

/* What was taken and not sent does not begin a pause. */
static void
test_give_back(void **state)
{
	struct gaz_hostgate *g = gate(64, 2, 1000);
	struct gaz_hostgate_wait w[2] = { 0 };
	int64_t wait;

	(void)state;
	put(g, &w[0], "example.com", 0);
	put(g, &w[1], "example.com", 0);
	assert_ptr_equal(gaz_hostgate_take(g, at(0), &wait), &w[0]);
	gaz_hostgate_give_back(g, &w[0], at(0));
	assert_ptr_equal(gaz_hostgate_take(g, at(0), &wait), &w[1]);
	gaz_hostgate_end(g, &w[1], at(0));
	gaz_hostgate_free(g);
}

static void
test_urgent(void **state)
{
	struct gaz_hostgate *g = gate(1, 2, 1000);
	struct gaz_hostgate_wait w[5] = { 0 };
	struct gaz_hostkey key = key_of("http://example.com/");
	int64_t wait;

	(void)state;
	put(g, &w[0], "example.org", 0);
	put(g, &w[1], "example.com", 0);
	gaz_hostgate_put(g, &w[2], &key, true, at(1));
	gaz_hostgate_put(g, &w[3], &key, true, at(2));
	/* Before its own line and before other hosts, but in order. */
	assert_ptr_equal(gaz_hostgate_take(g, at(5), &wait), &w[2]);
	gaz_hostgate_end(g, &w[2], at(5));
	/* Its host has to pause; that holds up nobody else. */
	assert_ptr_equal(gaz_hostgate_take(g, at(5), &wait), &w[0]);
	gaz_hostgate_end(g, &w[0], at(5));
	assert_null(gaz_hostgate_take(g, at(6), &wait));
	assert_int_equal(wait, 999);
	assert_ptr_equal(gaz_hostgate_take(g, at(1005), &wait), &w[3]);
	gaz_hostgate_end(g, &w[3], at(1005));
	assert_ptr_equal(gaz_hostgate_take(g, at(2005), &wait), &w[1]);
	gaz_hostgate_end(g, &w[1], at(2005));
	gaz_hostgate_free(g);
}

/* Ten thousand on one host and one on each of a hundred others. */
static void
test_crowd(void **state)
{
	enum { CROWD = 10000, OTHERS = 100 };
	struct gaz_hostgate *g = gate(64, 2, 1000);
	struct gaz_hostgate_wait *w = gaz_mem_zero(CROWD + OTHERS, sizeof(*w));
	int64_t wait, now = 0;
	int others = 0, crowd = 0;

	(void)state;
	for (int i = 0; i < CROWD; i++)
		put(g, &w[i], "crowd.example.com", now);
	for (int i = 0; i < OTHERS; i++) {
		char host[32];
		snprintf(host, sizeof(host), "h%d.lan", i);
		put(g, &w[CROWD + i], host, now);
	}
	/* Each takes 100 ms; all others are done within two rounds. */
	for (; now < 300; now += 100) {
		struct gaz_hostgate_wait *batch[64], *x;
		int n = 0;
		while ((x = gaz_hostgate_take(g, at(now), &wait)) != NULL) {
			assert_true(n < 64);
			batch[n++] = x;
			others += x >= w + CROWD;
			crowd += x < w + CROWD;
		}
		for (int i = 0; i < n; i++)
			gaz_hostgate_end(g, batch[i], at(now + 100));
	}
	assert_int_equal(others, OTHERS);
	assert_int_equal(crowd, 1);
	assert_int_equal(gaz_hostgate_waiting(g), CROWD - 1);
	/* The pause is kept to the end of the line. */
	for (; crowd < 100; now += 1000) {
		struct gaz_hostgate_wait *x =
		    gaz_hostgate_take(g, at(now + 1000), &wait);
		assert_ptr_equal(x, &w[crowd++]);
		assert_null(gaz_hostgate_take(g, at(now + 1500), &wait));
		gaz_hostgate_end(g, x, at(now + 1500));
	}
	gaz_hostgate_free(g);
	free(w);
}

/* Names that turn out to be on one address share its pause. */
static void
test_shared_address(void **state)
{
	struct gaz_hostgate *g = gate(64, 2, 1000);
	struct gaz_hostgate_wait a = { 0 }, b = { 0 }, c = { 0 }, d = { 0 };
	int64_t wait;

	(void)state;
	put(g, &a, "a.com", 0);
	put(g, &b, "b.com", 0);
	put(g, &c, "c.com", 0);
	assert_ptr_equal(gaz_hostgate_take(g, at(0), &wait), &a);
	assert_ptr_equal(gaz_hostgate_take(g, at(0), &wait), &b);
	assert_ptr_equal(gaz_hostgate_take(g, at(0), &wait), &c);
	assert_true(gaz_hostgate_meet(g, &a, "addr", 4, at(10)));
	/* b and c meet the same one a little later: each gets its own turn. */
	assert_false(gaz_hostgate_meet(g, &b, "addr", 4, at(20)));
	gaz_hostgate_give_back(g, &b, at(20));
	put(g, &b, "b.com", 20);
	assert_false(gaz_hostgate_meet(g, &c, "addr", 4, at(30)));
	gaz_hostgate_give_back(g, &c, at(30));
	put(g, &c, "c.com", 30);
	assert_null(gaz_hostgate_take(g, at(40), &wait));
	assert_int_equal(wait, 970);
	assert_ptr_equal(gaz_hostgate_take(g, at(1010), &wait), &b);
	assert_true(gaz_hostgate_meet(g, &b, "addr", 4, at(1011)));
	assert_null(gaz_hostgate_take(g, at(1011), &wait));
	assert_int_equal(wait, 999);
	assert_ptr_equal(gaz_hostgate_take(g, at(2010), &wait), &c);
	assert_true(gaz_hostgate_meet(g, &c, "addr", 4, at(2011)));
	gaz_hostgate_end(g, &a, at(2100));
	gaz_hostgate_end(g, &b, at(2100));
	gaz_hostgate_end(g, &c, at(2100));

	/* Later it is known beforehand. */
	put(g, &a, "a.com", 2200);
	assert_null(gaz_hostgate_take(g, at(2200), &wait));
	assert_int_equal(wait, 810);
	assert_ptr_equal(gaz_hostgate_take(g, at(3010), &wait), &a);
	assert_true(gaz_hostgate_meet(g, &a, "addr", 4, at(3011)));
	/* A second address of the same name has its own pause. */
	assert_true(gaz_hostgate_meet(g, &a, "two", 3, at(3012)));

	/* Private names are never counted together. */
	put(g, &b, "b.lan", 3020);
	put(g, &d, "d.lan", 3020);
	assert_ptr_equal(gaz_hostgate_take(g, at(3020), &wait), &b);
	assert_ptr_equal(gaz_hostgate_take(g, at(3020), &wait), &d);
	assert_true(gaz_hostgate_meet(g, &b, "addr", 4, at(3020)));
	assert_true(gaz_hostgate_meet(g, &d, "addr", 4, at(3020)));
	gaz_hostgate_end(g, &a, at(3100));
	gaz_hostgate_end(g, &b, at(3100));
	gaz_hostgate_end(g, &d, at(3100));
	gaz_hostgate_free(g);
}

/* Hosts that were silent get an eighth of the places, half of them when nobody
 * else wants to go. */
static void
test_suspects(void **state)
{
	enum { BAD = 10, GOOD = 10 };
	struct gaz_hostgate *g = gate(4, 2, 0);
	struct gaz_hostgate_wait bad[BAD] = { 0 }, good[GOOD] = { 0 };
	char host[32];
	int64_t wait;
	int taken = 0;

	(void)state;
	for (int i = 0; i < BAD; i++) {
		snprintf(host, sizeof(host), "bad%d.lan", i);
		put(g, &bad[i], host, 0);
	}
	for (int i = 0; i < BAD; i++) {
		struct gaz_hostgate_wait *w =
		    gaz_hostgate_take(g, at(0), &wait);
		assert_ptr_equal(w, &bad[i]);
		gaz_hostgate_suspect(g, w, true, at(0));
		gaz_hostgate_end(g, w, at(0));
	}
	for (int i = 0; i < BAD; i++) {
		snprintf(host, sizeof(host), "bad%d.lan", i);
		put(g, &bad[i], host, 0);
	}
	for (int i = 0; i < GOOD; i++) {
		snprintf(host, sizeof(host), "good%d.lan", i);
		put(g, &good[i], host, 1);
	}
	struct gaz_hostgate_wait *w;
	while ((w = gaz_hostgate_take(g, at(2), &wait)) != NULL) {
		bool is_good = w >= good && w < good + GOOD;
		taken += is_good;
		if (!is_good)
			assert_true(taken == 0 || taken == GOOD);
		/* The bad ones stay where they are. */
		if (is_good)
			gaz_hostgate_end(g, w, at(2));
	}
	assert_int_equal(taken, GOOD);
	assert_int_equal(gaz_hostgate_running(g), 2);
	/* One answers again: it is as good as any. */
	gaz_hostgate_suspect(g, &bad[0], false, at(3));
	gaz_hostgate_end(g, &bad[0], at(3));
	assert_ptr_equal(gaz_hostgate_take(g, at(3), &wait), &bad[2]);
	put(g, &bad[0], "bad0.lan", 3);
	assert_ptr_equal(gaz_hostgate_take(g, at(3), &wait), &bad[0]);
	gaz_hostgate_end(g, &bad[0], at(3));
	gaz_hostgate_end(g, &bad[1], at(3));
	gaz_hostgate_end(g, &bad[2], at(3));
	/* The suspicion ends by itself. */
	int64_t later = 7 * 3600 * 1000;
	put(g, &bad[0], "bad1.lan", later);
	for (int i = 3; i < BAD; i++)
		gaz_hostgate_end(g, &bad[i], at(later));
	assert_ptr_equal(gaz_hostgate_take(g, at(later), &wait), &bad[0]);
	assert_false(bad[0].as_suspect);
	gaz_hostgate_end(g, &bad[0], at(later));
	gaz_hostgate_free(g);
}

static void
test_squeeze(void **state)
{
	struct gaz_hostgate *g = gate(4, 2, 0);
	struct gaz_hostgate_wait w[6] = { 0 };
	char host[32];
	int64_t wait;

	(void)state;
	for (int i = 0; i < 4; i++) {
		snprintf(host, sizeof(host), "h%d.lan", i);
		put(g, &w[i], host, 0);
		assert_int_equal(gaz_hostgate_squeeze(g, 9, at(0)), 0);
		assert_non_null(gaz_hostgate_take(g, at(0), &wait));
	}
	/* Nobody waits for a place. */
	assert_int_equal(gaz_hostgate_squeeze(g, 4, at(0)), 0);
	put(g, &w[4], "h4.lan", 10);
	assert_int_equal(gaz_hostgate_squeeze(g, 4, at(10)), 3);
	assert_int_equal(gaz_hostgate_squeeze(g, 2, at(10)), 1);
	assert_int_equal(gaz_hostgate_squeeze(g, 1, at(10)), 0);
	/* Not yet its time. */
	assert_int_equal(gaz_hostgate_squeeze(g, 4, at(9)), 0);
	/* One steps back and waits as a suspect: that squeezes nobody. */
	gaz_hostgate_suspect(g, &w[0], true, at(10));
	gaz_hostgate_end(g, &w[0], at(10));
	assert_ptr_equal(gaz_hostgate_take(g, at(10), &wait), &w[4]);
	put(g, &w[0], "h0.lan", 10);
	assert_int_equal(gaz_hostgate_squeeze(g, 3, at(10)), 0);
	for (int i = 0; i < 5; i++)
		gaz_hostgate_end(g, &w[i], at(20));
	gaz_hostgate_free(g);
}

static void
test_configure(void **state)
{
	struct gaz_hostgate *g = gate(64, 1, 0);
	struct gaz_hostgate_wait w[3] = { 0 };
	int64_t wait;

	(void)state;
	for (int i = 0; i < 3; i++)
		put(g, &w[i], "example.com", 0);
	assert_ptr_equal(gaz_hostgate_take(g, at(0), &wait), &w[0]);
	assert_null(gaz_hostgate_take(g, at(0), &wait));
	gaz_hostgate_configure(g, &(struct gaz_hostgate_limits){ 64, 2, 0 },
	    at(0));
	assert_ptr_equal(gaz_hostgate_take(g, at(0), &wait), &w[1]);
	assert_false(w[1].as_suspect);
	assert_null(gaz_hostgate_take(g, at(0), &wait));
	gaz_hostgate_configure(g, &(struct gaz_hostgate_limits){ 1, 3, 0 },
	    at(0));
	assert_null(gaz_hostgate_take(g, at(0), &wait));
	gaz_hostgate_end(g, &w[0], at(0));
	assert_null(gaz_hostgate_take(g, at(0), &wait));
	gaz_hostgate_end(g, &w[1], at(0));
	assert_ptr_equal(gaz_hostgate_take(g, at(0), &wait), &w[2]);
	gaz_hostgate_end(g, &w[2], at(0));
	gaz_hostgate_free(g);
}

/* At no time do random comings and goings break a limit. */
static void
test_random(void **state)
{
	enum { WAITS = 300, HOSTS = 20, STEPS = 30000, GAP = 50 };
	struct gaz_hostgate *g = gate(10, 2, GAP);
	static struct gaz_hostgate_wait w[WAITS];
	static int host_of[WAITS], stage[WAITS]; /* 0 out, 1 in line, 2 on */
	int running[HOSTS] = { 0 };
	int64_t started[HOSTS];
	int64_t now = 1000, wait;
	size_t lined = 0, on = 0;

	(void)state;
	memset(w, 0, sizeof(w));
	for (int i = 0; i < HOSTS; i++)
		started[i] = -GAP;
	for (uint64_t step = 0; step < STEPS; step++) {
		uint64_t r = gaz_hash_mix(5, step);
		int i = (int)(r >> 8) % WAITS;
		i = i < 0 ? -i : i;
		now += (int64_t)(r >> 60);
		if (stage[i] == 0) {
			char url[64];
			host_of[i] = (int)(r >> 40 & 0xff) % HOSTS;
			snprintf(url, sizeof(url), "http://h%d.lan/",
			    host_of[i]);
			struct gaz_hostkey key = key_of(url);
			gaz_hostgate_put(g, &w[i], &key, r >> 50 & 1,
			    at(now));
			stage[i] = 1;
			lined++;
		} else if ((r & 3) == 0 || stage[i] == 2) {
			if (stage[i] == 2) {
				gaz_hostgate_suspect(g, &w[i], r >> 51 & 1,
				    at(now));
				running[host_of[i]]--;
				on--;
			} else {
				lined--;
			}
			gaz_hostgate_end(g, &w[i], at(now));
			stage[i] = 0;
		}
		struct gaz_hostgate_wait *x;
		while ((x = gaz_hostgate_take(g, at(now), &wait)) != NULL) {
			long k = x - w;
			int h = host_of[k];
			assert_int_equal(stage[k], 1);
			stage[k] = 2;
			assert_true(++running[h] <= 2);
			assert_true(now - started[h] >= GAP);
			started[h] = now;
			lined--;
			assert_true(++on <= 10);
		}
		assert_int_equal(gaz_hostgate_waiting(g), lined);
		assert_int_equal(gaz_hostgate_running(g), on);
		assert_true(wait > 0);
	}
	assert_true(gaz_hostgate_hosts(g) <= HOSTS);
	gaz_hostgate_free(g);
}

static void
test_cooling(void **state)
{
	struct gaz_cooling *c = gaz_cooling_new();
	const int64_t minute = 60 * 1000, day = 24 * 60 * minute;
	char key[32];

	(void)state;
	assert_int_equal(gaz_cooling_left(c, "a", at(0)), 0);
	gaz_cooling_put(c, "a", 120000, at(0));
	assert_int_equal(gaz_cooling_left(c, "a", at(0)), 120000);
	assert_int_equal(gaz_cooling_left(c, "a", at(119999)), 1);
	assert_int_equal(gaz_cooling_left(c, "a", at(120000)), 0);
	assert_int_equal(gaz_cooling_left(c, "b", at(0)), 0);
	/* The bounds, both edges. */
	gaz_cooling_put(c, "b", 0, at(0));
	assert_int_equal(gaz_cooling_left(c, "b", at(0)), minute);
	gaz_cooling_put(c, "c", 8 * day, at(0));
	assert_int_equal(gaz_cooling_left(c, "c", at(0)), 7 * day);
	/* A shorter one does not shorten, and an answer that was under way
	 * does not end it. */
	gaz_cooling_put(c, "c", minute, at(0));
	gaz_cooling_remove(c, "c", at(1));
	assert_int_equal(gaz_cooling_left(c, "c", at(0)), 7 * day);
	/* Without a time: longer each time, up to a day; good news resets. */
	int64_t now = 0, want = 5 * minute;
	for (int i = 0; i < 12; i++) {
		gaz_cooling_put(c, "d", -1, at(now));
		assert_int_equal(gaz_cooling_left(c, "d", at(now)), want);
		gaz_cooling_put(c, "d", -1, at(now + 1));
		assert_int_equal(gaz_cooling_left(c, "d", at(now)), want);
		now += want;
		want = want * 2 < day ? want * 2 : day;
	}
	gaz_cooling_remove(c, "d", at(now));
	gaz_cooling_put(c, "d", -1, at(now));
	assert_int_equal(gaz_cooling_left(c, "d", at(now)), 5 * minute);
	/* Many, and long after. */
	for (int i = 0; i < 5000; i++) {
		snprintf(key, sizeof(key), "k%d", i);
		gaz_cooling_put(c, key, minute, at(now + i * day));
		assert_true(gaz_cooling_left(c, key, at(now + i * day)) > 0);
	}
	gaz_cooling_free(c);
	gaz_cooling_free(NULL);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_one_host),
		cmocka_unit_test(test_give_back),
		cmocka_unit_test(test_urgent),
		cmocka_unit_test(test_crowd),
		cmocka_unit_test(test_shared_address),
		cmocka_unit_test(test_suspects),
		cmocka_unit_test(test_squeeze),
		cmocka_unit_test(test_configure),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_cooling),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("hostgate", tests, NULL, NULL);
}
