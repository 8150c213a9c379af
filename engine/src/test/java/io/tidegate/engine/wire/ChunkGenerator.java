package io.tidegate.engine.wire;

import java.util.SplittableRandom;

/// Makes chunked bodies at random: mostly right ones, some spoilt in a few places, some cut off.
final class ChunkGenerator {

    private static final String[] SIZES = {"3;a=b", "3;a=\"q\\\"\"", "003", "3;", "3;" + "e".repeat(255),
        "3;" + "e".repeat(256), "3;\"open", "3;a=\"\r\n\"", "0x3", "+3", "-1", "3 ", " 3", "", "3;a\rb", "3;a\nb",
        "10000000000000003", "7fffffffffffffff", "3;\t\u00e9", "g"};
    private static final String[] TRAILERS = {"X-T: 1", "x-t:", "Grpc-Status: 0", "n".repeat(70) + ": v",
        "X-Long: " + "v".repeat(900), "Host: evil", "content-LENGTH: 5", "Authorization: x", " folded", "no colon", ":",
        "X T: 1", "X\u0001: 1", "n".repeat(63), "n".repeat(64), "X: a\rb", "Transfer-Encoding: chunked"};
    private static final int RIGHT_TRAILERS = 5;
    private static final char[] BYTES = {0, '\t', '\n', '\r', ' ', '"', '0', '1', ':', ';', 'A', 'a', 'f', '\\', 0x7F,
        0xFF};

    private final SplittableRandom random;

    ChunkGenerator(SplittableRandom random) {
        this.random = random;
    }

    private boolean in(int chances) {
        return random.nextInt(chances) == 0;
    }

    private String data(int count) {
        StringBuilder data = new StringBuilder();
        for (int i = 0; i < count; i++) {
            data.append(in(8) ? "\r" : in(8) ? "\n" : in(8) ? "0" : String.valueOf((char) random.nextInt(256)));
        }
        return data.toString();
    }

    String body() {
        StringBuilder body = new StringBuilder();
        int chunks = in(50) ? 20 + random.nextInt(20) : random.nextInt(5);
        for (int i = 0; i < chunks; i++) {
            if (in(12)) {
                body.append(SIZES[random.nextInt(SIZES.length)]).append("\r\n").append(data(3)).append("\r\n");
                continue;
            }
            int count = in(20) ? 16 + random.nextInt(600) : 1 + random.nextInt(15);
            String size = Integer.toHexString(count);
            body.append(in(8) ? "0" : "").append(in(3) ? size.toUpperCase(java.util.Locale.ROOT) : size)
                    .append(in(6) ? ";x=" + "e".repeat(random.nextInt(in(4) ? 260 : 20)) : "").append("\r\n")
                    .append(data(count)).append("\r\n");
        }
        body.append(in(10) ? "000" : "0").append(in(15) ? ";last" : "").append("\r\n");
        int trailers = in(3) ? random.nextInt(in(10) ? 14 : 3) : 0;
        for (int i = 0; i < trailers; i++) {
            body.append(TRAILERS[random.nextInt(in(2) ? RIGHT_TRAILERS : TRAILERS.length)]).append("\r\n");
        }
        body.append("\r\n").append(in(3) ? "GET / HTTP/1.1\r\n\r\n" : "");
        int wounds = in(4) ? 1 + random.nextInt(2) : 0;
        for (int i = 0; i < wounds; i++) {
            int at = random.nextInt(body.length());
            char c = BYTES[random.nextInt(BYTES.length)];
            switch (random.nextInt(3)) {
                case 0 -> body.setCharAt(at, c);
                case 1 -> body.insert(at, c);
                default -> body.deleteCharAt(at);
            }
        }
        if (in(8)) {
            body.setLength(random.nextInt(body.length() + 1));
        }
        return body.toString();
    }
}
