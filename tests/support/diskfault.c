/* Preloaded into a child: the n-th change of a file fails, or is the last thing done.
 *
 * Counts write, pwrite, fsync, fdatasync, ftruncate, rename and unlink on regular
 * files. Nothing is counted before disk_fault_arm was called.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

enum { NONE, KILL, IO_ERROR_ONCE, IO_ERROR, DISK_FULL, TORN };

static atomic_int mode = NONE;
static atomic_long countdown, calls;

void disk_fault_arm(int new_mode, long nth) { mode = NONE; calls = 0; countdown = nth; mode = new_mode; }
long disk_fault_calls(void) { return calls; }

static int is_file(int fd) { struct stat s; return fstat(fd, &s) == 0 && S_ISREG(s.st_mode); }

/* Returns 0: carry on. 1: fail with errno. 2: write half, then die. */
static int struck(int writes)
{
    if (mode == NONE) return 0;
    calls++;
    long left = --countdown;
    if (left > 0) return 0;
    switch (mode) {
    case KILL: kill(getpid(), SIGKILL); for (;;) pause();
    case TORN: if (writes) return 2; kill(getpid(), SIGKILL); for (;;) pause();
    case IO_ERROR_ONCE: if (left == 0) { errno = EIO; return 1; } return 0;
    case IO_ERROR: errno = EIO; return 1;
    case DISK_FULL: if (writes) { errno = ENOSPC; return 1; } return 0;
    }
    return 0;
}

#define REAL(name) static __typeof__(name) *real; if (!real) real = dlsym(RTLD_NEXT, #name)
#define DIE for (;;) { kill(getpid(), SIGKILL); pause(); }

ssize_t write(int fd, const void *data, size_t size)
{
    REAL(write);
    if (is_file(fd)) { int s = struck(1); if (s == 1) return -1; if (s == 2) { real(fd, data, size / 2); DIE } }
    return real(fd, data, size);
}
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at)
{
    REAL(pwrite64);
    if (is_file(fd)) { int s = struck(1); if (s == 1) return -1; if (s == 2) { real(fd, data, size / 2, at); DIE } }
    return real(fd, data, size, at);
}
ssize_t pwrite(int fd, const void *data, size_t size, off_t at)
{
    REAL(pwrite);
    if (is_file(fd)) { int s = struck(1); if (s == 1) return -1; if (s == 2) { real(fd, data, size / 2, at); DIE } }
    return real(fd, data, size, at);
}
int fsync(int fd) { REAL(fsync); if (is_file(fd) && struck(0)) return -1; return real(fd); }
int fdatasync(int fd) { REAL(fdatasync); if (is_file(fd) && struck(0)) return -1; return real(fd); }
int ftruncate64(int fd, off64_t size) { REAL(ftruncate64); if (is_file(fd) && struck(0)) return -1; return real(fd, size); }
int ftruncate(int fd, off_t size) { REAL(ftruncate); if (is_file(fd) && struck(0)) return -1; return real(fd, size); }
int rename(const char *a, const char *b) { REAL(rename); if (struck(0)) return -1; return real(a, b); }
int unlink(const char *path) { REAL(unlink); if (struck(0)) return -1; return real(path); }
