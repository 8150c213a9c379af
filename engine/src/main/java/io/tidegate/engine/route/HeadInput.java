package io.tidegate.engine.route;

import io.tidegate.engine.wire.Ascii;
import io.tidegate.engine.wire.GrpcFields;
import io.tidegate.engine.wire.RequestHead;
import org.jspecify.annotations.Nullable;

/// The head of an HTTP/1.1 request as something to match. Used again from request to request. Header fields are those
/// that were received, whether or not they are forwarded.
public final class HeadInput implements RouteInput {

    private RequestHead head;

    /// An input that reads this head.
    public HeadInput(RequestHead head) {
        this.head = head;
    }

    /// Reads another head from now on.
    ///
    /// @return this
    public HeadInput of(RequestHead other) {
        head = other;
        return this;
    }

    @Override
    public byte[] pathBytes() {
        return head.pathBytes();
    }

    @Override
    public int pathStart() {
        return head.pathStart();
    }

    @Override
    public int pathEnd() {
        return head.pathEnd();
    }

    @Override
    public byte[] hostBytes() {
        return head.hostBytes();
    }

    @Override
    public int hostStart() {
        return head.hostStart();
    }

    @Override
    public int hostEnd() {
        return head.hostEnd();
    }

    @Override
    public String method() {
        return head.method();
    }

    @Override
    public @Nullable String header(String lowerCaseName) {
        String first = null;
        StringBuilder joined = null;
        for (int i = 0; i < head.fieldCount(); i++) {
            if (!head.isVisible(i)
                    || !Ascii.equalsIgnoreCase(head.bytes(), head.nameStart(i), head.nameEnd(i), lowerCaseName)) {
                continue;
            }
            String value = Ascii.text(head.bytes(), head.valueStart(i), head.valueEnd(i));
            if (first == null) {
                first = value;
            } else {
                joined = joined == null ? new StringBuilder(first) : joined;
                // Cookies are no list (RFC 9113 section 8.2.3).
                joined.append(lowerCaseName.equals("cookie") ? "; " : ", ").append(value);
            }
        }
        return joined == null ? first : joined.toString();
    }

    @Override
    public boolean isGrpc() {
        return GrpcFields.isOfFamily(head);
    }

    @Override
    public byte[] queryBytes() {
        return head.bytes();
    }

    @Override
    public int queryStart() {
        return head.queryStart();
    }

    @Override
    public int queryEnd() {
        return head.queryEnd();
    }
}
