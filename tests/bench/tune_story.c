#include "config.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "gazetted/date.h"
#include "gazetted/hash.h"
#include "gazetted/mem.h"
#include "gazetted/story.h"
#include "story/index.h"

/*
 * tune_story [-o SEED] [-w NAME=VALUE]... [-k NAME=VALUE]... [-s NAME=V,V,...]...
 *            [-f [-r RIDGE] [-n NO]] [-e FILE]... FILE... [-t FILE...]
 *
 * Measures the clustering of labelled sets, JSON lines with "story", or with
 * "a", "b" and "same". -w overrides a weight, -k one that -f would learn, -s tries
 * several values, -f learns the weights s_... and x_... by logistic regression and
 * prints them; -r is how much leaving the prior beliefs costs, -n how much a wrong
 * story counts. A set after -e is measured and not learned from; of those behind -t
 * only the titles are seen.
 * -v prints set, id, story and label of each item. -o plays the items back feed by feed, the feeds in an order drawn by SEED.
 */

struct doc {
	struct gaz_story_item item;
	char *id, *gold, *lang;
	uint32_t gold_hash;
	uint64_t source;
	struct gaz_buf features;
	int64_t published;
	int64_t cluster;
};

struct pair_label {
	size_t a, b;
	bool same;
};

struct set {
	const char *name;
	bool pairs, unseen; /* unseen: measured, not learned from */
	GAZ_VEC(struct doc) docs;
	GAZ_VEC(struct pair_label) labels;
};

#define SETS_MAX 32
static struct set sets[SETS_MAX];
static uint64_t feed_order; /* 0: by date, else the feeds in this order */
static bool titles_only; /* for the sets that are loaded from now on */
static size_t n_sets;
static struct gaz_story_weights weights;
static bool kept[2][GAZ_FOR_COUNT]; /* -k: not learned */

static const struct {
	const char *name;
	size_t offset;
} fields[] = {
#define FIELD(n, v, o) { #n, offsetof(struct gaz_story_weights, n) },
	GAZ_STORY_WEIGHTS(FIELD)
};

static float *
weight(const char *name, size_t len)
{
	for (size_t i = 0; i < GAZ_COUNT(fields); i++) {
		if (strlen(fields[i].name) == len &&
		    memcmp(fields[i].name, name, len) == 0)
			return (float *)(void *)((char *)&weights +
			    fields[i].offset);
	}
	fprintf(stderr, "no weight %.*s\n", (int)len, name);
	exit(64);
}

/* Give a weight s_... or x_... a value that learning leaves alone. */
static void
keep(const char *name, const char *eq)
{
	float *w = weight(name, (size_t)(eq - name));

	*w = strtof(eq + 1, NULL);
	for (size_t k = 0; k < GAZ_FOR_COUNT; k++) {
		kept[0][k] = kept[0][k] || w == &weights.s_bias + k;
		kept[1][k] = kept[1][k] || w == &weights.x_bias + k;
	}
}

static struct gaz_str
text(const json_t *o, const char *key)
{
	return gaz_str_of(json_string_value(json_object_get(o, key)));
}

static int64_t
utc(struct gaz_str s)
{
	struct gaz_civil c = { 0 };

	if (s.len < 20 || sscanf(s.p, "%" SCNd64 "-%d-%dT%d:%d:%d", &c.year,
	        &c.month, &c.day, &c.hour, &c.minute, &c.second) != 6)
		return GAZ_UTC_UNKNOWN;
	return gaz_civil_to_utc(&c);
}

static size_t
add_doc(struct set *set, struct gaz_story_extractor *x, const json_t *o)
{
	struct gaz_str id = text(o, "id"), source = text(o, "source");
	struct gaz_str url = text(o, "url");

	for (size_t i = 0; i < set->docs.n && set->pairs; i++) {
		if (strcmp(set->docs.v[i].id, id.p) == 0)
			return i;
	}
	if (source.len == 0 && gaz_str_find(url, GAZ_STR("://"), 0) !=
	        GAZ_STR_NPOS) {
		size_t from = gaz_str_find(url, GAZ_STR("://"), 0) + 3;
		size_t to = gaz_str_find_char(url, '/', from);
		source = gaz_str_sub(url, from,
		    to == GAZ_STR_NPOS ? url.len : to);
	}
	struct doc *d = gaz_vec_push(&set->docs);
	*d = (struct doc){ .id = gaz_mem_strdup(id.p) };
	struct gaz_str gold = text(o, "story");
	d->gold = gaz_mem_strndup(gold.p != NULL ? gold.p : "", gold.len);
	d->gold_hash = (uint32_t)gaz_hash_str(gaz_str_of(d->gold));
	struct gaz_str lang = text(o, "lang");
	d->lang = gaz_mem_strndup(lang.p != NULL ? lang.p : "", lang.len);
	d->published = utc(text(o, "published"));
	struct gaz_story_text t = { text(o, "title"),
		titles_only ? GAZ_STR_NONE : text(o, "summary"), lang, source,
		url, d->published };
	gaz_buf_init(&d->features, GAZ_FEATURES_MAX);
	gaz_story_extract(x, &t, &d->features);
	d->source = gaz_hash_str(source);
	d->item = (struct gaz_story_item){
		.item_id = (int64_t)set->docs.n,
		.source_id = source.len > 0 ?
		    (int64_t)(gaz_hash_str(source) >> 1) : 0,
		.published = d->published,
		.arrived = d->published,
	};
	return set->docs.n - 1;
}

static int
by_time(const void *pa, const void *pb)
{
	const struct doc *a = pa, *b = pb;

	if (a->published != b->published)
		return a->published < b->published ? -1 : 1;
	return a->item.item_id < b->item.item_id ? -1 : 1;
}

static int
by_feed(const void *pa, const void *pb)
{
	const struct doc *a = pa, *b = pb;
	uint64_t x = gaz_hash_mix(a->source, feed_order);
	uint64_t y = gaz_hash_mix(b->source, feed_order);

	return x != y ? (x < y ? -1 : 1) : by_time(pa, pb);
}

static void
load(struct gaz_story_extractor *x, const char *path)
{
	FILE *f = fopen(path, "r");
	char *line = NULL;
	size_t cap = 0;

	if (n_sets == SETS_MAX) {
		fprintf(stderr, "at most %d sets\n", SETS_MAX);
		exit(64);
	}
	struct set *set = &sets[n_sets++];

	if (f == NULL) {
		perror(path);
		exit(66);
	}
	const char *slash = strrchr(path, '/');
	set->name = slash != NULL ? slash + 1 : path;
	while (getline(&line, &cap, f) > 0) {
		json_t *o = json_loads(line, 0, NULL), *a;

		if (o == NULL)
			continue;
		if ((a = json_object_get(o, "a")) != NULL) {
			set->pairs = true;
			struct pair_label l;
			l.a = add_doc(set, x, a);
			l.b = add_doc(set, x, json_object_get(o, "b"));
			l.same = json_is_true(json_object_get(o, "same"));
			*gaz_vec_push(&set->labels) = l;
		} else
			add_doc(set, x, o);
		json_decref(o);
	}
	free(line);
	fclose(f);
	if (!set->pairs)
		qsort(set->docs.v, set->docs.n, sizeof(struct doc),
		    feed_order == 0 ? by_time : by_feed);
	for (size_t i = 0; i < set->docs.n; i++) {
		set->docs.v[i].item.item_id = (int64_t)i + 1;
		set->docs.v[i].item.features =
		    gaz_buf_str(&set->docs.v[i].features);
	}
}

#define REPAIR_EVERY 64
#define REPAIR_ROUNDS 5

static void
repair(struct gaz_story_index *ix, struct set *set, int64_t now,
    struct gaz_arena *a, int rounds)
{
	struct gaz_story_repair r;

	while (rounds-- > 0) {
		gaz_story_index_repair(ix, now, a, &r);
		for (size_t i = 0; i < r.changes.n; i++) {
			const struct gaz_story_change *c = &r.changes.v[i];

			if (c->item_id != 0) {
				set->docs.v[c->item_id - 1].cluster = c->to;
				continue;
			}
			for (size_t k = 0; k < set->docs.n; k++)
				if (set->docs.v[k].cluster == c->from)
					set->docs.v[k].cluster = c->to;
		}
		if (r.changes.n == 0)
			return;
	}
}

static struct gaz_story_index *
run(struct set *set)
{
	struct gaz_story_options o = { GAZ_STORY_WINDOW_S, 1 };
	struct gaz_story_index *ix = gaz_story_index_new(&o);
	struct gaz_arena arena;
	int64_t now = 0;

	gaz_arena_init(&arena);
	ix->weights = weights;
	/* Feeds that are read one after the other are read at one time. */
	for (size_t i = 0; i < set->docs.n && feed_order != 0; i++) {
		if (set->docs.v[i].published > now)
			now = set->docs.v[i].published;
	}
	for (size_t i = 0; i < set->docs.n; i++)
		set->docs.v[i].cluster = 0;
	for (size_t i = 0; i < set->docs.n; i++) {
		struct doc *d = &set->docs.v[i];
		struct gaz_story_decision decision;

		if (d->published > now)
			now = d->published;
		gaz_story_index_add(ix, &d->item, now, &arena, &decision);
		d->cluster = decision.story_id;
		if (i % REPAIR_EVERY == REPAIR_EVERY - 1)
			repair(ix, set, now, &arena, 1);
		gaz_arena_clear(&arena);
	}
	repair(ix, set, now, &arena, REPAIR_ROUNDS);
	gaz_arena_clear(&arena);
	return ix;
}

static double
f1(double p, double r)
{
	return p + r > 0 ? 2 * p * r / (p + r) : 0;
}

static void
score_pairs(struct set *set, double out[4])
{
	double tp = 0, fp = 0, fn = 0;

	for (size_t i = 0; i < set->labels.n; i++) {
		const struct pair_label *l = &set->labels.v[i];
		bool got = set->docs.v[l->a].cluster ==
		    set->docs.v[l->b].cluster;

		tp += got && l->same;
		fp += got && !l->same;
		fn += !got && l->same;
	}
	out[0] = tp / (tp + fp + 1e-9);
	out[1] = tp / (tp + fn + 1e-9);
	out[2] = f1(out[0], out[1]);
	out[3] = 0;
}

/* BCubed P, R, F1 and the F1 of pairs across languages. */
static void
score_set(struct set *set, double out[4])
{
	size_t n = set->docs.n;
	double p = 0, r = 0, xt = 0, xp = 0, xg = 0;

	if (set->pairs) {
		score_pairs(set, out);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		const struct doc *a = &set->docs.v[i];
		double both = 0, cluster = 0, gold = 0;

		for (size_t k = 0; k < n; k++) {
			const struct doc *b = &set->docs.v[k];
			bool c = a->cluster == b->cluster;
			bool g = a->gold_hash == b->gold_hash;

			cluster += c;
			gold += g;
			both += c && g;
			if (strcmp(a->lang, b->lang) != 0) {
				xt += c && g;
				xp += c;
				xg += g;
			}
		}
		p += both / cluster;
		r += both / gold;
	}
	out[0] = p / (double)n;
	out[1] = r / (double)n;
	out[2] = f1(out[0], out[1]);
	out[3] = xg > 0 ? f1(xt / (xp + 1e-9), xt / xg) : 0;
}

static void
print_scores(const char *label)
{
	double sum = 0;

	printf("%-24s", label);
	for (size_t i = 0; i < n_sets; i++) {
		double s[4];

		gaz_story_index_free(run(&sets[i]));
		score_set(&sets[i], s);
		printf(" | %.8s %.3f %.3f %.3f", sets[i].name, s[0], s[1],
		    s[2]);
		if (s[3] > 0)
			printf(" x%.3f", s[3]);
		sum += s[2];
	}
	printf(" | mean %.4f\n", sum / (double)n_sets);
	fflush(stdout);
}

/* Learning: examples, then Newton's method on the log-likelihood. */
struct example {
	float f[GAZ_FOR_COUNT];
	bool same, same_language;
	double weight;
};
static GAZ_VEC(struct example) examples;

static void
add_example(const float *f, bool same, bool same_language)
{
	struct example *e = gaz_vec_push(&examples);

	memcpy(e->f, f, sizeof(e->f));
	e->same = same;
	e->same_language = same_language;
	e->weight = 1;
}

static double negative_weight = 1;

/*
 * Each item meets the stories that exist when it comes, as they ought to be:
 * it is asked which of them fit, and then put where it belongs.
 */
static void
collect(struct set *set)
{
	struct gaz_story_options o = { GAZ_STORY_WINDOW_S, 1 };
	struct gaz_story_index *ix = gaz_story_index_new(&o);
	size_t first = examples.n, count[2][2] = { { 0 } };
	int64_t now = 0;

	ix->weights = weights;
	for (size_t i = 0; i < set->docs.n; i++) {
		struct doc *d = &set->docs.v[i];
		struct gaz_ranked ranked[GAZ_STORIES_MAX];
		struct gaz_query q;

		if (d->published > now)
			now = d->published;
		/* In, to be known, and looked at from outside. */
		gaz_story_index_restore(ix, &d->item, d->gold_hash, now);
		uint32_t seq = ix->next - 1;
		gaz_query_init(&q, gaz_index_item(ix, seq), ix->terms,
		    &ix->weights);
		size_t n = gaz_index_rank(ix, &q, seq, ranked);
		for (size_t k = 0; k < n; k++) {
			bool same = ix->stories.v[ranked[k].story].id ==
			    d->gold_hash;
			float f[GAZ_FOR_COUNT];
			float c = ix->stories.v[ranked[k].story].coherence;

			if (ranked[k].same.n > 0) {
				gaz_group_weigh(&ranked[k].same, c, f);
				add_example(f, same, true);
			}
			if (ranked[k].cross.n > 0) {
				gaz_group_weigh(&ranked[k].cross, c, f);
				add_example(f, same, false);
			}
		}
	}
	for (size_t i = first; i < examples.n; i++)
		count[examples.v[i].same_language][examples.v[i].same]++;
	for (size_t i = first; i < examples.n; i++) {
		struct example *e = &examples.v[i];
		e->weight = (e->same ? 1.0 : negative_weight) /
		    sqrt((double)count[e->same_language][1] + 1);
	}
	gaz_story_index_free(ix);
}

/*
 * What a weight is taken to be before learning, and its bounds: what
 * two texts share never speaks against them, and what tells them apart never
 * for them. Ranges that are nothing mean a weight that is set, not learned.
 */
static const struct belief {
	float prior, least, most;
} beliefs[2][GAZ_FOR_COUNT] = {
	{
	    [GAZ_FOR_BIAS] = { -4, -9, 4 },
	    [GAZ_FOR_WORD] = { 2, 0, 9 },
	    [GAZ_FOR_NAME] = { 3, 0, 9 },
	    [GAZ_FOR_NUMBER] = { 3, 0, 9 },
	    [GAZ_FOR_DATE] = { 1, 0, 9 },
	    [GAZ_FOR_PLACE] = { 2, 0, 9 },
	    [GAZ_FOR_CONCEPT] = { 2, 0, 9 },
	    [GAZ_FOR_BEST] = { 4, 0, 9 },
	    [GAZ_FOR_TITLE] = { 1.5, 0, 9 },
	    [GAZ_FOR_CONTAIN] = { 1, 0, 9 },
	    [GAZ_FOR_LENGTH] = { -1, -9, 0 },
	    [GAZ_FOR_LENGTH_COS] = { 3, 0, 9 },
	    [GAZ_FOR_MATCHES] = { 1, 0, 9 },
	    [GAZ_FOR_SIZE] = { 0, -1, 0 },
	    [GAZ_FOR_STRANGE] = { -1, -9, 0 },
	    [GAZ_FOR_STRANGE_TITLE] = { -0.5f, -9, 0 },
	    [GAZ_FOR_ELSEWHERE] = { -1, -9, 0 },
	    [GAZ_FOR_OWN_NAME] = { 1, 0, 9 },
	    [GAZ_FOR_OWN] = { 0.5f, 0, 9 },
	    [GAZ_FOR_OTHERS] = { 0, -9, 0 },
	    [GAZ_FOR_COVER] = { 0, 0, 9 },
	    [GAZ_FOR_KNOWN] = { 0, 0, 9 },
	    [GAZ_FOR_KNOWN_TITLE] = { 0, 0, 9 },
	    [GAZ_FOR_KNOWN_PLACE] = { 0, 0, 9 },
	    [GAZ_FOR_KNOWN_NUMBER] = { 0, 0, 9 },
	    [GAZ_FOR_OTHER] = { 0, 0, 9 },
	},
	{
	    [GAZ_FOR_BIAS] = { -4, -9, 4 },
	    [GAZ_FOR_WORD] = { 1, 0, 9 },
	    [GAZ_FOR_NAME] = { 3, 0, 9 },
	    [GAZ_FOR_NUMBER] = { 3, 0, 9 },
	    [GAZ_FOR_DATE] = { 1, 0, 9 },
	    [GAZ_FOR_PLACE] = { 2, 0, 9 },
	    [GAZ_FOR_CONCEPT] = { 2, 0, 9 },
	    [GAZ_FOR_BEST] = { 4, 0, 9 },
	    [GAZ_FOR_TITLE] = { 1.5, 0, 9 },
	    [GAZ_FOR_CONTAIN] = { 1, 0, 9 },
	    [GAZ_FOR_LENGTH] = { 0, -9, 9 },
	    [GAZ_FOR_LENGTH_COS] = { 3, 0, 9 },
	    [GAZ_FOR_MATCHES] = { 1, 0, 9 },
	    [GAZ_FOR_SIZE] = { 0, -1, 0 },
	    [GAZ_FOR_STRANGE] = { -1, -9, 0 },
	    [GAZ_FOR_STRANGE_TITLE] = { -0.5f, -9, 0 },
	    [GAZ_FOR_ELSEWHERE] = { -1, -9, 0 },
	    [GAZ_FOR_OWN_NAME] = { 1, 0, 9 },
	    [GAZ_FOR_OWN] = { 0.5f, 0, 9 },
	    [GAZ_FOR_OTHERS] = { 0, -9, 0 },
	    [GAZ_FOR_COVER] = { 0, 0, 9 },
	    [GAZ_FOR_KNOWN] = { 0, 0, 9 },
	    [GAZ_FOR_KNOWN_TITLE] = { 0, 0, 9 },
	    [GAZ_FOR_KNOWN_PLACE] = { 0, 0, 9 },
	    [GAZ_FOR_KNOWN_NUMBER] = { 0, 0, 9 },
	    [GAZ_FOR_OTHER] = { 0, 0, 9 },
	},
};

#define FIT_ROUNDS 300
#define FIT_STEP 2e-3f /* less than this is no progress */

static bool
is_learned(const struct belief *belief, bool same_language, size_t k)
{
	return belief[k].least < belief[k].most && !kept[!same_language][k];
}

/* Coordinate descent: one weight after the other, kept between its bounds. */
static void
fit(bool same_language, float *w, double ridge)
{
	const struct belief *belief = beliefs[same_language ? 0 : 1];
	GAZ_VEC(struct example *) asked = { 0 };
	GAZ_VEC(double) z = { 0 };

	for (size_t k = 0; k < GAZ_FOR_COUNT; k++) {
		if (is_learned(belief, same_language, k))
			w[k] = belief[k].prior;
	}
	for (size_t i = 0; i < examples.n; i++) {
		struct example *e = &examples.v[i];

		if (e->same_language != same_language)
			continue;
		*gaz_vec_push(&asked) = e;
		double *x = gaz_vec_push(&z);
		*x = 0;
		for (size_t k = 0; k < GAZ_FOR_COUNT; k++)
			*x += (double)(w[k] * e->f[k]);
	}
	size_t total = asked.n;
	float moved = 1;
	for (size_t round = 0; round < FIT_ROUNDS && moved > FIT_STEP;
	     round++) {
		moved = 0;
		for (size_t k = 0; k < GAZ_FOR_COUNT; k++) {
			double g = -ridge * (double)(w[k] - belief[k].prior);
			double h = ridge;

			if (!is_learned(belief, same_language, k))
				continue;
			for (size_t i = 0; i < asked.n; i++) {
				const struct example *e = asked.v[i];

				if (e->f[k] == 0)
					continue;
				double p = 1 / (1 + exp(-z.v[i]));
				double f = (double)e->f[k];
				g += e->weight * (e->same - p) * f;
				h += e->weight * p * (1 - p) * f * f;
			}
			float x = w[k] + (float)fmax(-1, fmin(1, g / h));
			x = fminf(belief[k].most, fmaxf(belief[k].least, x));
			moved = fmaxf(moved, fabsf(x - w[k]));
			for (size_t i = 0; i < asked.n && x != w[k]; i++)
				z.v[i] += (double)((x - w[k]) *
				    asked.v[i]->f[k]);
			w[k] = x;
		}
	}
	gaz_vec_clear(&z);
	gaz_vec_clear(&asked);
	printf("# %zu examples of %s\n", total,
	    same_language ? "one language" : "two languages");
}

/*
 * How surprising the decisions of a set are to what was learned: the mean of
 * -log p, both answers counting alike, of one language and across languages.
 * Much steadier than what comes of the decisions.
 */
static void
print_surprise(struct set *set)
{
	double sum[2][2] = { { 0 } }, n[2][2] = { { 0 } };

	examples.n = 0;
	collect(set);
	for (size_t i = 0; i < examples.n; i++) {
		const struct example *e = &examples.v[i];
		double z = (double)gaz_group_score(&weights, e->same_language,
		    e->f);

		sum[!e->same_language][e->same] +=
		    log1p(exp(e->same ? -z : z));
		n[!e->same_language][e->same]++;
	}
	printf("# surprise %.8s", set->name);
	for (int far = 0; far < 2; far++) {
		if (n[far][0] > 0 && n[far][1] > 0)
			printf(" %s %.4f of %.0f", far ? "across" : "one",
			    (sum[far][0] / n[far][1] + sum[far][1] / n[far][1]),
			    n[far][1]);
	}
	printf("\n");
}

int
main(int argc, char **argv)
{
	struct gaz_story_extractor *x = gaz_story_extractor_new();
	const char *scans[64];
	size_t n_scans = 0;
	bool learn = false, verbose = false;
	double ridge = 0.2;

	weights = gaz_story_weights;
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "-w") == 0 && i + 1 < argc) {
			const char *eq = strchr(argv[++i], '=');
			if (eq != NULL)
				*weight(argv[i], (size_t)(eq - argv[i])) =
				    strtof(eq + 1, NULL);
		} else if (strcmp(argv[i], "-k") == 0 && i + 1 < argc) {
			const char *eq = strchr(argv[++i], '=');
			if (eq != NULL)
				keep(argv[i], eq);
		} else if (strcmp(argv[i], "-s") == 0 && i + 1 < argc)
			scans[n_scans++] = argv[++i];
		else if (strcmp(argv[i], "-r") == 0 && i + 1 < argc)
			ridge = strtod(argv[++i], NULL);
		else if (strcmp(argv[i], "-n") == 0 && i + 1 < argc)
			negative_weight = strtod(argv[++i], NULL);
		else if (strcmp(argv[i], "-e") == 0 && i + 1 < argc) {
			load(x, argv[++i]);
			sets[n_sets - 1].unseen = true;
		} else if (strcmp(argv[i], "-o") == 0 && i + 1 < argc)
			feed_order = strtoull(argv[++i], NULL, 10);
		else if (strcmp(argv[i], "-t") == 0)
			titles_only = true;
		else if (strcmp(argv[i], "-f") == 0)
			learn = true;
		else if (strcmp(argv[i], "-v") == 0)
			verbose = true;
		else
			load(x, argv[i]);
	}
	if (learn) {
		for (size_t i = 0; i < n_sets; i++) {
			/* Pairs do not say which story an item belongs to. */
			if (!sets[i].pairs && !sets[i].unseen)
				collect(&sets[i]);
		}
		fit(true, &weights.s_bias, ridge);
		fit(false, &weights.x_bias, ridge);
		for (size_t i = 0; i < GAZ_COUNT(fields); i++) {
			if (strncmp(fields[i].name, "s_", 2) == 0 ||
			    strncmp(fields[i].name, "x_", 2) == 0)
				printf("-w %s=%.3f ", fields[i].name,
				    (double)*weight(fields[i].name,
				        strlen(fields[i].name)));
		}
		printf("\n");
		for (size_t i = 0; i < n_sets; i++) {
			if (sets[i].unseen)
				print_surprise(&sets[i]);
		}
	}
	print_scores("as given");
	for (size_t i = 0; i < n_sets && verbose; i++) {
		for (size_t k = 0; k < sets[i].docs.n; k++)
			printf("%s\t%s\t%" PRId64 "\t%s\n", sets[i].name,
			    sets[i].docs.v[k].id, sets[i].docs.v[k].cluster,
			    sets[i].docs.v[k].gold);
	}
	for (size_t i = 0; i < n_scans; i++) {
		const char *eq = strchr(scans[i], '=');
		if (eq == NULL)
			continue;
		float *w = weight(scans[i], (size_t)(eq - scans[i]));
		float old = *w;
		for (const char *p = eq; p != NULL; p = strchr(p + 1, ',')) {
			char label[64];
			*w = strtof(p + 1, NULL);
			snprintf(label, sizeof(label), "%.*s=%g",
			    (int)(eq - scans[i]), scans[i], (double)*w);
			print_scores(label);
		}
		*w = old;
	}
	gaz_story_extractor_free(x);
	return 0;
}
