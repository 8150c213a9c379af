package io.tidegate.engine.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.tidegate.api.UpstreamFaults;
import io.tidegate.engine.worker.Deadlines;
import io.tidegate.engine.worker.GlitchBudget;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What becomes of the frames that a service sends: HEADERS and DATA are responses, which an [Http2UpstreamStream] each
/// takes. What else comes is of no use here, and counted as such.
final class Http2ResponseReader extends Http2FrameAdapter {

    /// Broken rules in ten seconds.
    private static final int MAX_GLITCHES = 100;
    /// Frames without use in ten seconds.
    private static final int MAX_IDLE_FRAMES = 1000;

    private final Http2UpstreamConnection connection;
    private final Http2Connection codec;
    private final Deadlines time;
    private final GlitchBudget glitches;
    private final GlitchBudget idleFrames;
    /// Who has been handed something since the last reads were complete.
    private final List<UpstreamEvents> touched = new ArrayList<>();

    /// A reader of the frames of this connection.
    Http2ResponseReader(Http2UpstreamConnection connection, Http2Connection codec) {
        this.connection = connection;
        this.codec = codec;
        this.time = connection.worker().deadlines();
        this.glitches = new GlitchBudget(MAX_GLITCHES, time.now());
        this.idleFrames = new GlitchBudget(MAX_IDLE_FRAMES, time.now());
    }

    /// The service has broken a rule on one of its streams.
    void glitch() {
        spend(glitches);
    }

    /// The service has sent a frame that nobody needs.
    void idleFrame() {
        spend(idleFrames);
    }

    private void spend(GlitchBudget budget) {
        if (budget.spend(time.now())) {
            Http2Exception reason = Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM,
                    "too many frames without use");
            connection.onConnectionError(connection.context(), false, reason, reason);
        }
    }

    /// All that came at once has been read.
    void readComplete() {
        touched.forEach(UpstreamEvents::onUpstreamReadComplete);
        touched.clear();
    }

    @SuppressWarnings("ReferenceEquality") // the same exchange
    private @Nullable Http2UpstreamStream stream(int id) {
        Http2UpstreamStream served = connection.serving(codec.stream(id));
        UpstreamEvents receiver = served == null ? null : served.events();
        if (receiver != null && (touched.isEmpty() || touched.getLast() != receiver)) {
            touched.add(receiver);
        }
        return served;
    }

    @Override
    public void onHeadersRead(ChannelHandlerContext ctx, int streamId, Http2Headers headers, int padding,
            boolean end) {
        Http2UpstreamStream stream = stream(streamId);
        if (stream != null) {
            stream.head(end);
        }
    }

    @Override
    public void onHeadersRead(ChannelHandlerContext ctx, int streamId, Http2Headers headers, int dependency,
            short weight, boolean exclusive, int padding, boolean end) {
        onHeadersRead(ctx, streamId, headers, padding, end);
    }

    @Override
    public int onDataRead(ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean end) {
        if (!data.isReadable() && !end) {
            idleFrame();
        }
        Http2UpstreamStream stream = stream(streamId);
        return (stream == null ? data.readableBytes() : stream.data(data, end)) + padding;
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext ctx, int streamId, long errorCode) {
        Http2UpstreamStream stream = stream(streamId);
        if (stream != null) {
            stream.ended(UpstreamFaults.RESET, errorCode == Http2Error.REFUSED_STREAM.code());
        }
    }

    @Override
    public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings) {
        idleFrame();
        connection.onSettings(settings);
    }

    @Override
    public void onPingRead(ChannelHandlerContext ctx, long data) {
        idleFrame();
    }

    @Override
    public void onUnknownFrame(ChannelHandlerContext ctx, byte type, int streamId, Http2Flags flags,
            ByteBuf payload) {
        idleFrame();
    }
}
