#include "config.h"

#include "list.h"

#include <inttypes.h>
#include <stdio.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "gazetted/limits.h"

#include "ctl.h"

/* gazettectl fetch --history: the daemon walks, this looks on. */
#define POLL_MS 200

static void
wait_a_little(void)
{
	struct timespec t = { 0, POLL_MS * 1000000L };

	nanosleep(&t, NULL);
}

static bool
is_state(const json_t *h, const char *name)
{
	return gaz_str_eq_z(gaz_ctl_str(h, "state"), name);
}

static void
put_counts(struct gaz_buf *out, const json_t *h)
{
	gaz_ctl_put_count(out, gaz_ctl_int(h, "pages"), "earlier page",
	    "earlier pages");
	gaz_buf_put_z(out, ", ");
	gaz_ctl_put_count(out, gaz_ctl_int(h, "items"), "item", "items");
	gaz_buf_put_fmt(out, ", %" PRId64 " of them new",
	    gaz_ctl_int(h, "new"));
}

/* On a terminal only, one line that is written over. */
static void
show_progress(const json_t *h, bool last)
{
	struct gaz_buf line;

	if (!isatty(STDERR_FILENO))
		return;
	gaz_buf_init(&line, GAZ_BUF_NO_MAX);
	gaz_buf_put_z(&line, "\r\x1b[K");
	if (!last) {
		gaz_ctl_clean(&line, gaz_ctl_str(h, "name"), 30);
		gaz_buf_put_z(&line, ": ");
		put_counts(&line, h);
		if (is_state(h, "waiting")) {
			gaz_buf_put_z(&line, "; again at ");
			gaz_ctl_put_time(&line, gaz_ctl_utc(h, "again"));
		}
	}
	fprintf(stderr, "%.*s", GAZ_STR_ARG(gaz_buf_str(&line)));
	fflush(stderr);
	gaz_buf_clear(&line);
}

static void
put_end(struct gaz_buf *out, const json_t *h)
{
	gaz_ctl_clean(out, gaz_ctl_str(h, "name"), GAZ_CTL_NO_LIMIT);
	gaz_buf_put_z(out, ": ");
	put_counts(out, h);
	gaz_buf_put_z(out, is_state(h, "done") ? "; " : "; it ended early: ");
	gaz_ctl_clean(out, gaz_ctl_str(h, "text"), GAZ_CTL_NO_LIMIT);
	gaz_buf_put_char(out, '\n');
}

/* Until it ends; appends how to out. */
static int
look_on(struct gaz_ctl_reach *r, const char *name, struct gaz_buf *out)
{
	gaz_ctl_params params = { 0 };
	struct gaz_buf answer;
	bool busy = true;
	int status = EX_OK;

	gaz_buf_init(&answer, GAZ_MESSAGE_MAX);
	gaz_ctl_param(&params, "feed", name);
	while (busy) {
		json_t *h;

		status = gaz_ctl_get(r, "/api/1/history", &params, &answer);
		if (status != EX_OK)
			break;
		h = gaz_ctl_json(r->args, &answer);
		busy = h != NULL &&
		    (is_state(h, "running") || is_state(h, "waiting"));
		show_progress(h, !busy);
		if (h == NULL) {
			status = EX_IOERR;
		} else if (busy) {
			wait_a_little();
		} else {
			if (r->args->json)
				gaz_buf_put_str(out, gaz_buf_str(&answer));
			else
				put_end(out, h);
			if (!is_state(h, "done"))
				status = EX_TEMPFAIL;
		}
		json_decref(h);
	}
	gaz_vec_clear(&params);
	gaz_buf_clear(&answer);
	return status;
}

int
gaz_ctl_walk(struct gaz_ctl_reach *r)
{
	const struct gaz_ctl_args *args = r->args;
	struct gaz_buf answer, out;
	int worst = EX_OK, status = EX_OK;

	gaz_buf_init(&answer, GAZ_MESSAGE_MAX);
	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	/* All are ordered first, so that they run side by side. */
	for (int i = 0; i < args->argc && status == EX_OK; i++) {
		gaz_ctl_params params = { 0 };

		gaz_ctl_param(&params, "feed", args->argv[i]);
		status = gaz_ctl_post(r, "/api/1/history", &params, false,
		    &answer);
		gaz_vec_clear(&params);
	}
	for (int i = 0; i < args->argc && (status == EX_OK ||
	    status == EX_TEMPFAIL); i++) {
		status = look_on(r, args->argv[i], &out);
		if (status != EX_OK)
			worst = status;
	}
	if (gaz_ctl_print(args, &out) != EX_OK)
		worst = EX_IOERR;
	gaz_buf_clear(&out);
	gaz_buf_clear(&answer);
	return status != EX_OK && worst == EX_OK ? status : worst;
}
