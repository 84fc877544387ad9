#ifndef GAZETTED_DAEMON_WORKER_H
#define GAZETTED_DAEMON_WORKER_H

/* The program's second face: a process that parses and may do nothing else. */

/* Descriptor that the parent leaves open for it. */
#define GAZ_WORKER_FD 3
/* The table of words, in memory that is shared; not open when there is none. */
#define GAZ_WORKER_WORDS_FD 4
/* Hidden option that the daemon starts itself again with. */
#define GAZ_WORKER_OPTION "--parse-worker"
/* Exit status when the sandbox cannot be closed. */
#define GAZ_WORKER_NO_SANDBOX 78
/* Sanitizers slow everything down: so many times the limits of time. */
#ifdef GAZ_SANITIZED
#define GAZ_WORKER_SLOWNESS 10
#else
#define GAZ_WORKER_SLOWNESS 1
#endif

/* Serve requests from GAZ_WORKER_FD until it is closed. Never returns. */
_Noreturn void gaz_worker_main(void);

#endif
