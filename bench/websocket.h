/* What a service needs of WebSocket (RFC 6455): the answer to a handshake, and messages that go back as they came. */
#ifndef WEBSOCKET_H
#define WEBSOCKET_H

#include <stdint.h>
#include <string.h>
#include <strings.h>

enum { KEY = 24, ACCEPT = 28, FRAME_LIMIT = 16000 };

struct frame {
    int length;            /* of the frame that came; 0 while it is not whole, -1 where it is none that is read here */
    int closes;
    char *answer;
    size_t answer_length;
};

static uint32_t rotated(uint32_t value, int bits) {
    return value << bits | value >> (32 - bits);
}

/* One block of SHA-1 (RFC 3174). */
static void sha1_block(uint32_t *state, const unsigned char *block) {
    static const uint32_t constants[] = {0x5A827999, 0x6ED9EBA1, 0x8F1BBCDC, 0xCA62C1D6};
    uint32_t words[80], v[5];
    for (int t = 0; t < 16; t++) {
        words[t] = (uint32_t) block[4 * t] << 24 | (uint32_t) block[4 * t + 1] << 16 | (uint32_t) block[4 * t + 2] << 8
                   | block[4 * t + 3];
    }
    for (int t = 16; t < 80; t++) {
        words[t] = rotated(words[t - 3] ^ words[t - 8] ^ words[t - 14] ^ words[t - 16], 1);
    }
    memcpy(v, state, sizeof v);
    for (int t = 0; t < 80; t++) {
        uint32_t mix = t < 20 ? (v[1] & v[2]) | (~v[1] & v[3])
                       : t >= 40 && t < 60 ? (v[1] & v[2]) | (v[1] & v[3]) | (v[2] & v[3]) : v[1] ^ v[2] ^ v[3];
        uint32_t next = rotated(v[0], 5) + mix + v[4] + words[t] + constants[t / 20];
        v[4] = v[3];
        v[3] = v[2];
        v[2] = rotated(v[1], 30);
        v[1] = v[0];
        v[0] = next;
    }
    for (int i = 0; i < 5; i++) {
        state[i] += v[i];
    }
}

/* The SHA-1 of fewer than 120 bytes. */
static void sha1(const char *bytes, size_t length, unsigned char *digest) {
    uint32_t state[] = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
    unsigned char padded[128] = {0};
    memcpy(padded, bytes, length);
    padded[length] = 0x80;
    size_t end = length < 56 ? 64 : 128;
    padded[end - 2] = (unsigned char) (length >> 5);
    padded[end - 1] = (unsigned char) (length << 3);
    for (size_t at = 0; at < end; at += 64) {
        sha1_block(state, padded + at);
    }
    for (int i = 0; i < 20; i++) {
        digest[i] = (unsigned char) (state[i / 4] >> (24 - 8 * (i % 4)));
    }
}

/* Writes what answers a key; returns its length. */
static int accept_of(const char *key, char *to) {
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    char both[KEY + sizeof guid];
    unsigned char digest[21] = {0};
    memcpy(both, key, KEY);
    memcpy(both + KEY, guid, sizeof guid - 1);
    sha1(both, KEY + sizeof guid - 1, digest);
    for (int i = 0; i < 21; i += 3) {
        uint32_t bits = (uint32_t) digest[i] << 16 | (uint32_t) digest[i + 1] << 8 | digest[i + 2];
        for (int k = 0; k < 4; k++) {
            *to++ = letters[bits >> (18 - 6 * k) & 63];
        }
    }
    to[-1] = '=';          /* 20 bytes: the last letter stands for none */
    return ACCEPT;
}

/* The key of a handshake whose head ends at `stop`; NULL where there is none. */
static const char *websocket_key(const char *head, const char *stop) {
    static const char name[] = "\nsec-websocket-key:";
    for (const char *line = head; (line = memchr(line, '\n', (size_t) (stop - line))) != NULL; line++) {
        if (stop - line >= (long) sizeof name + KEY && strncasecmp(line, name, sizeof name - 1) == 0) {
            const char *value = line + sizeof name - 1;
            return *value == ' ' ? value + 1 : value;
        }
    }
    return NULL;
}

/* Reads the frame at `at`, and makes its answer of it, in place: the same without its mask. */
static struct frame read_frame(char *at, char *end) {
    struct frame frame = {0};
    const unsigned char *head = (const unsigned char *) at;
    if (end - at < 6) {
        return frame;      /* a head and a mask are always there */
    }
    int length = head[1] & 127, from = 2;
    if (length == 126) {
        length = head[2] << 8 | head[3];
        from = 4;
    }
    if ((head[1] & 0x80) == 0 || (head[1] & 127) == 127 || length > FRAME_LIMIT) {
        frame.length = -1;
        return frame;
    }
    if (end - at < from + 4 + length) {
        return frame;
    }
    int opcode = head[0] & 15;
    char *mask = at + from, *payload = mask + 4;
    for (int i = 0; i < length; i++) {
        payload[i] ^= mask[i & 3];
    }
    frame.length = from + 4 + length;
    frame.closes = opcode == 8;
    frame.answer = payload - from;
    frame.answer_length = (size_t) (from + length);
    memmove(frame.answer, at, (size_t) from);
    frame.answer[1] &= 127;
    if (opcode == 9) {
        frame.answer[0] = (char) 0x8A;     /* a ping comes back as a pong */
    }
    return frame;
}

#endif
