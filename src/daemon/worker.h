#ifndef GAZETTED_DAEMON_WORKER_H
#define GAZETTED_DAEMON_WORKER_H

/* The program's second face: a process that parses and may do nothing else. */

/* Descriptor that the parent leaves open for it. */
#define GAZ_WORKER_FD 3
/* Hidden option that the daemon starts itself again with. */
#define GAZ_WORKER_OPTION "--parse-worker"
/* Exit status when the sandbox cannot be closed. */
#define GAZ_WORKER_NO_SANDBOX 78

/* Serve requests from GAZ_WORKER_FD until it is closed. Never returns. */
_Noreturn void gaz_worker_main(void);

/*
 * Close the sandbox of this process: no new privileges, no core, memory
 * limit, and only the calls that computing and talking over GAZ_WORKER_FD need; any
 * other kills the process. Exposed for the test that proves it.
 */
#include "gazetted/err.h"
bool gaz_worker_close_sandbox(struct gaz_err *err)
    __attribute__((warn_unused_result));

#endif
