package io.tidegate.api;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// An answer that a policy gives itself. Immutable, so one can serve many requests.
public final class Reply {

    private static final byte[] NO_BODY = {};

    private final int status;
    private final List<Field> headers;
    private final byte[] body;

    private Reply(int status, List<Field> headers, byte[] body) {
        if (status < 200 || status > 599) {
            throw new IllegalArgumentException("status must be 200 to 599 (was " + status + ")");
        }
        this.status = status;
        this.headers = headers;
        this.body = body;
    }

    /// An answer without header fields and body.
    public static Reply of(int status) {
        return new Reply(status, List.of(), NO_BODY);
    }

    /// This answer with one more header field.
    public Reply withHeader(String name, String value) {
        List<Field> more = new ArrayList<>(headers);
        more.add(new Field(name, value));
        return new Reply(status, List.copyOf(more), body);
    }

    /// This answer with a body and its media type. `Content-Length` is the gateway's to write.
    public Reply withBody(String contentType, byte[] bytes) {
        return new Reply(status, withHeader("content-type", contentType).headers, bytes.clone());
    }

    /// This answer with a body, and these header fields beside those that it has. Where it has a media type, a field
    /// says so.
    public Reply with(List<Field> fields, byte[] bytes) {
        List<Field> more = new ArrayList<>(headers);
        more.addAll(fields);
        return new Reply(status, List.copyOf(more), bytes.clone());
    }

    /// This answer with a text for a body, encoded as UTF-8.
    public Reply withBody(String contentType, String text) {
        return withBody(contentType, text.getBytes(StandardCharsets.UTF_8));
    }

    /// The status code, 200 to 599.
    public int status() {
        return status;
    }

    /// The header fields, `Content-Length` left out.
    public List<Field> headers() {
        return headers;
    }

    /// Length of the body in bytes.
    public int bodyLength() {
        return body.length;
    }

    /// A copy of the body.
    public byte[] body() {
        return body.clone();
    }
}
