/* Clients who come at their own pace, whatever the gateway can do, and who do not wait for ever.
 *
 * usage: openloop [-r RATE] [-d SECONDS] [-w WARM_UP_SECONDS] [-c MOST_CONNECTIONS] [-t TIMEOUT_MS] [-s PERCENT]
 *                 HOST:PORT CRITICAL_PATH OTHER_PATH
 *
 * RATE requests are due each second at even distances, PERCENT of them for CRITICAL_PATH. Those who ask for it are other
 * clients than the rest: the same PERCENT of MOST_CONNECTIONS are theirs. A request that is due takes a connection that
 * is free, or opens one where there are fewer than there may be; where there are as many, it is lost. A response that has not come TIMEOUT_MS after the request was due is no use any more: the connection is closed.
 *
 * Prints one JSON object: for either kind, of those due after the warm-up, how many there were, how many were good
 * (200 in time), shed (503 in time), late, lost, or came to nothing else; and the latencies of the good and of the shed in
 * microseconds, from when they were due.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS = 512, INPUT = 65536, STEPS = 64, DOUBLINGS = 32, HEAD = 4096 };
enum { CRITICAL, OTHER, KINDS };
enum { GOOD, SHED, LATE, LOST, BROKEN, OUTCOMES };

static const char *kinds[] = {"critical", "other"};
static const char *outcomes[] = {"good", "shed", "late", "lost", "broken"};

struct connection {
    int fd;
    int connecting;
    int busy;
    int kind;
    unsigned turn;       /* counts the requests, so that the list of deadlines knows which one it means */
    int next;            /* of the list of free connections */
    long due;
    long body;           /* bytes of the body still to come; -1 while in the head */
    int status;
    int closes;
    int held;
    char head[HEAD];
};

struct deadline {
    int connection;
    unsigned turn;
    long at;
};

static struct connection *connections;
static int most[KINDS], opened[KINDS], free_list[KINDS] = {-1, -1};
static int epoll;
static struct sockaddr_in target;
static char requests[KINDS][1024];
static int lengths[KINDS];
static struct deadline *deadlines;
static size_t deadline_room, deadline_head, deadline_count;
static long measure_from, timeout_nanos = 1000000000L;
static unsigned long due_count[KINDS], counts[KINDS][OUTCOMES];
static unsigned long histogram[2][KINDS][DOUBLINGS][STEPS];

static long now_nanos(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000L + t.tv_nsec;
}

static void record(int outcome, int kind, long nanos) {
    unsigned long micros = nanos < 1000 ? 1 : (unsigned long) nanos / 1000;
    int doubling = 63 - __builtin_clzl(micros);
    unsigned long step = doubling > 6 ? (micros >> (doubling - 6)) & (STEPS - 1)
                                      : (micros << (6 - doubling)) & (STEPS - 1);
    if (doubling >= DOUBLINGS) {
        doubling = DOUBLINGS - 1;
    }
    histogram[outcome][kind][doubling][step]++;
}

static double percentile(int outcome, int kind, double part) {
    unsigned long all = counts[kind][outcome], seen = 0;
    for (int i = 0; i < DOUBLINGS; i++) {
        for (int j = 0; j < STEPS; j++) {
            seen += histogram[outcome][kind][i][j];
            if (all > 0 && seen > 0 && (double) seen >= part * (double) all) {
                return (double) (1UL << i) * (1 + (double) j / STEPS);
            }
        }
    }
    return 0;
}

static void came(int kind, long due, int outcome) {
    if (due < measure_from) {
        return;
    }
    counts[kind][outcome]++;
    if (outcome == GOOD || outcome == SHED) {
        record(outcome, kind, now_nanos() - due);
    }
}

static void put_back(int index) {
    struct connection *c = &connections[index];
    c->busy = 0;
    c->next = free_list[c->kind];
    free_list[c->kind] = index;
}

static void shut(int index) {
    struct connection *c = &connections[index];
    close(c->fd);
    c->fd = -1;
    c->connecting = 0;
    put_back(index);
}

static void finish(int index, int outcome) {
    struct connection *c = &connections[index];
    came(c->kind, c->due, outcome);
    c->turn++;
    if (outcome == LATE || outcome == BROKEN || c->closes) {
        shut(index);
    } else {
        put_back(index);
    }
}

static void write_request(int index) {
    struct connection *c = &connections[index];
    /* A request is far smaller than the buffer of a socket that has nothing else to send. */
    if (send(c->fd, requests[c->kind], (size_t) lengths[c->kind], MSG_NOSIGNAL) != lengths[c->kind]) {
        finish(index, BROKEN);
    }
}

static int open_connection(int index) {
    struct connection *c = &connections[index];
    int one = 1;
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (c->fd < 0) {
        return 0;
    }
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(c->fd, (struct sockaddr *) &target, sizeof target) < 0 && errno != EINPROGRESS) {
        return 0;
    }
    c->connecting = 1;
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.u32 = (unsigned) index};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &event) == 0;
}

static void begin(int kind, long due) {
    if (due >= measure_from) {
        due_count[kind]++;
    }
    int index = free_list[kind];
    if (index >= 0) {
        free_list[kind] = connections[index].next;
    } else if (opened[kind] < most[kind]) {
        index = (kind == CRITICAL ? 0 : most[CRITICAL]) + opened[kind]++;
        connections[index].fd = -1;
    } else {
        came(kind, due, LOST);
        return;
    }
    struct connection *c = &connections[index];
    c->kind = kind;
    c->due = due;
    c->busy = 1;
    c->body = -1;
    c->held = 0;
    c->closes = 0;
    deadlines[(deadline_head + deadline_count++) % deadline_room]
        = (struct deadline) {index, c->turn, due + timeout_nanos};
    if (c->fd >= 0) {
        write_request(index);
    } else if (!open_connection(index)) {
        if (c->fd >= 0) {
            finish(index, BROKEN);
        } else {
            came(kind, due, BROKEN);
            c->turn++;
            put_back(index);
        }
    }
}

static void expire(long now) {
    while (deadline_count > 0 && deadlines[deadline_head].at <= now) {
        struct deadline d = deadlines[deadline_head];
        deadline_head = (deadline_head + 1) % deadline_room;
        deadline_count--;
        if (connections[d.connection].busy && connections[d.connection].turn == d.turn) {
            finish(d.connection, LATE);
        }
    }
}

/* Reads the head; returns whether it is whole and can be understood. */
static int parse_head(struct connection *c) {
    c->head[c->held] = 0;
    char *end = strstr(c->head, "\r\n\r\n");
    if (end == NULL) {
        return 0;
    }
    c->status = atoi(c->head + 9);
    char *length = strcasestr(c->head, "\r\ncontent-length:");
    char *closing = strcasestr(c->head, "\r\nconnection: close");
    c->closes = closing != NULL && closing < end;
    long body = length != NULL && length < end ? atol(length + 17) : 0;
    c->body = body - (c->held - (end + 4 - c->head));
    return 1;
}

static void readable(int index) {
    static char input[INPUT];
    struct connection *c = &connections[index];
    while (c->fd >= 0) {
        int in_head = c->busy && c->body < 0;
        ssize_t n = in_head ? recv(c->fd, c->head + c->held, (size_t) (HEAD - 1 - c->held), 0)
                            : recv(c->fd, input, INPUT, 0);
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
            return;
        }
        if (n <= 0 || !c->busy) {
            if (c->busy) {
                finish(index, BROKEN);
            } else {
                /* It is in the list of the free ones already: the next request opens it anew. */
                close(c->fd);
                c->fd = -1;
            }
            return;
        }
        if (in_head) {
            c->held += (int) n;
            if (!parse_head(c)) {
                if (c->held >= HEAD - 1) {
                    finish(index, BROKEN);
                }
                continue;
            }
        } else {
            c->body -= n;
        }
        if (c->body <= 0) {
            finish(index, c->body < 0 ? BROKEN : c->status == 200 ? GOOD : c->status == 503 ? SHED : BROKEN);
        }
    }
}

static void ready(struct epoll_event *event) {
    int index = (int) event->data.u32;
    struct connection *c = &connections[index];
    if (c->fd < 0) {
        return;
    }
    if (c->connecting && (event->events & (EPOLLOUT | EPOLLERR | EPOLLHUP))) {
        int error = 0;
        socklen_t size = sizeof error;
        getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &size);
        c->connecting = 0;
        if (error != 0) {
            finish(index, BROKEN);
            return;
        }
        write_request(index);
    }
    if (event->events & (EPOLLIN | EPOLLERR | EPOLLHUP | EPOLLRDHUP)) {
        readable(index);
    }
}

static void print_result(double seconds) {
    printf("{\"seconds\": %.3f, \"connections\": %d", seconds, opened[CRITICAL] + opened[OTHER]);
    for (int kind = 0; kind < KINDS; kind++) {
        printf(", \"%s\": {\"due\": %lu", kinds[kind], due_count[kind]);
        for (int i = 0; i < OUTCOMES; i++) {
            printf(", \"%s\": %lu", outcomes[i], counts[kind][i]);
        }
        printf(", \"p50\": %.0f, \"p99\": %.0f, \"shedP99\": %.0f}", percentile(GOOD, kind, 0.5),
               percentile(GOOD, kind, 0.99), percentile(SHED, kind, 0.99));
    }
    printf("}\n");
}

int main(int argc, char **argv) {
    double rate = 1000, seconds = 5, warm_up = 1, share = 30;
    int option, all = 4000;
    while ((option = getopt(argc, argv, "r:d:w:c:t:s:")) != -1) {
        switch (option) {
            case 'r': rate = atof(optarg); break;
            case 'd': seconds = atof(optarg); break;
            case 'w': warm_up = atof(optarg); break;
            case 'c': all = atoi(optarg); break;
            case 't': timeout_nanos = atol(optarg) * 1000000L; break;
            case 's': share = atof(optarg); break;
            default: return 2;
        }
    }
    char *colon = optind + 3 == argc ? strchr(argv[optind], ':') : NULL;
    if (colon == NULL || rate <= 0 || all < 1) {
        fprintf(stderr, "usage: openloop [-r RATE] [-d SECONDS] [-w WARM_UP_SECONDS] [-c MOST_CONNECTIONS]"
                        " [-t TIMEOUT_MS] [-s PERCENT] HOST:PORT CRITICAL_PATH OTHER_PATH\n");
        return 2;
    }
    prctl(PR_SET_TIMERSLACK, 1000);
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    *colon = 0;
    target.sin_family = AF_INET;
    target.sin_port = htons((unsigned short) atoi(colon + 1));
    if (inet_pton(AF_INET, argv[optind], &target.sin_addr) != 1) {
        fprintf(stderr, "not an IPv4 address: %s\n", argv[optind]);
        return 2;
    }
    for (int kind = 0; kind < KINDS; kind++) {
        lengths[kind] = snprintf(requests[kind], sizeof requests[kind],
                                 "GET %s HTTP/1.1\r\nHost: bench.test\r\nUser-Agent: bench\r\nAccept: */*\r\n\r\n",
                                 argv[optind + 1 + kind]);
    }
    most[CRITICAL] = (int) (all * share / 100);
    most[OTHER] = all - most[CRITICAL];
    connections = calloc((size_t) all, sizeof *connections);
    /* At most one for each connection that was used within the last time-out. */
    deadline_room = (size_t) (rate * ((double) timeout_nanos / 1e9 + 1)) + (size_t) all + 1024;
    deadlines = calloc(deadline_room, sizeof *deadlines);
    epoll = epoll_create1(0);
    if (connections == NULL || deadlines == NULL || epoll < 0) {
        perror("openloop");
        return 1;
    }
    long start = now_nanos(), between = (long) (1e9 / rate), next = start;
    long end = start + (long) ((seconds + warm_up) * 1e9);
    measure_from = start + (long) (warm_up * 1e9);
    double owed = 0;
    struct epoll_event events[EVENTS];
    for (long now = start; now < end || deadline_count > 0; now = now_nanos()) {
        /* Who has come meanwhile: a few at a time, so that responses are seen in time too. */
        for (int i = 0; i < EVENTS && next <= now && next < end; i++) {
            owed += share;
            int critical = owed >= 100;
            owed -= critical ? 100 : 0;
            begin(critical ? CRITICAL : OTHER, next);
            next += between;
        }
        expire(now);
        int wait = next > now && next < end ? (int) ((next - now) / 1000000) : next < end ? 0 : 10;
        int n = epoll_wait(epoll, events, EVENTS, wait);
        for (int i = 0; i < n; i++) {
            ready(&events[i]);
        }
    }
    print_result(seconds);
    return 0;
}
