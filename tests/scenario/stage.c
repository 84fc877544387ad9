/*
 * The stage that a scenario plays on, put in front of the C library of the
 * program that is shipped (LD_PRELOAD): a clock that a test sets, names that
 * resolve as the test says, a network of one machine, and a list of every
 * address that was connected to. No connection leaves the machine.
 *
 * GAZ_STAGE names a folder:
 *   clock     struct stage (below); how far the clocks are ahead of real ones
 *   names     lines: NAME ANSWER; of several for a name the first look-up gets
 *             the first, and the last one stays. ANSWER is
 *             ADDRESS[,ADDRESS...], or "none", "again" or "hang". There are no
 *             other names than these
 *   routes    lines: ADDRESS PORT PORT'; who connects to ADDRESS:PORT gets to
 *             127.0.0.1:PORT'. ADDRESS may be "*". PORT' 0 refuses. Loopback
 *             addresses that have no line are real, all others refuse
 *   connects  written: ADDRESS PORT, a line for each connect of TCP
 *   ca        certificates in place of the system's, if it is there
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define SECOND INT64_C(1000000000)
/* By itself time goes so many times slower from start_ns on: what a test takes
 * is not what it is about, and a machine may be busy. */
#define SLOW 20
#define LINE 1024
#define WORD 256
#define NAMES 1024

struct stage {
	_Atomic int64_t mono_ns, wall_ns, boot_ns; /* ahead; boot: of mono */
	_Atomic int64_t start_ns; /* of the real monotonic clock; see SLOW */
	_Atomic int64_t until_ns; /* when the loop wants to wake; -1: never */
	_Atomic int64_t sleeps;   /* how often it went to sleep */
	_Atomic int64_t hanging;  /* look-ups that get no answer */
};

static struct stage *stage;
static char folder[LINE];
static int (*real_gettime)(clockid_t, struct timespec *);
static int (*real_connect)(int, const struct sockaddr *, socklen_t);
static int (*real_epoll)(int, struct epoll_event *, int, int);
static int (*real_lookup)(const char *, const char *,
    const struct addrinfo *, struct addrinfo **);
static void (*real_release)(struct addrinfo *);
static FILE *(*real_fopen)(const char *, const char *);

static void
path_of(char *out, const char *name)
{
	snprintf(out, 2 * LINE, "%s/%s", folder, name);
}

static void __attribute__((constructor))
enter(void)
{
	const char *dir = getenv("GAZ_STAGE");
	char path[2 * LINE];
	void *p;

	real_gettime = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT,
	    "clock_gettime");
	real_connect = (int (*)(int, const struct sockaddr *,
	    socklen_t))dlsym(RTLD_NEXT, "connect");
	real_epoll = (int (*)(int, struct epoll_event *, int,
	    int))dlsym(RTLD_NEXT, "epoll_wait");
	real_lookup = (int (*)(const char *, const char *,
	    const struct addrinfo *, struct addrinfo **))dlsym(RTLD_NEXT,
	    "getaddrinfo");
	real_release = (void (*)(struct addrinfo *))dlsym(RTLD_NEXT,
	    "freeaddrinfo");
	real_fopen = (FILE *(*)(const char *, const char *))dlsym(RTLD_NEXT,
	    "fopen");
	if (dir == NULL)
		return;
	snprintf(folder, sizeof(folder), "%s", dir);
	path_of(path, "clock");
	int fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd == -1)
		return;
	p = mmap(NULL, sizeof(*stage), PROT_READ | PROT_WRITE, MAP_SHARED, fd,
	    0);
	if (p != MAP_FAILED)
		stage = p;
	close(fd);
}

/* ---- time */

static void
add(struct timespec *ts, int64_t ns)
{
	int64_t all = (int64_t)ts->tv_sec * SECOND + ts->tv_nsec + ns;

	ts->tv_sec = all / SECOND;
	ts->tv_nsec = all % SECOND;
	if (ts->tv_nsec < 0) {
		ts->tv_nsec += SECOND;
		ts->tv_sec--;
	}
}

/* What has passed since the start, less a share. */
static int64_t
slowness(void)
{
	struct timespec ts;

	real_gettime(CLOCK_MONOTONIC, &ts);
	int64_t passed = (int64_t)ts.tv_sec * SECOND + ts.tv_nsec -
	    stage->start_ns;
	return passed - passed / SLOW;
}

static int64_t
ahead(clockid_t id)
{
	if (stage == NULL)
		return 0;
	switch (id) {
	case CLOCK_REALTIME:
	case CLOCK_REALTIME_COARSE:
		return stage->wall_ns - slowness();
	case CLOCK_MONOTONIC:
	case CLOCK_MONOTONIC_COARSE:
	case CLOCK_MONOTONIC_RAW:
		return stage->mono_ns - slowness();
	case CLOCK_BOOTTIME:
		return stage->mono_ns + stage->boot_ns - slowness();
	default:
		return 0;
	}
}

int
clock_gettime(clockid_t id, struct timespec *ts)
{
	/* Some ask before the constructor has run. */
	if (real_gettime == NULL)
		enter();
	int rc = real_gettime(id, ts);

	if (rc == 0)
		add(ts, ahead(id));
	return rc;
}

time_t
time(time_t *out)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	if (out != NULL)
		*out = ts.tv_sec;
	return ts.tv_sec;
}

int
gettimeofday(struct timeval *restrict tv, void *restrict zone)
{
	struct timespec ts;

	(void)zone;
	clock_gettime(CLOCK_REALTIME, &ts);
	tv->tv_sec = ts.tv_sec;
	tv->tv_usec = ts.tv_nsec / 1000;
	return 0;
}

/* Those who wait with an end are queues; their clock is the monotonic one. */
int
pthread_cond_timedwait(pthread_cond_t *restrict cond,
    pthread_mutex_t *restrict lock, const struct timespec *restrict end)
{
	struct timespec real = *end;

	add(&real, -ahead(CLOCK_MONOTONIC));
	return pthread_cond_clockwait(cond, lock, CLOCK_MONOTONIC, &real);
}

int
epoll_wait(int fd, struct epoll_event *events, int max, int timeout)
{
	struct timespec ts;

	if (stage != NULL) {
		clock_gettime(CLOCK_MONOTONIC, &ts);
		stage->until_ns = timeout < 0 ? -1 :
		    (int64_t)ts.tv_sec * SECOND + ts.tv_nsec +
		    timeout * (SECOND / 1000);
		stage->sleeps++;
	}
	return real_epoll(fd, events, max, timeout);
}

/* ---- names */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
	char name[WORD];
	int count;
} asked[NAMES];

/* How often the name was looked up before. */
static int
count_of(const char *name)
{
	int n = 0;

	pthread_mutex_lock(&lock);
	for (int i = 0; i < NAMES; i++) {
		if (asked[i].name[0] == '\0')
			snprintf(asked[i].name, WORD, "%s", name);
		if (strcmp(asked[i].name, name) == 0) {
			n = asked[i].count++;
			break;
		}
	}
	pthread_mutex_unlock(&lock);
	return n;
}

/* The answer for name, or false. */
static bool
find_name(const char *name, char out[LINE])
{
	char path[2 * LINE], line[LINE], who[WORD], answer[LINE];
	bool found = false;
	int n = 0;

	path_of(path, "names");
	FILE *f = real_fopen(path, "re");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "%255s %1023s", who, answer) != 2 ||
		    strcmp(who, name) != 0)
			continue;
		if (!found)
			n = count_of(name);
		found = true;
		if (n-- >= 0)
			snprintf(out, LINE, "%s", answer);
	}
	if (f != NULL)
		fclose(f);
	return found;
}

static int
literals(char *list, const char *service, const struct addrinfo *hints,
    struct addrinfo **out)
{
	struct addrinfo numeric = *hints, **end = out;
	char *next = list;

	*out = NULL;
	numeric.ai_flags = AI_NUMERICHOST;
	while (next != NULL) {
		char *text = next;
		next = strchr(text, ',');
		if (next != NULL)
			*next++ = '\0';
		if (real_lookup(text, service, &numeric, end) != 0)
			*end = NULL;
		while (*end != NULL)
			end = &(*end)->ai_next;
	}
	return *out != NULL ? 0 : EAI_NONAME;
}

/* Lower case, without the dots at the end. */
static void
normal(const char *name, char out[WORD])
{
	size_t n = 0;

	for (; name[n] != '\0' && n < WORD - 1; n++)
		out[n] = name[n] >= 'A' && name[n] <= 'Z' ?
		    (char)(name[n] + 'a' - 'A') : name[n];
	while (n > 1 && out[n - 1] == '.')
		n--;
	out[n] = '\0';
}

int
getaddrinfo(const char *restrict name, const char *restrict service,
    const struct addrinfo *restrict hints, struct addrinfo **restrict out)
{
	struct addrinfo any = { .ai_socktype = SOCK_STREAM };
	char answer[LINE] = "none", bare[WORD];

	if (stage == NULL || name == NULL)
		return real_lookup(name, service, hints, out);
	if (hints == NULL)
		hints = &any;
	normal(name, bare);
	if (!find_name(bare, answer)) {
		struct addrinfo numeric = *hints;
		numeric.ai_flags = AI_NUMERICHOST;
		return real_lookup(name, service, &numeric, out);
	}
	if (strcmp(answer, "again") == 0)
		return EAI_AGAIN;
	if (strcmp(answer, "none") == 0)
		return EAI_NONAME;
	if (strcmp(answer, "hang") == 0) {
		stage->hanging++;
		for (;;)
			pause();
	}
	return literals(answer, service, hints, out);
}

/* The lists are put together of several: free them one by one. */
void
freeaddrinfo(struct addrinfo *list)
{
	while (list != NULL) {
		struct addrinfo *next = list->ai_next;
		list->ai_next = NULL;
		real_release(list);
		list = next;
	}
}

/* ---- the network */

static int
route(const char *address, int port, bool loopback)
{
	char path[2 * LINE], line[LINE], who[128];
	int from, to, found = loopback ? port : 0;
	bool exact = false;

	path_of(path, "routes");
	FILE *f = real_fopen(path, "re");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "%127s %d %d", who, &from, &to) != 3 ||
		    from != port)
			continue;
		if (strcmp(who, address) == 0) {
			exact = true;
			found = to;
		} else if (strcmp(who, "*") == 0 && !exact && !loopback) {
			found = to;
		}
	}
	if (f != NULL)
		fclose(f);
	return found;
}

static void
note(const char *address, int port)
{
	char path[2 * LINE], line[LINE];

	path_of(path, "connects");
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	int n = snprintf(line, sizeof(line), "%s %d\n", address, port);
	if (fd == -1 || write(fd, line, (size_t)n) != n)
		abort();
	close(fd);
}

int
connect(int fd, const struct sockaddr *sa, socklen_t len)
{
	char text[INET6_ADDRSTRLEN];
	struct sockaddr_in6 in6;
	struct sockaddr_in in;
	socklen_t size = sizeof(int);
	int type = 0, to;

	getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size);
	if (stage == NULL || type != SOCK_STREAM ||
	    (sa->sa_family != AF_INET && sa->sa_family != AF_INET6))
		return real_connect(fd, sa, len);
	if (sa->sa_family == AF_INET) {
		memcpy(&in, sa, sizeof(in));
		inet_ntop(AF_INET, &in.sin_addr, text, sizeof(text));
		note(text, ntohs(in.sin_port));
		to = route(text, ntohs(in.sin_port),
		    (ntohl(in.sin_addr.s_addr) >> 24) == 127);
		if (to == ntohs(in.sin_port) &&
		    (ntohl(in.sin_addr.s_addr) >> 24) == 127)
			return real_connect(fd, sa, len);
		in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		in.sin_port = htons((uint16_t)to);
		if (to != 0)
			return real_connect(fd, (struct sockaddr *)&in,
			    sizeof(in));
	} else {
		memcpy(&in6, sa, sizeof(in6));
		inet_ntop(AF_INET6, &in6.sin6_addr, text, sizeof(text));
		note(text, ntohs(in6.sin6_port));
		to = route(text, ntohs(in6.sin6_port),
		    IN6_IS_ADDR_LOOPBACK(&in6.sin6_addr));
		inet_pton(AF_INET6, "::ffff:127.0.0.1", &in6.sin6_addr);
		in6.sin6_port = htons((uint16_t)to);
		if (to != 0)
			return real_connect(fd, (struct sockaddr *)&in6,
			    sizeof(in6));
	}
	errno = ECONNREFUSED;
	return -1;
}

/* ---- certificates */

static const char *
certificates(const char *path, char *own)
{
	if (stage == NULL || strstr(path, "/ca-certificates.crt") == NULL)
		return path;
	path_of(own, "ca");
	return access(own, R_OK) == 0 ? own : path;
}

FILE *
fopen(const char *restrict path, const char *restrict mode)
{
	char own[2 * LINE];

	if (real_fopen == NULL)
		enter();
	return real_fopen(certificates(path, own), mode);
}

FILE *
fopen64(const char *restrict path, const char *restrict mode)
{
	return fopen(path, mode);
}
