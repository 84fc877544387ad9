#include "config.h"

#include "ctl.h"

#include <inttypes.h>
#include <sysexits.h>

#include "gazetted/fault.h"
#include "gazetted/limits.h"

#include "daemon/describe.h"

#include "evidence.h"
#include "list.h"

/* gazettectl why: why a feed is due when it is, and what its fetches did. */
static const struct gaz_ctl_spec spec = {
	.name = "why",
	.arguments = "FEED",
	.about =
	    "Tell how FEED (name, id or address) does: its last fetch, when "
	    "the next one is\n"
	    "and why then, and a table of the last ones.\n",
	.groups = GAZ_CTL_DAEMON | GAZ_CTL_STORE | GAZ_CTL_JSON,
	.least = 1,
	.most = 1,
};

static const char *
fault_text(struct gaz_str name)
{
	enum gaz_fault fault;

	return gaz_fault_find(name, &fault) ? gaz_fault_text(fault) : "failed";
}

static void
put_last(struct gaz_buf *out, const json_t *f)
{
	struct gaz_str fault = gaz_ctl_str(f, "fault");
	struct gaz_str text = gaz_ctl_str(f, "fault_text");
	int64_t failures = gaz_ctl_int(f, "failures");

	if (gaz_ctl_utc(f, "last_fetch") == GAZ_UTC_UNKNOWN) {
		gaz_buf_put_z(out, "It was never fetched.");
		return;
	}
	gaz_buf_put_z(out, "It was fetched last at ");
	gaz_ctl_put_time(out, gaz_ctl_utc(f, "last_fetch"));
	if (gaz_str_eq_z(fault, "ok")) {
		gaz_buf_put_z(out, gaz_ctl_int(f, "http_status") == 304 ?
		    " and had not changed." : ", which went well.");
		if (text.len > 0) {
			gaz_buf_put_z(out, " The document: ");
			gaz_buf_put_str(out, text);
			gaz_buf_put_char(out, '.');
		}
	} else {
		gaz_buf_put_fmt(out, ", which failed: %s",
		    fault_text(fault));
		if (text.len > 0) {
			gaz_buf_put_z(out, " (");
			gaz_buf_put_str(out, text);
			gaz_buf_put_char(out, ')');
		}
		gaz_buf_put_z(out, failures > 1 ? ". " : ".");
		if (failures > 1)
			gaz_buf_put_fmt(out, "That makes %" PRId64
			    " failures in a row.", failures);
		if (gaz_ctl_utc(f, "last_success") == GAZ_UTC_UNKNOWN) {
			gaz_buf_put_z(out, " It has never worked.");
		} else {
			gaz_buf_put_z(out, " It worked last at ");
			gaz_ctl_put_time(out, gaz_ctl_utc(f, "last_success"));
			gaz_buf_put_char(out, '.');
		}
	}
	if (gaz_ctl_utc(f, "last_new") != GAZ_UTC_UNKNOWN) {
		gaz_buf_put_z(out, " Something new came last at ");
		gaz_ctl_put_time(out, gaz_ctl_utc(f, "last_new"));
		gaz_buf_put_char(out, '.');
	}
}

static void
put_next(struct gaz_buf *out, const json_t *f)
{
	struct gaz_str reason = gaz_ctl_str(f, "next_reason");
	int64_t due_in = gaz_ctl_int(f, "due_in");

	if (!gaz_ctl_bool(f, "enabled")) {
		gaz_buf_put_z(out, " It is switched off.");
		return;
	}
	if (gaz_ctl_bool(f, "gone")) {
		gaz_buf_put_z(out, " It is gone, and is not fetched any more "
		    "unless you say so (gazettectl fetch).");
		return;
	}
	if (gaz_ctl_bool(f, "fetching")) {
		gaz_buf_put_z(out, " It is being fetched now.");
		return;
	}
	if (gaz_ctl_utc(f, "next_fetch") == GAZ_UTC_UNKNOWN && due_in < 0)
		return;
	gaz_buf_put_z(out, " It is due ");
	if (due_in == 0) {
		gaz_buf_put_z(out, "now");
	} else if (due_in > 0) {
		gaz_buf_put_z(out, "in ");
		gaz_ctl_put_span(out, due_in);
	} else {
		gaz_buf_put_z(out, "at ");
		gaz_ctl_put_time(out, gaz_ctl_utc(f, "next_fetch"));
	}
	if (reason.len > 0) {
		gaz_buf_put_z(out, " (reason: ");
		gaz_buf_put_str(out, reason);
		gaz_buf_put_char(out, ')');
	}
	gaz_buf_put_char(out, '.');
}

/* What its hub does. */
static void
put_hub(struct gaz_buf *out, const json_t *h)
{
	struct gaz_str state = gaz_ctl_str(h, "state");
	struct gaz_str text = gaz_ctl_str(h, "fault_text");
	int64_t n = gaz_ctl_int(h, "deliveries");

	if (state.p == NULL)
		return;
	gaz_buf_put_z(out, " Its hub, ");
	gaz_buf_put_str(out, gaz_ctl_str(h, "hub"));
	if (gaz_str_eq_z(state, "active") && gaz_ctl_int(h, "failures") > 0)
		gaz_buf_put_z(out, ", does not renew its lease");
	else if (gaz_str_eq_z(state, "active"))
		gaz_buf_put_z(out, gaz_ctl_bool(h, "signed") ?
		    ", delivers what is new" : ", tells when to look");
	else if (gaz_str_eq_z(state, "quiet"))
		gaz_buf_put_z(out, ", did not deliver what was found");
	else if (gaz_str_eq_z(state, "denied"))
		gaz_buf_put_z(out, ", denies the subscription");
	else
		gaz_buf_put_z(out, ", is asked to deliver what is new");
	if (gaz_ctl_utc(h, "lease_ends") != GAZ_UTC_UNKNOWN) {
		gaz_buf_put_z(out, "; the lease ends ");
		gaz_ctl_put_time(out, gaz_ctl_utc(h, "lease_ends"));
	}
	if (n > 0) {
		gaz_buf_put_fmt(out, "; %" PRId64 " deliver%s, the last at ",
		    n, n == 1 ? "y" : "ies");
		gaz_ctl_put_time(out, gaz_ctl_utc(h, "last_delivery"));
	}
	gaz_buf_put_char(out, '.');
	if (gaz_ctl_int(h, "failures") == 0)
		return;
	gaz_buf_put_fmt(out, " Asking it failed: %s",
	    fault_text(gaz_ctl_str(h, "fault")));
	if (text.len > 0) {
		gaz_buf_put_z(out, " (");
		gaz_buf_put_str(out, text);
		gaz_buf_put_char(out, ')');
	}
	if (gaz_ctl_utc(h, "next_request") != GAZ_UTC_UNKNOWN) {
		gaz_buf_put_z(out, "; it is asked again at ");
		gaz_ctl_put_time(out, gaz_ctl_utc(h, "next_request"));
	}
	gaz_buf_put_char(out, '.');
}

/* Its other hubs, which are asked when that one fails. */
static void
put_other_hubs(struct gaz_buf *out, const json_t *list)
{
	const json_t *h;
	size_t i;

	json_array_foreach (list, i, h) {
		struct gaz_str text = gaz_ctl_str(h, "fault_text");
		bool failed = gaz_ctl_int(h, "failures") > 0;

		gaz_buf_put_z(out, failed ? " Another of its hubs, " :
		    " It also names ");
		gaz_buf_put_str(out, gaz_ctl_str(h, "hub"));
		if (failed) {
			gaz_buf_put_fmt(out, ", does not work: %s",
			    fault_text(gaz_ctl_str(h, "fault")));
			if (text.len > 0) {
				gaz_buf_put_z(out, " (");
				gaz_buf_put_str(out, text);
				gaz_buf_put_char(out, ')');
			}
		}
		gaz_buf_put_char(out, '.');
	}
}

static void
put_history(struct gaz_buf *out, const json_t *list,
    const struct gaz_ctl_style *st)
{
	static const struct gaz_ctl_column columns[] = {
		{ .title = "FETCHED" },
		{ .title = "RESULT" },
		{ "HTTP", .right = true, .drop = 2 },
		{ "MS", .right = true, .drop = 4 },
		{ "SIZE", .right = true, .drop = 5 },
		{ "NEW", .right = true },
		{ "CHANGED", .right = true, .drop = 3 },
		{ "THEN", .least = 16, .drop = 1 },
	};
	struct gaz_ctl_table *t = gaz_ctl_table_new(columns,
	    GAZ_COUNT(columns));
	struct gaz_buf b;
	const json_t *h;
	size_t i;

	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	json_array_foreach (list, i, h) {
		struct gaz_str fault = gaz_ctl_str(h, "fault");
		struct gaz_str text = gaz_ctl_str(h, "text");
		bool ok = gaz_str_eq_z(fault, "ok");

		gaz_ctl_cell_time(t, gaz_ctl_utc(h, "when"));
		gaz_ctl_cell_in(t, fault, ok ? GAZ_CTL_PLAIN : GAZ_CTL_RED);
		if (gaz_ctl_int(h, "http_status") > 0)
			gaz_ctl_cell_int(t, gaz_ctl_int(h, "http_status"));
		else
			gaz_ctl_cell(t, GAZ_STR_NONE);
		gaz_ctl_cell_int(t, gaz_ctl_int(h, "duration_ms"));
		gaz_buf_reset(&b);
		gaz_ctl_put_bytes(&b, gaz_ctl_int(h, "bytes"));
		gaz_ctl_cell(t, gaz_buf_str(&b));
		gaz_ctl_cell_int(t, gaz_ctl_int(h, "new"));
		gaz_ctl_cell_int(t, gaz_ctl_int(h, "changed"));
		gaz_ctl_cell(t, !ok && text.len > 0 ? text :
		    gaz_ctl_str(h, "next_reason"));
	}
	if (json_array_size(list) > 0)
		gaz_buf_put_char(out, '\n');
	gaz_ctl_table_write(t, 0, st, out);
	gaz_buf_clear(&b);
	gaz_ctl_table_free(t);
}

static void
write_why(const json_t *f, const struct gaz_ctl_style *st, struct gaz_buf *out)
{
	struct gaz_str flags = gaz_ctl_str(f, "flags");
	struct gaz_buf text;

	gaz_buf_init(&text, GAZ_BUF_NO_MAX);
	gaz_buf_put_fmt(out, "%sFeed %" PRId64 ": ",
	    gaz_ctl_on(st, GAZ_CTL_BOLD), gaz_ctl_int(f, "id"));
	gaz_ctl_put_text(out, gaz_ctl_str(f, "name"), st);
	gaz_buf_put_fmt(out, "%s\n", gaz_ctl_off(st, GAZ_CTL_BOLD));
	gaz_ctl_put_url(out, gaz_ctl_str(f, "url"));
	gaz_buf_put_z(out, "\n\n");
	put_last(&text, f);
	put_next(&text, f);
	put_hub(&text, json_object_get(f, "websub"));
	put_other_hubs(&text, json_object_get(json_object_get(f, "websub"),
	    "others"));
	if (flags.len > 0) {
		gaz_buf_put_z(&text, " Noticed about it: ");
		gaz_buf_put_str(&text, flags);
		gaz_buf_put_char(&text, '.');
	}
	gaz_ctl_wrap(out, gaz_buf_str(&text), 0, 0, gaz_ctl_text_width(st));
	gaz_buf_put_char(out, '\n');
	put_history(out, json_object_get(f, "history"), st);
	gaz_buf_clear(&text);
}

static int
ask_store(struct gaz_ctl_reach *r, const char *name, struct gaz_buf *out)
{
	struct gaz_err err = { 0 };
	int64_t id;

	if (gaz_describe_find_feed(r->store, gaz_str_of(name), &id, &err) &&
	    gaz_describe_feed(r->store, id, r->now, NULL, out, &err))
		return EX_OK;
	return gaz_ctl_failed(r->args, &err);
}

static int
why(const struct gaz_ctl_args *args)
{
	gaz_ctl_params params = { 0 };
	struct gaz_ctl_reach r;
	struct gaz_buf answer;
	int status = gaz_ctl_reach_open(&r, args);

	if (status != EX_OK)
		return status;
	gaz_buf_init(&answer, GAZ_MESSAGE_MAX);
	gaz_ctl_param(&params, "feed", args->argv[0]);
	status = r.store != NULL ? ask_store(&r, args->argv[0], &answer) :
	    gaz_ctl_get(&r, "/api/1/why", &params, &answer);
	if (status == EX_OK)
		status = gaz_ctl_show(args, &answer, write_why);
	gaz_vec_clear(&params);
	gaz_buf_clear(&answer);
	gaz_ctl_reach_close(&r);
	return status;
}

int
gaz_ctl_why(int argc, char **argv)
{
	struct gaz_ctl_args args;
	int status;

	if (!gaz_ctl_args_read(&args, &spec, argc, argv, &status))
		return status;
	status = why(&args);
	gaz_ctl_args_clear(&args);
	return status;
}
