#include "config.h"

#include "ctl.h"

#include <inttypes.h>
#include <sysexits.h>

#include "gazetted/limits.h"

#include "daemon/describe.h"

#include "list.h"

/* gazettectl status: the daemon, or a database, at a glance. */
static const struct gaz_ctl_spec spec = {
	.name = "status",
	.arguments = "",
	.about =
	    "Tell how the daemon does: since when it runs, where it listens, "
	    "what it has and\n"
	    "what it is at. With --store: what is in a database.\n",
	.groups = GAZ_CTL_DAEMON | GAZ_CTL_STORE | GAZ_CTL_JSON,
};

#define LABEL_WIDTH 14

static void
put_label(struct gaz_buf *out, const struct gaz_ctl_style *st,
    const char *label)
{
	gaz_buf_put_fmt(out, "%s%-*s%s", gaz_ctl_on(st, GAZ_CTL_DIM),
	    LABEL_WIDTH, label, gaz_ctl_off(st, GAZ_CTL_DIM));
}

static void
put_text_line(struct gaz_buf *out, const struct gaz_ctl_style *st,
    const char *label, struct gaz_str text)
{
	if (text.len == 0)
		return;
	put_label(out, st, label);
	gaz_ctl_clean(out, text, GAZ_CTL_NO_LIMIT);
	gaz_buf_put_char(out, '\n');
}

static void
put_process(const json_t *root, const struct gaz_ctl_style *st,
    struct gaz_buf *out)
{
	if (gaz_ctl_str(root, "version").p == NULL)
		return;
	put_label(out, st, "gazetted");
	gaz_ctl_clean(out, gaz_ctl_str(root, "version"), GAZ_CTL_NO_LIMIT);
	gaz_buf_put_z(out, ", running for ");
	gaz_ctl_put_span(out, gaz_ctl_int(root, "uptime"));
	gaz_buf_put_z(out, ", since ");
	gaz_ctl_put_time(out, gaz_ctl_utc(root, "started"));
	gaz_buf_put_fmt(out, ", process %" PRId64 "\n",
	    gaz_ctl_int(root, "pid"));
	put_text_line(out, st, "configuration",
	    gaz_ctl_str(root, "configuration"));
	put_label(out, st, "listening on");
	gaz_ctl_put_words(out, json_object_get(root, "listen"), ", ");
	gaz_buf_put_char(out, '\n');
}

static void
put_feeds(const json_t *f, const struct gaz_ctl_style *st, struct gaz_buf *out)
{
	int64_t failing = gaz_ctl_int(f, "failing");
	int64_t off = gaz_ctl_int(f, "known") - gaz_ctl_int(f, "enabled");

	put_label(out, st, "feeds");
	gaz_buf_put_fmt(out, "%" PRId64, gaz_ctl_int(f, "known"));
	if (off > 0)
		gaz_buf_put_fmt(out, ", %" PRId64 " switched off", off);
	if (failing > 0)
		gaz_buf_put_fmt(out, ", %s%" PRId64 " failing%s (see "
		    "\"gazettectl feeds --failing\")",
		    gaz_ctl_on(st, GAZ_CTL_RED), failing,
		    gaz_ctl_off(st, GAZ_CTL_RED));
	gaz_buf_put_char(out, '\n');
}

/* Lists behind URLs, a line or two each. */
static void
put_lists(const json_t *lists, const struct gaz_ctl_style *st,
    struct gaz_buf *out)
{
	for (size_t i = 0; i < json_array_size(lists); i++) {
		const json_t *l = json_array_get(lists, i);
		struct gaz_str text = gaz_ctl_str(l, "fault_text");
		bool ok = gaz_str_eq_z(gaz_ctl_str(l, "fault"), "ok");
		int64_t leaving = gaz_ctl_int(l, "leaving");
		int64_t skipped = gaz_ctl_int(l, "skipped");

		put_label(out, st, i == 0 ? "lists" : "");
		gaz_ctl_clean(out, gaz_ctl_str(l, "url"), GAZ_CTL_NO_LIMIT);
		gaz_buf_put_z(out, ": ");
		gaz_ctl_put_count(out, gaz_ctl_int(l, "feeds"), "feed",
		    "feeds");
		if (leaving > 0)
			gaz_buf_put_fmt(out, ", %" PRId64 " leaving", leaving);
		if (skipped > 0)
			gaz_buf_put_fmt(out, ", %" PRId64 " skipped", skipped);
		gaz_buf_put_z(out, "; next asked for at ");
		gaz_ctl_put_time(out, gaz_ctl_utc(l, "next_fetch"));
		gaz_buf_put_char(out, '\n');
		if (text.len == 0)
			continue;
		put_label(out, st, "");
		gaz_buf_put_z(out, ok ? "" : gaz_ctl_on(st, GAZ_CTL_RED));
		gaz_ctl_clean(out, text, GAZ_CTL_NO_LIMIT);
		gaz_buf_put_z(out, ok ? "" : gaz_ctl_off(st, GAZ_CTL_RED));
		gaz_buf_put_char(out, '\n');
	}
}

static void
put_work(const json_t *w, const struct gaz_ctl_style *st, struct gaz_buf *out)
{
	static const struct {
		const char *name, *text;
	} parts[] = {
		{ "fetching", "being fetched" },
		{ "waiting", "waiting for their turn" },
		{ "parsing", "being parsed" },
		{ "storing", "being stored" },
	};
	bool any = false;

	if (w == NULL)
		return;
	put_label(out, st, "at work");
	for (size_t i = 0; i < GAZ_COUNT(parts); i++) {
		int64_t n = gaz_ctl_int(w, parts[i].name);

		if (n <= 0)
			continue;
		gaz_buf_put_fmt(out, "%s%" PRId64 " %s", any ? ", " : "", n,
		    parts[i].text);
		any = true;
	}
	gaz_buf_put_z(out, any ? "\n" : "nothing to do\n");
}

static void
put_hubs(const json_t *w, const struct gaz_ctl_style *st, struct gaz_buf *out)
{
	static const struct {
		const char *name, *text;
	} parts[] = {
		{ "active", "deliver" },
		{ "quiet", "quiet" },
		{ "asked", "asked" },
		{ "denied", "denied" },
		{ "failing", "failing" },
		{ "spare", "replaced by another" },
	};
	bool any = false;

	for (size_t i = 0; i < GAZ_COUNT(parts); i++) {
		int64_t n = gaz_ctl_int(w, parts[i].name);

		if (w == NULL || n <= 0)
			continue;
		if (!any)
			put_label(out, st, "hubs");
		gaz_buf_put_fmt(out, "%s%" PRId64 " %s", any ? ", " : "", n,
		    parts[i].text);
		any = true;
	}
	if (any)
		gaz_buf_put_char(out, '\n');
}

static void
put_subscribers(const json_t *h, const struct gaz_ctl_style *st,
    struct gaz_buf *out)
{
	int64_t n = gaz_ctl_int(h, "subscribers");
	int64_t failing = gaz_ctl_int(h, "failing");

	if (h == NULL || n <= 0)
		return;
	put_label(out, st, "subscribers");
	gaz_buf_put_fmt(out, "%" PRId64, n);
	if (failing > 0)
		gaz_buf_put_fmt(out, ", %" PRId64 " failing", failing);
	gaz_buf_put_char(out, '\n');
}

static void
write_status(const json_t *root, const struct gaz_ctl_style *st,
    struct gaz_buf *out)
{
	const json_t *s = json_object_get(root, "store");
	gaz_utc newest = gaz_ctl_utc(s, "newest_item");

	put_process(root, st, out);
	put_feeds(json_object_get(root, "feeds"), st, out);
	put_lists(json_object_get(root, "subscriptions"), st, out);
	put_hubs(json_object_get(root, "websub"), st, out);
	put_subscribers(json_object_get(root, "hub"), st, out);
	put_label(out, st, "items");
	gaz_buf_put_fmt(out, "%" PRId64 " in ", gaz_ctl_int(s, "items"));
	gaz_ctl_put_count(out, gaz_ctl_int(s, "stories"), "story", "stories");
	if (newest != GAZ_UTC_UNKNOWN) {
		gaz_buf_put_z(out, ", arrived ");
		gaz_ctl_put_time(out, gaz_ctl_utc(s, "oldest_item"));
		gaz_buf_put_z(out, " to ");
		gaz_ctl_put_time(out, newest);
	}
	gaz_buf_put_char(out, '\n');
	put_work(json_object_get(root, "work"), st, out);
	put_label(out, st, "database");
	gaz_ctl_clean(out, gaz_ctl_str(s, "path"), GAZ_CTL_NO_LIMIT);
	gaz_buf_put_z(out, ", ");
	gaz_ctl_put_bytes(out, gaz_ctl_int(s, "bytes"));
	gaz_buf_put_fmt(out, ", schema %" PRId64 "\n",
	    gaz_ctl_int(s, "schema"));
}

static int
ask_store(struct gaz_ctl_reach *r, struct gaz_buf *out)
{
	struct gaz_store_stats stats;
	struct gaz_err err = { 0 };
	struct gaz_json j;

	if (!gaz_store_stats(r->store, &stats, &err))
		return gaz_ctl_failed(r->args, &err);
	gaz_json_init(&j, out, 0);
	gaz_json_object(&j, NULL);
	gaz_describe_store(&j, r->args->store, &stats);
	if (!gaz_describe_lists(&j, r->store, &err))
		return gaz_ctl_failed(r->args, &err);
	gaz_json_end_object(&j);
	gaz_buf_put_char(out, '\n');
	return EX_OK;
}

int
gaz_ctl_status(int argc, char **argv)
{
	struct gaz_ctl_args args;
	struct gaz_ctl_reach r;
	struct gaz_buf answer;
	int status;

	if (!gaz_ctl_args_read(&args, &spec, argc, argv, &status))
		return status;
	gaz_buf_init(&answer, GAZ_MESSAGE_MAX);
	status = gaz_ctl_reach_open(&r, &args);
	if (status == EX_OK) {
		status = r.store != NULL ? ask_store(&r, &answer) :
		    gaz_ctl_get(&r, "/api/1/status", NULL, &answer);
		if (status == EX_OK)
			status = gaz_ctl_show(&args, &answer, write_status);
		gaz_ctl_reach_close(&r);
	}
	gaz_buf_clear(&answer);
	gaz_ctl_args_clear(&args);
	return status;
}
