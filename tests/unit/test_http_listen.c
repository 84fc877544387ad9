/* Where the server listens, and to whom. */
#include "config.h"

#include "http_client.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>


static void
expect_refused(struct server *s, const char *address, const char *part)
{
	struct gaz_err err = { .code = GAZ_ERR_NONE };

	if (gaz_http_listen(s->http, address, false, &err))
		fail_msg("%s: was accepted", address);
	if (strstr(err.msg, address) == NULL || strstr(err.msg, part) == NULL)
		fail_msg("%s: want \"%s\", got \"%s\"", address, part, err.msg);
}

static void
test_listen(void **state)
{
	struct server *s = server_new(NULL), *other;
	char path[100], file[100], address[64], lost[140], longest[300];
	struct gaz_err err;
	struct stat st;

	(void)state;
	snprintf(path, sizeof(path), "%s/control", s->folder);
	snprintf(file, sizeof(file), "%s/file", s->folder);
	snprintf(lost, sizeof(lost), "%s/no/control", s->folder);
	snprintf(address, sizeof(address), "127.0.0.1:%d", s->port);
	snprintf(longest, sizeof(longest), "%s/%0100d", s->folder, 0);

	/* a dead instance's socket is replaced */
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	snprintf(un.sun_path, sizeof(un.sun_path), "%s", path);
	int dead = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(dead, (struct sockaddr *)&un, sizeof(un)), 0);
	close(dead);
	if (!gaz_http_listen(s->http, path, true, &err))
		fail_msg("%s", err.msg);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_string_equal(gaz_http_address(s->http, 1), path);
	assert_null(gaz_http_address(s->http, 2));

	/* a live one's is not */
	other = server_new(NULL);
	assert_false(gaz_http_listen(other->http, path, true, &err));
	assert_int_equal(err.code, GAZ_ERR_BUSY);
	assert_non_null(strstr(err.msg, "already running"));
	expect_refused(other, address, "another program listens there");
	server_free(other);
	assert_int_equal(stat(path, &st), 0);

	int fd = open(file, O_CREAT | O_WRONLY, 0600);
	close(fd);
	expect_refused(s, file, "not a socket");
	assert_int_equal(unlink(file), 0);
	expect_refused(s, lost, "folder does not exist");
	expect_refused(s, "127.0.0.1", "no port");
	expect_refused(s, "127.0.0.1:65536", "port");
	expect_refused(s, "127.0.0.1:x", "port");
	expect_refused(s, "127.0.0.1:", "port");
	expect_refused(s, "example.org:80", "not an IP address");
	expect_refused(s, "::1:80", "not an IP address");
	expect_refused(s, "[127.0.0.1]:80", "not an IP address");
	expect_refused(s, ":80", "not an IP address");
	expect_refused(s, "192.0.2.1:0", "no such address");
	assert_false(gaz_http_listen(s->http, longest, false, &err));
	assert_non_null(strstr(err.msg, "at most 107 bytes"));

	/* a socket that others may use, and taking one out of use */
	if (!gaz_http_listen(s->http, file, false, &err))
		fail_msg("%s", err.msg);
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0666);
	gaz_http_unlisten(s->http, 2);
	assert_int_equal(stat(file, &st), -1);
	assert_string_equal(gaz_http_address(s->http, 1), path);

	server_free(s); /* and with it the control socket */
}

static void
test_local_addresses(void **state)
{
	(void)state;
	assert_true(gaz_http_is_local_address("127.0.0.1:80"));
	assert_true(gaz_http_is_local_address("127.1.2.3:80"));
	assert_true(gaz_http_is_local_address("localhost:80"));
	assert_true(gaz_http_is_local_address("[::1]:80"));
	assert_true(gaz_http_is_local_address("/run/gazetted/web"));
	assert_false(gaz_http_is_local_address("0.0.0.0:80"));
	assert_false(gaz_http_is_local_address("[::]:80"));
	assert_false(gaz_http_is_local_address("192.168.1.2:80"));
	assert_false(gaz_http_is_local_address("nonsense"));
}

static void
test_control(void **state)
{
	struct server *s = server_new(NULL);
	struct gaz_err err;
	char path[100];

	(void)state;
	snprintf(path, sizeof(path), "%s/control", s->folder);
	assert_true(gaz_http_listen(s->http, path, true, &err));
	struct client *c = connect_path(s, path);
	const char *reply = ask(c, "GET /api/secret HTTP/1.1\r\n"
	    "Host: anything.example\r\n\r\n");
	assert_int_equal(status_of(reply), 200);
	assert_non_null(strstr(reply, "control=1 local=1 client=unix"));
	client_free(c);
	server_free(s);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_listen),
		cmocka_unit_test(test_local_addresses),
		cmocka_unit_test(test_control),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("http_listen", tests, NULL, NULL);
}
