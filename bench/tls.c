/* What a connection over TLS 1.3 costs a gateway: to make, to make again from a ticket, and to hold.
 *
 * usage: tls [-c CONNECTIONS] [-d SECONDS] [-r] HOST:PORT PATH
 *        tls -i CONNECTIONS HOST:PORT [PATH]
 *
 * First form: so many connections at a time, each with a handshake and one request for PATH, after which the gateway
 * ends it. With -r all but the first of each place resume a session, by the newest ticket that came; without, none
 * does. Prints one JSON object: connections that were answered, how many of them resumed a session, failures, and
 * latencies in microseconds from connecting until the gateway has ended the connection.
 *
 * Second form: opens idle connections, as `idle` does without TLS: with PATH each has had one request. Prints "open N"
 * once all stand, holds them until its standard input ends, and prints "closed N": how many the gateway closed.
 *
 * Certificates are not checked, signatures are: that is the client's cost. Connections come from several loopback
 * addresses, so that ports do not run out. The cipher and the curve are the same for every gateway.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "measure.h"

enum { EVENTS = 512, INPUT = 16384, ADDRESSES = 200, PER_ADDRESS = 10000, GRACE_SECONDS = 5 };

enum state { CONNECTING, SHAKING, READING, RESTING };

struct connection {
    int fd;
    enum state state;
    SSL *ssl;
    SSL_SESSION *session;    /* the newest one, to be resumed */
    long since;
    size_t held;
    char input[INPUT];
};

static struct connection *connections;
static int connection_count = 16, resume, running;
static char request[2048];
static struct sockaddr_in target;
static SSL_CTX *context;
static int epoll;
static unsigned long completed, resumed, broken, refused, malformed, opened;

static void die(const char *what) {
    perror(what);
    exit(1);
}

static void *allocated(size_t count, size_t size) {
    void *made = calloc(count, size);
    if (made == NULL) {
        die("tls: memory");
    }
    return made;
}

/* A socket bound to one of the loopback addresses. */
static int socket_from(uint32_t address, int flags) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0), on = 1;
    struct sockaddr_in source = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK + address)};
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, SOL_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    if (fd < 0 || bind(fd, (struct sockaddr *) &source, sizeof source) < 0) {
        die("tls: socket");
    }
    return fd;
}

static int keep_session(SSL *ssl, SSL_SESSION *session) {
    struct connection *c = SSL_get_app_data(ssl);
    if (c == NULL || !resume) {
        return 0;
    }
    SSL_SESSION_free(c->session);
    c->session = session;
    return 1;
}

static void make_context(void) {
    context = SSL_CTX_new(TLS_client_method());
    if (context == NULL || SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) != 1
        || SSL_CTX_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256") != 1
        || SSL_CTX_set1_groups_list(context, "X25519") != 1) {
        ERR_print_errors_fp(stderr);
        exit(1);
    }
    SSL_CTX_set_verify(context, SSL_VERIFY_NONE, NULL);
    SSL_CTX_set_options(context, SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context, keep_session);
}

/* Whether these bytes are a whole response of status 200. */
static int is_whole(const char *bytes, size_t length) {
    const char *stop = strstr(bytes, "\r\n\r\n"), *field = strcasestr(bytes, "\r\ncontent-length:");
    return strncmp(bytes, "HTTP/1.1 200", 12) == 0 && stop != NULL && field != NULL && field < stop
           && length == (size_t) (stop + 4 - bytes) + (size_t) atol(field + 17);
}

/* ---- Connections one after the other --------------------------------------------------------------------------- */

static void open_connection(struct connection *c) {
    c->fd = socket_from((uint32_t) (opened++ % ADDRESSES), SOCK_NONBLOCK);
    c->since = now_nanos();
    c->state = CONNECTING;
    c->held = 0;
    if (connect(c->fd, (struct sockaddr *) &target, sizeof target) < 0 && errno != EINPROGRESS) {
        die("tls: connect");
    }
    c->ssl = SSL_new(context);
    if (c->ssl == NULL || SSL_set_fd(c->ssl, c->fd) != 1) {
        die("tls: memory");
    }
    SSL_set_app_data(c->ssl, c);
    if (c->session != NULL) {
        SSL_set_session(c->ssl, c->session);
    }
    struct epoll_event event = {.events = EPOLLOUT, .data.ptr = c};
    epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &event);
}

/* Ends a connection, and opens another one while there is time. */
static void renew(struct connection *c) {
    /* Else the library takes the session for a bad one. */
    SSL_set_shutdown(c->ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    SSL_free(c->ssl);
    ERR_clear_error();
    close(c->fd);
    c->ssl = NULL;
    c->state = RESTING;
    if (running) {
        open_connection(c);
    }
}

static void fail(struct connection *c, unsigned long *count) {
    static int told;
    (*count)++;
    if (told++ < 3) {
        fprintf(stderr, "tls: failed in state %d after %zu bytes: %.60s\n", c->state, c->held, c->input);
        ERR_print_errors_fp(stderr);
    }
    SSL_SESSION_free(c->session);
    c->session = NULL;
    usleep(1000);
    renew(c);
}

static void ended(struct connection *c) {
    c->input[c->held] = 0;
    if (!is_whole(c->input, c->held)) {
        fail(c, &malformed);
        return;
    }
    completed++;
    resumed += SSL_session_reused(c->ssl) == 1;
    record(now_nanos() - c->since);
    renew(c);
}

static void receive(struct connection *c) {
    for (;;) {
        int count = SSL_read(c->ssl, c->input + c->held, (int) (INPUT - 1 - c->held));
        if (count > 0) {
            c->held += (size_t) count;
            continue;
        }
        int error = SSL_get_error(c->ssl, count);
        if (error == SSL_ERROR_WANT_READ) {
            return;
        }
        if (error == SSL_ERROR_ZERO_RETURN) {
            ended(c);
        } else {
            fail(c, &broken);
        }
        return;
    }
}

static void shake(struct connection *c) {
    int done = SSL_connect(c->ssl);
    if (done != 1) {
        if (SSL_get_error(c->ssl, done) != SSL_ERROR_WANT_READ) {
            fail(c, &broken);
        }
        return;
    }
    c->state = READING;
    int length = (int) strlen(request);
    if (SSL_write(c->ssl, request, length) != length) {
        fail(c, &broken);
        return;
    }
    receive(c);
}

static void handle(struct connection *c) {
    if (c->state == CONNECTING) {
        int error = 0;
        socklen_t length = sizeof error;
        getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &length);
        if (error != 0) {
            fail(c, &refused);
            return;
        }
        struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP, .data.ptr = c};
        epoll_ctl(epoll, EPOLL_CTL_MOD, c->fd, &event);
        c->state = SHAKING;
    }
    if (c->state == SHAKING) {
        shake(c);
    } else if (c->state == READING) {
        receive(c);
    }
}

static unsigned long unfinished(void) {
    unsigned long count = 0;
    for (int i = 0; i < connection_count; i++) {
        count += connections[i].state != RESTING;
    }
    return count;
}

static void run(double seconds) {
    connections = allocated((size_t) connection_count, sizeof *connections);
    epoll = epoll_create1(EPOLL_CLOEXEC);
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
            handle(events[i].data.ptr);
        }
    }
    printf("{\"seconds\": %.3f, \"completed\": %lu, \"resumed\": %lu, \"broken\": %lu, \"refused\": %lu, "
           "\"malformed\": %lu, \"unfinished\": %lu, ", (double) (now - begin) / 1e9, completed, resumed, broken,
           refused, malformed, unfinished());
    print_latencies();
}

/* ---- Idle connections ------------------------------------------------------------------------------------------ */

static void exchange(SSL *ssl) {
    char bytes[INPUT];
    size_t held = 0;
    int length = (int) strlen(request);
    if (SSL_write(ssl, request, length) != length) {
        die("tls: send");
    }
    do {
        int count = SSL_read(ssl, bytes + held, (int) (sizeof bytes - 1 - held));
        if (count <= 0) {
            die("tls: receive");
        }
        held += (size_t) count;
        bytes[held] = 0;
    } while (!is_whole(bytes, held));
}

static void hold(int count, int asks) {
    SSL **held = allocated((size_t) count, sizeof *held);
    for (int i = 0; i < count; i++) {
        int fd = socket_from((uint32_t) (i / PER_ADDRESS), 0);
        struct timeval limit = {.tv_sec = 30};
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        held[i] = SSL_new(context);
        if (connect(fd, (struct sockaddr *) &target, sizeof target) < 0 || SSL_set_fd(held[i], fd) != 1
            || SSL_connect(held[i]) != 1) {
            ERR_print_errors_fp(stderr);
            die("tls: handshake");
        }
        if (asks) {
            exchange(held[i]);
        }
    }
    printf("open %d\n", count);
    fflush(stdout);
    char ignored[256];
    while (read(0, ignored, sizeof ignored) > 0) {
    }
    int closed = 0;
    for (int i = 0; i < count; i++) {
        struct pollfd seen = {.fd = SSL_get_fd(held[i]), .events = POLLRDHUP};   /* a ticket may wait to be read */
        closed += poll(&seen, 1, 0) > 0;
    }
    printf("closed %d\n", closed);
}

static void usage(void) {
    fprintf(stderr, "usage: tls [-c CONNECTIONS] [-d SECONDS] [-r] HOST:PORT PATH\n"
                    "       tls -i CONNECTIONS HOST:PORT [PATH]\n");
    exit(2);
}

int main(int argc, char **argv) {
    double seconds = 10;
    int option, idle = 0;
    while ((option = getopt(argc, argv, "c:d:ri:")) != -1) {
        switch (option) {
        case 'c': connection_count = atoi(optarg); break;
        case 'd': seconds = atof(optarg); break;
        case 'r': resume = 1; break;
        case 'i': idle = atoi(optarg); break;
        default: usage();
        }
    }
    int given = argc - optind;
    char *colon = given > 0 ? strrchr(argv[optind], ':') : NULL;
    const char *path = given == 2 ? argv[optind + 1] : NULL;
    if (colon == NULL || given > 2 || (idle == 0 && path == NULL) || idle < 0 || connection_count < 1 || seconds <= 0
        || snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: %s\r\n%s\r\n", path == NULL ? "/" : path,
                    argv[optind], idle > 0 ? "" : "Connection: close\r\n") >= (int) sizeof request) {
        usage();
    }
    *colon = 0;
    target.sin_family = AF_INET;
    target.sin_port = htons((uint16_t) atoi(colon + 1));
    if (inet_pton(AF_INET, argv[optind], &target.sin_addr) != 1) {
        usage();
    }
    signal(SIGPIPE, SIG_IGN);
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    make_context();
    if (idle > 0) {
        hold(idle, path != NULL);
    } else {
        run(seconds);
    }
    return 0;
}
