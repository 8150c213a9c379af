package io.tidegate.engine.wire;

import io.tidegate.engine.wire.ReferenceParser.RefusedException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A second reader of chunked bodies (RFC 9112 section 7.1), for the first one to be compared with: on whole strings,
/// with regular expressions, and slow.
final class ReferenceChunks {

    /// What a body says.
    ///
    /// @param data
    ///            of all chunks
    /// @param canonical
    ///            the same chunks as writing them anew gives, without extensions and trailers
    /// @param length
    ///            bytes of the message that belong to it
    record Result(String data, String canonical, int length) {
    }

    private static final String TEXT = "\\t\\x20-\\x7e\\x80-\\xff";
    /// An extension may hold quoted strings; a backslash in one quotes the next character. One that is not closed takes
    /// the end of the line in, which no line may hold.
    private static final Pattern SIZE_LINE = Pattern.compile("([0-9A-Fa-f]{1,15})(?:;((?:[" + TEXT + "&&[^\"]]|\"(?:["
            + TEXT + "&&[^\"\\\\]]|\\\\[" + TEXT + "])*+\")*+))?+\r\n");
    private static final Pattern TRAILER = Pattern
            .compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+)([" + TEXT + "]*)\r\n");
    private static final int KNOWN_NAME = 64;
    private static final Set<String> FORBIDDEN = Set.of("host", "content-length", "transfer-encoding", "authorization",
            "cookie", "content-type", "expect", "forwarded", "x-forwarded-for", "x-forwarded-proto", "x-request-id",
            "x-original-url");

    private final String message;
    private final StringBuilder data = new StringBuilder();
    private final StringBuilder canonical = new StringBuilder();
    private int at;
    private int extensions;

    private ReferenceChunks(String message) {
        this.message = message;
    }

    /// Reads a body that is all there; null where what is there may be the beginning of one or none.
    static @Nullable Result read(String message) throws RefusedException {
        return new ReferenceChunks(message).chunks();
    }

    private @Nullable Result chunks() throws RefusedException {
        while (true) {
            Matcher size = SIZE_LINE.matcher(message).region(at, message.length());
            if (!size.lookingAt()) {
                return incomplete("size");
            }
            int extension = size.group(2) == null ? 0 : size.group(2).length();
            extensions += extension;
            require(extension <= BodyDecoder.MAX_CHUNK_EXTENSION && extensions <= BodyDecoder.MAX_EXTENSIONS,
                    "extension");
            at = size.end();
            long count = Long.parseLong(size.group(1), 16);
            if (count == 0) {
                return trailers();
            }
            canonical.append(Long.toString(count, 16)).append("\r\n");
            int stop = (int) Math.min(message.length(), at + count);
            canonical.append(message, at, stop);
            data.append(message, at, stop);
            if (at + count + 2 > message.length()) {
                at = stop;
                return incomplete("data");
            }
            require(message.startsWith("\r\n", stop), "end of data");
            canonical.append("\r\n");
            at = stop + 2;
        }
    }

    private @Nullable Result trailers() throws RefusedException {
        int bytes = 0;
        while (!message.startsWith("\r\n", at)) {
            Matcher trailer = TRAILER.matcher(message).region(at, message.length());
            if (!trailer.lookingAt()) {
                return incomplete("trailer");
            }
            String name = trailer.group(1);
            bytes += name.length() + trailer.group(2).length();
            require(bytes <= BodyDecoder.MAX_TRAILERS, "trailers");
            require(name.length() >= KNOWN_NAME || trailer.group(2).startsWith(":"), "name of a trailer");
            require(!FORBIDDEN.contains(name.toLowerCase(Locale.ROOT)), "forbidden trailer");
            at = trailer.end();
        }
        return new Result(data.toString(), canonical + "0\r\n\r\n", at + 2);
    }

    /// What is there is no whole line: right so far, or not.
    private @Nullable Result incomplete(String what) throws RefusedException {
        int end = message.indexOf("\r\n", at);
        // A line whose end is there and that was not matched is wrong; of one whose end is not there, nothing is said.
        require(end < 0 || what.equals("data"), what);
        return null;
    }

    private static void require(boolean holds, String what) throws RefusedException {
        if (!holds) {
            throw new RefusedException(what);
        }
    }
}
