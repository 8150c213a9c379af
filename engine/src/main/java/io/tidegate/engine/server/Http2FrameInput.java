package io.tidegate.engine.server;

import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Stream;
import io.tidegate.engine.wire.Http2FrameSource;

/// The frames that come in on an HTTP/2 connection of a client. Stricter than Netty's reader about heads of streams
/// that are over: those are connection errors (RFC 9113 §5.1, §5.1.1), unless the stream was reset from here.
final class Http2FrameInput extends Http2FrameSource {

    private final Http2Connection connection;

    Http2FrameInput(Http2HeadersDecoder headers, Http2Connection connection, Http2FrameOutput output) {
        super(headers, connection, output);
        this.connection = connection;
    }

    @Override
    protected boolean takesHead(int streamId) throws Http2Exception {
        if (isLate(streamId)) {
            return false;
        }
        Http2Stream stream = connection.stream(streamId);
        if (stream == null) {
            if (connection.remote().isValidStreamId(streamId) && connection.streamMayHaveExisted(streamId)) {
                throw Http2Exception.connectionError(Http2Error.STREAM_CLOSED, "HEADERS on closed stream %d", streamId);
            }
        } else if (stream.state() == Http2Stream.State.HALF_CLOSED_REMOTE) {
            throw Http2Exception.streamError(streamId, Http2Error.STREAM_CLOSED, "HEADERS behind the end of stream %d",
                    streamId);
        }
        return true;
    }
}
