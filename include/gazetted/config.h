#ifndef GAZETTED_CONFIG_H
#define GAZETTED_CONFIG_H

#include "gazetted/arena.h"
#include "gazetted/clock.h"
#include "gazetted/view.h"

#include <netinet/in.h>

/*
 * The configuration file: INI in the manner of systemd and git. Reading is
 * pure but for the loader callback, so that tests need no files. A finished
 * config is immutable and may be shared by threads with get and put.
 */

/* An address range, for allow-private. */
struct gaz_cidr {
	int family;             /* AF_INET or AF_INET6 */
	uint8_t addr[16];       /* network order; 4 or 16 bytes used */
	unsigned bits;
};
typedef GAZ_LIST(struct gaz_cidr) gaz_cidr_list;

struct gaz_config_header {
	struct gaz_str name, value;
};

struct gaz_config_feed {
	struct gaz_str name;    /* of the section; unique */
	struct gaz_str url;     /* http(s), as given; absent when path is set */
	struct gaz_str path;    /* absolute; absent when url is set */
	struct gaz_str title, language, user, password_file, user_agent, proxy;
	gaz_str_list tags;
	GAZ_LIST(struct gaz_config_header) headers;
	int64_t interval_s;     /* 0: not set */
	int64_t max_items;      /* 0: not set */
	int64_t priority;       /* leading headlines: higher first; 0 */
	gaz_cidr_list allow_private;
	bool enabled, tls_insecure;
	struct gaz_str file;    /* where it was read, for messages */
	int line;
};

enum gaz_format {
	GAZ_FORMAT_ATOM,
	GAZ_FORMAT_RSS,
	GAZ_FORMAT_JSON,
	GAZ_FORMAT_OPML,
	GAZ_FORMAT_HTML,
};

struct gaz_config_export {
	struct gaz_str name, path, title;
	enum gaz_format format;
	enum gaz_view_kind content;
	struct gaz_filter filter;
	int64_t since_s;        /* relative "since": seconds back; 0: none */
};

enum gaz_rule_action {
	GAZ_RULE_DROP,
	GAZ_RULE_TAG,
	GAZ_RULE_STAR,
	GAZ_RULE_READ,
	GAZ_RULE_STOP,
};

struct gaz_config_rule {
	struct gaz_str name, match, tag;
	enum gaz_rule_action action;
};

struct gaz_config {
	struct gaz_arena arena;
	int refs;               /* atomic; see get and put */
	struct gaz_str file;

	/* [daemon] */
	struct gaz_str state_directory, control_socket, user_agent, proxy;
	struct gaz_str base_url, subscriptions;
	gaz_str_list listen;    /* "ADDR:PORT", "[ADDR]:PORT" or a path */
	int64_t interval_s, min_interval_s, max_interval_s;
	int64_t connections, connections_per_host, host_gap_ms;
	int64_t timeout_s, max_body, workers, requests_per_hour;
	gaz_cidr_list allow_private;
	int log_level;          /* enum gaz_log_level */

	/* [store] */
	int64_t keep_days, keep_items, commit_interval_ms;

	/* [stories] */
	int64_t window_s, min_sources;
	gaz_str_list languages; /* in order of preference */

	GAZ_LIST(struct gaz_config_feed) feeds;
	GAZ_LIST(struct gaz_config_export) exports;
	GAZ_LIST(struct gaz_config_rule) rules;
};

/* All that is wrong, for a person: file:line:column, the line, a caret. */
struct gaz_config_errors {
	size_t count;           /* also those beyond GAZ_CONFIG_ERRORS_MAX */
	struct gaz_buf text;
};

/*
 * Read a file with its includes. NULL when anything is wrong; errors then says
 * all of it (the caller clears errors->text in any case).
 */
struct gaz_config *gaz_config_load(const char *path,
    struct gaz_config_errors *errors);
/* The same from memory, for tests; name stands in messages. */
struct gaz_config *gaz_config_parse(struct gaz_str text, const char *name,
    struct gaz_config_errors *errors);

struct gaz_config *gaz_config_get(struct gaz_config *c); /* one more owner */
void gaz_config_put(struct gaz_config *c);               /* one less */

const struct gaz_config_feed *gaz_config_find_feed(const struct gaz_config *c,
    struct gaz_str name);

/* What a reload changes, in words, a line each ("feed x: added"). */
void gaz_config_diff(const struct gaz_config *before,
    const struct gaz_config *after, struct gaz_buf *out);

/* The commented sample, made from the schema: every key with its default. */
void gaz_config_write_sample(struct gaz_buf *out);

/* "30s", "15m", "6h", "3d"; "10KiB". */
bool gaz_config_duration(struct gaz_str s, int64_t *seconds);
bool gaz_config_cidr(struct gaz_str s, struct gaz_cidr *out);
bool gaz_format_find(struct gaz_str name, enum gaz_format *out);

#endif
