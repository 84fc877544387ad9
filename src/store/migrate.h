#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H

#include "db.h"

/* What leads to version from the one of the step before. */
struct migrate_step {
	int version;
	const char *sql;
};

/* In order, from 1. */
extern const struct migrate_step migrate_steps[];
extern const size_t migrate_step_count;

/*
 * Is this file ours, and of which version? Errors: not a database, of another
 * program, newer than the steps. *version 0: empty.
 */
bool migrate_version(struct gaz_store *s, const struct migrate_step *steps,
    size_t n, int *version, struct gaz_err *err)
    __attribute__((warn_unused_result));

/*
 * Bring the database to the last step: each step is one transaction, and a
 * file with something in it is copied to FILE.vN (N its version) first.
 */
bool migrate_run(struct gaz_store *s, const struct migrate_step *steps,
    size_t n, struct gaz_err *err) __attribute__((warn_unused_result));

#endif
