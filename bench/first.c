/* Starts a gateway and measures the time to its first proxied response.
 *
 * usage: first [-l LOG] HOST:PORT PATH -- COMMAND [ARGUMENT...]
 *
 * From just before the start of COMMAND on it tries every millisecond to connect and to get PATH; the first answer
 * with status 200 ends the measurement. Prints one JSON object, with the process id of the gateway, which goes on
 * running: whoever called this ends it. Its output goes to LOG, else to /dev/null.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LIMIT_SECONDS = 120 };

static double seconds(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (double) t.tv_sec + (double) t.tv_nsec / 1e9;
}

static void usage(void) {
    fprintf(stderr, "usage: first [-l LOG] HOST:PORT PATH -- COMMAND [ARGUMENT...]\n");
    exit(2);
}

static int answered(const struct sockaddr_in *target, const char *request) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct timeval limit = {.tv_sec = 5};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    char start[16] = {0};
    size_t held = 0;
    if (connect(fd, (const struct sockaddr *) target, sizeof *target) == 0
        && send(fd, request, strlen(request), MSG_NOSIGNAL) > 0) {
        ssize_t count;
        while (held < 12 && (count = recv(fd, start + held, sizeof start - 1 - held, 0)) > 0) {
            held += (size_t) count;
        }
    }
    close(fd);
    return held >= 12 && strncmp(start, "HTTP/1.1 200", 12) == 0;
}

int main(int argc, char **argv) {
    const char *log = "/dev/null";
    int option;
    while ((option = getopt(argc, argv, "+l:")) != -1) {
        if (option != 'l') {
            usage();
        }
        log = optarg;
    }
    if (argc - optind < 4 || strcmp(argv[optind + 2], "--") != 0) {
        usage();
    }
    char request[1024];
    snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", argv[optind + 1],
             argv[optind]);
    char *colon = strrchr(argv[optind], ':');
    if (colon == NULL) {
        usage();
    }
    *colon = 0;
    struct sockaddr_in target = {.sin_family = AF_INET, .sin_port = htons((uint16_t) atoi(colon + 1))};
    if (inet_pton(AF_INET, argv[optind], &target.sin_addr) != 1) {
        usage();
    }

    double begin = seconds(CLOCK_MONOTONIC);
    pid_t child = fork();
    if (child < 0) {
        perror("first: fork");
        return 1;
    }
    if (child == 0) {
        int in = open("/dev/null", O_RDONLY);
        int out = open(log, O_WRONLY | O_CREAT | O_APPEND, 0644);
        dup2(in, 0);
        dup2(out, 1);
        dup2(out, 2);
        setsid();
        execvp(argv[optind + 3], argv + optind + 3);
        _exit(127);
    }
    while (seconds(CLOCK_MONOTONIC) - begin < LIMIT_SECONDS) {
        int status;
        if (waitpid(child, &status, WNOHANG) == child) {
            fprintf(stderr, "first: the command ended with status %d before it answered\n", WEXITSTATUS(status));
            return 1;
        }
        if (answered(&target, request)) {
            double end = seconds(CLOCK_MONOTONIC);
            clockid_t clock;
            double cpu = clock_getcpuclockid(child, &clock) == 0 ? seconds(clock) : -1;
            printf("{\"pid\": %d, \"millis\": %.2f, \"cpuMillis\": %.2f}\n", child, (end - begin) * 1000, cpu * 1000);
            return 0;
        }
        struct timespec pause = {.tv_nsec = 1000000};
        nanosleep(&pause, NULL);
    }
    fprintf(stderr, "first: no answer within %d s\n", LIMIT_SECONDS);
    kill(child, 9);
    return 1;
}
