package io.tidegate.engine.wire;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A second reader of request heads, for the first one to be compared with: on strings, with regular expressions, as
/// close to the words of the RFCs as it can be written, and slow.
final class ReferenceParser {

    /// What a head says.
    record Result(String method, int minor, @Nullable String path, @Nullable String query, String authority,
            long contentLength, boolean keepAlive, boolean encodedSlash, boolean pathParameter, List<String> fields,
            int length) {
    }

    /// The head is not right.
    static final class RefusedException extends Exception {

        private static final long serialVersionUID = 1L;

        RefusedException(String why) {
            super(why, null, false, false);
        }
    }

    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
    private static final Pattern REQUEST_LINE = Pattern
            .compile("(" + TOKEN + ") ([\\x21-\\x7e\\x80-\\xff]+) HTTP/1\\.([0-9])");
    private static final Pattern FIELD = Pattern
            .compile("(" + TOKEN + "):[ \\t]*([\\t\\x20-\\x7e\\x80-\\xff]*?)[ \\t]*");
    private static final Pattern HOST = Pattern
            .compile("(?:(\\[[0-9A-Fa-f:.]{2,}])|([A-Za-z0-9_~-][A-Za-z0-9._~-]*))(:[0-9]{1,5})?");
    private static final Pattern LITERAL = Pattern.compile("[A-Za-z0-9._~!$&'()*+,;=:@-]");

    private static final Set<String> FORWARDED = Set.of("x-forwarded-for", "x-forwarded-proto", "x-forwarded-host",
            "x-forwarded-port", "x-forwarded-prefix", "x-forwarded-server", "x-forwarded-scheme",
            "x-forwarded-client-cert", "x-real-ip", "forwarded", "x-request-id", "x-original-url", "x-rewrite-url");
    private static final Set<String> HOP = Set.of("connection", "keep-alive", "proxy-connection", "te", "trailer",
            "transfer-encoding", "upgrade", "http2-settings", "proxy-authenticate", "proxy-authorization", "expect");
    private static final Set<String> OVERRIDE = Set.of("x-http-method-override", "x-http-method", "x-method-override");
    private static final Set<String> MEANT = Set.of("host", "content-length", "authorization", "cookie",
            "content-type");

    private final int maxTarget;
    private final int maxBytes;
    private final int maxFields;

    ReferenceParser(int maxTarget, int maxBytes, int maxFields) {
        this.maxTarget = maxTarget;
        this.maxBytes = maxBytes;
        this.maxFields = maxFields;
    }

    /// Reads a head; null where its end is not there.
    @Nullable
    Result read(String message) throws RefusedException {
        int start = message.startsWith("\r\n") ? 2 : 0;
        require(!message.startsWith("\r\n", start), "two empty lines");
        int end = message.indexOf("\r\n\r\n", start);
        if (end < 0) {
            return null;
        }
        require(end + 4 <= maxBytes, "too large");
        List<String> lines = List.of(message.substring(start, end).split("\r\n", -1));
        Matcher line = REQUEST_LINE.matcher(lines.getFirst());
        require(line.matches(), "request line");
        String method = line.group(1);
        String target = line.group(2);
        int minor = line.group(3).equals("0") ? 0 : 1;
        require(method.length() <= 32 && !Set.of("PRI", "CONNECT", "TRACE").contains(method), "method");
        require(target.length() <= maxTarget, "target");
        require(lines.size() - 1 <= maxFields, "fields");
        List<String[]> fields = new ArrayList<>();
        for (String text : lines.subList(1, lines.size())) {
            Matcher field = FIELD.matcher(text);
            require(field.matches(), "field");
            fields.add(new String[]{field.group(1), field.group(2)});
        }
        long length = length(fields, minor, method);
        rules(fields);
        handshake(fields, minor, method, length);
        String host = host(fields, minor);
        Target read = target(method, target, host);
        List<String> texts = fields.stream().map(field -> field[0] + ": " + field[1]).toList();
        return new Result(method, minor, read.path, read.query, read.authority, length, keepAlive(fields, minor),
                read.path != null && (read.path.contains("%2F") || read.path.contains("%5C")),
                read.path != null && read.path.contains(";"), texts, end + 4);
    }

    private static void require(boolean holds, String what) throws RefusedException {
        if (!holds) {
            throw new RefusedException(what);
        }
    }

    private static List<String> values(List<String[]> fields, String name) {
        return fields.stream().filter(field -> field[0].equalsIgnoreCase(name)).map(field -> field[1]).toList();
    }

    private static long length(List<String[]> fields, int minor, String method) throws RefusedException {
        List<String> codings = values(fields, "transfer-encoding");
        List<String> lengths = values(fields, "content-length");
        if (!codings.isEmpty()) {
            require(minor == 1 && lengths.isEmpty() && codings.size() == 1
                    && codings.getFirst().equalsIgnoreCase("chunked"), "transfer-encoding");
            return RequestHead.CHUNKED;
        }
        if (lengths.isEmpty()) {
            return 0;
        }
        require(lengths.size() == 1 && lengths.getFirst().matches("0|[1-9][0-9]*"), "content-length");
        BigInteger value = new BigInteger(lengths.getFirst());
        require(value.divide(BigInteger.TEN).compareTo(BigInteger.valueOf((Long.MAX_VALUE - 9) / 10)) <= 0, "range");
        require(minor == 1 || value.signum() == 0 || !Set.of("GET", "HEAD").contains(method), "body of HTTP/1.0");
        return value.longValueExact();
    }

    private static void rules(List<String[]> fields) throws RefusedException {
        for (String[] field : fields) {
            String name = field[0].toLowerCase(Locale.ROOT);
            String alias = name.replace('_', '-');
            boolean guarded = FORWARDED.contains(alias) || HOP.contains(alias) || OVERRIDE.contains(alias)
                    || MEANT.contains(alias);
            require(alias.equals(name) || !guarded, "alias");
        }
        require(values(fields, "content-type").size() < 2 && values(fields, "authorization").size() < 2, "twice");
        for (String value : values(fields, "connection")) {
            for (String token : value.toLowerCase(Locale.ROOT).split("[ \t,]+", -1)) {
                require(!FORWARDED.contains(token) && !MEANT.contains(token) && !token.equals("transfer-encoding")
                        && !token.equals("expect"), "nominated");
            }
        }
        List<String> expectations = values(fields, "expect");
        require(expectations.isEmpty()
                || (expectations.size() == 1 && expectations.getFirst().equalsIgnoreCase("100-continue")), "expect");
    }

    private static void handshake(List<String[]> fields, int minor, String method, long length)
            throws RefusedException {
        List<String> upgrades = values(fields, "upgrade");
        List<String> keys = values(fields, "sec-websocket-key");
        if (upgrades.isEmpty() || !hasToken(upgrades.getFirst(), "websocket")) {
            return;
        }
        require(!keys.isEmpty(), "websocket");
        if (minor == 1 && values(fields, "connection").stream().anyMatch(value -> hasToken(value, "upgrade"))) {
            require(method.equals("GET") && length == 0 && keys.size() == 1
                    && keys.getFirst().matches("[A-Za-z0-9+/]{22}=="), "handshake");
        }
    }

    private static boolean hasToken(String list, String token) {
        for (String part : list.split(",", -1)) {
            if (part.replaceAll("^[ \t]+|[ \t]+$", "").equalsIgnoreCase(token)) {
                return true;
            }
        }
        return false;
    }

    private static boolean keepAlive(List<String[]> fields, int minor) {
        boolean keep = minor == 1;
        for (String value : values(fields, "connection")) {
            keep = (keep || hasToken(value, "keep-alive")) && !hasToken(value, "close");
        }
        return keep;
    }

    private static @Nullable String host(List<String[]> fields, int minor) throws RefusedException {
        List<String> hosts = values(fields, "host");
        require(hosts.size() < 2 && (minor == 0 || hosts.size() == 1), "host");
        if (hosts.isEmpty()) {
            return null;
        }
        authority(hosts.getFirst());
        return hosts.getFirst();
    }

    /// The one form of `host[:port]`.
    private static String authority(String text) throws RefusedException {
        Matcher host = HOST.matcher(text);
        require(text.length() <= 261 && host.matches(), "host");
        String port = host.group(3);
        require(port == null
                || (Integer.parseInt(port.substring(1)) >= 1 && Integer.parseInt(port.substring(1)) < 65536),
                "port");
        String name = (host.group(1) != null ? host.group(1) : host.group(2)).toLowerCase(Locale.ROOT);
        return (name.endsWith(".") ? name.substring(0, name.length() - 1) : name) + (port == null ? "" : port);
    }

    private record Target(@Nullable String path, @Nullable String query, String authority) {
    }

    private static Target target(String method, String target, @Nullable String host)
            throws RefusedException {
        String authority = host == null ? "" : authority(host);
        if (target.equals("*")) {
            require(method.equals("OPTIONS"), "asterisk");
            return new Target(null, null, authority);
        }
        String origin = target;
        if (!target.startsWith("/")) {
            Matcher absolute = Pattern.compile("(?i:https?)://([^/?]+)(.*)").matcher(target);
            require(absolute.matches(), "form");
            if (host == null) {
                authority = authority(absolute.group(1));
            } else {
                require(absolute.group(1).equalsIgnoreCase(host), "authority");
            }
            origin = absolute.group(2).startsWith("/") ? absolute.group(2) : "/" + absolute.group(2);
        }
        int question = origin.indexOf('?');
        String query = question < 0 ? null : origin.substring(question + 1);
        require(query == null || query.matches("[\\x21\\x22\\x24-\\x7e]*"), "query");
        return new Target(canonical(question < 0 ? origin : origin.substring(0, question)), query, authority);
    }

    /// The canonical form of a path (RFC 3986 section 6.2.2).
    static String canonical(String path) throws RefusedException {
        String[] segments = path.substring(1).split("/", -1);
        List<String> kept = new ArrayList<>();
        for (int i = 0; i < segments.length; i++) {
            String segment = segment(segments[i]);
            require(!segment.matches("\\.{1,2}(;|%3B).*"), "parameter of a dot segment");
            boolean dots = segment.equals(".") || segment.equals("..");
            if (segment.equals("..")) {
                require(!kept.isEmpty(), "above the root");
                kept.removeLast();
            }
            if (!dots && !segment.isEmpty()) {
                kept.add(segment);
            } else if (i == segments.length - 1) {
                kept.add("");
            }
        }
        return "/" + String.join("/", kept);
    }

    private static String segment(String text) throws RefusedException {
        StringBuilder out = new StringBuilder();
        ByteBuffer bytes = ByteBuffer.allocate(text.length());
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (c != '%') {
                require(LITERAL.matcher(String.valueOf(c)).matches(), "character");
                out.append(c);
                bytes.put((byte) c);
                i++;
                continue;
            }
            require(text.substring(i).matches("(?s)%[0-9A-Fa-f]{2}.*"), "escape");
            require(!text.substring(i).matches("(?is)%25(2e|2f|5c).*"), "escaped twice");
            int value = Integer.parseInt(text.substring(i + 1, i + 3), 16);
            require(value != 0, "NUL");
            bytes.put((byte) value);
            boolean unreserved = value < 0x80 && String.valueOf((char) value).matches("[A-Za-z0-9._~-]");
            out.append(unreserved ? String.valueOf((char) value) : String.format(Locale.ROOT, "%%%02X", value));
            i += 3;
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(bytes.flip());
        } catch (CharacterCodingException e) {
            throw new RefusedException("UTF-8: " + e.getMessage());
        }
        return out.toString();
    }
}
