#ifndef GAZETTED_DAEMON_SANDBOX_H
#define GAZETTED_DAEMON_SANDBOX_H

#include "gazetted/err.h"

/*
 * Give up every right of this process, for good: no new privileges, no core,
 * no file, no child, a memory limit, and by seccomp(2) only the calls that
 * computing and talking over open descriptors need; memory that can be
 * executed is not made any more. Any other call kills the process (SIGSYS).
 * Load what is needed from files before.
 */
bool gaz_sandbox_close(struct gaz_err *err)
    __attribute__((warn_unused_result));

#endif
