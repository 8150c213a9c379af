package io.tidegate.engine.exchange;

import io.tidegate.config.RouteConfig;
import io.tidegate.engine.upstream.Endpoint;
import io.tidegate.engine.wire.Ascii;
import io.tidegate.engine.wire.HeadWriter;
import io.tidegate.engine.wire.KnownHeader;
import io.tidegate.engine.wire.RequestHead;
import org.jspecify.annotations.Nullable;

/// Writes the head that goes to a service: the client's fields that may pass, and what the gateway says of the client.
final class RequestWriter {

    /// Length of a body that is neither as the client declared it nor known.
    static final long CHUNKED = -1;
    /// The body is framed as the client framed it.
    static final long AS_RECEIVED = -2;

    private static final byte[] VERSION_AND_HOST = Ascii.bytes(" HTTP/1.1\r\nhost: ");
    private static final byte[] CHUNKED_LINE = Ascii.bytes("transfer-encoding: chunked\r\n");
    private static final byte[] LENGTH = Ascii.bytes("content-length: ");
    private static final byte[] REQUEST_ID = Ascii.bytes("x-request-id: ");

    private RequestWriter() {
    }

    /// Writes the whole head.
    ///
    /// @param length
    ///            of the body where the gateway frames it anew, [#CHUNKED], or [#AS_RECEIVED]
    static void write(HeadWriter out, RequestHead head, RouteConfig route, Endpoint endpoint, Peer peer,
            RequestId id, long length) {
        out.clear();
        out.text(head.sentMethod());
        out.one(' ');
        head.writePath(out);
        if (head.queryStart() >= 0) {
            out.one('?');
            out.bytes(head.queryBytes(), head.queryStart(), head.queryEnd());
        }
        out.bytes(VERSION_AND_HOST);
        writeHost(out, head, route, endpoint);
        out.crlf();
        if (length != AS_RECEIVED) {
            head.drop(KnownHeader.CONTENT_LENGTH);
        }
        head.writeForwardedFields(out);
        if (length == CHUNKED || (length == AS_RECEIVED && head.contentLength() == RequestHead.CHUNKED)) {
            out.bytes(CHUNKED_LINE);
        } else if (length != AS_RECEIVED) {
            out.bytes(LENGTH);
            out.decimal(length);
            out.crlf();
        }
        peer.write(head, out);
        if (!head.hasAdded("x-request-id")) {
            out.bytes(REQUEST_ID);
            id.write(out);
            out.crlf();
        }
        out.crlf();
    }

    /// Whether `Host` is the same whatever the endpoint.
    static boolean keepsHost(RequestHead head, RouteConfig route) {
        return head.sentAuthority() != null || (route.preserveHost() && head.hostEnd() > head.hostStart());
    }

    private static void writeHost(HeadWriter out, RequestHead head, RouteConfig route, Endpoint endpoint) {
        String replaced = head.sentAuthority();
        if (replaced != null) {
            out.text(replaced);
        } else if (route.preserveHost() && head.hostEnd() > head.hostStart()) {
            head.writeAuthority(out);
        } else {
            out.text(endpoint.host());
        }
    }

    /// The value of a received `X-Request-Id` that may be kept: short, and nothing in it that could harm a log or a
    /// header.
    static @Nullable String keptId(RequestHead head) {
        int field = head.find(KnownHeader.X_REQUEST_ID);
        if (field < 0 || head.hasTwice(KnownHeader.X_REQUEST_ID)) {
            return null;
        }
        int start = head.valueStart(field);
        int end = head.valueEnd(field);
        if (end == start || end - start > RequestId.LONGEST) {
            return null;
        }
        for (int i = start; i < end; i++) {
            if (!Ascii.isToken(head.bytes()[i]) && "/=:@".indexOf(head.bytes()[i]) < 0) {
                return null;
            }
        }
        return Ascii.text(head.bytes(), start, end);
    }
}
