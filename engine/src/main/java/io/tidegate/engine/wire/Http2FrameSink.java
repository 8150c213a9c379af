package io.tidegate.engine.wire;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DecoratingHttp2FrameWriter;
import io.netty.handler.codec.http2.Http2FrameWriter;

/// The frames that go out on an HTTP/2 connection: remembers which streams were reset from here.
public class Http2FrameSink extends DecoratingHttp2FrameWriter {

    private static final int REMEMBERED = 256;

    /// Bytes that one side may send on a stream before it hears of the other, here as at most others (RFC 9113 section
    /// 6.9.2).
    private static final int WINDOW = 65_535;

    private final int[] resets = new int[REMEMBERED];
    private final int[] onTheirWay = new int[REMEMBERED];
    private int nextReset;

    /// Frames that `delegate` writes.
    public Http2FrameSink(Http2FrameWriter delegate) {
        super(delegate);
    }

    /// Whether this stream was reset from here, not long ago: what the other side had sent before it heard is no fault.
    public final boolean hasReset(int streamId) {
        for (int id : resets) {
            if (id == streamId) {
                return true;
            }
        }
        return false;
    }

    /// Counts data that came on a stream.
    ///
    /// @return whether it was reset from here, and this is more than can have been on its way
    final boolean isTooLate(int streamId, int bytes) {
        for (int i = 0; i < REMEMBERED; i++) {
            if (resets[i] == streamId) {
                onTheirWay[i] -= bytes;
                return onTheirWay[i] < 0;
            }
        }
        return false;
    }

    @Override
    public ChannelFuture writeRstStream(ChannelHandlerContext ctx, int streamId, long errorCode,
            ChannelPromise promise) {
        resets[nextReset] = streamId;
        onTheirWay[nextReset] = WINDOW;
        nextReset = (nextReset + 1) % REMEMBERED;
        return super.writeRstStream(ctx, streamId, errorCode, promise);
    }
}
