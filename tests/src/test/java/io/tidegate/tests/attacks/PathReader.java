package io.tidegate.tests.attacks;

import java.util.ArrayDeque;
import java.util.Deque;

/// How services read the path of a request target, each in its own way.
enum PathReader {

    /// Takes it as it is.
    RAW {
        @Override
        String read(String target) {
            return path(target);
        }
    },
    /// Decodes it once, merges slashes, then follows dot segments.
    DECODE_THEN_NORMALISE {
        @Override
        String read(String target) {
            return normalise(decode(path(target)));
        }
    },
    /// Follows dot segments, then decodes.
    NORMALISE_THEN_DECODE {
        @Override
        String read(String target) {
            return decode(normalise(path(target)));
        }
    },
    /// Takes backslashes for slashes.
    BACKSLASHES {
        @Override
        String read(String target) {
            return normalise(decode(path(target)).replace('\\', '/'));
        }
    },
    /// Takes parameters off dot segments.
    PARAMETERS_OFF_DOTS {
        @Override
        String read(String target) {
            return normalise(decode(path(target)).replaceAll("/(\\.\\.?);[^/]*", "/$1"));
        }
    },
    /// Takes parameters off every segment before it decodes, as containers for servlets do: Tomcat, Jetty, Undertow.
    PARAMETERS_OFF_THEN_DECODE {
        @Override
        String read(String target) {
            return normalise(decode(path(target).replaceAll(";[^/]*", "")));
        }
    },
    /// Follows dot segments before it takes parameters off and decodes.
    NORMALISE_THEN_PARAMETERS_OFF {
        @Override
        String read(String target) {
            return normalise(decode(normalise(path(target)).replaceAll(";[^/]*", "")));
        }
    },
    /// Ends the path at a NUL.
    UP_TO_NUL {
        @Override
        String read(String target) {
            String decoded = decode(path(target));
            int nul = decoded.indexOf('\0');
            return normalise(nul < 0 ? decoded : decoded.substring(0, nul));
        }
    },
    /// Takes overlong UTF-8 for what it stands for.
    OVERLONG {
        @Override
        String read(String target) {
            return normalise(decode(path(target).replaceAll("(?i)%c0%ae", ".").replaceAll("(?i)%c0%af", "/")));
        }
    };

    abstract String read(String target);

    static String path(String target) {
        int question = target.indexOf('?');
        return question < 0 ? target : target.substring(0, question);
    }

    static String decode(String path) {
        StringBuilder out = new StringBuilder();
        int i = 0;
        while (i < path.length()) {
            char c = path.charAt(i);
            if (c == '%' && i + 2 < path.length() && path.substring(i + 1, i + 3).matches("[0-9A-Fa-f]{2}")) {
                out.append((char) Integer.parseInt(path.substring(i + 1, i + 3), 16));
                i += 3;
            } else {
                out.append(c);
                i++;
            }
        }
        return out.toString();
    }

    static String normalise(String path) {
        Deque<String> segments = new ArrayDeque<>();
        for (String segment : path.split("/+", -1)) {
            if (segment.equals("..")) {
                segments.pollLast();
            } else if (!segment.equals(".") && !segment.isEmpty()) {
                segments.addLast(segment);
            }
        }
        return "/" + String.join("/", segments) + (path.endsWith("/") && !segments.isEmpty() ? "/" : "");
    }
}
