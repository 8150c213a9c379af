/* Opens idle connections and holds them, to see what each costs a gateway.
 *
 * usage: idle [-n CONNECTIONS] [-r PATH] HOST:PORT
 *
 * -r sends one request for PATH on each and reads the response, so that the connections are idle as a browser's are;
 * without it they have never been used. Connections come from several loopback addresses, 10,000 from each, so
 * that ports do not run out. Prints "open N" once all stand, then holds them until its standard input ends, and
 * then prints "closed N": how many the gateway closed meanwhile.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PER_ADDRESS = 10000 };

static void die(const char *what) {
    perror(what);
    exit(1);
}

static void usage(void) {
    fprintf(stderr, "usage: idle [-n CONNECTIONS] [-r PATH] HOST:PORT\n");
    exit(2);
}

static void exchange(int fd, const char *path, const char *host) {
    char buffer[65536];
    int length = snprintf(buffer, sizeof buffer, "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", path, host);
    if (send(fd, buffer, (size_t) length, MSG_NOSIGNAL) != length) {
        die("idle: send");
    }
    size_t held = 0;
    for (;;) {
        ssize_t count = recv(fd, buffer + held, sizeof buffer - held - 1, 0);
        if (count <= 0) {
            die("idle: receive");
        }
        held += (size_t) count;
        buffer[held] = 0;
        char *stop = strstr(buffer, "\r\n\r\n");
        char *field = strcasestr(buffer, "\r\ncontent-length:");
        if (stop != NULL && field != NULL && held >= (size_t) (stop + 4 - buffer) + (size_t) atol(field + 17)) {
            if (strncmp(buffer, "HTTP/1.1 200", 12) != 0) {
                fprintf(stderr, "idle: %.40s\n", buffer);
                exit(1);
            }
            return;
        }
    }
}

int main(int argc, char **argv) {
    int count = 10000, option;
    const char *path = NULL;
    while ((option = getopt(argc, argv, "n:r:")) != -1) {
        switch (option) {
        case 'n': count = atoi(optarg); break;
        case 'r': path = optarg; break;
        default: usage();
        }
    }
    char *colon = optind + 1 == argc ? strrchr(argv[optind], ':') : NULL;
    if (colon == NULL || count < 1) {
        usage();
    }
    char *host = strdup(argv[optind]);
    *colon = 0;
    struct sockaddr_in target = {.sin_family = AF_INET, .sin_port = htons((uint16_t) atoi(colon + 1))};
    if (inet_pton(AF_INET, argv[optind], &target.sin_addr) != 1) {
        usage();
    }
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);

    int *fds = calloc((size_t) count, sizeof *fds);
    for (int i = 0; i < count; i++) {
        fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        int on = 1;
        setsockopt(fds[i], SOL_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
        struct sockaddr_in source = {.sin_family = AF_INET,
                                     .sin_addr.s_addr = htonl(INADDR_LOOPBACK + (uint32_t) (i / PER_ADDRESS))};
        if (fds[i] < 0 || bind(fds[i], (struct sockaddr *) &source, sizeof source) < 0
            || connect(fds[i], (struct sockaddr *) &target, sizeof target) < 0) {
            die("idle: connect");
        }
        if (path != NULL) {
            exchange(fds[i], path, host);
        }
    }
    printf("open %d\n", count);
    fflush(stdout);
    char ignored[256];
    while (read(0, ignored, sizeof ignored) > 0) {
    }
    int closed = 0;
    for (int i = 0; i < count; i++) {
        struct pollfd seen = {.fd = fds[i], .events = POLLIN | POLLRDHUP};
        closed += poll(&seen, 1, 0) > 0;
    }
    printf("closed %d\n", closed);
    return 0;
}
