package io.tidegate.engine.wire;

import io.tidegate.engine.wire.ReferenceParser.RefusedException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A second reader of response heads, for the first one to be compared with: on strings, with regular expressions, as
/// close to the words of RFC 9112 as it can be written, and slow.
final class ReferenceResponses {

    /// What a head says.
    record Result(int status, int minor, long contentLength, boolean keepAlive, List<String> fields, int length) {
    }

    private static final int MAX_STATUS_LINE = 1024;
    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
    private static final Pattern STATUS_LINE = Pattern
            .compile("HTTP/1\\.([01]) ([1-5][0-9]{2})(?: [\\x20-\\x7e\\x80-\\xff]*)?");
    private static final Pattern FIELD = Pattern
            .compile("(" + TOKEN + "):[ \\t]*([\\t\\x20-\\x7e\\x80-\\xff]*?)[ \\t]*");
    private static final Set<String> MEANT = Set.of("host", "content-length", "authorization", "cookie", "content-type",
            "transfer-encoding", "expect", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "forwarded",
            "x-request-id");

    private final int maxBytes;
    private final int maxFields;

    ReferenceResponses(int maxBytes, int maxFields) {
        this.maxBytes = maxBytes;
        this.maxFields = maxFields;
    }

    /// Reads a head; null where its end is not there.
    @Nullable
    Result read(String message) throws RefusedException {
        int end = message.indexOf("\r\n\r\n");
        if (end < 0) {
            return null;
        }
        require(end + 4 <= maxBytes, "too large");
        List<String> lines = List.of(message.substring(0, end).split("\r\n", -1));
        Matcher line = STATUS_LINE.matcher(lines.getFirst());
        require(line.matches() && lines.getFirst().length() <= MAX_STATUS_LINE, "status line");
        int minor = Integer.parseInt(line.group(1));
        require(lines.size() - 1 <= maxFields, "fields");
        List<String> fields = new ArrayList<>();
        List<String> codings = new ArrayList<>();
        List<String> lengths = new ArrayList<>();
        boolean keepAlive = minor == 1;
        for (String text : lines.subList(1, lines.size())) {
            Matcher field = FIELD.matcher(text);
            require(field.matches(), "field");
            String value = field.group(2);
            fields.add(field.group(1) + ": " + value);
            switch (field.group(1).toLowerCase(Locale.ROOT)) {
                case "transfer-encoding" -> codings.add(value);
                case "content-length" -> lengths.add(value);
                case "connection" -> {
                    List<String> options = options(value);
                    require(options.stream().noneMatch(MEANT::contains), "nominated");
                    keepAlive = (keepAlive || options.contains("keep-alive")) && !options.contains("close");
                }
                default -> require(true, "any other field is data");
            }
        }
        return new Result(Integer.parseInt(line.group(2)), minor, length(codings, lengths, minor), keepAlive, fields,
                end + 4);
    }

    private static List<String> options(String value) {
        List<String> options = new ArrayList<>();
        for (String part : value.toLowerCase(Locale.ROOT).split(",", -1)) {
            options.add(part.replaceAll("^[ \t]+|[ \t]+$", ""));
        }
        return options;
    }

    private static long length(List<String> codings, List<String> lengths, int minor) throws RefusedException {
        require(codings.isEmpty() || lengths.isEmpty(), "both");
        require(codings.size() < 2 && lengths.size() < 2, "twice");
        if (!codings.isEmpty()) {
            require(minor == 1 && codings.getFirst().equalsIgnoreCase("chunked"), "coding");
            return ResponseHead.CHUNKED;
        }
        if (lengths.isEmpty()) {
            return ResponseHead.UNTIL_CLOSE;
        }
        require(lengths.getFirst().matches("0|[1-9][0-9]*"), "length");
        BigInteger value = new BigInteger(lengths.getFirst());
        require(value.divide(BigInteger.TEN).compareTo(BigInteger.valueOf((Long.MAX_VALUE - 9) / 10)) <= 0, "range");
        return value.longValueExact();
    }

    private static void require(boolean holds, String what) throws RefusedException {
        if (!holds) {
            throw new RefusedException(what);
        }
    }
}
