#ifndef GAZETTED_JSON_H
#define GAZETTED_JSON_H

#include "gazetted/buf.h"
#include "gazetted/clock.h"

/*
 * JSON out (RFC 8259), written by hand because it is small: commas, escapes
 * and nesting are kept right here. Ill-formed UTF-8 becomes U+FFFD. A key is
 * given before each value inside an object, and NULL inside an array. A second
 * value outside of both starts a new line. One thread at a time.
 */
#define GAZ_JSON_DEPTH_MAX 64

struct gaz_json {
	struct gaz_buf *out;
	int indent; /* spaces a level; 0: one line */
	int depth;
	bool filled[GAZ_JSON_DEPTH_MAX]; /* a comma is due */
};

void gaz_json_init(struct gaz_json *j, struct gaz_buf *out, int indent);
void gaz_json_object(struct gaz_json *j, const char *key);
void gaz_json_end_object(struct gaz_json *j);
void gaz_json_array(struct gaz_json *j, const char *key);
void gaz_json_end_array(struct gaz_json *j);
/* Absent text gives null. */
void gaz_json_str(struct gaz_json *j, const char *key, struct gaz_str s);
void gaz_json_z(struct gaz_json *j, const char *key, const char *z);
void gaz_json_int(struct gaz_json *j, const char *key, int64_t n);
/* INT64_MIN gives null. */
void gaz_json_opt_int(struct gaz_json *j, const char *key, int64_t n);
/* Infinite and not-a-number give null. */
void gaz_json_num(struct gaz_json *j, const char *key, double x);
void gaz_json_bool(struct gaz_json *j, const char *key, bool b);
void gaz_json_null(struct gaz_json *j, const char *key);
/* RFC 3339, or null when unknown. */
void gaz_json_utc(struct gaz_json *j, const char *key, gaz_utc t);
/* Text that is JSON already. */
void gaz_json_raw(struct gaz_json *j, const char *key, struct gaz_str json);

#endif
