package io.tidegate.engine.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http3.DefaultHttp3Headers;
import io.netty.handler.codec.http3.Http3ErrorCode;
import io.netty.handler.codec.http3.Http3Headers;
import io.tidegate.api.Fault;
import io.tidegate.engine.exchange.Snapshot;
import io.tidegate.engine.wire.FieldLines;
import io.tidegate.engine.wire.HeadWriter;
import io.tidegate.engine.wire.Http2Heads;
import io.tidegate.engine.wire.Trailers;
import io.tidegate.engine.worker.Worker;
import org.jspecify.annotations.Nullable;

/// One request of HTTP/3. Lent to a stream from the head of the request to the end of the response; what is left of the
/// stream then is [Http3StreamHandler]'s business.
final class Http3ServerStream extends FramedServerStream<Http3ServerHandler, Http3Headers> {

    private @Nullable Http3StreamHandler stream;

    /// A stream of connections of this worker.
    Http3ServerStream(Worker worker) {
        super(worker);
    }

    /// The stream of the connection that the request is on.
    private Http3StreamHandler stream() {
        Http3StreamHandler serving = stream;
        if (serving == null) {
            throw new IllegalStateException("the stream serves no request");
        }
        return serving;
    }

    /// Serves the request that `fields` are the head of.
    ///
    /// @param end
    ///            whether it is complete with its head
    /// @param refused
    ///            why it is refused, whatever the fields say, or null
    void begin(Http3ServerHandler by, Http3StreamHandler on, FieldLines fields, boolean end, Snapshot snapshot,
            @Nullable Fault refused) {
        attach(by);
        stream = on;
        if (!read(fields, end, snapshot, refused)) {
            on.reset(Http3ErrorCode.H3_MESSAGE_ERROR);
            by.glitch();
        }
    }

    @Override
    void over() {
        Http3StreamHandler on = stream();
        body.end();
        response.discard();
        stream = null;
        detach();
        on.over(this);
    }

    @Override
    void drain() {
        Http3StreamHandler on = stream;
        if (on != null) {
            body.drain();
            on.wantsMore();
        }
    }

    // What goes to the client.

    @Override
    public String protocol() {
        return "HTTP/3";
    }

    @Override
    public void flush() {
        if (isAttached()) {
            response.send();
        }
    }

    @Override
    public boolean isWritable() {
        return response.isMuted() || stream().isWritable();
    }

    @Override
    public void endResponse() {
        Http3StreamHandler on = stream();
        ChannelFuture last = response.isMuted() ? null : response.end();
        boolean open = body.isOpen();
        // First: the stream may be closed at once where both sides have come to their end.
        over();
        if (last != null) {
            on.finish(last, open);
        }
    }

    @Override
    public void abort() {
        Http3StreamHandler on = stream();
        boolean reset = !response.isMuted();
        over();
        if (reset) {
            on.reset(Http3ErrorCode.H3_INTERNAL_ERROR);
        }
    }

    // How frames go out.

    @Override
    public ByteBufAllocator allocator() {
        return stream().allocator();
    }

    @Override
    void goOn() {
        send(new DefaultHttp3Headers(false).status("100"), false);
    }

    @Override
    public Http3Headers fields(HeadWriter out) {
        Http3Headers fields = new DefaultHttp3Headers(false, 16);
        Http2Heads.response(out, fields);
        return fields;
    }

    @Override
    public Http3Headers fields(Trailers behind) {
        Http3Headers fields = new DefaultHttp3Headers(false, 8);
        behind.fields().forEach(field -> fields.add(field.getKey(), field.getValue()));
        return fields;
    }

    @Override
    public ChannelFuture send(Http3Headers fields, boolean end) {
        return stream().send(fields);
    }

    @Override
    public ChannelFuture send(ByteBuf data, boolean end) {
        return stream().send(data);
    }
}
