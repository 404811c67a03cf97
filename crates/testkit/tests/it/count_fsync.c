/* Counts fsync and fdatasync of the process it is preloaded into; at exit writes the sum to $FSYNC_TALLY.
   While the file $FSYNC_FAIL exists, both fail as a broken disk does. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static atomic_uint tally;

static int forward(const char *name, int fd) {
    const char *fail = getenv("FSYNC_FAIL");
    if (fail && access(fail, F_OK) == 0) {
        errno = EIO;
        return -1;
    }
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    int result = real(fd);
    if (result == 0) tally++;
    return result;
}

int fsync(int fd) { return forward("fsync", fd); }
int fdatasync(int fd) { return forward("fdatasync", fd); }

__attribute__((destructor)) static void report(void) {
    const char *path = getenv("FSYNC_TALLY");
    FILE *file = path ? fopen(path, "w") : NULL;
    if (file) {
        fprintf(file, "%u\n", tally);
        fclose(file);
    }
}
