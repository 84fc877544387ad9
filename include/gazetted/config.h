#ifndef GAZETTED_CONFIG_H
#define GAZETTED_CONFIG_H

#include "gazetted/arena.h"
#include "gazetted/buf.h"
#include "gazetted/clock.h"
#include "gazetted/view.h"

/*
 * The configuration file: INI in the manner of systemd and git. Reading is
 * pure but for a source of files, so that tests need none. A finished config
 * is immutable and may be shared by threads with get and put. Every relative
 * path in a file is relative to the folder of that file; what a config holds
 * is absolute.
 */
#define GAZ_CONFIG_PATH "/etc/gazetted/gazetted.conf"

/* An address range, for allow-private. Bits behind the prefix are zero. */
struct gaz_cidr {
	int family;             /* AF_INET or AF_INET6 */
	uint8_t addr[16];       /* network order; 4 or 16 bytes used */
	unsigned bits;
};
typedef GAZ_LIST(struct gaz_cidr) gaz_cidr_list;

struct gaz_config_header {
	struct gaz_str name, value;
};
typedef GAZ_LIST(struct gaz_config_header) gaz_config_header_list;

/* How one feed is asked for. Feeds that say nothing of it share one. */
struct gaz_config_access {
	struct gaz_str user, password_file; /* absent: none */
	struct gaz_str user_agent;          /* absent: that of [daemon] */
	struct gaz_str proxy;   /* absent: that of [daemon]; "none": direct */
	gaz_config_header_list headers;
	gaz_cidr_list allow_private; /* besides those of [daemon] */
	bool tls_insecure;
};

struct gaz_config_feed {
	struct gaz_str name;    /* of the section; unique */
	struct gaz_str url;     /* http(s), as given; absent when path is set */
	struct gaz_str path;    /* absolute; absent when url is set */
	struct gaz_str title, language; /* absent: what the feed says */
	gaz_str_list tags;
	const struct gaz_config_access *access; /* never NULL */
	int64_t interval_s;     /* 0: not set */
	int64_t max_items;      /* 0: not set */
	int64_t priority;       /* leading headlines: higher first; 0 */
	struct gaz_str file;    /* where it was read, for messages */
	int line;
	bool enabled;
};

enum gaz_format {
	GAZ_FORMAT_ATOM,
	GAZ_FORMAT_RSS,
	GAZ_FORMAT_JSON,
	GAZ_FORMAT_OPML,
	GAZ_FORMAT_HTML,
};

struct gaz_config_export {
	struct gaz_str name, path, title; /* title absent: the name will do */
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

struct gaz_config_action {
	enum gaz_rule_action what;
	struct gaz_str tag;     /* of GAZ_RULE_TAG */
};
typedef GAZ_LIST(struct gaz_config_action) gaz_config_action_list;

/* match is an expression that compiles; see rule.h. */
struct gaz_config_rule {
	struct gaz_str name, match;
	gaz_config_action_list actions; /* at least one */
};

struct gaz_config {
	struct gaz_arena arena;
	int refs;               /* atomic; see get and put */
	struct gaz_str file;    /* as it was named */

	/* [daemon] */
	struct gaz_str state_directory, control_socket;
	struct gaz_str user_agent;    /* absent: gazetted/VERSION (+URL) */
	struct gaz_str proxy;         /* a URL or "environment"; absent: none */
	struct gaz_str base_url;      /* no slash at the end; absent: unknown */
	bool websub;                  /* ask hubs to deliver */
	bool hub;                     /* be one for our own feeds */
	gaz_str_list subscription_sources; /* OPML: URLs, at most one file */
	struct gaz_str subscriptions; /* which is this one; absent: none */
	int64_t subscriptions_grace_s;
	bool icons;                   /* of the outlets' sites */
	gaz_str_list listen;    /* "ADDR:PORT", "[ADDR]:PORT" or a path */
	int64_t interval_s, min_interval_s, max_interval_s;
	int64_t connections, connections_per_host, host_gap_ms;
	int64_t timeout_s, max_body;
	int64_t workers;        /* 0: one a processor */
	int64_t requests_per_hour; /* 0: as many as are due */
	gaz_cidr_list allow_private;
	int64_t log_level;      /* enum gaz_log_level */

	/* [store]; 0: for ever, all */
	int64_t keep_days, keep_items, commit_interval_ms;

	/* [stories] */
	int64_t window_s, min_sources;
	gaz_str_list languages; /* in order of preference */
	struct gaz_str dictionaries; /* folder; empty or "no": none */
	struct gaz_str embeddings; /* URL of a server; absent: none */
	struct gaz_str embeddings_model, embeddings_key_file; /* the same */

	GAZ_LIST(struct gaz_config_feed) feeds;
	GAZ_LIST(struct gaz_config_export) exports;
	GAZ_LIST(struct gaz_config_rule) rules;
	uint32_t *by_name;      /* indexes of feeds; for gaz_config_find_feed */
};

/* One thing that is wrong, or (warning) looks wrong. */
struct gaz_config_error {
	const char *file;       /* as it was named */
	int line, column;       /* from 1, in characters; 0: the whole file */
	int width;              /* characters that are meant, at least 1 */
	bool warning;
	size_t order;           /* of the file, for sorting */
	struct gaz_str message;
	struct gaz_str source;  /* the line it is in; absent: none to show */
};

/* All that is wrong, in the order of the files. A zeroed one is empty; clear
 * it in any case. */
struct gaz_config_errors {
	size_t count;           /* also those beyond GAZ_CONFIG_ERRORS_MAX */
	size_t warnings;        /* the same; they do not keep it from loading */
	struct gaz_buf text;    /* for a person: file:line:column, the line, a
	                           caret */
	GAZ_LIST(struct gaz_config_error) list;
	struct gaz_arena arena;
};
void gaz_config_errors_clear(struct gaz_config_errors *errors);

/*
 * Read a file with its includes; "-" is standard input. NULL when anything is
 * wrong; errors then says all of it. It may hold warnings in both cases.
 * Looks at the environment: $STATE_DIRECTORY and $RUNTIME_DIRECTORY are the
 * defaults of state-directory and of control-socket's folder, and a relative
 * password-file is first looked for in $CREDENTIALS_DIRECTORY.
 */
struct gaz_config *gaz_config_load(const char *path,
    struct gaz_config_errors *errors) __attribute__((warn_unused_result));
/* The same from memory, with no other file to be had and an empty
 * environment; name stands in messages. */
struct gaz_config *gaz_config_parse(struct gaz_str text, const char *name,
    struct gaz_config_errors *errors) __attribute__((warn_unused_result));

/* What a file system tells about a file; the identity is for loops. */
struct gaz_config_file {
	uint64_t identity[2];
	unsigned mode;          /* permission bits */
};

/* Where files and settings come from. Every function may be NULL: there are
 * none. load and look fail with a message that does not name the path. */
struct gaz_config_source {
	/* Append the file to text (its max is the limit). */
	bool (*load)(void *arg, const char *path, struct gaz_buf *text,
	    struct gaz_config_file *info, struct gaz_err *err);
	/* The same without the text. */
	bool (*look)(void *arg, const char *path,
	    struct gaz_config_file *info, struct gaz_err *err);
	/* The files that a pattern with wildcards matches, sorted. */
	bool (*glob)(void *arg, const char *pattern, struct gaz_arena *a,
	    gaz_str_list *out, struct gaz_err *err);
	/* A variable of the environment; NULL: not set. */
	const char *(*variable)(void *arg, const char *name);
	/* What relative paths start from; NULL: they stay relative. */
	const char *folder;
	void *arg;
};
struct gaz_config *gaz_config_load_from(
    const struct gaz_config_source *source, const char *path,
    struct gaz_config_errors *errors) __attribute__((warn_unused_result));

struct gaz_config *gaz_config_get(struct gaz_config *c); /* one more owner */
void gaz_config_put(struct gaz_config *c);               /* one less */

const struct gaz_config_feed *gaz_config_find_feed(const struct gaz_config *c,
    struct gaz_str name);

/*
 * Read the password of a feed: the first line of its password-file. Refused
 * when everyone may read the file. out stays empty when none is configured.
 */
bool gaz_config_load_password(const struct gaz_config_access *access,
    struct gaz_buf *out, struct gaz_err *err)
    __attribute__((warn_unused_result));

/* What a reload changes, in words, a line each ("feed x: added"). */
void gaz_config_diff(const struct gaz_config *before,
    const struct gaz_config *after, struct gaz_buf *out);

/* The commented sample, made from the schema: every key with its default. */
void gaz_config_write_sample(struct gaz_buf *out);
/* The reference of all keys as mdoc(7) source, for gazetted.conf(5). */
void gaz_config_write_reference(struct gaz_buf *out);

/* "30s", "15m", "1h 30m", "3d"; a plain number is in seconds. */
bool gaz_config_duration(struct gaz_str s, int64_t *seconds);
/* "192.168.0.0/16", "fd00::/8"; a plain address is a range of one. */
bool gaz_config_cidr(struct gaz_str s, struct gaz_cidr *out);
bool gaz_format_find(struct gaz_str name, enum gaz_format *out);
const char *gaz_format_name(enum gaz_format f);

#endif
