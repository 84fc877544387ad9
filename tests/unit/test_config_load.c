#include "config.h"

#include "gazetted/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "gazetted/file.h"
#include "gazetted/hash.h"
#include "gazetted/limits.h"
#include "gazetted/log.h"
#include "gazetted/mem.h"

/* ---- a file system of our own: name, mode, content */

struct file {
	const char *path;
	unsigned mode;
	const char *text;
};

struct world {
	const struct file *files;
	const char *const *variables; /* name, value, …, NULL */
};

static bool
world_load(void *arg, const char *path, struct gaz_buf *text,
    struct gaz_config_file *info, struct gaz_err *err)
{
	const struct world *w = arg;

	for (const struct file *f = w->files; f->path != NULL; f++) {
		if (strcmp(f->path, path) != 0)
			continue;
		info->mode = f->mode;
		info->identity[0] = gaz_hash64(path, strlen(path));
		return text == NULL ||
		    gaz_buf_add(text, f->text, strlen(f->text), err);
	}
	return gaz_err_set(err, GAZ_ERR_MISSING, "no such file");
}

static bool
world_look(void *arg, const char *path, struct gaz_config_file *info,
    struct gaz_err *err)
{
	return world_load(arg, path, NULL, info, err);
}

static const char *
world_variable(void *arg, const char *name)
{
	const struct world *w = arg;

	for (const char *const *v = w->variables; v != NULL && *v != NULL;
	    v += 2) {
		if (strcmp(*v, name) == 0)
			return v[1];
	}
	return NULL;
}

static struct gaz_config *
load_world(const struct file *files, const char *const *variables,
    struct gaz_config_errors *errors)
{
	struct world w = { files, variables };
	struct gaz_config_source source = { .load = world_load,
		.look = world_look, .variable = world_variable,
		.folder = "/srv", .arg = &w };

	*errors = (struct gaz_config_errors){ 0 };
	return gaz_config_load_from(&source, files[0].path, errors);
}

static struct gaz_config *
parse(const char *text, struct gaz_config_errors *errors)
{
	*errors = (struct gaz_config_errors){ 0 };
	return gaz_config_parse(gaz_str_of(text), "test.conf", errors);
}

/* A config that must be good. */
static struct gaz_config *
must_parse(const char *text)
{
	struct gaz_config_errors errors;

	struct gaz_config *c = parse(text, &errors);
	if (c == NULL)
		fail_msg("%s", errors.text.p);
	gaz_config_errors_clear(&errors);
	return c;
}

static void
must_fail(const char *text, const char *want)
{
	struct gaz_config_errors errors;

	struct gaz_config *c = parse(text, &errors);
	assert_null(c);
	if (gaz_str_find(gaz_buf_str(&errors.text), gaz_str_of(want), 0) ==
	    GAZ_STR_NPOS)
		fail_msg("want %s, got %s", want, errors.text.p);
	gaz_config_errors_clear(&errors);
}

static void
assert_str(struct gaz_str got, const char *want)
{
	if (!gaz_str_eq_z(got, want))
		fail_msg("got \"%.*s\", want \"%s\"", GAZ_STR_ARG(got), want);
}

/* ---- content */

static struct gaz_config *
load_good(void)
{
	struct gaz_config_errors errors = { 0 };

	struct gaz_config *c = gaz_config_load("good.conf", &errors);
	if (c == NULL)
		fail_msg("%s", errors.text.p);
	assert_int_equal(errors.warnings, 0);
	gaz_config_errors_clear(&errors);
	return c;
}

static void
test_daemon(void **state)
{
	struct gaz_config *c = load_good();
	char folder[4096], path[5000];

	(void)state;
	assert_non_null(getcwd(folder, sizeof(folder)));
	snprintf(path, sizeof(path), "%s/state", folder);
	assert_str(c->state_directory, path);
	assert_int_equal(c->listen.n, 3);
	assert_str(c->listen.v[0], "127.0.0.1:8321");
	assert_str(c->listen.v[1], "[::1]:8321");
	snprintf(path, sizeof(path), "%s/sock/http.sock", folder);
	assert_str(c->listen.v[2], path);
	assert_str(c->control_socket, "/run/gazetted/c.sock");
	assert_int_equal(c->interval_s, 2700);
	assert_int_equal(c->min_interval_s, 90);
	assert_int_equal(c->max_interval_s, 172800);
	assert_int_equal(c->connections, 32); /* not 12: ours comes later */
	assert_int_equal(c->connections_per_host, 1);
	assert_int_equal(c->host_gap_ms, 1500);
	assert_int_equal(c->timeout_s, 90);
	assert_int_equal(c->max_body, 5 << 20);
	assert_int_equal(c->allow_private.n, 3);
	assert_int_equal(c->allow_private.v[1].bits, 8);
	assert_str(c->user_agent, "gazetted-test/1.0 (+https://example.org/)");
	assert_str(c->proxy, "socks5h://127.0.0.1:9050");
	assert_str(c->base_url, "https://news.example/gazetted");
	snprintf(path, sizeof(path), "%s/feeds.opml", folder);
	assert_str(c->subscriptions, path);
	assert_int_equal(c->workers, 3);
	assert_int_equal(c->requests_per_hour, 5000);
	assert_int_equal(c->log_level, GAZ_LOG_INFO);
	assert_int_equal(c->keep_days, 14);
	assert_int_equal(c->keep_items, 500);
	assert_int_equal(c->commit_interval_ms, 250);
	assert_int_equal(c->window_s, 604800);
	assert_int_equal(c->min_sources, 3);
	assert_int_equal(c->languages.n, 3);
	assert_str(c->languages.v[2], "pt-BR");
	gaz_config_put(c);
}

static void
test_feeds(void **state)
{
	struct gaz_config *c = load_good();
	const struct gaz_config_feed *f;

	(void)state;
	assert_int_equal(c->feeds.n, 4);
	assert_str(c->feeds.v[0].name, "included a");
	assert_str(c->feeds.v[1].name, "included b");
	assert_str(c->feeds.v[1].file, "parts/20-b.conf");
	assert_int_equal(c->feeds.v[1].line, 4);
	f = gaz_config_find_feed(c,
	    GAZ_STR("Le Matin, édition \"du jour\""));
	assert_ptr_equal(f, &c->feeds.v[2]);
	assert_str(f->url, "https://matin.example/flux.xml?a=1#top");
	assert_null(f->path.p);
	assert_str(f->title, "Le Matin");
	assert_int_equal(f->tags.n, 2);
	assert_str(f->tags.v[1], "politique, intérieure");
	assert_int_equal(f->interval_s, 7200);
	assert_true(f->enabled);
	assert_str(f->language, "fr");
	assert_int_equal(f->priority, 10);
	assert_int_equal(f->max_items, 100);
	assert_int_equal(f->access->headers.n, 2);
	assert_str(f->access->headers.v[1].name, "X-Plain");
	assert_str(f->access->headers.v[1].value, "a, b");
	assert_str(f->access->user_agent, "other/1");
	assert_str(f->access->proxy, "none");
	assert_int_equal(f->access->allow_private.n, 1);
	assert_false(f->access->tls_insecure);

	f = gaz_config_find_feed(c, GAZ_STR("local"));
	assert_true(gaz_str_ends(f->path, "/config/parts/doc.xml"));
	assert_int_equal(f->path.p[0], '/');
	assert_null(f->url.p);
	assert_false(f->enabled);
	assert_ptr_equal(f->access, c->feeds.v[0].access); /* shared */
	assert_null(f->access->user.p);
	/* Equal lists of tags are one list. */
	assert_ptr_equal(c->feeds.v[0].tags.v, c->feeds.v[1].tags.v);
	assert_null(gaz_config_find_feed(c, GAZ_STR("nobody")));
	assert_null(gaz_config_find_feed(c, GAZ_STR("")));
	gaz_config_put(c);
}

static void
test_exports_and_rules(void **state)
{
	struct gaz_config *c = load_good();
	const struct gaz_config_export *x = c->exports.v;
	const struct gaz_config_rule *r = c->rules.v;

	(void)state;
	assert_int_equal(c->exports.n, 3);
	assert_str(x[0].name, "front");
	assert_str(x[0].path, "/tmp/front.atom");
	assert_str(x[0].title, "Front page");
	assert_int_equal(x[0].format, GAZ_FORMAT_ATOM);
	assert_int_equal(x[0].content, GAZ_VIEW_STORIES);
	assert_int_equal(x[0].since_s, 36 * 3600);
	assert_int_equal(x[0].filter.since, GAZ_UTC_UNKNOWN);
	assert_int_equal(x[0].filter.min_sources, 2);
	assert_int_equal(x[0].filter.limit, 20);
	assert_int_equal(x[0].filter.tags.n, 1);
	assert_int_equal(x[0].filter.feeds.n, 2);
	assert_str(x[0].filter.feeds.v[1], "Le Matin, édition \"du jour\"");
	assert_int_equal(x[0].filter.languages.n, 2);
	assert_str(x[0].filter.query, "élection");
	assert_int_equal(x[1].format, GAZ_FORMAT_RSS);
	assert_int_equal(x[1].content, GAZ_VIEW_ITEMS);
	assert_int_equal(x[1].since_s, 0);
	assert_int_equal(x[1].filter.since, 1757003400);
	assert_int_equal(x[1].filter.limit, 50);
	assert_int_equal(x[2].format, GAZ_FORMAT_OPML);
	assert_int_equal(x[2].content, GAZ_VIEW_FEEDS);

	assert_int_equal(c->rules.n, 1);
	assert_str(r->match, "(title ~ \"\\bfootball\\b\" or tag = sport) "
	    "and not feed = local");
	assert_int_equal(r->actions.n, 3);
	assert_int_equal(r->actions.v[0].what, GAZ_RULE_READ);
	assert_int_equal(r->actions.v[1].what, GAZ_RULE_TAG);
	assert_str(r->actions.v[1].tag, "quiet");
	assert_int_equal(r->actions.v[2].what, GAZ_RULE_STOP);
	gaz_config_put(c);
}

static void
test_defaults(void **state)
{
	struct gaz_config *c = must_parse("[feed \"a\"]\n"
					  "url = https://a.example/\n");
	const struct gaz_config_feed *f = c->feeds.v;

	(void)state;
	assert_str(c->state_directory, "/var/lib/gazetted");
	assert_str(c->control_socket, "/run/gazetted/control.sock");
	assert_int_equal(c->listen.n, 1);
	assert_str(c->listen.v[0], "127.0.0.1:8321");
	assert_int_equal(c->interval_s, GAZ_INTERVAL_S);
	assert_int_equal(c->min_interval_s, GAZ_INTERVAL_MIN_S);
	assert_int_equal(c->max_interval_s, GAZ_INTERVAL_MAX_S);
	assert_int_equal(c->connections, GAZ_CONNECTIONS);
	assert_int_equal(c->connections_per_host, GAZ_CONNECTIONS_PER_HOST);
	assert_int_equal(c->host_gap_ms, GAZ_HOST_GAP_MS);
	assert_int_equal(c->timeout_s, GAZ_TRANSFER_TIMEOUT_S);
	assert_int_equal(c->max_body, GAZ_BODY_MAX);
	assert_int_equal(c->window_s, GAZ_STORY_WINDOW_S);
	assert_int_equal(c->allow_private.n, 0);
	assert_null(c->proxy.p);
	assert_null(c->user_agent.p);
	assert_null(c->base_url.p);
	assert_null(c->subscriptions.p);
	assert_int_equal(c->log_level, GAZ_LOG_NOTICE);
	assert_true(f->enabled);
	assert_int_equal(f->interval_s, 0);
	assert_int_equal(f->max_items, 0);
	assert_int_equal(f->tags.n, 0);
	gaz_config_put(c);
	c = must_parse("");
	assert_int_equal(c->feeds.n, 0);
	assert_null(gaz_config_find_feed(c, GAZ_STR("a")));
	gaz_config_put(c);
}

static void
test_lists_are_emptied(void **state)
{
	struct gaz_config *c = must_parse("[daemon]\n"
					  "listen =\n"
					  "allow-private = 10.0.0.0/8\n"
					  "allow-private =\n"
					  "allow-private = 127.0.0.1\n"
					  "proxy = none\n");

	(void)state;
	assert_int_equal(c->listen.n, 0);
	assert_int_equal(c->allow_private.n, 1);
	assert_int_equal(c->allow_private.v[0].bits, 32);
	assert_null(c->proxy.p);
	gaz_config_put(c);
}

/* Feeds share equal lists, and yet each may make its own longer. */
static void
test_shared_tags(void **state)
{
	struct gaz_config *c = must_parse(
	    "[feed \"1\"]\nurl = https://1.example/\ntags = a, b\n"
	    "tags = c\n"
	    "[feed \"2\"]\nurl = https://2.example/\ntags = a, b\n"
	    "tags = d\n"
	    "[feed \"3\"]\nurl = https://3.example/\ntags = a, b\n");

	(void)state;
	assert_int_equal(c->feeds.v[0].tags.n, 3);
	assert_str(c->feeds.v[0].tags.v[2], "c");
	assert_int_equal(c->feeds.v[1].tags.n, 3);
	assert_str(c->feeds.v[1].tags.v[2], "d");
	assert_int_equal(c->feeds.v[2].tags.n, 2);
	gaz_config_put(c);
}

/* ---- files around it */

static void
test_override(void **state)
{
	static const struct file files[] = {
		{ "/etc/own.conf", 0644, "include = demo/demo.conf\n"
					 "[daemon]\n"
					 "state-directory = /tmp/own\n"
					 "workers = 2\n" },
		{ "/etc/demo/demo.conf", 0644, "[daemon]\n"
					       "workers = 7\n"
					       "connections = 9\n"
					       "state-directory = state\n"
					       "[feed \"a\"]\n"
					       "path = ./docs//a.xml\n" },
		{ NULL, 0, NULL },
	};
	struct gaz_config_errors errors;

	(void)state;
	struct gaz_config *c = load_world(files, NULL, &errors);
	assert_non_null(c);
	assert_str(c->state_directory, "/tmp/own");
	assert_int_equal(c->workers, 2);
	assert_int_equal(c->connections, 9);
	assert_str(c->feeds.v[0].path, "/etc/demo/docs/a.xml");
	gaz_config_put(c);
	gaz_config_errors_clear(&errors);
}

static void
test_relative_paths(void **state)
{
	static const struct file files[] = {
		{ "conf/x.conf", 0644, "[daemon]\n"
				       "state-directory = ../state\n"
				       "control-socket = .\n" },
		{ NULL, 0, NULL },
	};
	struct gaz_config_errors errors;

	(void)state;
	struct gaz_config *c = load_world(files, NULL, &errors);
	assert_non_null(c);
	assert_str(c->state_directory, "/srv/conf/../state");
	assert_str(c->control_socket, "/srv/conf");
	gaz_config_put(c);
	gaz_config_errors_clear(&errors);
}

static void
test_environment(void **state)
{
	static const struct file files[] = {
		{ "/etc/x.conf", 0644, "[feed \"a\"]\n"
				       "url = https://a.example/\n"
				       "user = me\n"
				       "password-file = a-password\n"
				       "[feed \"b\"]\n"
				       "url = https://b.example/\n"
				       "user = me\n"
				       "password-file = b-password\n" },
		{ "/run/cred/a-password", 0400, "x" },
		{ "/etc/b-password", 0600, "y" },
		{ NULL, 0, NULL },
	};
	static const char *const variables[] = { "STATE_DIRECTORY",
		"/srv/state:/srv/other", "RUNTIME_DIRECTORY", "/run/x",
		"CREDENTIALS_DIRECTORY", "/run/cred", NULL };
	struct gaz_config_errors errors;

	(void)state;
	struct gaz_config *c = load_world(files, variables, &errors);
	if (c == NULL)
		fail_msg("%s", errors.text.p);
	assert_str(c->state_directory, "/srv/state");
	assert_str(c->control_socket, "/run/x/control.sock");
	assert_str(c->feeds.v[0].access->password_file,
	    "/run/cred/a-password");
	assert_str(c->feeds.v[1].access->password_file, "/etc/b-password");
	gaz_config_put(c);
	gaz_config_errors_clear(&errors);
}

static void
test_socket_limit(void **state)
{
	static const struct file files[] = {
		{ "/x.conf", 0644, "" },
		{ NULL, 0, NULL },
	};
	char folder[200];
	const char *variables[] = { "RUNTIME_DIRECTORY", folder, NULL };
	struct gaz_config_errors errors;
	struct gaz_config *c;

	(void)state;
	memset(folder, 'x', sizeof(folder));
	folder[0] = '/';
	folder[107 - 13] = '\0'; /* with "/control.sock" one too long */
	folder[106 - 13] = '\0';
	c = load_world(files, variables, &errors);
	assert_non_null(c);
	assert_int_equal(c->control_socket.len, 106);
	gaz_config_put(c);
	gaz_config_errors_clear(&errors);
	folder[106 - 13] = folder[107 - 13] = 'x';
	folder[108 - 13] = '\0';
	assert_null(load_world(files, variables, &errors));
	assert_int_equal(errors.count, 1);
	gaz_config_errors_clear(&errors);
}

/* A file that everyone may read must not hold a secret. */
static void
test_credentials(void **state)
{
	static const struct {
		const char *name;
		unsigned conf_mode, password_mode;
		const char *keys;
		const char *want; /* NULL: good */
	} cases[] = {
		{ "password file of everyone", 0644, 0644,
		    "user = me\npassword-file = pw\n",
		    "chmod 600 '/etc/pw'" },
		{ "password file of a group", 0644, 0640,
		    "user = me\npassword-file = pw\n", NULL },
		{ "password file that is missing", 0644, 0,
		    "user = me\npassword-file = nothing\n",
		    "/etc/nothing: no such file" },
		{ "authorization in a public file", 0644, 0,
		    "header = Authorization: Bearer x\n",
		    "chmod o= '/etc/x.conf'" },
		{ "authorization in a private file", 0640, 0,
		    "header = Authorization: Bearer x\n", NULL },
		{ "other header in a public file", 0644, 0,
		    "header = Accept: x\n", NULL },
		{ "proxy with a password, public", 0644, 0,
		    "proxy = http://me:pw@proxy.example:3128\n",
		    "chmod o= '/etc/x.conf'" },
		{ "proxy with a password, private", 0600, 0,
		    "proxy = http://me:pw@proxy.example:3128\n", NULL },
		{ "authorization and any certificate", 0600, 0,
		    "header = X-Api-Key: 1\ntls-insecure = yes\n",
		    "tls-insecure would give the credentials" },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct gaz_config_errors errors;
		char text[300];
		snprintf(text, sizeof(text),
		    "[feed \"a\"]\nurl = https://a.example/\n%s",
		    cases[i].keys);
		const struct file files[] = {
			{ "/etc/x.conf", cases[i].conf_mode, text },
			{ "/etc/pw", cases[i].password_mode, "secret\n" },
			{ NULL, 0, NULL },
		};
		struct gaz_config *c = load_world(files, NULL, &errors);
		const char *want = cases[i].want;
		if ((c != NULL) != (want == NULL) || (want != NULL &&
		    gaz_str_find(gaz_buf_str(&errors.text), gaz_str_of(want),
		        0) == GAZ_STR_NPOS))
			fail_msg("%s: %s", cases[i].name, errors.text.p);
		gaz_config_put(c);
		gaz_config_errors_clear(&errors);
	}
}

static void
test_url_credentials(void **state)
{
	struct file files[] = {
		{ "/etc/x.conf", 0644, "[feed \"a\"]\n"
				       "url = https://me:pw@a.example/\n" },
		{ NULL, 0, NULL },
	};
	struct gaz_config_errors errors;
	struct gaz_config *c;

	(void)state;
	assert_null(load_world(files, NULL, &errors));
	gaz_config_errors_clear(&errors);
	files[0].mode = 0600;
	c = load_world(files, NULL, &errors);
	assert_non_null(c);
	gaz_config_put(c);
	gaz_config_errors_clear(&errors);
}

/* The password itself, from a real file. */
static void
test_password(void **state)
{
	char path[] = "/tmp/gazetted-test-XXXXXX";
	struct gaz_config_access access = { 0 };
	struct gaz_err err;
	struct gaz_buf out;

	(void)state;
	int fd = mkstemp(path);
	assert_true(fd != -1);
	assert_int_equal(write(fd, "s3cret\r\nsecond\n", 15), 15);
	gaz_buf_init(&out, 1000);
	assert_true(gaz_config_load_password(&access, &out, &err));
	assert_int_equal(out.len, 0);
	access.password_file = gaz_str_of(path);
	assert_true(gaz_config_load_password(&access, &out, &err));
	assert_str(gaz_buf_str(&out), "s3cret");
	gaz_buf_reset(&out);
	assert_int_equal(fchmod(fd, 0604), 0);
	assert_false(gaz_config_load_password(&access, &out, &err));
	assert_int_equal(err.code, GAZ_ERR_CONFIG);
	assert_int_equal(out.len, 0);
	close(fd);
	unlink(path);
	assert_false(gaz_config_load_password(&access, &out, &err));
	assert_int_equal(err.code, GAZ_ERR_MISSING);
	gaz_buf_clear(&out);
}

/* ---- limits */

static void
test_limits(void **state)
{
	struct gaz_buf b;

	(void)state;
	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	for (int over = 0; over <= 1; over++) {
		gaz_buf_reset(&b);
		gaz_buf_put_z(&b, "[feed \"");
		for (int i = 0; i < GAZ_CONFIG_NAME_MAX + over; i++)
			gaz_buf_put_char(&b, 'n');
		gaz_buf_put_z(&b, "\"]\nurl = https://a.example/\n");
		for (int i = 0; i < GAZ_CONFIG_HEADERS_MAX; i++)
			gaz_buf_put_fmt(&b, "header = X-%d: y\n", i);
		if (over == 0)
			gaz_config_put(must_parse(b.p));
		else
			must_fail(b.p, "name is too long (200 bytes at most)");
	}
	gaz_buf_reset(&b);
	gaz_buf_put_z(&b, "[feed \"a\"]\nurl = https://a.example/\n");
	for (int i = 0; i <= GAZ_CONFIG_HEADERS_MAX; i++)
		gaz_buf_put_fmt(&b, "header = X-%d: y\n", i);
	must_fail(b.p, "too many headers (32 at most)");

	for (int over = 0; over <= 1; over++) {
		gaz_buf_reset(&b);
		gaz_buf_put_z(&b, "[feed \"a\"]\nurl = https://a.example/\n"
				  "title = ");
		for (int i = 0; i < GAZ_CONFIG_VALUE_MAX + over; i++)
			gaz_buf_put_char(&b, 't');
		if (over == 0)
			gaz_config_put(must_parse(b.p));
		else
			must_fail(b.p,
			    "value is too long (65536 bytes at most)");
	}
	for (int over = 0; over <= 1; over++) {
		gaz_buf_reset(&b);
		gaz_buf_put_z(&b, "[daemon]\n");
		for (int i = 0; i < GAZ_LISTS_MAX + over; i++)
			gaz_buf_put_fmt(&b, "subscriptions = "
			    "https://a.example/%d.opml\n", i);
		if (over == 0)
			gaz_config_put(must_parse(b.p));
		else
			must_fail(b.p, "more than 16 lists of subscriptions");
	}
	for (int over = 0; over <= 1; over++) {
		gaz_buf_reset(&b);
		while (b.len < GAZ_CONFIG_FILE_MAX + (size_t)over)
			gaz_buf_put_char(&b, b.len % 64 == 0 ? '#' :
			    b.len % 64 == 63 ? '\n' : ' ');
		if (over == 0)
			gaz_config_put(must_parse(b.p));
		else
			must_fail(b.p, "larger than 16777216 bytes");
	}
	gaz_buf_clear(&b);
}

static void
test_errors_limit(void **state)
{
	struct gaz_config_errors errors;
	struct gaz_buf b;

	(void)state;
	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	gaz_buf_put_z(&b, "[daemon]\n");
	for (int i = 0; i < GAZ_CONFIG_ERRORS_MAX; i++)
		gaz_buf_put_fmt(&b, "nothing%d = x\n", i);
	assert_null(parse(b.p, &errors));
	assert_int_equal(errors.count, GAZ_CONFIG_ERRORS_MAX);
	assert_int_equal(errors.list.n, GAZ_CONFIG_ERRORS_MAX);
	assert_false(gaz_str_ends(gaz_buf_str(&errors.text), "errors\n"));
	gaz_config_errors_clear(&errors);
	gaz_buf_put_z(&b, "more = 1\nstill more = 2\n");
	assert_null(parse(b.p, &errors));
	assert_int_equal(errors.count, GAZ_CONFIG_ERRORS_MAX + 2);
	assert_int_equal(errors.list.n, GAZ_CONFIG_ERRORS_MAX);
	assert_true(gaz_str_ends(gaz_buf_str(&errors.text),
	    "and 2 more errors\n"));
	gaz_config_errors_clear(&errors);
	gaz_buf_clear(&b);
}

/* Every file includes two others. */
static bool
load_fan(void *arg, const char *path, struct gaz_buf *text,
    struct gaz_config_file *info, struct gaz_err *err)
{
	size_t *count = arg;

	(void)path;
	info->identity[0] = ++*count;
	gaz_buf_put_fmt(text, "include = %zu\ninclude = %zu\n", *count,
	    *count);
	(void)err;
	return true;
}

static void
test_files_limit(void **state)
{
	struct gaz_config_errors errors = { 0 };
	struct gaz_config_source source = { .load = load_fan };
	size_t count = 0;

	(void)state;
	source.arg = &count;
	assert_null(gaz_config_load_from(&source, "0", &errors));
	/* 2 + 4 + … + 256 files below the first are within the depth. */
	assert_int_equal(count, 511);
	gaz_config_errors_clear(&errors);
}

static bool
load_many(void *arg, const char *path, struct gaz_buf *text,
    struct gaz_config_file *info, struct gaz_err *err)
{
	size_t *wanted = arg;

	(void)err;
	info->identity[0] = gaz_hash64(path, strlen(path));
	for (size_t i = 1; strcmp(path, "0") == 0 && i < *wanted; i++)
		gaz_buf_put_fmt(text, "include = %zu\n", i);
	return true;
}

static void
test_many_files(void **state)
{
	struct gaz_config_errors errors = { 0 };
	struct gaz_config_source source = { .load = load_many };
	size_t wanted = GAZ_CONFIG_FILES_MAX;

	(void)state;
	source.arg = &wanted;
	struct gaz_config *c = gaz_config_load_from(&source, "0", &errors);
	assert_non_null(c);
	gaz_config_put(c);
	gaz_config_errors_clear(&errors);
	wanted++;
	assert_null(gaz_config_load_from(&source, "0", &errors));
	assert_non_null(strstr(errors.text.p, "(10000 at most)"));
	gaz_config_errors_clear(&errors);
}

/* ---- owners, changes, bad bytes */

static void
test_owners(void **state)
{
	struct gaz_config *c = must_parse("");

	(void)state;
	assert_ptr_equal(gaz_config_get(c), c);
	gaz_config_put(c);
	assert_int_equal(c->connections, GAZ_CONNECTIONS);
	gaz_config_put(c);
	gaz_config_put(NULL);
}

static void
test_diff(void **state)
{
	static const char before[] =
	    "[daemon]\ninterval = 1h\nproxy = http://me:pw@a.example\n"
	    "allow-private = 10.0.0.0/8\n"
	    "[feed \"gone\"]\nurl = https://gone.example/\n"
	    "[feed \"same\"]\nurl = https://same.example/\n"
	    "header = X-A: 1\ntags = a, b\n"
	    "[feed \"changed\"]\nurl = https://changed.example/\n"
	    "header = X-A: 1\ntags = a, b\n"
	    "[export \"x\"]\npath = /x.atom\nsince = 1d\n"
	    "[export \"y\"]\npath = /y.atom\n"
	    "[rule \"r\"]\nmatch = title ~ x\naction = drop\n"
	    "[rule \"s\"]\nmatch = title ~ x\naction = drop\n";
	static const char after[] =
	    "[daemon]\ninterval = 90m\nproxy = http://me:other@a.example\n"
	    "listen = 127.0.0.1:1, /tmp/s\n"
	    "[feed \"same\"]\nurl = https://same.example/\n"
	    "header = X-A: 1\ntags = a, b\n"
	    "[feed \"changed\"]\nurl = https://changed.example/2\n"
	    "header = X-A: 2\ntags = b\nenabled = no\n"
	    "[feed \"new\"]\nurl = https://new.example/\n"
	    "[export \"x\"]\npath = /x.atom\nsince = 2025-09-04\n"
	    "format = rss\n"
	    "[export \"z\"]\npath = /z.atom\n"
	    "[rule \"r\"]\nmatch = title ~ y\naction = tag t, star\n"
	    "[rule \"s\"]\nmatch = title ~ x\naction = star\n";
	static const char want[] =
	    "listen: 127.0.0.1:8321 -> 127.0.0.1:1, /tmp/s\n"
	    "interval: 1h -> 90m\n"
	    "allow-private: 10.0.0.0/8 -> (none)\n"
	    "proxy: changed\n"
	    "feed gone: removed\n"
	    "feed changed: url: changed\n"
	    "feed changed: tags: a, b -> b\n"
	    "feed changed: enabled: yes -> no\n"
	    "feed changed: header: changed\n"
	    "feed new: added\n"
	    "export y: removed\n"
	    "export x: format: atom -> rss\n"
	    "export x: since: 1d -> 2025-09-04T00:00:00Z\n"
	    "export z: added\n"
	    "rule r: match: title ~ x -> title ~ y\n"
	    "rule r: action: drop -> tag t, star\n"
	    "rule s: action: drop -> star\n";
	struct gaz_config *a = must_parse(before), *b = must_parse(after);
	struct gaz_buf out;

	(void)state;
	gaz_buf_init(&out, 10000);
	gaz_config_diff(a, a, &out);
	assert_int_equal(out.len, 0);
	gaz_config_diff(a, b, &out);
	assert_string_equal(out.p, want);
	gaz_buf_clear(&out);
	gaz_config_put(a);
	gaz_config_put(b);
}

static void
test_report_is_safe(void **state)
{
	struct gaz_config_errors errors;

	(void)state;
	/* A terminal must not act on what a file says. */
	assert_null(parse("[daemon]\n\xc2\x9b[2Jx = 1\n", &errors));
	assert_null(memchr(errors.text.p, 0x9b, errors.text.len));
	gaz_config_errors_clear(&errors);
}

static void
test_clear_accepts_nothing(void **state)
{
	struct gaz_config_errors errors = { 0 };

	(void)state;
	gaz_config_errors_clear(NULL);
	gaz_config_errors_clear(&errors);
	gaz_config_errors_clear(&errors);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_daemon),
		cmocka_unit_test(test_feeds),
		cmocka_unit_test(test_exports_and_rules),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_lists_are_emptied),
		cmocka_unit_test(test_shared_tags),
		cmocka_unit_test(test_override),
		cmocka_unit_test(test_relative_paths),
		cmocka_unit_test(test_environment),
		cmocka_unit_test(test_socket_limit),
		cmocka_unit_test(test_credentials),
		cmocka_unit_test(test_url_credentials),
		cmocka_unit_test(test_password),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_errors_limit),
		cmocka_unit_test(test_files_limit),
		cmocka_unit_test(test_many_files),
		cmocka_unit_test(test_owners),
		cmocka_unit_test(test_diff),
		cmocka_unit_test(test_report_is_safe),
		cmocka_unit_test(test_clear_accepts_nothing),
	};
	const char *fixtures = getenv("GAZ_FIXTURES");

	if (chdir(fixtures != NULL ? fixtures : GAZ_FIXTURES_DIR) == -1 ||
	    chdir("config") == -1) {
		perror("fixtures");
		return 1;
	}
	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("config_load", tests, NULL, NULL);
}
