package io.tidegate.testkit;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Reads HTTP/1.x messages (RFC 9112) slowly and strictly: what is not exactly as the grammar has it is a
/// [MalformedMessageException].
final class MessageReader {

    private static final int LONGEST_LINE = 1 << 20;
    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] [1-5][0-9][0-9] .*");
    private static final Pattern VERSION = Pattern.compile("HTTP/1\\.[01]");
    private static final Pattern CHUNK_SIZE = Pattern.compile("[0-9A-Fa-f]{1,15}");

    private final InputStream in;

    MessageReader(InputStream in) {
        this.in = in;
    }

    /// A request without its body; null where the connection ended before its first byte.
    @Nullable
    RawRequest requestHead() throws IOException {
        String line = firstLine();
        if (line == null) {
            return null;
        }
        String[] parts = line.split(" ", -1);
        if (parts.length != 3 || !TOKEN.matcher(parts[0]).matches() || parts[1].isEmpty()
                || !VERSION.matcher(parts[2]).matches()) {
            throw new MalformedMessageException("request line", line);
        }
        List<RawField> fields = fields();
        return new RawRequest(parts[0], parts[1], parts[2], fields, "", List.of(), isChunked(fields));
    }

    /// The same request with its body.
    RawRequest withBody(RawRequest head) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        List<RawField> trailers = List.of();
        if (head.chunked()) {
            trailers = chunks(body);
        } else {
            counted(body, Math.max(0, contentLength(head.fields())));
        }
        return new RawRequest(head.method(), head.target(), head.version(), head.fields(),
                body.toString(StandardCharsets.ISO_8859_1), trailers,
                head.chunked());
    }

    /// The next response, interim ones included; null where the connection ended before its first byte.
    @Nullable
    RawResponse response(String method) throws IOException {
        String line = firstLine();
        if (line == null) {
            return null;
        }
        if (!STATUS_LINE.matcher(line).matches()) {
            throw new MalformedMessageException("status line", line);
        }
        int status = Integer.parseInt(line.substring(9, 12));
        List<RawField> fields = fields();
        boolean chunked = isChunked(fields);
        long length = contentLength(fields);
        RawResponse.Framing framing;
        if (method.equals("HEAD") || status < 200 || status == 204 || status == 304) {
            framing = RawResponse.Framing.NONE;
        } else if (chunked) {
            framing = RawResponse.Framing.CHUNKED;
        } else {
            framing = length >= 0 ? RawResponse.Framing.LENGTH : RawResponse.Framing.CLOSE;
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        List<RawField> trailers = List.of();
        boolean complete = true;
        try {
            switch (framing) {
                case NONE -> {
                }
                case CHUNKED -> trailers = chunks(body);
                case LENGTH -> counted(body, length);
                case CLOSE -> in.transferTo(body);
            }
        } catch (MalformedMessageException e) {
            throw e;
        } catch (IOException e) {
            complete = false;
        }
        return new RawResponse(status, line.substring(13), fields, body.toString(StandardCharsets.ISO_8859_1), trailers,
                framing, complete);
    }

    private @Nullable String firstLine() throws IOException {
        int first = in.read();
        return first < 0 ? null : line(first);
    }

    private String line(int first) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int b = first;
        while (b != '\r') {
            if (b < 0) {
                throw new EOFException(
                        "the connection ended within a line: " + line.toString(StandardCharsets.ISO_8859_1));
            }
            if ((b < 0x20 && b != '\t') || b == 0x7F || line.size() == LONGEST_LINE) {
                throw new MalformedMessageException("line", line.toString(StandardCharsets.ISO_8859_1) + (char) b);
            }
            line.write(b);
            b = in.read();
        }
        b = in.read();
        if (b < 0) {
            throw new EOFException("the connection ended within a line");
        }
        if (b != '\n') {
            throw new MalformedMessageException("line end", line.toString(StandardCharsets.ISO_8859_1));
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    private List<RawField> fields() throws IOException {
        List<RawField> fields = new ArrayList<>();
        while (true) {
            String line = line(in.read());
            if (line.isEmpty()) {
                return List.copyOf(fields);
            }
            int colon = line.indexOf(':');
            if (colon < 1 || !TOKEN.matcher(line.substring(0, colon)).matches()) {
                throw new MalformedMessageException("field", line);
            }
            fields.add(new RawField(line.substring(0, colon), line.substring(colon + 1).strip()));
        }
    }

    private List<RawField> chunks(ByteArrayOutputStream body) throws IOException {
        while (true) {
            String line = line(in.read());
            String size = line.contains(";") ? line.substring(0, line.indexOf(';')) : line;
            if (!CHUNK_SIZE.matcher(size).matches()) {
                throw new MalformedMessageException("chunk size", line);
            }
            long length = Long.parseLong(size, 16);
            if (length == 0) {
                return fields();
            }
            counted(body, length);
            if (!line(in.read()).isEmpty()) {
                throw new MalformedMessageException("chunk", "longer than its size " + size);
            }
        }
    }

    private void counted(ByteArrayOutputStream body, long length) throws IOException {
        byte[] buffer = new byte[(int) Math.min(Math.max(1, length), 65536)];
        long left = length;
        while (left > 0) {
            int count = in.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (count < 0) {
                throw new EOFException("the connection ended with " + left + " bytes of the body missing");
            }
            body.write(buffer, 0, count);
            left -= count;
        }
    }

    private static boolean isChunked(List<RawField> fields) throws MalformedMessageException {
        String coding = join(fields, "transfer-encoding");
        if (coding == null) {
            return false;
        }
        if (!coding.toLowerCase(Locale.ROOT).equals("chunked") || join(fields, "content-length") != null) {
            throw new MalformedMessageException("framing", fields.toString());
        }
        return true;
    }

    private static long contentLength(List<RawField> fields) throws MalformedMessageException {
        String length = join(fields, "content-length");
        if (length == null) {
            return -1;
        }
        if (!length.matches("[0-9]{1,18}")) {
            throw new MalformedMessageException("content-length", length);
        }
        return Long.parseLong(length);
    }

    static @Nullable String join(List<RawField> fields, String name) {
        List<String> values = fields.stream().filter(field -> field.name().equalsIgnoreCase(name))
                .map(RawField::value).toList();
        return values.isEmpty() ? null : values.stream().collect(Collectors.joining(", "));
    }
}
