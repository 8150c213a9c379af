package io.tidegate.engine.wire;

import java.util.SplittableRandom;

/// Makes response heads at random: mostly right ones, then spoilt in a few places.
final class ResponseGenerator {

    // In each of these the first ones are such that a head made of them alone is right.
    private static final String[] STATUS_LINES = {"HTTP/1.1 200 OK", "HTTP/1.1 204 No Content", "HTTP/1.1 404 ",
        "HTTP/1.1 599", "HTTP/1.0 200 OK", "HTTP/1.1 100 Continue", "HTTP/1.1 302 \u00e9", "HTTP/1.1 600 No",
        "HTTP/1.1 099 No", "HTTP/1.1 2000 No", "HTTP/1.1  200 OK", "HTTP/1.1 20", "HTTP/1.1 200OK", "HTTP/1.2 200 OK",
        "HTTP/2.0 200 OK", "http/1.1 200 OK", "200 OK", "", "HTTP/1.1 2x0 OK", "HTTP/1.1 200 " + "r".repeat(1100)};
    private static final int RIGHT_LINES = 7;
    private static final String[] FIELDS = {"Content-Type: text/plain", "x-a:b", "Set-Cookie: a=b; Path=/",
        "Date:Sun, 06 Nov 1994 08:49:37 GMT", "Connection: keep-alive", "Connection: close", "Connection: x-a , foo",
        "Keep-Alive: timeout=5", "Server: \t x \t", "X-Long: " + "v".repeat(300), "Empty:", "Trailer: x",
        "Connection: close, Content-Length", "Connection: Set-Cookie, keep-alive", "Content-Length : 3", "X Y: z",
        " folded: x", "no colon", ": empty", "X-C: a\u0001b", "X\u00e9: 1", "X-D: a\u00ff"};
    private static final int RIGHT_FIELDS = 12;
    private static final String[] FRAMINGS = {"Content-Length: 3", "content-length:0", "Transfer-Encoding: chunked",
        "transfer-encoding: CHUNKED", "Content-Length: 9223372036854775799", "Content-Length: 9223372036854775800",
        "Content-Length: 18446744073709551619", "Content-Length: 03", "Content-Length: +3", "Content-Length: 3,3",
        "Content-Length: ", "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: identity",
        "Content-Length: 3\r\nContent-Length: 3", "Transfer-Encoding: chunked\r\nContent-Length: 3",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"};
    private static final int RIGHT_FRAMINGS = 5;
    private static final char[] BYTES = {0, 1, '\t', '\n', '\r', ' ', ',', '-', '.', '/', '0', '1', ':', ';', 'A', '_',
        'a', 'x', 0x7F, 0x80, 0xFF};

    private final SplittableRandom random;
    private final boolean careful;

    ResponseGenerator(SplittableRandom random) {
        this.random = random;
        this.careful = random.nextInt(3) > 0;
    }

    private String one(String[] choices, int right) {
        return choices[random.nextInt(careful ? right : choices.length)];
    }

    String head() {
        StringBuilder head = new StringBuilder(one(STATUS_LINES, RIGHT_LINES)).append("\r\n");
        int count = random.nextInt(5);
        for (int i = 0; i < count; i++) {
            head.append(one(FIELDS, RIGHT_FIELDS)).append("\r\n");
        }
        if (random.nextInt(3) > 0) {
            head.append(one(FRAMINGS, RIGHT_FRAMINGS)).append("\r\n");
        }
        head.append("\r\n");
        if (random.nextInt(3) == 0) {
            head.append("rest\r\n\r\n");
        }
        int wounds = random.nextInt(3) > 0 ? 0 : 1 + random.nextInt(3);
        for (int i = 0; i < wounds; i++) {
            int at = random.nextInt(head.length());
            char c = BYTES[random.nextInt(BYTES.length)];
            switch (random.nextInt(4)) {
                case 0 -> head.setCharAt(at, c);
                case 1 -> head.insert(at, c);
                case 2 -> head.deleteCharAt(at);
                default -> head.insert(at, "\r\n ", 0, 2 + random.nextInt(2));
            }
        }
        return head.toString();
    }
}
