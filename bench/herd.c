/* Very many connections at once, with one request each.
 *
 * usage: herd [-n CONNECTIONS] HOST:PORT PATH
 *
 * All connections are opened before any answer is waited for. Each sends its request as soon as it stands, and is kept until the
 * standard input ends. When the last one is answered, prints one JSON object on one line: how many were answered 200 (served),
 * otherwise (refused) or not at all (broken, after 30 s too), and the latencies of those that were served, in microseconds from
 * when the first one was opened.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "measure.h"

enum { PER_ADDRESS = 10000, EVENTS = 512, INPUT = 65536 };

static const long longest = 30L * 1000000000L;

static void die(const char *what) {
    perror(what);
    exit(1);
}

static int opened(struct sockaddr_in *target, int number) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;
    struct sockaddr_in source = {.sin_family = AF_INET,
                                 .sin_addr.s_addr = htonl(INADDR_LOOPBACK + (uint32_t) (number / PER_ADDRESS))};
    setsockopt(fd, SOL_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    if (fd < 0 || bind(fd, (struct sockaddr *) &source, sizeof source) < 0
        || (connect(fd, (struct sockaddr *) target, sizeof *target) < 0 && errno != EINPROGRESS)) {
        die("herd: connect");
    }
    return fd;
}

int main(int argc, char **argv) {
    int count = 10000, option;
    while ((option = getopt(argc, argv, "n:")) != -1) {
        if (option != 'n') {
            return 2;
        }
        count = atoi(optarg);
    }
    char *colon = optind + 2 == argc ? strrchr(argv[optind], ':') : NULL;
    if (colon == NULL || count < 1) {
        fprintf(stderr, "usage: herd [-n CONNECTIONS] HOST:PORT PATH\n");
        return 2;
    }
    *colon = 0;
    struct sockaddr_in target = {.sin_family = AF_INET, .sin_port = htons((uint16_t) atoi(colon + 1))};
    if (inet_pton(AF_INET, argv[optind], &target.sin_addr) != 1) {
        fprintf(stderr, "herd: not an IPv4 address: %s\n", argv[optind]);
        return 2;
    }
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    char request[1024], input[INPUT];
    int length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: bench.test\r\n\r\n", argv[optind + 1]);

    int epoll = epoll_create1(EPOLL_CLOEXEC);
    char *sent = calloc((size_t) count, 1);
    int *fds = calloc((size_t) count, sizeof *fds);
    if (epoll < 0 || sent == NULL || fds == NULL) {
        die("herd");
    }
    long start = now_nanos();
    for (int i = 0; i < count; i++) {
        fds[i] = opened(&target, i);
        struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.u32 = (unsigned) i};
        if (epoll_ctl(epoll, EPOLL_CTL_ADD, fds[i], &event) < 0) {
            die("herd: epoll");
        }
    }
    int served = 0, refused = 0, broken = 0;
    struct epoll_event events[EVENTS];
    while (served + refused + broken < count && now_nanos() - start < longest) {
        int n = epoll_wait(epoll, events, EVENTS, 100);
        for (int i = 0; i < n; i++) {
            unsigned at = events[i].data.u32;
            if (sent[at] == 0 && (events[i].events & EPOLLOUT)) {
                sent[at] = 1;
                if (send(fds[at], request, (size_t) length, MSG_NOSIGNAL) != length) {
                    events[i].events |= EPOLLERR;
                }
            }
            if (sent[at] == 2 || !(events[i].events & (EPOLLIN | EPOLLERR | EPOLLHUP))) {
                continue;
            }
            /* The first bytes of an answer tell what it is; the rest of it stays in the socket. */
            ssize_t got = recv(fds[at], input, sizeof input, 0);
            if (got < 0 && errno == EAGAIN && !(events[i].events & (EPOLLERR | EPOLLHUP))) {
                continue;
            }
            sent[at] = 2;
            if (got < 12) {
                broken++;
            } else if (strncmp(input, "HTTP/1.1 200", 12) == 0) {
                served++;
                record(now_nanos() - start);
            } else {
                refused++;
            }
        }
    }
    broken = count - served - refused;
    printf("{\"served\": %d, \"refused\": %d, \"broken\": %d, ", served, refused, broken);
    print_latencies();
    fflush(stdout);
    while (read(STDIN_FILENO, input, sizeof input) > 0) {
    }
    return 0;
}
