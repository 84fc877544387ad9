#include "config.h"

#include "client.h"

#include <curl/curl.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <sysexits.h>

#include "gazetted/limits.h"

#include "ctl.h"
#include "text.h"

#define CONNECT_TIMEOUT_MS 5000L
#define TIMEOUT_MS 60000L
#define REDIRECTS 3L /* stories that were merged */
#define ETAG_MAX 200

struct gaz_ctl_client {
	char *command, *socket, *how;
	CURL *curl;
	char etag[ETAG_MAX], seen[ETAG_MAX]; /* asked with; of the answer */
	struct gaz_buf *out;
};

void
gaz_ctl_params_write(const gaz_ctl_params *p, struct gaz_buf *out)
{
	static const char hex[] = "0123456789ABCDEF";

	for (size_t i = 0; i < p->n; i++) {
		gaz_buf_put_char(out, i == 0 ? '?' : '&');
		gaz_buf_put_z(out, p->v[i].name);
		gaz_buf_put_char(out, '=');
		for (const char *s = p->v[i].value; *s != '\0'; s++) {
			unsigned char c = (unsigned char)*s;

			if (gaz_is_alnum(*s) || strchr("-._~", c) != NULL) {
				gaz_buf_put_char(out, *s);
				continue;
			}
			gaz_buf_put_char(out, '%');
			gaz_buf_put_char(out, hex[c >> 4]);
			gaz_buf_put_char(out, hex[c & 15]);
		}
	}
}

/* ---- curl */

static size_t
on_body(char *p, size_t size, size_t n, void *arg)
{
	struct gaz_ctl_client *c = arg;

	gaz_buf_put(c->out, p, size * n);
	return c->out->full ? 0 : size * n;
}

static size_t
on_header(char *p, size_t size, size_t n, void *arg)
{
	struct gaz_ctl_client *c = arg;
	struct gaz_str line = gaz_str_make(p, size * n), value;

	if (gaz_str_starts(line, "HTTP/"))
		c->seen[0] = '\0'; /* of a redirect */
	if (gaz_str_istarts(line, "etag:")) {
		value = gaz_str_trim(gaz_str_sub(line, 5, line.len));
		if (value.len < sizeof(c->seen))
			snprintf(c->seen, sizeof(c->seen), "%.*s",
			    GAZ_STR_ARG(value));
	}
	return size * n;
}

struct gaz_ctl_client *
gaz_ctl_client_new(const char *command, const char *socket, const char *how)
{
	struct gaz_ctl_client *c;

	if (strlen(socket) >= sizeof(((struct sockaddr_un *)0)->sun_path)) {
		gaz_ctl_complain(command, "%s: too long for the path of a "
		    "socket", socket);
		return NULL;
	}
	c = gaz_mem_zero(1, sizeof(*c));
	c->command = gaz_mem_strdup(command);
	c->socket = gaz_mem_strdup(socket);
	c->how = gaz_mem_strdup(how);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	c->curl = curl_easy_init();
	if (c->curl == NULL)
		gaz_mem_die(0);
	return c;
}

void
gaz_ctl_client_free(struct gaz_ctl_client *c)
{
	if (c == NULL)
		return;
	curl_easy_cleanup(c->curl);
	curl_global_cleanup();
	free(c->command);
	free(c->socket);
	free(c->how);
	free(c);
}

static void
set_up(struct gaz_ctl_client *c, const struct gaz_ctl_request *r,
    struct gaz_buf *text, struct curl_slist **headers)
{
	CURL *e = c->curl;

	curl_easy_reset(e);
	gaz_buf_put_fmt(text, "http://localhost%s", r->path);
	if (r->params != NULL && (!r->post || r->body.p != NULL))
		gaz_ctl_params_write(r->params, text);
	curl_easy_setopt(e, CURLOPT_URL, text->p);
	gaz_buf_reset(text);
	curl_easy_setopt(e, CURLOPT_UNIX_SOCKET_PATH, c->socket);
	curl_easy_setopt(e, CURLOPT_PROXY, "");
	curl_easy_setopt(e, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(e, CURLOPT_USERAGENT, "gazettectl/" PACKAGE_VERSION);
	curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 1L);
	curl_easy_setopt(e, CURLOPT_MAXREDIRS, REDIRECTS);
	curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_TIMEOUT_MS);
	if (!r->patient)
		curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, TIMEOUT_MS);
	curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(e, CURLOPT_WRITEDATA, c);
	curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(e, CURLOPT_HEADERDATA, c);
	if (r->not_modified_ok && c->etag[0] != '\0') {
		gaz_buf_put_fmt(text, "If-None-Match: %s", c->etag);
		*headers = curl_slist_append(*headers, text->p);
		gaz_buf_reset(text);
	}
	if (r->post) {
		struct gaz_str body = r->body;

		*headers = curl_slist_append(*headers, "Expect:");
		if (body.p == NULL && r->params != NULL) {
			gaz_ctl_params_write(r->params, text);
			body = gaz_buf_str(text);
			body = gaz_str_sub(body, 1, body.len); /* the "?" */
		} else if (r->type != NULL) {
			gaz_buf_put_fmt(text, "Content-Type: %s", r->type);
			*headers = curl_slist_append(*headers, text->p);
		}
		curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE,
		    (curl_off_t)body.len);
		curl_easy_setopt(e, CURLOPT_POSTFIELDS,
		    body.p != NULL ? body.p : "");
	}
	curl_easy_setopt(e, CURLOPT_HTTPHEADER, *headers);
}

/* ---- what went wrong */

static int
unreachable(struct gaz_ctl_client *c, CURLcode code)
{
	long number = 0;
	const char *why = curl_easy_strerror(code);

	if (code == CURLE_COULDNT_CONNECT) {
		curl_easy_getinfo(c->curl, CURLINFO_OS_ERRNO, &number);
		if (number == ENOENT)
			why = "there is no such socket";
		else if (number == ECONNREFUSED)
			why = "nobody listens there";
		else if (number != 0)
			why = strerror((int)number);
	} else if (code == CURLE_OPERATION_TIMEDOUT) {
		why = "it takes too long";
	} else if (code == CURLE_GOT_NOTHING || code == CURLE_RECV_ERROR ||
	    code == CURLE_SEND_ERROR) {
		why = "it hung up";
	}
	if (code != CURLE_COULDNT_CONNECT) {
		gaz_ctl_complain(c->command, "the daemon at %s did not "
		    "answer: %s", c->socket, why);
		return EX_UNAVAILABLE;
	}
	gaz_ctl_complain(c->command, "no daemon answers at %s (%s)", c->socket,
	    why);
	fprintf(stderr, "This is %s.\n"
	    "Start it with \"gazetted -c FILE\" or \"systemctl start "
	    "gazetted\". -c FILE or\n--socket PATH names another one; --store "
	    "FILE reads a database without any.\n", c->how);
	if (number == EACCES)
		fputs("Only its owner and root may use the socket.\n", stderr);
	return EX_UNAVAILABLE;
}

static int
exit_status_of(long status)
{
	switch (status) {
	case 400:
		return EX_USAGE;
	case 403:
		return EX_NOPERM;
	case 404:
		return EX_NOINPUT;
	case 409:
		return EX_CONFIG;
	case 413:
	case 422:
		return EX_DATAERR;
	case 429:
	case 503:
		return EX_TEMPFAIL;
	default:
		return EX_IOERR;
	}
}

static int
refused(struct gaz_ctl_client *c, long status, struct gaz_str body)
{
	json_t *root = json_loadb(body.p, body.len, JSON_ALLOW_NUL, NULL);
	json_t *text = json_object_get(root, "error");
	struct gaz_str said = json_is_string(text) ?
	    gaz_str_make(json_string_value(text), json_string_length(text)) :
	    body;
	struct gaz_buf b;

	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	gaz_ctl_clean(&b, said, 400);
	if (b.len == 0)
		gaz_buf_put_fmt(&b, "the daemon answers with status %ld",
		    status);
	gaz_ctl_complain(c->command, "%s", b.p);
	gaz_buf_clear(&b);
	json_decref(root);
	return exit_status_of(status);
}

int
gaz_ctl_call(struct gaz_ctl_client *c, const struct gaz_ctl_request *r,
    struct gaz_buf *out, bool *changed)
{
	struct curl_slist *headers = NULL;
	struct gaz_buf text;
	CURLcode code;
	long status = 0;
	int result = EX_OK;

	gaz_buf_init(&text, GAZ_BUF_NO_MAX);
	gaz_buf_reset(out);
	c->out = out;
	c->seen[0] = '\0';
	set_up(c, r, &text, &headers);
	code = curl_easy_perform(c->curl);
	curl_easy_getinfo(c->curl, CURLINFO_RESPONSE_CODE, &status);
	if (changed != NULL)
		*changed = status != 304;
	if (code == CURLE_WRITE_ERROR && out->full) {
		gaz_ctl_complain(c->command, "the answer is larger than %zu "
		    "bytes", out->max);
		result = EX_IOERR;
	} else if (code != CURLE_OK) {
		result = r->quiet ? EX_UNAVAILABLE : unreachable(c, code);
	} else if (status == 304 && r->not_modified_ok) {
		result = EX_OK;
	} else if (status < 200 || status >= 300) {
		result = refused(c, status, gaz_buf_str(out));
	} else {
		memcpy(c->etag, c->seen, sizeof(c->etag));
	}
	curl_slist_free_all(headers);
	gaz_buf_clear(&text);
	return result;
}
