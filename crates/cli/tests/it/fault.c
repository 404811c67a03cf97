/* Preloaded into a process: files whose path holds $FAULT_PATH go through $FAULT_AFTER operations, then
   $FAULT = kill    the process is killed, as by kill -9, before the next one
   $FAULT = full    every write fails as on a full disk
   $FAULT = erofs   nothing is opened for writing or made, as on a disk mounted read-only */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static atomic_long done;

static int is(const char *fault) {
    const char *set = getenv("FAULT");
    return set && strcmp(set, fault) == 0;
}

/* The operation on this path meets the fault. */
static int meets(const char *path) {
    const char *part = getenv("FAULT_PATH"), *after = getenv("FAULT_AFTER");
    if (!part || !path || !strstr(path, part)) return 0;
    if (atomic_fetch_add(&done, 1) < (after ? atol(after) : 0)) return 0;
    if (is("kill")) kill(getpid(), SIGKILL);
    return 1;
}

static int fd_meets(int fd) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return meets(path);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define FULL(fd) \
    if (fd_meets(fd) && is("full")) { errno = ENOSPC; return -1; }
#define READ_ONLY(path) \
    if (meets(path) && is("erofs")) { errno = EROFS; return -1; }

ssize_t write(int fd, const void *from, size_t size) { FULL(fd) return REAL(write)(fd, from, size); }
ssize_t pwrite(int fd, const void *from, size_t size, off_t at) { FULL(fd) return REAL(pwrite)(fd, from, size, at); }
ssize_t pwrite64(int fd, const void *from, size_t size, off64_t at) { FULL(fd) return REAL(pwrite64)(fd, from, size, at); }
ssize_t copy_file_range(int in, off64_t *from, int out, off64_t *to, size_t size, unsigned flags) {
    FULL(out) return REAL(copy_file_range)(in, from, out, to, size, flags);
}
int fsync(int fd) { fd_meets(fd); return REAL(fsync)(fd); }
int fdatasync(int fd) { fd_meets(fd); return REAL(fdatasync)(fd); }
int rename(const char *from, const char *to) { READ_ONLY(from) return REAL(rename)(from, to); }
int mkdir(const char *path, mode_t mode) { READ_ONLY(path) return REAL(mkdir)(path, mode); }

#define OPEN(name) \
    int name(const char *path, int flags, ...) { \
        va_list rest; \
        va_start(rest, flags); \
        mode_t mode = va_arg(rest, mode_t); \
        va_end(rest); \
        if ((flags & O_ACCMODE) != O_RDONLY) { READ_ONLY(path) } \
        return REAL(name)(path, flags, mode); \
    }
OPEN(open)
OPEN(open64)
