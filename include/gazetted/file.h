#ifndef GAZETTED_FILE_H
#define GAZETTED_FILE_H

#include "gazetted/buf.h"

/* Small files, whole. Any thread; errors name the path. */

/*
 * Append a whole file to out (at most out->max bytes in all). path "-" is
 * standard input. On failure out is left empty. A file that does not exist
 * gives GAZ_ERR_MISSING.
 */
bool gaz_file_load(const char *path, struct gaz_buf *out, struct gaz_err *err)
    __attribute__((warn_unused_result));

/*
 * Make path hold exactly these bytes: written beside it, fsynced, renamed.
 * When it holds them already nothing is touched. *changed (may be NULL) tells
 * which. Mode 0644 less the umask for a new file; an old one keeps its mode. A
 * symbolic link at path is replaced, not followed.
 */
bool gaz_file_replace(const char *path, struct gaz_str bytes, bool *changed,
    struct gaz_err *err) __attribute__((warn_unused_result));

/* Make the folder and its missing parents, mode 0755 less the umask. */
bool gaz_file_make_dir(const char *path, struct gaz_err *err)
    __attribute__((warn_unused_result));

#endif
