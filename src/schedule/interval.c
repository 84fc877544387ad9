#include "config.h"

#include "gazetted/schedule.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "gazetted/hash.h"
#include "gazetted/limits.h"
#include "gazetted/mem.h"

/*
 * The pause is built in steps, each of which may only lengthen what the one
 * before found: the base (the feed's own interval, else its rhythm, else the
 * default), then what the server and the document ask for, then the hours and
 * days that the document excludes. A failure takes the base and doubles it.
 * The step that decided last has written the reason.
 */
#define HOUR 3600
#define DAY 86400
#define HINT_MAX_S DAY
#define DNS_RETRY_S 60
#define STORE_RETRY_S 60
#define MISSING_MIN_S (4 * HOUR) /* 404 and what is no feed any more */
/*
 * The price of a request when no budget sets it: the default interval over
 * this. Simulated over mixed feeds it costs two fifths of the requests of
 * polling all at the interval, and items still arrive sooner.
 */
#define PRICE_SHARE 3
#define JITTER_MAX_S 300     /* that a rhythm is prolonged by */
#define MORE_THAN_USUAL 1.5  /* what is worth a word to an operator */
#define PRICE_MAX (INT64_C(1) << 40)
#define TURN_MAX_MS (INT64_C(1) << 52)
#define SPREAD_MIN_MS (10 * 60 * 1000)
#define SPREAD_PER_FEED_MS 25    /* 40 requests a second at most */

struct limits {
	int64_t interval, least, most, price;
};

static int64_t
at_least(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t
at_most(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t
default_price(int64_t interval_s)
{
	return at_least(interval_s / PRICE_SHARE, 1);
}

static struct limits
limits_of(const struct gaz_interval_input *in)
{
	struct limits l;

	l.interval = in->interval_s > 0 ? in->interval_s : GAZ_INTERVAL_S;
	l.least = in->min_s > 0 ? in->min_s : GAZ_INTERVAL_MIN_S;
	l.most = in->max_s > 0 ? in->max_s : GAZ_INTERVAL_MAX_S;
	l.most = at_least(l.most, l.least);
	l.price = in->price_s > 0 ? in->price_s : default_price(l.interval);
	return l;
}

/* In [0, 1), the same for the same seed. */
static double
chance(uint64_t seed, uint64_t salt)
{
	return (double)(gaz_hash_mix(seed, salt) >> 11) * 0x1p-53;
}

/* Up to share of d, drawn by the seed. */
static int64_t
jitter(int64_t d, double share, uint64_t seed)
{
	return (int64_t)((double)d * share * chance(seed, 1));
}

struct span {
	char text[40];
};

static void
tenths(struct span *out, int64_t s, int64_t of, const char *unit)
{
	int64_t n = s / of * 10 + (s % of * 10 + of / 2) / of;

	snprintf(out->text, sizeof(out->text), "%" PRId64 ".%" PRId64 " %s",
	    n / 10, n % 10, unit);
}

static struct span
span_of(int64_t s)
{
	struct span out;

	if (s < 90)
		snprintf(out.text, sizeof(out.text), "%" PRId64 " s", s);
	else if (s < 90 * 60)
		snprintf(out.text, sizeof(out.text), "%" PRId64 " min",
		    (s + 30) / 60);
	else if (s < 2 * DAY)
		tenths(&out, s, HOUR, "h");
	else
		tenths(&out, s, DAY, "d");
	return out;
}

/* "14:05 UTC", with the date in front when it is not the day of now. */
static struct span
moment_of(gaz_utc now, gaz_utc t)
{
	struct gaz_civil c = gaz_civil_of(t), today = gaz_civil_of(now);
	struct span out;

	if (c.year == today.year && c.month == today.month &&
	    c.day == today.day)
		snprintf(out.text, sizeof(out.text), "%02d:%02d UTC",
		    c.hour % 100, c.minute % 100);
	else
		snprintf(out.text, sizeof(out.text),
		    "%04d-%02d-%02d %02d:%02d UTC", (int)(c.year % 10000),
		    c.month % 100, c.day % 100, c.hour % 100, c.minute % 100);
	return out;
}

static size_t
append(char *to, size_t at, size_t size, const char *text)
{
	while (*text != '\0' && at + 1 < size)
		to[at++] = *text++;
	to[at] = '\0';
	return at;
}

/* "rhythm 41 min: 31 items a day, fewer at this hour, often at :30" */
static void
put_rhythm(struct gaz_interval *out, int64_t pause_s,
    const struct gaz_rhythm_guess *g, gaz_utc then)
{
	static const char *const minutes[GAZ_RHYTHM_SLOTS] = { ":00", ":05",
		":10", ":15", ":20", ":25", ":30", ":35", ":40", ":45", ":50",
		":55" };
	double daily = g->rate * DAY;
	int64_t before = then - 1;
	struct span rate, pause = span_of(pause_s);

	if (daily >= 1.5)
		snprintf(rate.text, sizeof(rate.text), "%" PRId64
		    " items a day", (int64_t)(fmin(daily, 9999) + 0.5));
	else
		rate = span_of((int64_t)fmin(1 / g->rate, 9999.0 * DAY));
	const char *parts[] = {
		"rhythm ", pause.text,
		daily >= 1.5 ? ": " : ": an item in ", rate.text,
		g->habit >= MORE_THAN_USUAL ? ", more at this hour" :
		g->habit <= 1 / MORE_THAN_USUAL ? ", fewer at this hour" : "",
		g->slot >= MORE_THAN_USUAL ? ", often at " : "",
		g->slot >= MORE_THAN_USUAL ? minutes[(before % HOUR + HOUR) %
		    HOUR / (HOUR / GAZ_RHYTHM_SLOTS)] : "",
	};
	size_t n = 0;
	for (size_t i = 0; i < GAZ_COUNT(parts); i++)
		n = append(out->reason, n, sizeof(out->reason), parts[i]);
}

/* What the pause would be if nobody had said anything. */
static int64_t
base_pause(const struct gaz_interval_input *in, const struct limits *l,
    struct gaz_interval *out)
{
	struct gaz_rhythm_guess guess;

	if (in->configured_s > 0) {
		int64_t d = at_least(in->configured_s, l->least);
		snprintf(out->reason, sizeof(out->reason), "%s %s",
		    d > in->configured_s ? "min-interval" : "interval",
		    span_of(d).text);
		return d;
	}
	int64_t rhythm = gaz_rhythm_pause(&in->rhythm, in->now,
	    l->price, l->most, &guess);
	if (guess.rate <= 0) {
		int64_t d = at_most(at_least(l->interval, l->least), l->most);
		snprintf(out->reason, sizeof(out->reason),
		    "default interval %s", span_of(d).text);
		return d;
	}
	if (rhythm > l->least && rhythm < l->most)
		out->demand = sqrt(guess.rate);
	if (rhythm >= l->most)
		snprintf(out->reason, sizeof(out->reason),
		    "max-interval %s (sleepy)", span_of(l->most).text);
	else if (rhythm <= l->least)
		snprintf(out->reason, sizeof(out->reason),
		    "min-interval %s (busy)", span_of(l->least).text);
	else
		put_rhythm(out, rhythm, &guess, in->now + rhythm);
	return at_most(at_least(rhythm, l->least), l->most);
}

struct hint {
	const char *name;
	int64_t s;
};

/* The longest of what server and document ask for; 0 when they are silent. */
static struct hint
longest_hint(const struct gaz_interval_input *in)
{
	const struct hint hints[] = {
		{ "max-age", in->max_age_s },
		{ "ttl", in->ttl_s },
		{ "update period", in->update_interval_s },
		{ "retry-after", in->retry_after_s },
	};
	struct hint longest = { "", 0 };

	for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++) {
		if (hints[i].s > longest.s)
			longest = hints[i];
	}
	return longest;
}

static bool
is_skipped(const struct gaz_interval_input *in, gaz_utc t)
{
	struct gaz_civil c = gaz_civil_of(t);

	/* A document that excludes every hour or day excludes none. */
	bool hours = (in->skip_hours & 0xffffffu) != 0xffffffu;
	bool days = (in->skip_days & 0x7fu) != 0x7fu;
	return (hours && (in->skip_hours >> c.hour & 1) != 0) ||
	    (days && (in->skip_days >> c.weekday & 1) != 0);
}

/* Move on to an hour that the document does not exclude. */
static int64_t
skip_on(const struct gaz_interval_input *in, int64_t delay,
    struct gaz_interval *out)
{
	int64_t latest = at_least(delay, HINT_MAX_S);
	gaz_utc t = in->now + delay;

	if (in->skip_hours == 0 && in->skip_days == 0)
		return delay;
	while (is_skipped(in, t) && t < in->now + latest) {
		int64_t past = t % HOUR;
		t += HOUR - (past < 0 ? past + HOUR : past);
	}
	if (t == in->now + delay)
		return delay;
	/* Not on the stroke of the hour: others wait for it as well. */
	t = at_most(t + jitter(10 * 60, 1, in->seed), in->now + latest);
	snprintf(out->reason, sizeof(out->reason), "skipHours/skipDays to %s",
	    moment_of(in->now, t).text);
	return t - in->now;
}

static void
decide_success(const struct gaz_interval_input *in, const struct limits *l,
    struct gaz_interval *out)
{
	int64_t delay = base_pause(in, l, out);
	struct hint hint = longest_hint(in);
	int64_t asked = at_most(hint.s, HINT_MAX_S);
	int64_t wanted;

	/* A feed's own interval is kept but for a little. A rhythm ends where
	 * something is likely to be there: a little later it still is, sooner it
	 * is not. */
	if (in->configured_s > 0)
		delay += jitter(delay, 0.05, in->seed);
	else if (out->demand > 0)
		delay = at_most(delay + jitter(at_most(delay,
		    JITTER_MAX_S * 10), 0.1, in->seed), l->most);
	else
		delay = at_most(at_least(delay - delay / 10 +
		    jitter(delay, 0.2, in->seed), l->least), l->most);
	wanted = delay;
	if (in->push && delay < DAY) {
		delay = DAY - jitter(DAY, 0.1, in->seed);
		snprintf(out->reason, sizeof(out->reason),
		    "a hub delivers; looked at once a day");
	}
	if (asked > delay) {
		delay = at_most(asked + jitter(asked, 0.1, in->seed),
		    HINT_MAX_S);
		snprintf(out->reason, sizeof(out->reason),
		    "%s %" PRId64 "%s%s", hint.name, hint.s,
		    in->http_status == 304 ? " from a 304" : "",
		    hint.s > HINT_MAX_S ? ", cut to 24 h" : "");
	}
	out->delay_s = skip_on(in, delay, out);
	if (out->delay_s != wanted)
		out->demand = 0;
}

/* first × 2^(step - 1), no more than most; *steps: until it stops growing. */
static int64_t
doubled(int64_t first, int64_t step, int64_t most, int64_t *steps)
{
	int64_t d = first, chosen = first, n = 1;

	for (; d < most; n++) {
		d = at_most(d * 2, most);
		if (n < step)
			chosen = d;
	}
	*steps = n;
	return chosen;
}

static void
back_off(const struct gaz_interval_input *in, int64_t first, int64_t most,
    struct gaz_interval *out)
{
	int64_t steps, step = at_least(in->failures, 1);

	most = at_least(most, first);
	int64_t d = doubled(first, step, most, &steps);
	int64_t j = jitter(d, 0.1, in->seed);
	/* At the top it varies downwards, so that the top is the most. */
	out->delay_s = d + d / 10 > most ? d - j : d + j;
	snprintf(out->reason, sizeof(out->reason),
	    "back-off %" PRId64 " of %" PRId64 " (%s)", at_most(step, steps),
	    steps, gaz_fault_name(in->fault));
	out->delay_s = skip_on(in, out->delay_s, out);
}

static void
decide_wait_for(const struct gaz_interval_input *in, int64_t base,
    struct gaz_interval *out)
{
	int64_t s = at_most(at_least(in->retry_after_s, GAZ_RETRY_AFTER_MIN_S),
	    GAZ_RETRY_AFTER_MAX_S);

	s += at_most(jitter(s, 0.1, in->seed), 300);
	out->delay_s = at_least(s, base);
	snprintf(out->reason, sizeof(out->reason), "%d until %s",
	    in->fault == GAZ_FAULT_RATE_LIMITED ? 429 : 503,
	    moment_of(in->now, in->now + out->delay_s).text);
}

/* No feed is to blame, and asking all the time does not help. */
static void
decide_offline(const struct gaz_interval_input *in, int64_t base,
    struct gaz_interval *out)
{
	int64_t s = at_most(at_least(in->offline_s, DNS_RETRY_S),
	    at_least(base, DNS_RETRY_S));

	out->delay_s = s + jitter(s, 0.5, in->seed);
	snprintf(out->reason, sizeof(out->reason),
	    "this machine seems offline since %s (%s)",
	    moment_of(in->now, in->now - in->offline_s).text,
	    gaz_fault_name(in->fault));
}

void
gaz_interval_postpone(gaz_utc now, int64_t wait_s, uint64_t seed,
    struct gaz_interval *out)
{
	int64_t s = at_most(at_least(wait_s, 1), GAZ_RETRY_AFTER_MAX_S);

	*out = (struct gaz_interval){
		.delay_s = s + at_most(jitter(s, 0.1, seed), 300),
	};
	snprintf(out->reason, sizeof(out->reason),
	    "429 until %s, for the whole host",
	    moment_of(now, now + s).text);
}

static void
decide_daily(const struct gaz_interval_input *in, struct gaz_interval *out)
{
	out->delay_s = DAY + jitter(DAY, 0.05, in->seed);
	snprintf(out->reason, sizeof(out->reason), "24 h after %s",
	    gaz_fault_name(in->fault));
}

static void
decide_failure(const struct gaz_interval_input *in, const struct limits *l,
    struct gaz_interval *out)
{
	int64_t base = base_pause(in, l, out);
	int64_t most = at_least(GAZ_BACKOFF_MAX_S, base);

	if (in->offline_s > 0 && gaz_fault_is_network(in->fault)) {
		decide_offline(in, base, out);
		return;
	}
	switch (in->fault) {
	case GAZ_FAULT_GONE:
		out->delay_s = -1;
		snprintf(out->reason, sizeof(out->reason),
		    "gone (410): never by itself");
		return;
	case GAZ_FAULT_AUTH:
	case GAZ_FAULT_FORBIDDEN:
	case GAZ_FAULT_HUB_DENIED:
	case GAZ_FAULT_BAD_URL:
	case GAZ_FAULT_SCHEME:
		decide_daily(in, out);
		return;
	case GAZ_FAULT_RATE_LIMITED:
	case GAZ_FAULT_UNAVAILABLE:
		if (in->retry_after_s >= 0)
			decide_wait_for(in, base, out);
		else
			back_off(in, base * 2, most, out);
		return;
	case GAZ_FAULT_DNS:
	case GAZ_FAULT_DNS_TIMEOUT:
		back_off(in, DNS_RETRY_S, most, out);
		return;
	case GAZ_FAULT_NOT_FOUND:
	case GAZ_FAULT_NOT_A_FEED:
	case GAZ_FAULT_NOT_AN_IMAGE:
	case GAZ_FAULT_HOSTILE:
		back_off(in, at_least(base * 2, MISSING_MIN_S), most, out);
		return;
	case GAZ_FAULT_STORE:
	case GAZ_FAULT_CANCELLED:
		out->delay_s = STORE_RETRY_S +
		    jitter(STORE_RETRY_S, 0.5, in->seed);
		snprintf(out->reason, sizeof(out->reason),
		    "again soon (%s)", gaz_fault_name(in->fault));
		return;
	case GAZ_FAULT_CONNECT:
	case GAZ_FAULT_RESET:
	case GAZ_FAULT_TIMEOUT:
	case GAZ_FAULT_TOO_SLOW:
	case GAZ_FAULT_TOO_LARGE:
	case GAZ_FAULT_TRUNCATED:
	case GAZ_FAULT_ENCODING:
	case GAZ_FAULT_HEADERS_TOO_LARGE:
	case GAZ_FAULT_PROTOCOL:
	case GAZ_FAULT_TLS:
	case GAZ_FAULT_TLS_EXPIRED:
	case GAZ_FAULT_TLS_HOST:
	case GAZ_FAULT_TLS_UNTRUSTED:
	case GAZ_FAULT_TLS_VERSION:
	case GAZ_FAULT_REDIRECTS:
	case GAZ_FAULT_DOWNGRADE:
	case GAZ_FAULT_BLOCKED_ADDRESS:
	case GAZ_FAULT_SERVER_ERROR:
	case GAZ_FAULT_HTTP_STATUS:
	case GAZ_FAULT_EMPTY:
	case GAZ_FAULT_XML_ENTITIES:
	case GAZ_FAULT_TOO_DEEP:
	case GAZ_FAULT_TOO_MANY_ATTRIBUTES:
	case GAZ_FAULT_CHARSET:
	case GAZ_FAULT_NO_FILE:
	case GAZ_FAULT_PROXY:
	case GAZ_FAULT_HUB_QUIET:
	case GAZ_FAULT_HUB_SILENT:
	case GAZ_FAULT_INTERNAL:
	case GAZ_FAULT_NONE:
	case GAZ_FAULT_COUNT:
		break;
	}
	back_off(in, base * 2, most, out);
}

void
gaz_interval_decide(const struct gaz_interval_input *in,
    struct gaz_interval *out)
{
	struct limits l = limits_of(in);

	*out = (struct gaz_interval){ 0 };
	if (in->fault == GAZ_FAULT_NONE)
		decide_success(in, &l, out);
	else
		decide_failure(in, &l, out);
	if (in->fault != GAZ_FAULT_NONE)
		out->demand = 0;
}

void
gaz_budget_note(struct gaz_budget *b, float *share,
    const struct gaz_interval *out)
{
	/* One number a feed is enough: the sign says which sum it is in. */
	if (*share > 0)
		b->demand -= (double)*share;
	else
		b->fixed += (double)*share;
	*share = 0;
	if (out != NULL && out->demand > 0)
		*share = (float)out->demand;
	else if (out != NULL && out->delay_s > 0)
		*share = -1 / (float)out->delay_s;
	if (*share > 0)
		b->demand += (double)*share;
	else
		b->fixed -= (double)*share;
}

int64_t
gaz_budget_price(const struct gaz_budget *b, int64_t requests_per_hour,
    int64_t interval_s)
{
	int64_t least = default_price(interval_s > 0 ? interval_s
	                                             : GAZ_INTERVAL_S);

	if (requests_per_hour <= 0 || b->demand <= 0)
		return least;
	/* Requests a second are demand / sqrt(price). */
	double left = (double)requests_per_hour / HOUR - b->fixed;
	double root = left > 0 ? b->demand / left : PRICE_MAX;
	double price = root * root;
	return price < PRICE_MAX ? at_least((int64_t)price, least)
	                         : at_least(PRICE_MAX, least);
}

struct gaz_mono
gaz_turns_take(struct gaz_turns *t, int64_t requests_per_hour,
    struct gaz_mono now)
{
	if (requests_per_hour <= 0)
		return now;
	/* A burst and what the pace adds in an hour are together the limit;
	 * the millisecond is what rounding may move two turns together. */
	int64_t burst = at_least(requests_per_hour / 60, 1);
	double pace = (HOUR * 1000.0 + 1) /
	    (double)(requests_per_hour - burst + 1);
	double next = fmax(t->next_ms, (double)now.ms);
	double turn = ceil(next - pace * (double)(burst - 1));

	t->next_ms = next + pace;
	if (turn > (double)now.ms)
		now.ms = turn < (double)TURN_MAX_MS ? (int64_t)turn
		                                    : TURN_MAX_MS;
	return now;
}

int64_t
gaz_interval_spread_ms(size_t i, size_t n, uint64_t seed)
{
	if (n < 2 || i >= n)
		return 0;
	int64_t window = at_least(SPREAD_MIN_MS,
	    (int64_t)n * SPREAD_PER_FEED_MS);
	double step = (double)window / (double)n;
	return (int64_t)(step * ((double)i + (i == 0 ? 0 : chance(seed, i))));
}
