#include "config.h"

#include "gazetted/fetch.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gazetted/mem.h"

/*
 * Certificates by openssl(1), made anew each time, and servers by
 * tests/scenario/server.py. Without them the tests are skipped.
 */
#define SCENARIO GAZ_FIXTURES_DIR "/../scenario/"

static char folder[] = "/tmp/gazetted-tls-XXXXXX";
static bool able;
static struct event_base *base;

struct child {
	pid_t pid;
	int in;   /* its standard input; closing it ends it */
	int port, control;
};

/* Run a program to its end; its exit status. */
static int
run(const char *const *argv)
{
	int status = -1;

	pid_t pid = fork();
	if (pid == 0) {
		execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

static int
group_start(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_IGN);
	base = event_base_new();
	if (mkdtemp(folder) == NULL)
		return -1;
	able = run((const char *const[]){ SCENARIO "certs", folder, NULL }) ==
	    0 && run((const char *const[]){ "python3", "-c",
	    "import ssl", NULL }) == 0;
	return 0;
}

static int
group_stop(void **state)
{
	(void)state;
	event_base_free(base);
	run((const char *const[]){ "rm", "-rf", folder, NULL });
	return 0;
}

static const char *
in_folder(const char *name)
{
	static char path[8][96];
	static int turn;

	turn = (turn + 1) % 8;
	snprintf(path[turn], sizeof(path[turn]), "%s/%s", folder, name);
	return path[turn];
}

/* A server with a scenario and, unless cert is NULL, TLS and other options. */
static struct child
serve(const char *scenario, const char *cert, const char *option,
    const char *value)
{
	struct child c = { .pid = -1 };
	int in[2], out[2];
	char line[256] = "";
	const char *argv[10] = { "python3", "-Wignore", SCENARIO "server.py",
		in_folder("scenario.json") };
	size_t n = 4;
	FILE *file = fopen(argv[3], "w");

	assert_non_null(file);
	fputs(scenario, file);
	fclose(file);
	if (cert != NULL) {
		argv[n++] = "--tls";
		argv[n++] = in_folder(cert);
	}
	if (option != NULL) {
		argv[n++] = option;
		argv[n++] = value;
	}
	assert_int_equal(pipe(in), 0);
	assert_int_equal(pipe(out), 0);
	c.pid = fork();
	assert_true(c.pid >= 0);
	if (c.pid == 0) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		close(in[1]);
		execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	c.in = in[1];
	file = fdopen(out[0], "r");
	assert_non_null(fgets(line, sizeof(line), file));
	fclose(file);
	assert_int_equal(strncmp(line, "{\"port\": ", 9), 0);
	c.port = (int)strtol(line + 9, NULL, 10);
	const char *control = strstr(line, "\"control\": ");
	assert_non_null(control);
	c.control = (int)strtol(control + 11, NULL, 10);
	return c;
}

static void
stop(struct child *c)
{
	close(c->in);
	waitpid(c->pid, NULL, 0);
}

struct outcome {
	bool done;
	enum gaz_fault fault;
	char text[200], final[200], body[200];
	int status;
};

static void
on_done(struct gaz_fetch_result *r, void *arg)
{
	struct outcome *o = arg;

	o->done = true;
	o->fault = r->fault;
	o->status = r->status;
	snprintf(o->body, sizeof(o->body), "%.*s",
	    GAZ_STR_ARG(gaz_buf_str(&r->body)));
	snprintf(o->text, sizeof(o->text), "%s", r->text);
	snprintf(o->final, sizeof(o->final), "%s",
	    r->final_url != NULL ? r->final_url : "");
}

static struct outcome
fetch(const char *ca, const struct gaz_fetch_request *req)
{
	static const struct gaz_fetch_cidr loopback[] = {
		{ AF_INET, { 127 }, 8 },
		{ AF_INET6, { [15] = 1 }, 128 },
	};
	struct gaz_fetcher_options opt = {
		.allow_private = loopback,
		.allow_private_count = 2,
		.ca_file = ca != NULL ? in_folder(ca) : NULL,
	};
	struct outcome o = { 0 };
	struct gaz_err err;

	struct gaz_fetcher *f = gaz_fetcher_new(base, &opt, &err);
	assert_non_null(f);
	gaz_fetcher_start(f, req, on_done, &o);
	while (!o.done)
		event_base_loop(base, EVLOOP_ONCE);
	gaz_fetcher_free(f);
	return o;
}

static const char *
url_of(const char *scheme, int port)
{
	static char url[4][64];
	static int turn;

	turn = (turn + 1) % 4;
	snprintf(url[turn], sizeof(url[turn]), "%s://localhost:%d/", scheme,
	    port);
	return url[turn];
}

#define NEED_TOOLS() \
	do {         \
		if (!able) \
			skip(); \
	} while (0)

static void
test_certificates(void **state)
{
	static const struct {
		const char *cert, *ca;
		bool insecure;
		enum gaz_fault want;
	} rows[] = {
		{ "good.pem", "ca.pem", false, GAZ_FAULT_NONE },
		{ "good.pem", NULL, false, GAZ_FAULT_TLS_UNTRUSTED },
		{ "expired.pem", "ca.pem", false, GAZ_FAULT_TLS_EXPIRED },
		{ "early.pem", "ca.pem", false, GAZ_FAULT_TLS_EXPIRED },
		{ "host.pem", "ca.pem", false, GAZ_FAULT_TLS_HOST },
		{ "self.pem", "ca.pem", false, GAZ_FAULT_TLS_UNTRUSTED },
		{ "unknown.pem", "ca.pem", false, GAZ_FAULT_TLS_UNTRUSTED },
		{ "self.pem", "ca.pem", true, GAZ_FAULT_NONE },
		{ "host.pem", "ca.pem", true, GAZ_FAULT_NONE },
		{ "good.pem", "missing.pem", false, GAZ_FAULT_TLS },
	};

	(void)state;
	NEED_TOOLS();
	for (size_t i = 0; i < GAZ_COUNT(rows); i++) {
		struct child c = serve("{\"/\": {\"body\": \"<rss/>\"}}",
		    rows[i].cert, NULL, NULL);
		struct outcome o = fetch(rows[i].ca,
		    &(struct gaz_fetch_request){
		    .url = url_of("https", c.port),
		    .tls_insecure = rows[i].insecure });
		stop(&c);
		if (o.fault != rows[i].want)
			fail_msg("%s: got %s (%s), want %s", rows[i].cert,
			    gaz_fault_name(o.fault), o.text,
			    gaz_fault_name(rows[i].want));
		if (o.fault != GAZ_FAULT_NONE) {
			assert_non_null(strstr(o.text, "localhost"));
			assert_int_equal(o.status, 0);
		}
	}
}

static void
test_versions(void **state)
{
	static const struct {
		const char *most;
		enum gaz_fault want;
	} rows[] = {
		{ "1.0", GAZ_FAULT_TLS_VERSION },
		{ "1.1", GAZ_FAULT_TLS_VERSION },
		{ "1.2", GAZ_FAULT_NONE },
		{ "1.3", GAZ_FAULT_NONE },
	};

	(void)state;
	NEED_TOOLS();
	for (size_t i = 0; i < GAZ_COUNT(rows); i++) {
		struct child c = serve("{\"/\": {\"body\": \"<rss/>\"}}",
		    "good.pem", "--tls-max", rows[i].most);
		struct outcome o = fetch("ca.pem",
		    &(struct gaz_fetch_request){
		    .url = url_of("https", c.port) });
		stop(&c);
		if (o.fault != rows[i].want)
			fail_msg("TLS %s: got %s (%s)", rows[i].most,
			    gaz_fault_name(o.fault), o.text);
	}
}

/* A server that knows nothing of TLS, and the other way round. */
static void
test_not_tls(void **state)
{
	(void)state;
	NEED_TOOLS();
	struct child c = serve("{\"/\": {\"body\": \"<rss/>\"}}", NULL, NULL,
	    NULL);
	struct outcome o = fetch("ca.pem", &(struct gaz_fetch_request){
	    .url = url_of("https", c.port) });
	stop(&c);
	assert_true(o.fault == GAZ_FAULT_TLS || o.fault == GAZ_FAULT_RESET);
	c = serve("{\"/\": {\"body\": \"<rss/>\"}}", "good.pem", NULL, NULL);
	o = fetch("ca.pem", &(struct gaz_fetch_request){
	    .url = url_of("http", c.port) });
	stop(&c);
	assert_true(o.fault == GAZ_FAULT_RESET ||
	    o.fault == GAZ_FAULT_PROTOCOL);
}

/* From https to http: only what carries nothing of value. */
static void
test_downgrade(void **state)
{
	static const char *const key[] = { "X-Api-Key: hunter2", NULL };
	static const char *const language[] = { "Accept-Language: de", NULL };
	char scenario[128];

	(void)state;
	NEED_TOOLS();
	struct child plain = serve("{\"/\": {\"body\": \"<rss/>\"}}", NULL,
	    NULL, NULL);
	snprintf(scenario, sizeof(scenario), "{\"/\": {\"redirect\": \"%s\"}}",
	    url_of("http", plain.port));
	struct child c = serve(scenario, "good.pem", NULL, NULL);
	struct gaz_fetch_request req = { .url = url_of("https", c.port) };

	struct outcome o = fetch("ca.pem", &req);
	assert_int_equal(o.fault, GAZ_FAULT_NONE);
	assert_string_equal(o.final, url_of("http", plain.port));
	req.headers = language;
	o = fetch("ca.pem", &req);
	assert_int_equal(o.fault, GAZ_FAULT_NONE);
	req.headers = key;
	o = fetch("ca.pem", &req);
	assert_int_equal(o.fault, GAZ_FAULT_DOWNGRADE);
	assert_int_equal(o.status, 302);
	req.headers = NULL;
	req.user = "joe";
	req.password = "hunter2";
	o = fetch("ca.pem", &req);
	assert_int_equal(o.fault, GAZ_FAULT_DOWNGRADE);
	assert_null(strstr(o.text, "hunter2"));
	stop(&c);
	/* A form may hold a secret. */
	snprintf(scenario, sizeof(scenario), "{\"/\": {\"status\": 307, "
	    "\"redirect\": \"%s\"}}", url_of("http", plain.port));
	c = serve(scenario, "good.pem", NULL, NULL);
	req = (struct gaz_fetch_request){ .url = url_of("https", c.port),
		.post = "hub.secret=hunter2" };
	o = fetch("ca.pem", &req);
	assert_int_equal(o.fault, GAZ_FAULT_DOWNGRADE);
	assert_int_equal(o.status, 307);
	stop(&c);
	stop(&plain);
}

/* What is overlooked for one server is not overlooked for the next. */
static void
test_insecure_redirect(void **state)
{
	char scenario[128];

	(void)state;
	NEED_TOOLS();
	struct child last = serve("{\"/\": {\"body\": \"<rss/>\"}}",
	    "self.pem", NULL, NULL);
	snprintf(scenario, sizeof(scenario), "{\"/\": {\"redirect\": \"%s\"}}",
	    url_of("https", last.port));
	struct child first = serve(scenario, "self.pem", NULL, NULL);
	struct outcome o = fetch("ca.pem", &(struct gaz_fetch_request){
	    .url = url_of("https", first.port), .tls_insecure = true });
	assert_int_equal(o.fault, GAZ_FAULT_TLS_UNTRUSTED);
	stop(&first);
	stop(&last);
}

/* HTTP/2 that breaks off: once more on a new connection, then given up. */
static void
test_h2(void **state)
{
	static const char *const ways[] = { "goaway", "reset" };

	(void)state;
	NEED_TOOLS();
	for (size_t i = 0; i < GAZ_COUNT(ways); i++) {
		struct child c = serve("{}", "good.pem", "--h2", ways[i]);
		struct outcome o = fetch("ca.pem",
		    &(struct gaz_fetch_request){
		    .url = url_of("https", c.port) });
		char url[64];
		snprintf(url, sizeof(url), "http://127.0.0.1:%d/stats",
		    c.control);
		struct outcome stats = fetch(NULL,
		    &(struct gaz_fetch_request){ .url = url });
		stop(&c);
		if (strstr(stats.body, "\"all\": 2}") == NULL)
			fail_msg("%s: %s", ways[i], stats.body);
		if (o.fault != GAZ_FAULT_RESET)
			fail_msg("%s: got %s (%s)", ways[i],
			    gaz_fault_name(o.fault), o.text);
	}
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_certificates),
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_not_tls),
		cmocka_unit_test(test_downgrade),
		cmocka_unit_test(test_insecure_redirect),
		cmocka_unit_test(test_h2),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("fetch_tls", tests, group_start,
	    group_stop);
}
