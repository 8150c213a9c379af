package io.tidegate.tests.identity;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;

/// What services are known to make of a path: they take parameters out of its segments or not, decode it once or not
/// at all, read a backslash as a slash or not, and take dot segments and empty ones out or not. An
/// escaped semicolon begins no parameter (RFC 3986 section 2.2).
final class ServicePaths {

    private ServicePaths() {
    }

    /// Every reading of a path.
    static Set<String> readings(String path) {
        Set<String> readings = new LinkedHashSet<>();
        for (int choice = 0; choice < 16; choice++) {
            String read = path;
            boolean parametersFirst = (choice & 1) != 0;
            boolean decoded = (choice & 2) != 0;
            if (parametersFirst) {
                read = withoutParameters(read);
            }
            if (decoded) {
                read = decode(read);
            }
            if ((choice & 4) != 0) {
                read = read.replace('\\', '/');
            }
            if ((choice & 8) != 0) {
                read = normal(read);
            }
            readings.add(read);
        }
        return readings;
    }

    private static String withoutParameters(String path) {
        return path.replaceAll(";[^/]*", "");
    }

    private static String decode(String path) {
        ByteArrayOutputStream decoded = new ByteArrayOutputStream();
        byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < bytes.length; i++) {
            int high = bytes[i] == '%' && i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
            int low = high < 0 ? -1 : Character.digit(bytes[i + 2], 16);
            if (low >= 0) {
                decoded.write(high << 4 | low);
                i += 2;
            } else {
                decoded.write(bytes[i]);
            }
        }
        return decoded.toString(StandardCharsets.UTF_8);
    }

    private static String normal(String path) {
        Deque<String> segments = new ArrayDeque<>();
        for (String segment : path.split("/", -1)) {
            switch (segment) {
                case "", "." -> {
                }
                case ".." -> segments.pollLast();
                default -> segments.addLast(segment);
            }
        }
        return "/" + String.join("/", segments);
    }
}
