/* The service behind every gateway of a run: answers as cheaply as a process can.
 *
 * usage: upstream [-e | -g | -i] [PORT]      0 or none: any free port; the port is printed on standard output
 *
 * One thread, epoll, keep-alive, pipelining. A path that begins with /10k is answered with 10 KiB, any other
 * with 128 bytes. A request's body is read and dropped where Content-Length declares one. A WebSocket is opened at /ws:
 * messages of up to 16,000 bytes come back as they are. With -e there is no HTTP: all bytes come back, and
 * the connection ends when the client says that it sends no more. With -g it speaks HTTP/2 alone, and answers every call
 * of gRPC with a message of 128 bytes. With -i it closes connections on which nothing was asked for a millisecond since the last
 * request.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "calls.h"
#include "websocket.h"

enum { EVENTS = 512, HEAD_LIMIT = 16400, SMALL = 128, LARGE = 10240 };

struct answer {
    char bytes[LARGE + 512];
    size_t length;
};

struct connection {
    int fd;
    long asked_at;     /* nanoseconds */
    struct connection *before, *behind;
    int upgraded;      /* frames of WebSocket are spoken, no HTTP any more */
    int held;          /* bytes of an incomplete head */
    long body;         /* bytes of a request's body still to be dropped */
    struct answer *due; /* what is sent once they are; NULL for nothing */
    size_t unsent;     /* bytes of output that the socket did not take */
    char *output;
    struct calls calls;
    char head[HEAD_LIMIT];
};

static struct answer small, large;
static int epoll;
static int echo, grpc, impatient;
/* Where it is impatient: all connections that have asked, in the order in which they have asked last. */
static struct connection all = {.before = &all, .behind = &all};
static const long PATIENCE = 1000000;

static void die(const char *what) {
    perror(what);
    exit(1);
}

static void make(struct answer *answer, int size) {
    int head = snprintf(answer->bytes, sizeof answer->bytes,
                        "HTTP/1.1 200 OK\r\nServer: upstream\r\nContent-Type: application/octet-stream\r\n"
                        "Cache-Control: no-store\r\nContent-Length: %d\r\n\r\n", size);
    for (int i = 0; i < size; i++) {
        answer->bytes[head + i] = (char) ('a' + i % 26);
    }
    answer->length = (size_t) (head + size);
}

static long nanos(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000 + now.tv_nsec;
}

static void unlink_it(struct connection *c) {
    c->before->behind = c->behind;
    c->behind->before = c->before;
}

static void link_last(struct connection *c) {
    c->asked_at = nanos();
    c->before = all.before;
    c->behind = &all;
    all.before->behind = c;
    all.before = c;
}

static void drop(struct connection *c) {
    if (impatient) {
        unlink_it(c);
    }
    close(c->fd);
    free(c->output);
    free(c->calls.waiting);
    free(c);
}

/* Sends, or keeps what the socket does not take; -1 when the connection is gone. */
static int send_bytes(struct connection *c, const char *bytes, size_t length) {
    if (c->unsent == 0) {
        ssize_t sent = send(c->fd, bytes, length, MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN && errno != EINTR) {
            return -1;
        }
        if (sent > 0) {
            bytes += sent;
            length -= (size_t) sent;
        }
        if (length == 0) {
            return 0;
        }
        /* What comes back as it came is not read before it is sent. */
        struct epoll_event event = {.events = EPOLLOUT | (echo ? 0 : EPOLLIN | EPOLLRDHUP), .data.ptr = c};
        epoll_ctl(epoll, EPOLL_CTL_MOD, c->fd, &event);
    }
    char *grown = realloc(c->output, c->unsent + length);
    if (grown == NULL) {
        return -1;
    }
    memcpy(grown + c->unsent, bytes, length);
    c->output = grown;
    c->unsent += length;
    return 0;
}

static int writable(struct connection *c) {
    ssize_t sent = send(c->fd, c->output, c->unsent, MSG_NOSIGNAL);
    if (sent < 0) {
        return errno == EAGAIN || errno == EINTR ? 0 : -1;
    }
    c->unsent -= (size_t) sent;
    memmove(c->output, c->output + sent, c->unsent);
    if (c->unsent == 0) {
        struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP, .data.ptr = c};
        epoll_ctl(epoll, EPOLL_CTL_MOD, c->fd, &event);
    }
    return 0;
}

/* Sends bytes back as they come. */
static int send_back(struct connection *c) {
    ssize_t count = recv(c->fd, c->head, HEAD_LIMIT, 0);
    if (count > 0) {
        return send_bytes(c, c->head, (size_t) count);
    }
    return count < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}

/* Sends the messages among these bytes back; returns where an unfinished one begins, NULL where the connection ends. */
static char *send_messages_back(struct connection *c, char *at, char *end) {
    while (at < end) {
        struct frame frame = read_frame(at, end);
        if (frame.length == 0) {
            return at;
        }
        if (frame.length < 0 || send_bytes(c, frame.answer, frame.answer_length) < 0 || frame.closes) {
            return NULL;
        }
        at += frame.length;
    }
    return at;
}

/* Answers the calls among these bytes; returns where an unfinished frame begins, NULL where the connection ends. */
static char *answer_calls(struct connection *c, char *at, char *end) {
    static struct bytes out;
    out.length = 0;
    at = take_frames(&c->calls, at, end, &out);
    return at == NULL || (out.length > 0 && send_bytes(c, out.at, out.length) < 0) ? NULL : at;
}

/* Answers a handshake of WebSocket; -1 when the connection is gone. */
static int upgrade(struct connection *c, const char *key) {
    char answer[256];
    int length = snprintf(answer, sizeof answer,
                          "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                          "Sec-WebSocket-Accept: ");
    length += accept_of(key, answer + length);
    memcpy(answer + length, "\r\n\r\n", 4);
    c->upgraded = 1;
    return send_bytes(c, answer, (size_t) length + 4);
}

static long declared_length(const char *head, const char *end) {
    for (const char *line = head; line < end; line++) {
        line = memchr(line, '\n', (size_t) (end - line));
        if (line == NULL) {
            return 0;
        }
        if (end - line > 16 && strncasecmp(line + 1, "content-length:", 15) == 0) {
            return atol(line + 16);
        }
    }
    return 0;
}

/* Answers the request whose head ends at `stop`; -1 when the connection is gone. */
static int answer(struct connection *c, const char *head, const char *stop) {
    const char *path = memchr(head, ' ', (size_t) (stop - head));
    const char *key = path != NULL && strncmp(path, " /ws", 4) == 0 ? websocket_key(head, stop) : NULL;
    if (key != NULL) {
        return upgrade(c, key);
    }
    struct answer *answer = path != NULL && strncmp(path, " /10k", 5) == 0 ? &large : &small;
    if (c->body > 0) {
        c->due = answer;
        return 0;
    }
    return send_bytes(c, answer->bytes, answer->length);
}

/* The body that an answer was due for is over; -1 when the connection is gone. */
static int answer_body(struct connection *c) {
    struct answer *answer = c->due;
    c->due = NULL;
    return answer == NULL ? 0 : send_bytes(c, answer->bytes, answer->length);
}

static int readable(struct connection *c) {
    for (;;) {
        ssize_t count = recv(c->fd, c->head + c->held, (size_t) (HEAD_LIMIT - c->held), 0);
        if (count == 0) {
            return -1;
        }
        if (count < 0) {
            return errno == EAGAIN || errno == EINTR ? 0 : -1;
        }
        char *at = c->head;
        char *end = c->head + c->held + count;
        while (at < end) {
            if (c->upgraded || grpc) {
                char *next = grpc ? answer_calls(c, at, end) : send_messages_back(c, at, end);
                if (next == NULL) {
                    return -1;
                }
                at = next;
                break;
            }
            if (c->body > 0) {
                long here = end - at < c->body ? end - at : c->body;
                at += here;
                c->body -= here;
                if (c->body == 0 && answer_body(c) < 0) {
                    return -1;
                }
                continue;
            }
            char *stop = memmem(at, (size_t) (end - at), "\r\n\r\n", 4);
            if (stop == NULL) {
                break;
            }
            /* Only methods that begin with P have bodies here. */
            c->body = *at == 'P' ? declared_length(at, stop + 2) : 0;
            if (answer(c, at, stop) < 0) {
                return -1;
            }
            at = stop + 4;
        }
        c->held = (int) (end - at);
        if (c->held == HEAD_LIMIT) {
            return -1;
        }
        memmove(c->head, at, (size_t) c->held);
        if (count < HEAD_LIMIT / 2) {
            return 0;
        }
    }
}

/* Closes what has asked for nothing for too long, whatever may be on its way by now; not amid a request or an answer. */
static void drop_idle(void) {
    while (all.behind != &all && nanos() - all.behind->asked_at > PATIENCE) {
        struct connection *c = all.behind;
        if (c->unsent > 0 || c->held > 0 || c->body > 0) {
            unlink_it(c);
            link_last(c);
        } else {
            drop(c);
        }
    }
}

static void accept_all(int server) {
    for (;;) {
        int fd = accept4(server, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            return;
        }
        int on = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        struct connection *c = calloc(1, sizeof *c);
        if (c == NULL) {
            close(fd);
            return;
        }
        c->fd = fd;
        c->before = c->behind = c;
        struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP, .data.ptr = c};
        epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
    }
}

int main(int argc, char **argv) {
    signal(SIGPIPE, SIG_IGN);
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    make(&small, SMALL);
    make(&large, LARGE);
    echo = argc > 1 && strcmp(argv[1], "-e") == 0;
    grpc = argc > 1 && strcmp(argv[1], "-g") == 0;
    impatient = argc > 1 && strcmp(argv[1], "-i") == 0;
    const char *port = argc > 1 + (echo || grpc || impatient) ? argv[argc - 1] : "0";

    int server = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int on = 1;
    setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t) atoi(port)),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    if (server < 0 || bind(server, (struct sockaddr *) &address, size) < 0 || listen(server, 4096) < 0
        || getsockname(server, (struct sockaddr *) &address, &size) < 0) {
        die("upstream: listen");
    }
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);

    epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event listening = {.events = EPOLLIN, .data.ptr = NULL};
    epoll_ctl(epoll, EPOLL_CTL_ADD, server, &listening);
    struct epoll_event events[EVENTS];
    for (;;) {
        int ready = epoll_wait(epoll, events, EVENTS, impatient ? 1 : -1);
        for (int i = 0; i < ready; i++) {
            struct connection *c = events[i].data.ptr;
            if (c == NULL) {
                accept_all(server);
                continue;
            }
            int result = 0;
            if (events[i].events & (EPOLLERR | EPOLLHUP)) {
                result = -1;
            }
            if (result == 0 && (events[i].events & EPOLLOUT)) {
                result = writable(c);
            }
            if (result == 0 && (events[i].events & (EPOLLIN | EPOLLRDHUP))) {
                result = echo ? send_back(c) : readable(c);
            }
            if (result < 0) {
                drop(c);
            } else if (impatient) {
                unlink_it(c);
                link_last(c);
            }
        }
        if (impatient) {
            drop_idle();
        }
    }
}
