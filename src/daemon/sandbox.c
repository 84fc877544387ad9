/*
 * The sandbox of a parse worker. The filter names what may be called, not what
 * may not: a system call that a later kernel brings is refused as well.
 */
#include "config.h"

#include "sandbox.h"

#include <errno.h>
#include <seccomp.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "gazetted/limits.h"
#include "gazetted/mem.h"

static const int allowed_calls[] = {
	SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(readv), SCMP_SYS(writev),
	SCMP_SYS(futex), SCMP_SYS(munmap), SCMP_SYS(mremap),
	SCMP_SYS(madvise), SCMP_SYS(brk),
	SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(rt_sigreturn),
	SCMP_SYS(rt_sigprocmask), SCMP_SYS(clock_gettime),
	SCMP_SYS(clock_gettime64), SCMP_SYS(gettimeofday), SCMP_SYS(time),
	SCMP_SYS(getrandom), SCMP_SYS(setitimer), SCMP_SYS(restart_syscall),
	SCMP_SYS(getpid), SCMP_SYS(gettid),
#ifdef GAZ_SANITIZED
	SCMP_SYS(sigaltstack), SCMP_SYS(sched_yield), SCMP_SYS(rt_sigaction),
	SCMP_SYS(nanosleep), SCMP_SYS(clock_nanosleep),
#endif
};

static bool
limit(int what, rlim_t n, const char *name, struct gaz_err *err)
{
	struct rlimit r = { n, n };

	if (setrlimit(what, &r) == -1)
		return gaz_err_set(err, GAZ_ERR_IO, "limit %s: %s", name,
		    strerror(errno));
	return true;
}

/*
 * What is allowed with some arguments only: no memory to be executed is made
 * any more, and abort() may end this process, but no other one is signalled.
 */
static int
add_conditions(scmp_filter_ctx ctx)
{
	static const int memory[] = { SCMP_SYS(mmap), SCMP_SYS(mprotect) };
	int rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
	    SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0));

	for (size_t i = 0; i < GAZ_COUNT(memory) && rc == 0; i++)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, memory[i], 1,
		    SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	return rc;
}

bool
gaz_sandbox_close(struct gaz_err *err)
{
	scmp_filter_ctx ctx;
	int rc = 0;

	if (!limit(RLIMIT_CORE, 0, "core", err) ||
	    !limit(RLIMIT_FSIZE, 0, "fsize", err) ||
	    !limit(RLIMIT_NPROC, 0, "nproc", err))
		return false;
#ifndef GAZ_SANITIZED
	if (!limit(RLIMIT_DATA, GAZ_WORKER_MEMORY_MAX, "data", err))
		return false;
#endif
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1)
		return gaz_err_set(err, GAZ_ERR_IO, "prctl: %s",
		    strerror(errno));
	ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
	if (ctx == NULL)
		return gaz_err_set(err, GAZ_ERR_IO, "seccomp is not there");
	/* A call of another architecture would end its thread alone. */
	rc = seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH,
	    SCMP_ACT_KILL_PROCESS);
	for (size_t i = 0; i < GAZ_COUNT(allowed_calls) && rc == 0; i++)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, allowed_calls[i],
		    0);
	if (rc == 0)
		rc = add_conditions(ctx);
	if (rc == 0)
		rc = seccomp_load(ctx);
	seccomp_release(ctx);
	if (rc != 0)
		return gaz_err_set(err, GAZ_ERR_IO, "seccomp: %s",
		    strerror(-rc));
	return true;
}
