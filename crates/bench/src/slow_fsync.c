/* While the file $SLOW_FSYNC_WHEN exists, every fsync and fdatasync of the process it is preloaded into takes
   $SLOW_FSYNC_US microseconds more. How many there were so far stands in the file $SLOW_FSYNC_TALLY. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static atomic_ulong tally;
static int tally_fd = -1;

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("SLOW_FSYNC_TALLY");
    if (path) tally_fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
}

static int forward(const char *name, int fd) {
    const char *when = getenv("SLOW_FSYNC_WHEN"), *us = getenv("SLOW_FSYNC_US");
    if (when && us && access(when, F_OK) == 0) usleep((useconds_t)atoi(us));
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    int result = real(fd);
    char text[32];
    int length = snprintf(text, sizeof text, "%020lu\n", atomic_fetch_add(&tally, 1) + 1);
    if (tally_fd >= 0 && pwrite(tally_fd, text, (size_t)length, 0) < 0) perror("slow_fsync");
    return result;
}

int fsync(int fd) { return forward("fsync", fd); }
int fdatasync(int fd) { return forward("fdatasync", fd); }
