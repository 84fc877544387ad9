#ifndef GAZETTED_CONFIG_SCHEMA_H
#define GAZETTED_CONFIG_SCHEMA_H

#include <stddef.h>

#include "gazetted/config.h"

/*
 * What a configuration file may say: one row a section, one row a key. The
 * reader, the sample, the reference and the comparison all work from these.
 */
enum gaz_config_type {
	GAZ_T_BOOL,
	GAZ_T_COUNT,        /* int64_t */
	GAZ_T_DAYS,         /* int64_t, days */
	GAZ_T_SECONDS,      /* int64_t, seconds */
	GAZ_T_MILLISECONDS, /* int64_t, milliseconds */
	GAZ_T_BYTES,        /* int64_t */
	GAZ_T_TEXT,         /* struct gaz_str from here on */
	GAZ_T_PATH,
	GAZ_T_SECRET,       /* the path of a password file */
	GAZ_T_FEED_URL,
	GAZ_T_BASE_URL,
	GAZ_T_PROXY,
	GAZ_T_AGENT,
	GAZ_T_LANGUAGE,
	GAZ_T_MATCH,
	GAZ_T_WORDS,        /* gaz_str_list from here on */
	GAZ_T_LANGUAGES,
	GAZ_T_LISTEN,
	GAZ_T_SOURCE,       /* a path or a URL a line; see the setter */
	GAZ_T_RANGES,       /* gaz_cidr_list */
	GAZ_T_HEADER,       /* gaz_config_header_list */
	GAZ_T_LEVEL,        /* int64_t, enum gaz_log_level */
	GAZ_T_FORMAT,       /* enum gaz_format */
	GAZ_T_CONTENT,      /* enum gaz_view_kind */
	GAZ_T_SINCE,        /* of an export: filter.since and since_s */
	GAZ_T_ACTION,       /* gaz_config_action_list */
};

enum gaz_config_section {
	GAZ_SECTION_DAEMON,
	GAZ_SECTION_STORE,
	GAZ_SECTION_STORIES,
	GAZ_SECTION_FEED,
	GAZ_SECTION_EXPORT,
	GAZ_SECTION_RULE,
	GAZ_SECTION_COUNT,
};

struct gaz_config_section_row {
	const char *name;
	bool named;          /* [name "NAME"], any number of them */
	const char *doc;
	const char *example; /* lines of the sample, for a named one */
};

struct gaz_config_row {
	enum gaz_config_section section;
	const char *key;
	enum gaz_config_type type;
	bool access;         /* offset is in struct gaz_config_access */
	bool required;
	size_t offset;       /* in gaz_config or the section's own struct */
	int64_t min, max;    /* of numbers, in the unit stored */
	const char *def;     /* as a file would say it; NULL: not set */
	const char *none;    /* what "not set" means, for the reference */
	const char *doc;     /* sentences */
};

extern const struct gaz_config_section_row
    gaz_config_sections[GAZ_SECTION_COUNT];
extern const struct gaz_config_row gaz_config_rows[];
extern const size_t gaz_config_row_count;

/* A list is added to by a key that is given again; others must not be. */
bool gaz_config_type_repeats(enum gaz_config_type t);
/* "a duration", for "a duration is needed here" and the reference. */
const char *gaz_config_type_name(enum gaz_config_type t);

/* The row of a key, or NULL. */
const struct gaz_config_row *gaz_config_find_row(enum gaz_config_section s,
    struct gaz_str key);

/* The member as a file would say it; nothing when it is not set. */
void gaz_config_write_value(const struct gaz_config_row *row,
    const void *member, struct gaz_buf *out);
bool gaz_config_value_equal(const struct gaz_config_row *row, const void *a,
    const void *b);

/* Numbers with units. unit is what a plain number counts, in units of the
 * result (1 for seconds to seconds, 1000 for seconds to milliseconds). */
enum gaz_number_fault {
	GAZ_NUMBER_OK,
	GAZ_NUMBER_BAD,  /* no number, or an unknown unit */
	GAZ_NUMBER_BIG,  /* beyond what can be counted */
};
enum gaz_number_fault gaz_config_read_time(struct gaz_str s, int64_t per_s,
    int64_t *out);
enum gaz_number_fault gaz_config_read_bytes(struct gaz_str s, int64_t *out);
void gaz_config_write_time(int64_t n, int64_t per_s, struct gaz_buf *out);
void gaz_config_write_bytes(int64_t n, struct gaz_buf *out);

/* What is wrong with a value, or NULL. *at and *len tell where in it. */
const char *gaz_config_check_url(struct gaz_str s, size_t *at, size_t *len);
const char *gaz_config_check_proxy(struct gaz_str s, size_t *at, size_t *len);
const char *gaz_config_check_listen(struct gaz_str s);
const char *gaz_config_check_language(struct gaz_str s);
const char *gaz_config_check_header_name(struct gaz_str s, size_t *at);

/* "user:password@" stands in the URL. */
bool gaz_config_url_has_user(struct gaz_str url);
/* A header that carries a credential, by its name. */
bool gaz_config_header_is_secret(struct gaz_str name);

/* RFC 3339 date or date and time. */
bool gaz_config_read_date(struct gaz_str s, gaz_utc *out);

/* The nearest of n names (get(i, arg), NULL: none) to s, or NULL when none is
 * near. distance (may be NULL) gets the letters that differ. */
typedef const char *(*gaz_name_fn)(size_t i, const void *arg);
const char *gaz_config_nearest(struct gaz_str s, size_t n, gaz_name_fn get,
    const void *arg, size_t *distance);

#endif
