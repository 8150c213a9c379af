/* Time, and latencies in a histogram with 128 steps to each doubling (0.8% apart): what the load generators share. */
#ifndef MEASURE_H
#define MEASURE_H

#include <stdio.h>
#include <time.h>

enum { STEPS = 128, DOUBLINGS = 40 };

static unsigned long histogram[DOUBLINGS][STEPS];
static unsigned long measured;
static double total_micros;
static long highest;

static long now_nanos(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000L + t.tv_nsec;
}

static void record(long nanos) {
    if (nanos < 0) {
        nanos = 0;
    }
    if (nanos > highest) {
        highest = nanos;
    }
    measured++;
    total_micros += (double) nanos / 1000.0;
    unsigned long value = (unsigned long) nanos;
    if (value < STEPS) {
        histogram[0][value]++;
        return;
    }
    int top = 63 - __builtin_clzl(value);          /* value is between 2^top and 2^(top + 1) */
    int doubling = top - 6;                        /* 128 is 2^7: doubling 1 */
    if (doubling >= DOUBLINGS) {
        doubling = DOUBLINGS - 1;
    }
    histogram[doubling][(value >> (top - 7)) & (STEPS - 1)]++;
}

static double quantile(double q) {
    unsigned long rank = (unsigned long) (q * (double) measured);
    unsigned long seen = 0;
    for (int d = 0; d < DOUBLINGS; d++) {
        for (int s = 0; s < STEPS; s++) {
            seen += histogram[d][s];
            if (seen > rank) {
                double nanos = d == 0 ? s : (double) ((unsigned long) (STEPS + s + 1) << (d - 1)) - 1;
                return nanos / 1000.0;
            }
        }
    }
    return (double) highest / 1000.0;
}

/* The end of a JSON object: how many were measured, and their latencies in microseconds. */
static void print_latencies(void) {
    printf("\"measured\": %lu, \"mean\": %.1f, \"p50\": %.1f, \"p90\": %.1f, \"p99\": %.1f, \"p999\": %.1f, "
           "\"max\": %.1f}\n",
           measured, measured == 0 ? 0 : total_micros / (double) measured, quantile(0.5), quantile(0.9),
           quantile(0.99), quantile(0.999), (double) highest / 1000.0);
}

#endif
