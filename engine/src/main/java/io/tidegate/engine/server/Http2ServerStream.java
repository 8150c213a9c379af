package io.tidegate.engine.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import io.tidegate.api.Fault;
import io.tidegate.config.ListenerConfig;
import io.tidegate.engine.exchange.Downstream;
import io.tidegate.engine.exchange.HttpExchange;
import io.tidegate.engine.exchange.ListenerSnapshot;
import io.tidegate.engine.exchange.Peer;
import io.tidegate.engine.exchange.Snapshot;
import io.tidegate.engine.wire.Ascii;
import io.tidegate.engine.wire.FieldLines;
import io.tidegate.engine.wire.HeadWriter;
import io.tidegate.engine.wire.Http2Heads;
import io.tidegate.engine.wire.RequestHead;
import io.tidegate.engine.worker.Deadlines.Deadline;
import io.tidegate.engine.worker.Worker;
import org.jspecify.annotations.Nullable;

/// One request on an HTTP/2 connection and all that serving it takes. Lent to a connection from the head of the request
/// to the end of the response; what is left of the stream then (a body that nobody wants, data that the client has not
/// taken) is the connection's business.
final class Http2ServerStream implements Downstream {

    private static final byte[] CRLF = Ascii.bytes("\r\n");
    private static final byte[] LAST_CHUNK = Ascii.bytes("0\r\n\r\n");
    /// Longest range that is copied, so that small ones go out as one frame.
    private static final int COPIED = 4096;

    private final Worker worker;
    private final RequestHead head = new RequestHead();
    private final HttpExchange exchange;
    private final Deadline deadline = new Deadline(this::onDeadline);
    private final BodyWatch watch = new BodyWatch();
    private final HeadWriter chunkLine = new HeadWriter(24);
    private @Nullable Http2ServerHandler connection;
    private @Nullable Http2Stream stream;

    private @Nullable Http2Headers waitingHead;
    private @Nullable ByteBuf copies;
    private @Nullable ByteBuf waiting;
    private boolean muted;

    private @Nullable ByteBuf held;
    private long received;
    private boolean open;
    private boolean ended;
    private boolean wanted;
    private boolean framing;
    private boolean dropping;
    private boolean delivering;

    Http2ServerStream(Http2ServerHandler connection) {
        this.connection = connection;
        this.worker = connection.worker();
        this.exchange = new HttpExchange(this, head);
        head.reset();
    }

    private Http2ServerHandler connection() {
        Http2ServerHandler serving = connection;
        if (serving == null) {
            throw new IllegalStateException("the stream serves no connection");
        }
        return serving;
    }

    private Http2Stream stream() {
        Http2Stream serving = stream;
        if (serving == null) {
            throw new IllegalStateException("the stream serves no request");
        }
        return serving;
    }

    HttpExchange exchange() {
        return exchange;
    }

    /// Serves the request that `fields` are the head of.
    ///
    /// @param end
    ///            whether it is complete with its head
    /// @param refused
    ///            why it is refused, whatever the fields say, or null
    void begin(Http2ServerHandler by, Http2Stream on, FieldLines fields, boolean end, Snapshot snapshot,
            @Nullable Fault refused) {
        connection = by;
        stream = on;
        muted = false;
        received = 0;
        open = !end;
        ended = end;
        wanted = false;
        framing = false;
        dropping = false;
        ListenerSnapshot listener = by.current();
        Fault fault = refused;
        if (fault == null) {
            fault = listener.parser().read(head, fields, !end) ? check(fields) : head.fault();
        }
        if (fault == null) {
            exchange.begin(snapshot, listener);
        } else {
            refuse(fault, snapshot, listener);
        }
    }

    private @Nullable Fault check(FieldLines fields) {
        if (ended && head.contentLength() > 0) {
            return Fault.H2_LENGTH;
        }
        return connection().acceptsScheme(fields.scheme()) ? null : Fault.H2_PSEUDO;
    }

    /// Refuses a head, by a reset where it is malformed (RFC 9113 §8.1.1).
    private void refuse(Fault fault, Snapshot snapshot, ListenerSnapshot listener) {
        muted = fault.status() == 400;
        Http2ServerHandler by = connection();
        Http2Stream on = stream();
        boolean reset = muted;
        exchange.refuse(snapshot, listener, fault);
        if (reset) {
            by.reset(on, Http2Error.PROTOCOL_ERROR);
            by.glitch();
        }
    }

    /// The client broke a rule, and the stream is reset for it by somebody else.
    void breakOff(Fault fault) {
        muted = true;
        if (exchange.isActive()) {
            exchange.fail(fault);
        }
        if (connection != null) {
            over();
        }
    }

    /// The stream is closed, by the client or with its connection.
    void onClosed() {
        exchange.close();
        over();
    }

    /// Nothing more is done for this request here.
    private void over() {
        Http2ServerHandler by = connection();
        Http2Stream on = stream();
        int unread = held == null ? 0 : held.readableBytes();
        release();
        worker.deadlines().clear(deadline);
        connection = null;
        stream = null;
        head.reset();
        by.over(this, on, unread);
    }

    private void release() {
        if (held != null) {
            held.release();
            held = null;
        }
        if (copies != null) {
            copies.release();
            copies = null;
        }
        if (waiting != null) {
            waiting.release();
            waiting = null;
        }
        waitingHead = null;
    }

    // The body of the request.

    /// Takes a part of the body.
    ///
    /// @param end
    ///            whether it is the last
    /// @return bytes that are done with; the rest is held, and counts against the client's window
    /// @throws Http2Exception
    ///             where the body is not as long as declared
    @SuppressWarnings("ReferenceEquality") // the same stream
    int data(ByteBuf in, boolean end) throws Http2Exception {
        Http2Stream on = stream();
        int length = in.readableBytes();
        received += length;
        long declared = head.contentLength();
        if (declared >= 0 && (received > declared || (end && received < declared))) {
            throw Http2Exception.streamError(on.id(), Http2Error.PROTOCOL_ERROR, "%s", Fault.H2_LENGTH.title());
        }
        open = !end;
        if (dropping) {
            return length;
        }
        watch.took(length, worker.deadlines().now());
        if (!wanted || held != null) {
            hold(in);
            ended |= end;
            return 0;
        }
        if (length > 0) {
            deliver(in);
        }
        if (end && stream == on) {
            endBody();
        }
        return length;
    }

    private void hold(ByteBuf in) {
        if (in.isReadable()) {
            ByteBuf before = held;
            if (before == null) {
                before = connection().allocator().buffer(in.readableBytes());
                held = before;
            }
            // A copy, since a small range would keep all that was received with it.
            before.writeBytes(in, in.readerIndex(), in.readableBytes());
        }
    }

    private void deliver(ByteBuf in) {
        int length = in.readableBytes();
        if (framing) {
            chunkLine.clear();
            chunkLine.hex(length);
            chunkLine.crlf();
            exchange.requestBody().literal(chunkLine.array(), 0, chunkLine.length());
        }
        exchange.requestBody().range(in, in.readerIndex(), length, length);
        if (framing && stream != null) {
            exchange.requestBody().literal(CRLF, 0, CRLF.length);
        }
    }

    private void endBody() {
        ended = false;
        worker.deadlines().clear(deadline);
        if (head.contentLength() == 0) {
            // The exchange never waited for it.
            return;
        }
        if (framing) {
            exchange.requestBody().literal(LAST_CHUNK, 0, LAST_CHUNK.length);
        }
        exchange.onRequestRead();
    }

    /// Hands on what was held.
    @SuppressWarnings("ReferenceEquality") // the same stream
    private void drain() {
        if (delivering) {
            return;
        }
        delivering = true;
        try {
            Http2Stream on = stream;
            Http2ServerHandler by = connection;
            while (on != null && by != null && stream == on && wanted && held != null) {
                ByteBuf all = held;
                held = null;
                int length = all.readableBytes();
                try {
                    deliver(all);
                } finally {
                    all.release();
                }
                by.consumed(on, length);
            }
            if (on != null && stream == on && wanted && ended && head.contentLength() != 0) {
                endBody();
            }
        } finally {
            delivering = false;
        }
    }

    private void onDeadline() {
        if (connection == null || !open || !wanted) {
            return;
        }
        long now = worker.deadlines().now();
        ListenerConfig config = connection.current().config();
        Fault fault = watch.look(config, now, true);
        if (fault == null) {
            worker.deadlines().set(deadline, watch.again(config, now));
            return;
        }
        Http2ServerHandler by = connection;
        exchange.fail(fault);
        by.flushLater();
    }

    // What goes to the client.

    @Override
    public Worker worker() {
        return worker;
    }

    @Override
    public Peer peer() {
        return connection().peer();
    }

    @Override
    public Framing framing() {
        return Framing.FRAMES;
    }

    @Override
    public String protocol() {
        return "HTTP/2";
    }

    @Override
    public void sendHead(HeadWriter out, int expected) {
        if (!muted) {
            waitingHead = Http2Heads.response(out);
        }
    }

    @Override
    public void sendRange(ByteBuf in, int start, int length) {
        if (muted || length == 0) {
            return;
        }
        if (length <= COPIED) {
            room(length).writeBytes(in, start, length);
        } else {
            settle();
            next(in.retainedSlice(start, length));
        }
    }

    @Override
    public void sendBytes(byte[] bytes, int start, int length) {
        if (!muted && length > 0) {
            room(length).writeBytes(bytes, start, length);
        }
    }

    private ByteBuf room(int length) {
        ByteBuf buffer = copies;
        if (buffer == null || buffer.writableBytes() < length) {
            settle();
            buffer = connection().allocator().directBuffer(Math.max(length, 256));
            copies = buffer;
        }
        return buffer;
    }

    private void settle() {
        ByteBuf buffer = copies;
        if (buffer != null) {
            copies = null;
            next(buffer);
        }
    }

    /// The last data waits, since the end of the stream may go with it.
    private void next(ByteBuf data) {
        sendWaiting();
        waiting = data;
    }

    private void sendWaiting() {
        Http2ServerHandler by = connection();
        Http2Headers fields = waitingHead;
        if (fields != null) {
            waitingHead = null;
            by.sendHead(stream(), fields, false);
        }
        ByteBuf data = waiting;
        if (data != null) {
            waiting = null;
            by.sendData(stream(), data, false);
        }
    }

    @Override
    public void flush() {
        if (connection != null) {
            settle();
            sendWaiting();
            connection.flushLater();
        }
    }

    @Override
    public boolean isWritable() {
        return muted || connection().isWritable(stream());
    }

    /// The client takes more.
    void onWritable() {
        exchange.onClientWritable();
    }

    @Override
    public void keepFraming(boolean on) {
        framing = on && head.contentLength() == RequestHead.CHUNKED;
    }

    @Override
    public void readBody(boolean on) {
        if (on && !wanted && open) {
            if (head.expectsContinue()) {
                head.continued();
                connection().sendHead(stream(), new DefaultHttp2Headers(false).status("100"), false);
                connection().flushLater();
            }
            worker.deadlines().set(deadline, watch.begin(connection().current().config(), worker.deadlines().now()));
        } else if (!on) {
            worker.deadlines().clear(deadline);
        }
        wanted = on;
        if (on) {
            drain();
        }
    }

    @Override
    public boolean closesAfterResponse() {
        return false;
    }

    @Override
    public void closeAfterResponse() {
        // A stream ends by itself; the connection goes on.
    }

    @Override
    public void dropBody() {
        dropping = true;
    }

    @Override
    public void endResponse() {
        Http2ServerHandler by = connection();
        if (!muted) {
            Http2Stream on = stream();
            settle();
            ByteBuf data = waiting;
            Http2Headers fields = waitingHead;
            waiting = null;
            waitingHead = null;
            ChannelFuture last = null;
            if (fields != null) {
                last = by.sendHead(on, fields, data == null);
            }
            if (last == null || data != null) {
                last = by.sendData(on, data == null ? Unpooled.EMPTY_BUFFER : data, true);
            }
            if (open) {
                by.stopRequest(on, last);
            }
        }
        over();
        by.flushLater();
    }

    @Override
    public void abort() {
        Http2ServerHandler by = connection();
        Http2Stream on = stream();
        boolean reset = !muted;
        over();
        if (reset) {
            by.reset(on, Http2Error.INTERNAL_ERROR);
            by.flushLater();
        }
    }
}
