package io.tidegate.engine.route;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The methods that the routes of one table name, as bits. The standard ones come first, in the order in which `Allow`
/// lists them; those that no more bits are left for share the last one and are told apart by their names. Bit 62 is
/// never given, so that no list of methods looks like [#ANY].
final class Methods {

    /// All bits: every method, those too that no route names.
    static final long ANY = -1;
    /// The bit of every method for which no own one is left.
    static final long SHARED = 1L << 63;
    static final long GET = 1;
    static final long HEAD = 1L << 1;
    static final long OPTIONS = 1L << 6;

    private static final List<String> STANDARD = List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS",
            "TRACE", "CONNECT");

    private final Map<String, Long> others = new HashMap<>();
    private final List<String> names = new ArrayList<>(STANDARD);

    /// The bit of a method that a route names.
    long add(String method) {
        long bit = standard(method);
        if (bit != 0) {
            return bit;
        }
        Long known = others.get(method);
        if (known != null) {
            return known;
        }
        long next = names.size() < 62 ? 1L << names.size() : SHARED;
        others.put(method, next);
        if (next != SHARED) {
            names.add(method);
        }
        return next;
    }

    /// The bit of a request's method, 0 where no route names it.
    long bit(String method) {
        long bit = standard(method);
        if (bit != 0) {
            return bit;
        }
        Long known = others.get(method);
        return known == null ? 0 : known;
    }

    /// Adds the names behind these bits, but for the shared one.
    void names(long bits, List<String> out) {
        for (int i = 0; i < names.size(); i++) {
            if ((bits & 1L << i) != 0) {
                out.add(names.get(i));
            }
        }
    }

    private static long standard(String method) {
        return switch (method) {
            case "GET" -> GET;
            case "HEAD" -> HEAD;
            case "POST" -> 1L << 2;
            case "PUT" -> 1L << 3;
            case "PATCH" -> 1L << 4;
            case "DELETE" -> 1L << 5;
            case "OPTIONS" -> OPTIONS;
            case "TRACE" -> 1L << 7;
            case "CONNECT" -> 1L << 8;
            default -> 0;
        };
    }
}
