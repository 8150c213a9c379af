package io.tidegate.engine.server;

import io.netty.buffer.ByteBuf;
import io.tidegate.api.Fault;
import io.tidegate.engine.exchange.Snapshot;
import io.tidegate.engine.wire.Ascii;
import io.tidegate.engine.wire.BodyDecoder;
import io.tidegate.engine.wire.BodySink;
import io.tidegate.engine.wire.HeadWriter;
import io.tidegate.engine.wire.RequestHead;
import io.tidegate.engine.wire.Trailers;
import io.tidegate.engine.worker.Outbox;
import io.tidegate.engine.worker.Worker;

/// One request of HTTP/1.1. Lent to a connection from the first byte of the request to the end of its response.
final class Http1ServerStream extends ServerStream<Http1ServerHandler> {

    private static final byte[] CONTINUE = Ascii.bytes("HTTP/1.1 100 Continue\r\n\r\n");
    private static final long SECOND = 1_000_000_000L;
    /// Most of a body that nobody wants is taken and dropped, in bytes.
    private static final int MAX_DROPPED = 64 * 1024;
    private static final long DROP_NANOS = 2 * SECOND;

    private final BodyDecoder body = new BodyDecoder();
    private final Sink sink = new Sink();
    private final BodyWatch watch = new BodyWatch();
    private long bodyBytes;
    private boolean bodyWanted;
    private boolean dropping;
    private boolean tunnel;
    private long begun;

    /// A stream of connections of this worker.
    Http1ServerStream(Worker worker) {
        super(worker);
    }

    @Override
    void attach(Http1ServerHandler to) {
        super.attach(to);
        dropping = false;
        bodyWanted = false;
    }

    @Override
    void detach() {
        answered();
        super.detach();
    }

    /// Serves the request whose head has been read.
    void begin(Snapshot snapshot) {
        bodyWanted = false;
        dropping = false;
        tunnel = false;
        bodyBytes = 0;
        if (head.contentLength() == RequestHead.CHUNKED) {
            body.chunked(false, true);
        } else if (head.contentLength() > 0) {
            body.counted(head.contentLength());
        }
        begun = worker().requests().begun(worker().deadlines().now());
        exchange.begin(snapshot, terms().current());
    }

    private void answered() {
        worker().requests().answered(begun);
        begun = 0;
    }

    /// Whether a request is read or served: what comes next is its body, or has to wait.
    boolean isServing() {
        return exchange.isActive() || body.isActive();
    }

    /// Whether bytes of the body are taken at the moment.
    boolean takesBody() {
        return body.isActive() && bodyWanted;
    }

    /// Whether a body is to come that is not taken at the moment.
    boolean holdsBody() {
        return body.isActive() && !bodyWanted;
    }

    void readBody(ByteBuf in) {
        int before = in.readableBytes();
        body.decode(in, sink);
        int taken = before - in.readableBytes();
        watch.took(taken, worker().deadlines().now());
        bodyBytes += taken;
        Fault fault = body.fault();
        if (fault != null) {
            refuseBody(fault);
        } else if (dropping && bodyBytes > MAX_DROPPED) {
            connection().shut();
        } else if (dropping && !body.isActive()) {
            connection().next();
        }
    }

    private void refuseBody(Fault fault) {
        connection().closeAfterResponse();
        if (exchange.isActive()) {
            exchange.fail(fault);
        } else {
            connection().shut();
        }
        body.reset();
    }

    /// What comes of the body is dropped, unread: the connection ends.
    void dropRest() {
        body.reset();
    }

    // Time.

    void onDeadline() {
        if (dropping && !exchange.isActive()) {
            connection().shut();
        } else if (takesBody() && !tunnel) {
            checkBody();
        }
    }

    private void checkBody() {
        Fault fault = watch.look(terms(), exchange, body.isInData());
        if (fault != null) {
            Outbox outbox = connection().outbox();
            refuseBody(fault);
            outbox.flush();
            return;
        }
        connection().deadline(watch.again(terms(), exchange));
    }

    // What goes to the client.

    @Override
    public Framing framing() {
        return head.minor() == 1 ? Framing.CHUNKS : Framing.CLOSE;
    }

    @Override
    public String protocol() {
        return head.minor() == 1 ? "HTTP/1.1" : "HTTP/1.0";
    }

    @Override
    public void sendHead(HeadWriter out, int expected) {
        answered();
        connection().outbox().head(out, expected);
    }

    @Override
    public void sendRange(ByteBuf in, int start, int length) {
        connection().outbox().range(in, start, length);
    }

    @Override
    public void sendBytes(byte[] bytes, int start, int length) {
        connection().outbox().bytes(bytes, start, length);
    }

    @Override
    public void flush() {
        // What is over has been flushed.
        if (isAttached()) {
            connection().flush();
        }
    }

    @Override
    public boolean isWritable() {
        return connection().outbox().isWritable();
    }

    @Override
    public void sendTrailers(Trailers trailers) {
        // They end here: few clients of HTTP/1.1 look for them, and fewer still say so (RFC 9110 section 6.5.1).
    }

    @Override
    public void keepFraming(boolean framing) {
        body.keepFraming(framing);
    }

    @Override
    public void readBody(boolean on) {
        if (on && !bodyWanted && body.isActive()) {
            if (head.expectsContinue()) {
                head.continued();
                connection().outbox().bytes(CONTINUE, 0, CONTINUE.length);
                flush();
            }
            body.limit(exchange.bodyLimit());
            if (!tunnel) {
                connection().deadline(watch.begin(terms(), exchange));
            }
        } else if (!on) {
            connection().clearDeadline();
        }
        bodyWanted = on;
        connection().bodyWantedChanged();
    }

    @Override
    public void openTunnel() {
        tunnel = true;
        body.untilClose();
        // What came behind the request has waited for this.
        readBody(true);
        if (isAttached() && terms().listener().isDraining()) {
            exchange.goAway();
        }
    }

    @Override
    public boolean closesAfterResponse() {
        return connection().closesAfterResponse();
    }

    @Override
    public void closeAfterResponse() {
        connection().closeAfterResponse();
    }

    @Override
    public void restAfterResponse(long nanos) {
        connection().restAfterResponse(nanos);
    }

    @Override
    public void dropBody() {
        // A client that waits for a 100 may send its body or not (RFC 9110 section 10.1.1): nobody can tell.
        if (!body.isActive() || head.expectsContinue() || head.contentLength() > MAX_DROPPED) {
            connection().closeAfterResponse();
        } else {
            dropping = true;
        }
    }

    @Override
    public void endResponse() {
        if (connection().closesAfterResponse() || (body.isActive() && !dropping)) {
            connection().shut();
        } else if (body.isActive()) {
            bodyBytes = 0;
            bodyWanted = true;
            connection().deadline(DROP_NANOS);
            connection().goOn();
        } else {
            connection().next();
        }
    }

    @Override
    public void abort() {
        body.reset();
        // For a client that does not know chunks, the end of the connection would look like the end of the body.
        connection().abort(framing() == Framing.CLOSE);
    }

    @Override
    public void reset() {
        body.reset();
        connection().abort(true);
    }

    /// Hands the request's body on, or drops it.
    private final class Sink implements BodySink {

        @Override
        public void range(ByteBuf in, int start, int length, int data) {
            if (!dropping) {
                exchange.requestBody().range(in, start, length, data);
            }
        }

        @Override
        public void literal(byte[] bytes, int start, int length) {
            if (!dropping) {
                exchange.requestBody().literal(bytes, start, length);
            }
        }

        @Override
        public void end() {
            if (isAttached() && !connection().isClosing()) {
                connection().clearDeadline();
            }
            if (!dropping) {
                exchange.onRequestRead();
            }
        }
    }
}
