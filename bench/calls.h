/* What a service needs of HTTP/2 (RFC 9113) to answer calls of gRPC without looking at them.
 *
 * The fields of a request mean nothing here, so they are not decoded: every stream that its client has ended is answered
 * with the same head, message and trailers. Those stand as literals, so that the client's table does not matter either.
 */
#ifndef CALLS_H
#define CALLS_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    PREFACE = 24, FRAME_HEAD = 9, MESSAGE = 128,
    DATA = 0, HEADERS = 1, SETTINGS = 4, PING = 6, WINDOW_UPDATE = 8,
    ACK = 1, END_STREAM = 1, END_HEADERS = 4,
    INITIAL_WINDOW_SIZE = 4, FIRST_WINDOW = 65535, REFILL = 1 << 24
};

struct bytes {
    char *at;
    size_t length, size;
};

/* What is remembered of a connection. */
struct calls {
    int greeted;
    long window;             /* bytes of messages that the client takes */
    long taken;              /* bytes of messages that came since the client was last allowed more */
    uint32_t *waiting;       /* streams whose answers wait for the window */
    size_t waiting_count, waiting_size;
};

static void *grown(void *block, size_t size) {
    void *made = realloc(block, size);
    if (made == NULL) {
        abort();
    }
    return made;
}

static void add(struct bytes *out, const void *bytes, size_t length) {
    if (out->length + length > out->size) {
        out->size = 2 * (out->length + length);
        out->at = grown(out->at, out->size);
    }
    memcpy(out->at + out->length, bytes, length);
    out->length += length;
}

static void add_frame(struct bytes *out, int type, int flags, uint32_t stream, const void *payload, size_t length) {
    unsigned char head[FRAME_HEAD] = {
        (unsigned char) (length >> 16), (unsigned char) (length >> 8), (unsigned char) length,
        (unsigned char) type, (unsigned char) flags, (unsigned char) (stream >> 24), (unsigned char) (stream >> 16),
        (unsigned char) (stream >> 8), (unsigned char) stream
    };
    add(out, head, sizeof head);
    if (length > 0) {
        add(out, payload, length);
    }
}

static void add_window(struct bytes *out, uint32_t more) {
    unsigned char payload[] = {(unsigned char) (more >> 24), (unsigned char) (more >> 16), (unsigned char) (more >> 8),
                               (unsigned char) more};
    add_frame(out, WINDOW_UPDATE, 0, 0, payload, sizeof payload);
}

static uint32_t number_at(const unsigned char *at) {
    return (uint32_t) at[0] << 24 | (uint32_t) at[1] << 16 | (uint32_t) at[2] << 8 | at[3];
}

static void add_answer(struct bytes *out, uint32_t stream) {
    /* :status 200, and content-type by its place in the static table (RFC 7541, appendix A: 8 and 31) */
    static const char head[] = "\x88\x0f\x10\x10" "application/grpc";
    static const char trailers[] = "\x00\x0bgrpc-status\x01" "0";
    static const unsigned char message[5 + MESSAGE] = {0, 0, 0, 0, MESSAGE};
    add_frame(out, HEADERS, END_HEADERS, stream, head, sizeof head - 1);
    add_frame(out, DATA, 0, stream, message, sizeof message);
    add_frame(out, HEADERS, END_HEADERS | END_STREAM, stream, trailers, sizeof trailers - 1);
}

static void answer_call(struct calls *calls, uint32_t stream, struct bytes *out) {
    if (calls->window >= 5 + MESSAGE) {
        calls->window -= 5 + MESSAGE;
        add_answer(out, stream);
        return;
    }
    if (calls->waiting_count == calls->waiting_size) {
        calls->waiting_size = 2 * calls->waiting_size + 64;
        calls->waiting = grown(calls->waiting, calls->waiting_size * sizeof *calls->waiting);
    }
    calls->waiting[calls->waiting_count++] = stream;
}

static void answer_waiting(struct calls *calls, struct bytes *out) {
    size_t count = calls->waiting_count, answered = 0;
    if (count == 0) {
        return;
    }
    while (answered < count && calls->window >= 5 + MESSAGE) {
        answer_call(calls, calls->waiting[answered++], out);
    }
    calls->waiting_count -= answered;
    memmove(calls->waiting, calls->waiting + answered, calls->waiting_count * sizeof *calls->waiting);
}

/* Whether streams have room for an answer under these settings. */
static int are_wide_enough(const unsigned char *settings, uint32_t length) {
    for (uint32_t at = 0; at + 6 <= length; at += 6) {
        if ((settings[at] << 8 | settings[at + 1]) == INITIAL_WINDOW_SIZE && number_at(settings + at + 2) < 5 + MESSAGE) {
            return 0;
        }
    }
    return 1;
}

/* Takes one frame; -1 where it can't be served. */
static int take_frame(struct calls *calls, const unsigned char *head, uint32_t length, struct bytes *out) {
    int type = head[3], flags = head[4];
    uint32_t stream = number_at(head + 5) & 0x7fffffff;
    const unsigned char *payload = head + FRAME_HEAD;
    switch (type) {
    case DATA:
        calls->taken += length;
        if (calls->taken > REFILL) {
            add_window(out, (uint32_t) calls->taken);
            calls->taken = 0;
        }
        /* fall through */
    case HEADERS:
        if (flags & END_STREAM) {
            answer_call(calls, stream, out);
        }
        return 0;
    case SETTINGS:
        if (flags & ACK) {
            return 0;
        }
        add_frame(out, SETTINGS, ACK, 0, NULL, 0);
        return are_wide_enough(payload, length) ? 0 : -1;
    case PING:
        if ((flags & ACK) == 0 && length == 8) {
            add_frame(out, PING, ACK, 0, payload, length);
        }
        return 0;
    case WINDOW_UPDATE:
        if (stream == 0 && length == 4) {
            calls->window += number_at(payload);
            answer_waiting(calls, out);
        }
        return 0;
    default:
        return 0;
    }
}

/* Takes the whole frames among these bytes; returns where an unfinished one begins, NULL where they are no HTTP/2. */
static char *take_frames(struct calls *calls, char *at, char *end, struct bytes *out) {
    if (!calls->greeted) {
        if (end - at < PREFACE) {
            return at;
        }
        if (memcmp(at, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", PREFACE) != 0) {
            return NULL;
        }
        at += PREFACE;
        calls->greeted = 1;
        calls->window = FIRST_WINDOW;
        add_frame(out, SETTINGS, 0, 0, NULL, 0);
        add_window(out, 2 * REFILL);
    }
    while (end - at >= FRAME_HEAD) {
        const unsigned char *head = (const unsigned char *) at;
        uint32_t length = (uint32_t) head[0] << 16 | (uint32_t) head[1] << 8 | head[2];
        if ((size_t) (end - at) < FRAME_HEAD + length) {
            return at;
        }
        if (take_frame(calls, head, length, out) < 0) {
            return NULL;
        }
        at += FRAME_HEAD + length;
    }
    return at;
}

#endif
