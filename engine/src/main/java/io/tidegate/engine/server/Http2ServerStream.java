package io.tidegate.engine.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import io.tidegate.api.Fault;
import io.tidegate.engine.exchange.Snapshot;
import io.tidegate.engine.wire.FieldLines;
import io.tidegate.engine.wire.HeadFields;
import io.tidegate.engine.wire.HeadWriter;
import io.tidegate.engine.wire.Http2Heads;
import io.tidegate.engine.wire.Trailers;
import io.tidegate.engine.worker.Worker;
import org.jspecify.annotations.Nullable;

/// One request of HTTP/2. Lent to a connection from the head of the request to the end of the response; what is left of
/// the stream then (a body that nobody wants, data that the client has not taken) is the connection's business.
final class Http2ServerStream extends FramedServerStream<Http2ServerHandler, Http2Headers> {

    private final HeadFields headFields = new HeadFields();
    private @Nullable Http2Stream stream;

    /// A stream of connections of this worker.
    Http2ServerStream(Worker worker) {
        super(worker);
    }

    /// The stream of the connection that the request is on.
    private Http2Stream stream() {
        Http2Stream serving = stream;
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
    void begin(Http2ServerHandler by, Http2Stream on, FieldLines fields, boolean end, Snapshot snapshot,
            @Nullable Fault refused) {
        attach(by);
        stream = on;
        if (!read(fields, end, snapshot, refused)) {
            by.outbox().reset(on, Http2Error.PROTOCOL_ERROR);
            by.glitch();
        }
    }

    @Override
    void over() {
        Http2ServerHandler by = connection();
        Http2Stream on = stream();
        int unread = body.end();
        response.discard();
        stream = null;
        detach();
        by.requests().over(this, on, unread);
    }

    // The body of the request.

    /// Takes a part of the body.
    ///
    /// @param end
    ///            whether it is the last
    /// @return bytes that are done with; the rest is held, and counts against the client's window
    /// @throws Http2Exception
    ///             where the body is not as long as declared
    int data(ByteBuf in, boolean end) throws Http2Exception {
        int id = stream().id();
        int done = body.take(in, end, allocator());
        if (done == FramedBody.MISFIT) {
            throw Http2Exception.streamError(id, Http2Error.PROTOCOL_ERROR, "%s", Fault.H2_LENGTH.title());
        }
        return done;
    }

    /// Takes the end of the body, with the fields behind it.
    ///
    /// @param fields
    ///            those that may pass; null for none
    void trailers(@Nullable Trailers fields) throws Http2Exception {
        body.trailers(fields);
        data(Unpooled.EMPTY_BUFFER, true);
    }

    @Override
    void drain() {
        Http2Stream on = stream;
        if (on != null) {
            Http2RequestReader requests = connection().requests();
            int done = body.drain();
            if (done > 0) {
                requests.consumed(on, done);
            }
        }
    }

    @Override
    void tooSlow(Fault fault) {
        Http2Outbox outbox = connection().outbox();
        super.tooSlow(fault);
        outbox.flushLater();
    }

    // What goes to the client.

    @Override
    public String protocol() {
        return "HTTP/2";
    }

    @Override
    public void flush() {
        if (isAttached()) {
            response.send();
            connection().outbox().flushLater();
        }
    }

    @Override
    public boolean isWritable() {
        return response.isMuted() || connection().outbox().isWritable(stream());
    }

    @Override
    public void endResponse() {
        Http2Outbox outbox = connection().outbox();
        if (!response.isMuted()) {
            Http2Stream on = stream();
            ChannelFuture last = response.end();
            if (body.isOpen()) {
                outbox.stopRequest(on, last);
            }
        }
        over();
        outbox.flushLater();
    }

    @Override
    public void abort() {
        Http2Outbox outbox = connection().outbox();
        Http2Stream on = stream();
        boolean reset = !response.isMuted();
        boolean tunnel = body.isTunnel();
        over();
        if (reset) {
            // RFC 8441 section 5: CANCEL is for a tunnel what a reset is for TCP.
            outbox.reset(on, tunnel ? Http2Error.CANCEL : Http2Error.INTERNAL_ERROR);
            outbox.flushLater();
        }
    }

    // How frames go out.

    @Override
    public ByteBufAllocator allocator() {
        return connection().outbox().allocator();
    }

    @Override
    void goOn() {
        send(new DefaultHttp2Headers(false).status("100"), false);
        connection().outbox().flushLater();
    }

    /// Reused: the codec has encoded them when it is given the next.
    @Override
    public Http2Headers fields(HeadWriter out) {
        Http2Heads.response(out, headFields, worker().fields());
        return headFields;
    }

    @Override
    public Http2Headers fields(Trailers behind) {
        return behind.fields();
    }

    @Override
    public ChannelFuture send(Http2Headers fields, boolean end) {
        return connection().outbox().head(stream(), fields, end);
    }

    @Override
    public ChannelFuture send(ByteBuf data, boolean end) {
        return connection().outbox().data(stream(), data, end);
    }
}
