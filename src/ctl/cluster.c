#include "config.h"

#include "ctl.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "gazetted/date.h"
#include "gazetted/dictionary.h"
#include "gazetted/hash.h"
#include "gazetted/lang.h"
#include "gazetted/limits.h"
#include "gazetted/story.h"
#include "gazetted/vec.h"

/*
 * gazettectl cluster: the daemon's story module on items from a file. Time is
 * the latest date of publishing so far, so that a file of last year's news
 * gives the stories of last year. Where dates jump back by more than a day, the
 * file is feeds one after the other, read at one time: that of the newest item.
 */

static const char usage[] =
    "usage: gazettectl cluster [--explain] [--json] FILE.jsonl\n"
    "\n"
    "Group the items of FILE (\"-\": standard input) into stories, without a\n"
    "daemon. Each line is a JSON object with id and title and, if known,\n"
    "summary, lang, published, source and url; the lines stand in order of\n"
    "arrival. Prints id, a tab and the number of the story for each.\n"
    "\n"
    "  --explain     say below each line why the item is where it is\n"
    "  --json        an object a line: id, story and evidence\n"
    "  --window DAYS a story ends after so long without an item (4)\n"
    "  --dictionaries DIR\n"
    "                use the FreeDict dictionaries there; \"\": none\n"
    "                (" GAZ_DICTIONARY_FOLDER ")\n";

#define JUMP_BACK_S 86400
#define REPAIR_EVERY 64 /* items */
#define REPAIR_ROUNDS 5 /* at the end, as long as anything changes */

struct entry {
	char *id;
	int64_t story;
	struct gaz_buf why; /* text or JSON, if asked for */
};

struct run {
	struct gaz_story_extractor *extractor;
	struct gaz_story_index *index;
	GAZ_VEC(struct entry) entries;
	struct gaz_buf features, scratch;
	gaz_utc now;
	bool explain, json;
	int64_t window_days;
	const char *dictionaries; /* folder; "": none */
};

static void
put_words(void *arg, struct gaz_str language, struct gaz_str word,
    struct gaz_str english)
{
	gaz_story_words_put(arg, language, word, english);
}

static struct gaz_str
text_of(const json_t *item, const char *key)
{
	const json_t *v = json_object_get(item, key);

	return json_is_string(v) ?
	    gaz_str_make(json_string_value(v), json_string_length(v)) :
	    GAZ_STR_NONE;
}

/* The host stands for an outlet that is not named. */
static struct gaz_str
source_of(struct gaz_str source, struct gaz_str url)
{
	size_t from = gaz_str_find(url, GAZ_STR("://"), 0);

	if (source.len > 0 || from == GAZ_STR_NPOS)
		return source;
	size_t to = gaz_str_find_char(url, '/', from + 3);
	return gaz_str_sub(url, from + 3, to == GAZ_STR_NPOS ? url.len : to);
}

/* What the item says, or what its words look like. */
static struct gaz_str
language_of(const struct gaz_story_text *t, struct gaz_buf *scratch)
{
	if (t->language.len > 0)
		return t->language;
	gaz_buf_reset(scratch);
	gaz_buf_put_str(scratch, gaz_str_cut(t->title, GAZ_STORY_TITLE_MAX));
	gaz_buf_put_char(scratch, '\n');
	gaz_buf_put_str(scratch, gaz_str_cut(t->summary, GAZ_STORY_TEXT_MAX));
	return gaz_lang_identify(gaz_buf_str(scratch), GAZ_STR_NONE);
}

static void
put_duration(struct gaz_buf *out, int64_t s)
{
	if (s < 5400)
		gaz_buf_put_fmt(out, "%" PRId64 " min", (s + 30) / 60);
	else if (s < 2 * 86400)
		gaz_buf_put_fmt(out, "%" PRId64 " h", (s + 1800) / 3600);
	else
		gaz_buf_put_fmt(out, "%" PRId64 " days", (s + 43200) / 86400);
}

static const struct {
	char kind;
	const char *label;
} kinds[] = {
	{ 'u', "page" },
	{ 'n', "names" },
	{ 'p', "places" },
	{ 'N', "numbers" },
	{ 'c', "topics" },
	{ 'w', "words" },
	{ 'd', "dates" },
};

static void
put_shared(struct gaz_buf *out, const struct gaz_story_decision *d)
{
	for (size_t k = 0; k < GAZ_COUNT(kinds); k++) {
		bool first = true;

		for (size_t i = 0; i < d->evidence.n; i++) {
			const struct gaz_story_evidence *e = &d->evidence.v[i];

			if (e->kind != kinds[k].kind)
				continue;
			gaz_buf_put_z(out, first ? "\n    same " : ", ");
			if (first)
				gaz_buf_put_fmt(out, "%s: ", kinds[k].label);
			gaz_buf_put_str(out, e->term);
			gaz_buf_put_fmt(out, " (%.0f%%)", 100 * e->weight);
			first = false;
		}
	}
}

static void
put_why(struct run *r, const struct gaz_story_decision *d,
    struct gaz_buf *out)
{
	const struct entry *near = NULL;

	if (d->nearest_item > 0 &&
	    (size_t)d->nearest_item <= r->entries.n)
		near = &r->entries.v[d->nearest_item - 1];
	gaz_buf_put_z(out, "    ");
	if (d->roundup && d->opened) {
		gaz_buf_put_z(out, "a story of its own: its title says that it "
		                   "tells of several events\n");
		return;
	}
	if (near == NULL) {
		gaz_buf_put_z(out, "a story of its own: nothing like it is "
		                   "in the window\n");
		return;
	}
	if (d->copy)
		gaz_buf_put_z(out, "almost the same text as ");
	else if (d->opened)
		gaz_buf_put_z(out, "a story of its own; the most alike is ");
	else
		gaz_buf_put_z(out, "the same event as ");
	gaz_buf_put_fmt(out, "%s of story %" PRId64 ", ", near->id,
	    near->story);
	put_duration(out, d->gap_s);
	gaz_buf_put_z(out, " apart");
	if (d->language.len > 0 && d->nearest_language.len > 0 &&
	    !gaz_str_eq(d->language, d->nearest_language))
		gaz_buf_put_fmt(out, ", %.*s and %.*s",
		    GAZ_STR_ARG(d->language),
		    GAZ_STR_ARG(d->nearest_language));
	gaz_buf_put_fmt(out, ": likeness %.0f%%, needed %.0f%%",
	    100 * d->score, 100 * d->threshold);
	put_shared(out, d);
	if (d->known > 0 && !d->opened)
		gaz_buf_put_fmt(out, "\n    the story has %.0f%% of its names "
		    "and places", 100 * d->known);
	if (d->runner_up != 0)
		gaz_buf_put_fmt(out,
		    "\n    next best is story %" PRId64 " with %.0f%%",
		    d->runner_up, 100 * d->runner_up_score);
	gaz_buf_put_char(out, '\n');
}

/*
 * The second look that the daemon takes every few minutes. An item's reasons
 * stay those of its arrival; what changed since is said below them.
 */
static bool
repair(struct run *r)
{
	struct gaz_story_repair changes;
	struct gaz_arena arena;

	gaz_arena_init(&arena);
	gaz_story_index_repair(r->index, r->now, &arena, &changes);
	for (size_t i = 0; i < changes.changes.n; i++) {
		const struct gaz_story_change *c = &changes.changes.v[i];

		for (size_t k = 0; k < r->entries.n; k++) {
			struct entry *e = &r->entries.v[k];

			if (c->item_id != 0 ? c->item_id != (int64_t)k + 1 :
			                      e->story != c->from)
				continue;
			e->story = c->to;
			if (r->explain)
				gaz_buf_put_fmt(&e->why,
				    "    later: %s story %" PRId64 "\n",
				    c->item_id != 0 ? "fits better in" :
				                      "all of it is part of",
				    c->to);
		}
	}
	bool any = changes.changes.n > 0;
	gaz_arena_clear(&arena);
	return any;
}

static bool
take_item(struct run *r, const json_t *json, struct gaz_err *err)
{
	const json_t *id = json_object_get(json, "id");
	struct gaz_story_decision d;
	struct gaz_arena arena;
	struct gaz_story_text t = { 0 };

	if (!json_is_object(json))
		return gaz_err_set(err, GAZ_ERR_FORMAT,
		    "this is not a JSON object");
	if (!json_is_string(id) && !json_is_integer(id))
		return gaz_err_set(err, GAZ_ERR_FORMAT, "\"id\" is missing");
	if (!json_is_string(json_object_get(json, "title")))
		return gaz_err_set(err, GAZ_ERR_FORMAT,
		    "\"title\" is missing");
	t.title = text_of(json, "title");
	t.summary = text_of(json, "summary");
	t.language = text_of(json, "lang");
	t.url = text_of(json, "url");
	t.source = source_of(text_of(json, "source"), t.url);
	t.published = gaz_date_parse(text_of(json, "published"));
	if (t.published != GAZ_UTC_UNKNOWN && t.published > r->now)
		r->now = t.published;
	t.language = language_of(&t, &r->scratch);
	gaz_arena_init(&arena);
	gaz_buf_reset(&r->features);
	gaz_story_extract(r->extractor, &t, &r->features);
	struct entry *e = gaz_vec_push(&r->entries);
	if (json_is_integer(id)) {
		char number[24];

		snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT,
		    json_integer_value(id));
		e->id = gaz_mem_strdup(number);
	} else
		e->id = gaz_mem_strdup(json_string_value(id));
	e->story = 0;
	gaz_buf_init(&e->why, GAZ_BUF_NO_MAX);
	struct gaz_story_item item = {
		.item_id = (int64_t)r->entries.n,
		.source_id = t.source.len > 0 ?
		    (int64_t)(gaz_hash_str(t.source) >> 1) :
		    0,
		.published = t.published,
		.arrived = r->now,
		.features = gaz_buf_str(&r->features),
	};
	gaz_story_index_add(r->index, &item, r->now, &arena, &d);
	e->story = d.story_id;
	if (r->json)
		gaz_story_write_evidence(&d, &e->why);
	else if (r->explain)
		put_why(r, &d, &e->why);
	gaz_arena_clear(&arena);
	if (r->entries.n % REPAIR_EVERY == 0)
		repair(r);
	return true;
}

static bool
is_blank(const char *line, size_t n)
{
	while (n > 0 && gaz_is_space(line[n - 1]))
		n--;
	return n == 0;
}

/* Lines as they were read, parsed. */
struct lines {
	GAZ_VEC(json_t *) v;
	GAZ_VEC(int64_t) number;
};

static int
read_lines(struct lines *l, FILE *f, const char *name)
{
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;
	int status = EX_OK;

	for (int64_t number = 1; (n = getline(&line, &cap, f)) > 0; number++) {
		json_error_t at;

		if (is_blank(line, (size_t)n))
			continue;
		json_t *json = json_loadb(line, (size_t)n, 0, &at);
		if (json == NULL) {
			fprintf(stderr,
			    "gazettectl cluster: %s: line %" PRId64 ": %s\n",
			    name, number, at.text);
			status = EX_DATAERR;
			break;
		}
		*gaz_vec_push(&l->v) = json;
		*gaz_vec_push(&l->number) = number;
	}
	if (status == EX_OK && ferror(f)) {
		perror(name);
		status = EX_IOERR;
	}
	free(line);
	return status;
}

/* The time at which feeds that follow each other were read. */
static gaz_utc
reading_time(const struct lines *l)
{
	gaz_utc newest = INT64_MIN;
	bool jumps = false;

	for (size_t i = 0; i < l->v.n; i++) {
		gaz_utc t = gaz_date_parse(text_of(l->v.v[i], "published"));

		if (t == GAZ_UTC_UNKNOWN)
			continue;
		jumps = jumps ||
		    (newest != INT64_MIN && t < newest - JUMP_BACK_S);
		if (t > newest)
			newest = t;
	}
	return jumps ? newest : 0;
}

static int
read_items(struct run *r, FILE *f, const char *name)
{
	struct lines l = { 0 };
	int status = read_lines(&l, f, name);

	if (status == EX_OK)
		r->now = reading_time(&l);
	for (size_t i = 0; i < l.v.n && status == EX_OK; i++) {
		struct gaz_err err = { 0 };

		if (take_item(r, l.v.v[i], &err))
			continue;
		fprintf(stderr, "gazettectl cluster: %s: line %" PRId64
		    ": %s\n", name, l.number.v[i], err.msg);
		status = EX_DATAERR;
	}
	for (size_t i = 0; i < l.v.n; i++)
		json_decref(l.v.v[i]);
	gaz_vec_clear(&l.v);
	gaz_vec_clear(&l.number);
	return status;
}

static int
print_stories(const struct run *r)
{
	for (size_t i = 0; i < r->entries.n; i++) {
		const struct entry *e = &r->entries.v[i];

		if (r->json) {
			json_t *id = json_string(e->id);
			char *quoted = json_dumps(id, JSON_ENCODE_ANY);

			printf("{\"id\":%s,\"story\":%" PRId64
			       ",\"evidence\":%.*s}\n",
			    quoted, e->story, GAZ_STR_ARG(gaz_buf_str(&e->why)));
			free(quoted);
			json_decref(id);
			continue;
		}
		printf("%s\t%" PRId64 "\n%.*s", e->id, e->story,
		    GAZ_STR_ARG(gaz_buf_str(&e->why)));
	}
	if (fflush(stdout) != 0 || ferror(stdout)) {
		perror("gazettectl cluster: standard output");
		return EX_IOERR;
	}
	return EX_OK;
}

static int
cluster(struct run *r, const char *path)
{
	struct gaz_story_options options = {
		.window_s = r->window_days * 86400,
		.next_story_id = 1,
	};
	bool standard = strcmp(path, "-") == 0;
	FILE *f = standard ? stdin : fopen(path, "r");

	if (f == NULL) {
		fprintf(stderr, "gazettectl cluster: %s: %s\n", path,
		    strerror(errno));
		return EX_NOINPUT;
	}
	struct gaz_story_words *words = gaz_story_words_new();
	if (r->dictionaries[0] != '\0')
		gaz_dictionary_read(r->dictionaries, put_words, words);
	r->extractor = gaz_story_extractor_new();
	if (!gaz_story_extractor_use(r->extractor,
	        gaz_story_words_table(words)))
		abort();
	r->index = gaz_story_index_new(&options);
	gaz_buf_init(&r->features, GAZ_FEATURES_MAX);
	gaz_buf_init(&r->scratch, GAZ_BUF_NO_MAX);
	int status = read_items(r, f, standard ? "standard input" : path);
	if (!standard)
		fclose(f);
	for (int i = 0; i < REPAIR_ROUNDS && repair(r); i++)
		;
	if (status == EX_OK)
		status = print_stories(r);
	for (size_t i = 0; i < r->entries.n; i++) {
		free(r->entries.v[i].id);
		gaz_buf_clear(&r->entries.v[i].why);
	}
	gaz_vec_clear(&r->entries);
	gaz_buf_clear(&r->features);
	gaz_buf_clear(&r->scratch);
	gaz_story_index_free(r->index);
	gaz_story_extractor_free(r->extractor);
	gaz_story_words_free(words);
	return status;
}

int
gaz_ctl_cluster(int argc, char **argv)
{
	static const struct option options[] = {
		{ "explain", no_argument, NULL, 'e' },
		{ "json", no_argument, NULL, 'j' },
		{ "dictionaries", required_argument, NULL, 'd' },
		{ "window", required_argument, NULL, 'w' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct run r = { .window_days = GAZ_STORY_WINDOW_S / 86400,
		.dictionaries = GAZ_DICTIONARY_FOLDER };
	int c;

	opterr = 0;
	optind = 0; /* glibc: begin anew */
	while ((c = getopt_long(argc, argv, ":h", options, NULL)) != -1) {
		switch (c) {
		case 'e':
			r.explain = true;
			break;
		case 'j':
			r.json = true;
			break;
		case 'd':
			r.dictionaries = optarg;
			break;
		case 'w':
			if (!gaz_str_to_int(gaz_str_of(optarg),
			        &r.window_days) ||
			    r.window_days < 1 || r.window_days > 365)
				return gaz_ctl_usage(argv[0],
				    "--window takes 1 to 365 days");
			break;
		case 'h':
			fputs(usage, stdout);
			return EX_OK;
		case ':':
			return gaz_ctl_usage(argv[0], "%s needs a value",
			    argv[optind - 1]);
		default:
			return gaz_ctl_usage(argv[0], "unknown option %s",
			    argv[optind - 1]);
		}
	}
	if (argc - optind != 1)
		return gaz_ctl_usage(argv[0], "give one FILE, or \"-\"");
	return cluster(&r, argv[optind]);
}
