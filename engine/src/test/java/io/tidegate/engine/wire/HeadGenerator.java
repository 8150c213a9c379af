package io.tidegate.engine.wire;

import java.util.SplittableRandom;

/// Makes request heads at random: mostly right ones, then spoilt in a few places.
final class HeadGenerator {

    // In each of these the first ones are such that a head made of them alone is right.
    private static final String[] METHODS = {"GET", "POST", "PUT", "OPTIONS", "get", "PURGE", "X!#$%&'*+-.^_`|~9",
        "HEAD", "TRACE", "CONNECT", "PRI", "A".repeat(33)};
    private static final int RIGHT_METHODS = 7;
    private static final String[] VERSIONS = {"HTTP/1.1", "HTTP/1.1", "HTTP/1.2", "HTTP/1.0", "HTTP/2.0", "http/1.1",
        "HTTP/1.10", ""};
    private static final int RIGHT_VERSIONS = 3;
    private static final String[] SEGMENTS = {"a", "b", "admin", ".", "", ";x=1", "%2f", "%5C", "%c3%a9", "%25",
        "%e2%82%ac", "a.b", "~x", "%7E", "%41", "a:b@c", "%3b", "...", "%20", "a/..", "a/%2E%2e", "..", "%2e",
        "%2E%2e", "..;", "%00", "%zz", "%c0%ae", "%252e", "%ed%a0%80", ".%3B", "%", "\\", "p".repeat(70)};
    private static final int RIGHT_SEGMENTS = 21;
    private static final String[] NAMES = {"Accept", "X-A", "x-b", "X-Forwarded-For", "X_Any", "Cookie", "Te",
        "Keep-Alive", "Via", "X-Request-Id", "Connection", "Content-Length", "Transfer-Encoding", "Host", "Expect",
        "Upgrade", "Sec-WebSocket-Key", "Content-Type", "Authorization", "X_Forwarded_For", "Content_Length", ""};
    private static final int RIGHT_NAMES = 10;
    private static final String[] VALUES = {"", "a", "a, b", "close", "keep-alive", "Keep-Alive, close", "x-a",
        "chunked", "3", "0", "007", "a\tb", " \t padded \t ", "\u00e9", "\"q\"", "v".repeat(200), "close, Host",
        "CHUNKED", "gzip, chunked", "+3", "3,3", "18446744073709551619", "9223372036854775799",
        "9223372036854775800", "100-continue", "websocket", "h2c, websocket", "dGhlIHNhbXBsZSBub25jZQ==", "Upgrade",
        "keep-alive, upgrade"};
    private static final String[] FRAMINGS = {"Content-Length: 3", "content-length: 0", "Transfer-Encoding: chunked",
        "Connection: close", "connection: keep-alive, x-a", "Expect: 100-continue\r\nContent-Length: 10"};
    private static final String[] HOSTS = {"a", "A.example.", "a:80", "a:65535", "[::1]", "[::1]:8080", "a:0",
        "a:65536", "[:", "u@a", "a/b", "", "a b", ".a", "a,b", "\u00e9", "a:", "h".repeat(262)};
    private static final int RIGHT_HOSTS = 6;
    private static final char[] BYTES = {0, 1, '\t', '\n', '\r', ' ', '"', '#', '%', ',', '-', '.', '/', '0', '1', ':',
        ';',
        '?', '@', 'A', 'H', '\\', '_', 'a', 'x', '{', 0x7F, 0x80, 0xC3, 0xFF};

    private final SplittableRandom random;
    private final boolean careful;

    HeadGenerator(SplittableRandom random) {
        this.random = random;
        this.careful = random.nextBoolean();
    }

    private String one(String[] choices, int right) {
        return choices[random.nextInt(careful ? right : choices.length)];
    }

    private boolean in(int chances) {
        return random.nextInt(chances) == 0;
    }

    String path() {
        StringBuilder path = new StringBuilder();
        int count = 1 + random.nextInt(5);
        for (int i = 0; i < count; i++) {
            path.append('/').append(one(SEGMENTS, RIGHT_SEGMENTS));
            if (in(6)) {
                path.append(one(SEGMENTS, RIGHT_SEGMENTS));
            }
        }
        return path.toString();
    }

    private String target(String host) {
        String path = path();
        if (in(3)) {
            path += "?" + (careful || !in(4) ? "a=1&b=%2e;{|}" : in(2) ? "a#b" : "\u00e9");
        }
        return switch (careful ? 2 + random.nextInt(20) * 2 : random.nextInt(16)) {
            case 0 -> "*";
            case 1 -> "http://" + host + path;
            case 2 -> "HTTPS://" + (careful ? host : one(HOSTS, RIGHT_HOSTS)) + (in(2) ? path : in(2) ? "?q" : "");
            case 3 -> one(SEGMENTS, RIGHT_SEGMENTS);
            default -> path;
        };
    }

    String head() {
        StringBuilder head = new StringBuilder();
        if (in(10)) {
            head.append("\r\n");
        }
        String host = one(HOSTS, RIGHT_HOSTS);
        head.append(in(3) ? one(METHODS, RIGHT_METHODS) : "GET").append(' ').append(target(host)).append(' ')
                .append(in(4) ? one(VERSIONS, RIGHT_VERSIONS) : "HTTP/1.1").append("\r\n");
        if (careful || !in(12)) {
            head.append("Host:").append(in(4) ? "" : " ").append(host).append("\r\n");
        }
        int count = random.nextInt(in(20) ? 12 : 5);
        for (int i = 0; i < count; i++) {
            head.append(one(NAMES, RIGHT_NAMES)).append(':').append(in(5) ? "" : " ").append(one(VALUES, VALUES.length))
                    .append("\r\n");
        }
        if (in(2)) {
            head.append(one(FRAMINGS, FRAMINGS.length)).append("\r\n");
        }
        head.append("\r\n");
        if (in(3)) {
            head.append("rest of it\r\n\r\n");
        }
        int wounds = in(2) ? 0 : random.nextInt(4);
        for (int i = 0; i < wounds; i++) {
            spoil(head);
        }
        return head.toString();
    }

    private void spoil(StringBuilder head) {
        if (head.isEmpty()) {
            return;
        }
        int at = random.nextInt(head.length());
        char c = BYTES[random.nextInt(BYTES.length)];
        switch (random.nextInt(5)) {
            case 0 -> head.setCharAt(at, c);
            case 1 -> head.insert(at, c);
            case 2 -> head.deleteCharAt(at);
            case 3 -> head.insert(at, head.substring(at, Math.min(head.length(), at + 1 + random.nextInt(20))));
            default -> head.insert(at, in(2) ? "\r\n" : "\r\n ");
        }
    }
}
