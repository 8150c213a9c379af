package io.tidegate.tests;

import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/// Heads, bodies and fields behind them that try to become something else in HTTP/1.1, as HTTP/2 and HTTP/3 carry them
/// alike.
public final class FramedAttacks {

    private final String scheme;
    private final String other;

    private FramedAttacks(String scheme) {
        this.scheme = scheme;
        this.other = scheme.equals("http") ? "https" : "http";
    }

    /// The head of a GET for a listener of this scheme: names and values in turn.
    public static String[] get(String scheme) {
        return new String[]{":method", "GET", ":scheme", scheme, ":authority", "a", ":path", "/"};
    }

    /// Malformed heads for a listener of this scheme: what they are, the fault, the names and values in turn.
    public static Stream<Arguments> heads(String scheme) {
        FramedAttacks attacks = new FramedAttacks(scheme);
        Stream<Function<FramedAttacks, Stream<Arguments>>> groups = Stream.of(FramedAttacks::fields,
                FramedAttacks::values, FramedAttacks::order);
        return groups.flatMap(group -> group.apply(attacks));
    }

    /// Lengths that are declared, bodies that are not as long, and whether the stream ends with them.
    public static Stream<Arguments> bodies() {
        return Stream.of(arguments("3", "hello", true), arguments("3", "hello", false), arguments("5", "abc", true),
                arguments("0", "a", true));
    }

    /// Fields that must not stand behind a body.
    public static Stream<Arguments> trailers() {
        return Stream.of(arguments(":path", "/"), arguments("content-length", "1"), arguments("host", "b"),
                arguments("X-A", "1"), arguments("transfer-encoding", "chunked"), arguments("cookie", "a=b"));
    }

    /// So many cookies, each in a field of its own.
    public static String[] crumbs(int count) {
        String[] crumbs = new String[2 * count];
        for (int i = 0; i < crumbs.length; i += 2) {
            crumbs[i] = "cookie";
            crumbs[i + 1] = "a";
        }
        return crumbs;
    }

    private String[] more(String... fields) {
        List<String> all = new ArrayList<>(List.of(get(scheme)));
        all.addAll(List.of(fields));
        return all.toArray(String[]::new);
    }

    private String[] with(String pseudo, String value) {
        String[] fields = get(scheme);
        for (int i = 0; i < fields.length; i += 2) {
            if (fields[i].equals(pseudo)) {
                fields[i + 1] = value;
            }
        }
        return fields;
    }

    private String[] without(String pseudo) {
        String[] fields = get(scheme);
        List<String> all = new ArrayList<>();
        for (int i = 0; i < fields.length; i += 2) {
            if (!fields[i].equals(pseudo)) {
                all.add(fields[i]);
                all.add(fields[i + 1]);
            }
        }
        return all.toArray(String[]::new);
    }

    private Stream<Arguments> fields() {
        return Stream.of(
                arguments("E1 CR LF in a value", "h2.value", more("x", "a\r\ntransfer-encoding: chunked")),
                arguments("E1 LF in a value", "h2.value", more("x", "a\nb")),
                arguments("E1 CR in a value", "h2.value", more("x", "a\rb")),
                arguments("E1 NUL in a value", "h2.value", more("x", "a\0b")),
                arguments("E1 a value that begins with a space", "h2.value", more("x", " a")),
                arguments("E1 a value that ends with a tab", "h2.value", more("x", "a\t")),
                arguments("E2 upper case", "h2.name", more("X-A", "1")),
                arguments("E2 a colon in a name", "h2.name", more("x:a", "1")),
                arguments("E2 a space in a name", "h2.name", more("x a", "1")),
                arguments("E2 CR LF in a name", "h2.name", more("x: a\r\ny", "1")),
                arguments("E2 an empty name", "h2.name", more("", "1")),
                arguments("E3 transfer-encoding", "h2.connection", more("transfer-encoding", "chunked")),
                arguments("E3 connection", "h2.connection", more("connection", "close")),
                arguments("E3 upgrade", "h2.connection", more("upgrade", "h2c")),
                arguments("E3 keep-alive", "h2.connection", more("keep-alive", "1")),
                arguments("E3 proxy-connection", "h2.connection", more("proxy-connection", "close")),
                arguments("E3 te", "h2.connection", more("te", "gzip")),
                arguments("E4 a length and no body", "h2.length", more("content-length", "5")),
                arguments("E5 two lengths", "framing.cl_dup", more("content-length", "3", "content-length", "3")),
                arguments("E5 a length with a sign", "framing.cl_syntax", more("content-length", "+3")));
    }

    private Stream<Arguments> values() {
        return Stream.of(
                arguments("E6 a version in the path", "h2.value", with(":path", "/x HTTP/1.1\r\nX: y")),
                arguments("E6 a space in the path", "h2.pseudo", with(":path", "/a b")),
                arguments("E6 NUL in the path", "h2.value", with(":path", "/a\0")),
                arguments("E6 an empty path", "h2.pseudo", with(":path", "")),
                arguments("E7 a path without a slash", "h2.pseudo", with(":path", "admin")),
                arguments("E7 an asterisk with GET", "target.form", with(":path", "*")),
                arguments("E7 a fragment", "target.char", with(":path", "/a#b")),
                arguments("E7 an absolute form", "h2.pseudo", with(":path", "http://evil/")),
                arguments("E8 a request in the method", "h2.value", with(":method", "GET /x HTTP/1.1\r\nx: y")),
                arguments("E8 a space in the method", "h2.pseudo", with(":method", "G ET")),
                arguments("E8 an empty method", "h2.pseudo", with(":method", "")),
                arguments("E9 a URL as scheme", "h2.pseudo", with(":scheme", "http://evil/?")),
                arguments("E9 CR LF in the scheme", "h2.value", with(":scheme", "http\r\nx: y")),
                arguments("E9 another scheme than the socket's", "h2.pseudo", with(":scheme", other)),
                arguments("E10 a user in the authority", "host.syntax", with(":authority", "u@a")),
                arguments("E10 a path in the authority", "host.syntax", with(":authority", "a/b")),
                arguments("E10 two authorities", "host.syntax", with(":authority", "a,b")),
                arguments("E11 authority and host differ", "target.authority", more("host", "b")),
                arguments("E11 neither", "host.missing", without(":authority")));
    }

    private Stream<Arguments> order() {
        return Stream.of(
                arguments("E12 a pseudo-header twice", "h2.pseudo", more(":path", "/b")),
                arguments("E12 two paths", "h2.pseudo", new String[]{":method", "GET", ":path", "/a", ":path", "/b",
                    ":scheme", scheme, ":authority", "a"}),
                arguments("E12 one after a field", "h2.pseudo", new String[]{":method", "GET", ":scheme", scheme, "x",
                    "1", ":path", "/", ":authority", "a"}),
                arguments("E12 an unknown one", "h2.pseudo", new String[]{":method", "GET", ":x", "1", ":scheme",
                    scheme, ":path", "/", ":authority", "a"}),
                arguments("E12 a status", "h2.pseudo", new String[]{":status", "200", ":method", "GET", ":scheme",
                    scheme, ":path", "/", ":authority", "a"}),
                arguments("E12 no method", "h2.pseudo", without(":method")),
                arguments("E12 no scheme", "h2.pseudo", without(":scheme")),
                arguments("E12 no path", "h2.pseudo", without(":path")),
                arguments("D8 an alias of a field that the gateway sets", "header.alias",
                        more("x_forwarded_for", "1.2.3.4")),
                arguments("an escape in the path that goes above the root", "path.above_root",
                        with(":path", "/../a")));
    }
}
