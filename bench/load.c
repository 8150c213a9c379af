/* An open-loop load generator: sends at a constant rate whatever the gateway does.
 *
 * usage: load [-c CONNECTIONS] [-r RATE] [-d SECONDS] [-w WARM_UP_SECONDS] [-H 'Name: value'] HOST:PORT PATH
 *
 * Every request has a time at which it is due, and its latency counts from then on, whether or not a connection
 * was free to send it: what a stalled gateway keeps from being sent is measured too (no coordinated omission).
 * An interrupt (SIGINT) ends it early. RATE 0 sends as fast as the connections allow, closed-loop, and then latency counts from sending.
 *
 * Prints one JSON object: requests sent, completed and failed in all (warm-up included), and the latencies of the
 * requests due after the warm-up in microseconds.
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
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "measure.h"

enum { EVENTS = 512, INPUT = 65536, MAX_HEADERS = 16 };

struct connection {
    int fd;
    int connecting;
    int busy;
    int next;            /* of the list of free connections */
    int closes;          /* the response said that the connection ends with it */
    long due;            /* when the running request was due */
    long body;           /* bytes of the response's body still to come; -1 while in the head */
    int status;
    int held;
    char head[8192];
};

static struct connection *connections;
static int connection_count = 64;
static int free_list = -1;
static int epoll;
static struct sockaddr_in target;
static char request[16384];
static size_t request_length;

static long *queue;      /* due times of requests that wait for a connection */
static size_t queue_size = 1 << 16, queue_head, queue_count, queue_most;

static long measure_from;

static volatile sig_atomic_t interrupted;

static unsigned long sent, completed, refused, broken, bad_status, malformed;
static unsigned long statuses[600];

static void start(int i);

static void open_connection(int i) {
    struct connection *c = &connections[i];
    memset(c, 0, sizeof *c);
    c->body = -1;
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int on = 1;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    c->connecting = 1;
    if (connect(c->fd, (struct sockaddr *) &target, sizeof target) < 0 && errno != EINPROGRESS) {
        perror("load: connect");
        exit(1);
    }
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP, .data.u32 = (unsigned) i};
    epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &event);
}

static void unlink_free(int i) {
    for (int *at = &free_list; *at >= 0; at = &connections[*at].next) {
        if (*at == i) {
            *at = connections[i].next;
            return;
        }
    }
}

static void reopen(int i) {
    close(connections[i].fd);
    open_connection(i);
}

static void release(int i) {
    struct connection *c = &connections[i];
    c->busy = 0;
    c->body = -1;
    c->held = 0;
    if (c->closes) {
        reopen(i);
        return;
    }
    c->next = free_list;
    free_list = i;
}

static void lost(int i, unsigned long *count) {
    if (connections[i].busy) {
        (*count)++;
    } else if (!connections[i].connecting) {
        unlink_free(i);
    }
    reopen(i);
}

static void complete(int i) {
    struct connection *c = &connections[i];
    completed++;
    if (c->status >= 0 && c->status < 600) {
        statuses[c->status]++;
    }
    if (c->status < 200 || c->status > 299) {
        bad_status++;
    }
    if (c->due >= measure_from) {
        record(now_nanos() - c->due);
    }
    release(i);
}

/* Reads the head's status, length and whether the connection ends; -1 where this program can't read it. */
static int read_head(struct connection *c, int length) {
    c->head[length] = 0;
    if (strncmp(c->head, "HTTP/1.1 ", 9) != 0) {
        return -1;
    }
    c->status = atoi(c->head + 9);
    char *field = strcasestr(c->head, "\r\ncontent-length:");
    if (field == NULL) {
        return -1;
    }
    c->body = atol(field + 17);
    c->closes = strcasestr(c->head, "\r\nconnection: close") != NULL;
    return 0;
}

static void readable(int i) {
    static char input[INPUT];
    struct connection *c = &connections[i];
    for (;;) {
        ssize_t count = recv(c->fd, input, INPUT, 0);
        if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
            return;
        }
        if (count <= 0) {
            lost(i, &broken);
            return;
        }
        if (!c->busy) {
            malformed++;
            lost(i, &broken);
            return;
        }
        ssize_t at = 0;
        if (c->body < 0) {
            int room = (int) sizeof c->head - 1 - c->held;
            int copied = (int) (count < room ? count : room);
            memcpy(c->head + c->held, input, (size_t) copied);
            int before = c->held;
            c->held += copied;
            char *stop = memmem(c->head, (size_t) c->held, "\r\n\r\n", 4);
            if (stop == NULL) {
                if (c->held >= (int) sizeof c->head - 1) {
                    malformed++;
                    lost(i, &broken);
                    return;
                }
                continue;
            }
            int length = (int) (stop - c->head) + 4;
            if (read_head(c, length) < 0) {
                malformed++;
                lost(i, &broken);
                return;
            }
            at = length - before;
        }
        c->body -= count - at;
        if (c->body < 0) {
            malformed++;
            lost(i, &broken);
            return;
        }
        if (c->body == 0) {
            complete(i);
            return;
        }
    }
}

static void start(int i) {
    struct connection *c = &connections[i];
    ssize_t count = send(c->fd, request, request_length, MSG_NOSIGNAL);
    c->busy = 1;
    sent++;
    if (count != (ssize_t) request_length) {
        lost(i, &broken);
    }
}

/* Gives the requests that wait to the connections that are free. */
static void give(void) {
    while (queue_count > 0 && free_list >= 0) {
        int i = free_list;
        free_list = connections[i].next;
        connections[i].due = queue[queue_head];
        queue_head = (queue_head + 1) & (queue_size - 1);
        queue_count--;
        start(i);
    }
}

static void enqueue(long due) {
    if (queue_count == queue_size) {
        long *grown = malloc(2 * queue_size * sizeof *grown);
        if (grown == NULL) {
            perror("load: memory");
            exit(1);
        }
        for (size_t k = 0; k < queue_count; k++) {
            grown[k] = queue[(queue_head + k) & (queue_size - 1)];
        }
        free(queue);
        queue = grown;
        queue_head = 0;
        queue_size *= 2;
    }
    queue[(queue_head + queue_count) & (queue_size - 1)] = due;
    queue_count++;
    if (queue_count > queue_most) {
        queue_most = queue_count;
    }
}

static void handle(struct epoll_event *event) {
    int i = (int) event->data.u32;
    struct connection *c = &connections[i];
    if (c->connecting) {
        int error = 0;
        socklen_t size = sizeof error;
        getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &size);
        if (error != 0 || (event->events & EPOLLHUP)) {
            refused++;
            usleep(1000);
            reopen(i);
            return;
        }
        c->connecting = 0;
        struct epoll_event in = {.events = EPOLLIN | EPOLLRDHUP, .data.u32 = (unsigned) i};
        epoll_ctl(epoll, EPOLL_CTL_MOD, c->fd, &in);
        release(i);
        return;
    }
    if (event->events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) {
        readable(i);
    }
}

static void print_result(double rate, double seconds) {
    printf("{\"rate\": %.0f, \"seconds\": %.3f, \"sent\": %lu, \"completed\": %lu, \"broken\": %lu, \"refused\": %lu, "
           "\"malformed\": %lu, \"badStatus\": %lu, \"unfinished\": %lu, \"mostWaiting\": %lu, \"statuses\": {",
           rate, seconds, sent, completed, broken, refused, malformed, bad_status,
           sent - completed - broken + queue_count, queue_most);
    int first = 1;
    for (int s = 0; s < 600; s++) {
        if (statuses[s] > 0) {
            printf("%s\"%d\": %lu", first ? "" : ", ", s, statuses[s]);
            first = 0;
        }
    }
    printf("}, ");
    print_latencies();
}

static void interrupt(int number) {
    (void) number;
    interrupted = 1;
}

static void usage(void) {
    fprintf(stderr, "usage: load [-c CONNECTIONS] [-r RATE] [-d SECONDS] [-w WARM_UP_SECONDS] [-H 'Name: value'] "
                    "HOST:PORT PATH\n");
    exit(2);
}

int main(int argc, char **argv) {
    double rate = 1000, seconds = 10, warm_up = 0;
    const char *headers[MAX_HEADERS], *host = NULL;
    int header_count = 0, option;
    while ((option = getopt(argc, argv, "c:r:d:w:H:")) != -1) {
        switch (option) {
        case 'c': connection_count = atoi(optarg); break;
        case 'r': rate = atof(optarg); break;
        case 'd': seconds = atof(optarg); break;
        case 'w': warm_up = atof(optarg); break;
        case 'H':
            if (header_count == MAX_HEADERS) {
                usage();
            }
            if (strncasecmp(optarg, "host: ", 6) == 0) {
                host = optarg + 6;
            } else {
                headers[header_count++] = optarg;
            }
            break;
        default: usage();
        }
    }
    char *colon = optind + 2 == argc ? strrchr(argv[optind], ':') : NULL;
    if (colon == NULL || connection_count < 1 || rate < 0 || seconds <= 0) {
        usage();
    }
    request_length = (size_t) snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: %s\r\n", argv[optind + 1],
                                       host == NULL ? argv[optind] : host);
    for (int i = 0; i < header_count; i++) {
        request_length += (size_t) snprintf(request + request_length, sizeof request - request_length, "%s\r\n",
                                            headers[i]);
    }
    request_length += (size_t) snprintf(request + request_length, sizeof request - request_length, "\r\n");
    if (request_length >= sizeof request) {
        usage();
    }
    *colon = 0;
    target.sin_family = AF_INET;
    target.sin_port = htons((uint16_t) atoi(colon + 1));
    if (inet_pton(AF_INET, argv[optind], &target.sin_addr) != 1) {
        usage();
    }

    signal(SIGPIPE, SIG_IGN);
    signal(SIGINT, interrupt);
    prctl(PR_SET_TIMERSLACK, 1UL);
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    epoll = epoll_create1(EPOLL_CLOEXEC);
    connections = calloc((size_t) connection_count, sizeof *connections);
    queue = malloc(queue_size * sizeof *queue);
    for (int i = 0; i < connection_count; i++) {
        open_connection(i);
    }

    struct epoll_event events[EVENTS];
    long begin = 0, end = 0, interval = 0;
    double step = rate > 0 ? 1e9 / rate : 0;
    unsigned long scheduled = 0;
    int connected = 0;
    for (;;) {
        long now = now_nanos();
        if (!connected) {
            connected = 1;
            for (int i = 0; i < connection_count && connected; i++) {
                connected = !connections[i].connecting;
            }
            if (connected) {
                begin = now;
                end = begin + (long) ((warm_up + seconds) * 1e9);
                measure_from = begin + (long) (warm_up * 1e9);
            }
        }
        long wait = 1000000;
        if (connected) {
            if (interrupted && now < end) {
                end = now;
            }
            if (now < end) {
                if (rate > 0) {
                    while (begin + (long) ((double) scheduled * step) <= now) {
                        enqueue(begin + (long) ((double) scheduled * step));
                        scheduled++;
                    }
                    wait = begin + (long) ((double) scheduled * step) - now;
                } else {
                    for (int i = free_list; i >= 0; i = connections[i].next) {
                        enqueue(now);
                    }
                    wait = 10000000;
                }
            } else if ((queue_count == 0 && sent == completed + broken) || now > end + 5000000000L) {
                interval = end - measure_from;
                break;
            }
            give();
        }
        struct timespec timeout = {.tv_sec = wait / 1000000000L, .tv_nsec = wait % 1000000000L};
        int ready = epoll_pwait2(epoll, events, EVENTS, &timeout, NULL);
        for (int k = 0; k < ready; k++) {
            handle(&events[k]);
        }
    }
    print_result(rate, (double) interval / 1e9);
    return 0;
}
