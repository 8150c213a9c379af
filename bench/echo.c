/* Sends messages to a service that sends them back, one at a time on each connection: WebSocket, or bare bytes.
 *
 * usage: echo [-c CONNECTIONS] [-d SECONDS] [-s SIZE] [-w PATH | -n] HOST:PORT
 *
 * -w opens a WebSocket at PATH on each connection and sends binary messages; without it bytes are sent as they are.
 * -n makes a connection for each message: what is counted then is a connection, from connecting until the other side
 * has ended it, which the service does when it has heard that nothing more comes. Connections come from several
 * loopback addresses in turn, so that ports do not run out.
 *
 * Each message has a number in it and its answer is compared byte by byte. Prints one JSON object: answers, failures,
 * and latencies in microseconds.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "measure.h"

enum { EVENTS = 512, MOST = 16000, ADDRESSES = 200, GRACE_SECONDS = 5 };

enum state { CONNECTING, SHAKING, WAITING, ENDING, RESTING };

struct connection {
    int fd;
    enum state state;
    long since;          /* when the running message was sent, or the connection begun */
    unsigned long number;
    size_t held;
    char input[MOST + 256];
};

static struct connection *connections;
static int connection_count = 64, once, running;
static size_t size = 64;
static const char *path;
static char handshake[1024], filler[MOST];
static struct sockaddr_in target;
static int epoll;
static unsigned long completed, broken, refused, malformed, opened;

static void open_connection(struct connection *c) {
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    c->state = CONNECTING;
    c->held = 0;
    c->since = now_nanos();
    int on = 1;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(c->fd, SOL_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    struct sockaddr_in source = {.sin_family = AF_INET,
                                 .sin_addr.s_addr = htonl(INADDR_LOOPBACK + (uint32_t) (opened++ % ADDRESSES))};
    if (c->fd < 0 || bind(c->fd, (struct sockaddr *) &source, sizeof source) < 0
        || (connect(c->fd, (struct sockaddr *) &target, sizeof target) < 0 && errno != EINPROGRESS)) {
        perror("echo: connect");
        exit(1);
    }
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP, .data.ptr = c};
    epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &event);
}

/* Ends a connection, and opens another one while there is time. */
static void renew(struct connection *c) {
    close(c->fd);
    c->state = RESTING;
    if (running) {
        open_connection(c);
    }
}

static void fail(struct connection *c, unsigned long *count) {
    (*count)++;
    usleep(1000);
    renew(c);
}

/* The payload of a message: its number, then what is in all of them. */
static void payload(char *to, unsigned long number) {
    memcpy(to, filler, size);
    memcpy(to, &number, size < sizeof number ? size : sizeof number);
}

static size_t frame_head(char *to, int mask) {
    to[0] = (char) 0x82;
    if (size < 126) {
        to[1] = (char) (mask | (int) size);
        return 2;
    }
    to[1] = (char) (mask | 126);
    to[2] = (char) (size >> 8);
    to[3] = (char) size;
    return 4;
}

/* The bytes that are sent, or the ones that are to come. */
static size_t message(char *to, unsigned long number, int answer) {
    if (path == NULL) {
        payload(to, number);
        return size;
    }
    size_t head = frame_head(to, answer ? 0 : 0x80);
    if (answer) {
        payload(to + head, number);
        return head + size;
    }
    uint32_t mask = (uint32_t) number * 2654435761u;
    memcpy(to + head, &mask, sizeof mask);
    char *at = to + head + sizeof mask;
    payload(at, number);
    for (size_t i = 0; i < size; i++) {
        at[i] ^= (char) (mask >> (8 * (i & 3)));
    }
    return head + sizeof mask + size;
}

static void send_message(struct connection *c) {
    char output[MOST + 256];
    if (!running) {
        close(c->fd);
        c->state = RESTING;
        return;
    }
    c->state = WAITING;
    c->held = 0;
    if (!once) {
        c->since = now_nanos();
    }
    size_t length = message(output, ++c->number, 0);
    if (send(c->fd, output, length, MSG_NOSIGNAL) != (ssize_t) length) {
        fail(c, &broken);
    }
}

static void connected(struct connection *c) {
    struct epoll_event in = {.events = EPOLLIN | EPOLLRDHUP, .data.ptr = c};
    epoll_ctl(epoll, EPOLL_CTL_MOD, c->fd, &in);
    if (path == NULL) {
        send_message(c);
        return;
    }
    c->state = SHAKING;
    size_t length = strlen(handshake);
    if (send(c->fd, handshake, length, MSG_NOSIGNAL) != (ssize_t) length) {
        fail(c, &broken);
    }
}

static void counted(struct connection *c) {
    completed++;
    record(now_nanos() - c->since);
}

static void answered(struct connection *c) {
    if (once) {
        c->state = ENDING;
        shutdown(c->fd, SHUT_WR);
        return;
    }
    counted(c);
    send_message(c);
}

static void look_at_answer(struct connection *c) {
    char expected[MOST + 256];
    size_t length = message(expected, c->number, 1);
    if (c->held > length || memcmp(c->input, expected, c->held) != 0) {
        fail(c, &malformed);
    } else if (c->held == length) {
        answered(c);
    }
}

/* RFC 6455 §1.3 has this answer to this key. */
static void look_at_handshake(struct connection *c) {
    c->input[c->held] = 0;
    char *stop = strstr(c->input, "\r\n\r\n");
    if (stop == NULL && c->held < MOST) {
        return;
    }
    if (stop == NULL || stop + 4 != c->input + c->held || strncmp(c->input, "HTTP/1.1 101 ", 13) != 0
        || strcasestr(c->input, "\r\nsec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n") == NULL) {
        fprintf(stderr, "echo: no WebSocket: %.300s\n", c->input);
        fail(c, &malformed);
        return;
    }
    send_message(c);
}

static void readable(struct connection *c) {
    ssize_t count = recv(c->fd, c->input + c->held, MOST + 200 - c->held, 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    if (count == 0 && c->state == ENDING) {
        counted(c);
        renew(c);
        return;
    }
    if (count <= 0) {
        fail(c, &broken);
        return;
    }
    c->held += (size_t) count;
    if (c->state == SHAKING) {
        look_at_handshake(c);
    } else if (c->state == WAITING) {
        look_at_answer(c);
    } else {
        fail(c, &malformed);
    }
}

static void handle(struct connection *c, unsigned events) {
    if (c->state == RESTING) {
        return;
    }
    if (c->state != CONNECTING) {
        readable(c);
        return;
    }
    int error = 0;
    socklen_t length = sizeof error;
    getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &length);
    if (error != 0 || (events & EPOLLHUP)) {
        fail(c, &refused);
        return;
    }
    connected(c);
}

static unsigned long unfinished(void) {
    unsigned long count = 0;
    for (int i = 0; i < connection_count; i++) {
        count += connections[i].state != RESTING;
    }
    return count;
}

static void run(double seconds) {
    running = 1;
    for (int i = 0; i < connection_count; i++) {
        open_connection(&connections[i]);
    }
    long begin = now_nanos(), end = begin + (long) (seconds * 1e9), now = begin;
    struct epoll_event events[EVENTS];
    while (now < end || (unfinished() > 0 && now < end + GRACE_SECONDS * 1000000000L)) {
        int ready = epoll_wait(epoll, events, EVENTS, 10);
        now = now_nanos();
        running = now < end;
        for (int i = 0; i < ready; i++) {
            handle(events[i].data.ptr, events[i].events);
        }
    }
    printf("{\"seconds\": %.3f, \"completed\": %lu, \"broken\": %lu, \"refused\": %lu, \"malformed\": %lu, "
           "\"unfinished\": %lu, ", (double) (now - begin) / 1e9, completed, broken, refused, malformed, unfinished());
    print_latencies();
}

static void usage(void) {
    fprintf(stderr, "usage: echo [-c CONNECTIONS] [-d SECONDS] [-s SIZE] [-w PATH | -n] HOST:PORT\n");
    exit(2);
}

int main(int argc, char **argv) {
    double seconds = 10;
    int option;
    while ((option = getopt(argc, argv, "c:d:s:w:n")) != -1) {
        switch (option) {
        case 'c': connection_count = atoi(optarg); break;
        case 'd': seconds = atof(optarg); break;
        case 's': size = (size_t) atol(optarg); break;
        case 'w': path = optarg; break;
        case 'n': once = 1; break;
        default: usage();
        }
    }
    char *colon = optind + 1 == argc ? strrchr(argv[optind], ':') : NULL;
    if (colon == NULL || connection_count < 1 || seconds <= 0 || size < 1 || size > MOST || (once && path != NULL)) {
        usage();
    }
    if (path != NULL
        && snprintf(handshake, sizeof handshake,
                    "GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n", path,
                    argv[optind]) >= (int) sizeof handshake) {
        usage();
    }
    *colon = 0;
    target.sin_family = AF_INET;
    target.sin_port = htons((uint16_t) atoi(colon + 1));
    if (inet_pton(AF_INET, argv[optind], &target.sin_addr) != 1) {
        usage();
    }
    for (size_t i = 0; i < sizeof filler; i++) {
        filler[i] = (char) ('a' + i % 26);
    }
    signal(SIGPIPE, SIG_IGN);
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    epoll = epoll_create1(EPOLL_CLOEXEC);
    connections = calloc((size_t) connection_count, sizeof *connections);
    if (connections == NULL) {
        perror("echo: memory");
        return 1;
    }
    run(seconds);
    return 0;
}
