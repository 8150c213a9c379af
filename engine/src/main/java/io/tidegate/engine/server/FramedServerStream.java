package io.tidegate.engine.server;

import io.netty.buffer.ByteBuf;
import io.tidegate.api.Fault;
import io.tidegate.engine.exchange.ListenerSnapshot;
import io.tidegate.engine.exchange.Snapshot;
import io.tidegate.engine.wire.FieldLines;
import io.tidegate.engine.wire.HeadWriter;
import io.tidegate.engine.wire.Trailers;
import io.tidegate.engine.worker.Worker;
import org.jspecify.annotations.Nullable;

/// One request of HTTP/2 or HTTP/3: what is the same whichever of them carries it.
///
/// @param <C>
///            the connections that it serves
/// @param <H>
///            the fields of the protocol
abstract class FramedServerStream<C extends ServerConnection, H> extends ServerStream<C>
        implements
            ResponseFrames.Carrier<H> {

    final FramedBody body = new FramedBody(this);
    final ResponseFrames<H> response = new ResponseFrames<>(this);

    FramedServerStream(Worker worker) {
        super(worker);
    }

    /// Serves the request that `fields` are the head of, once the stream is attached.
    ///
    /// @param end
    ///            whether it is complete with its head
    /// @param refused
    ///            why it is refused, whatever the fields say, or null
    /// @return whether it is well-formed; its stream is to be reset where it is not (RFC 9113 §8.1.1, RFC 9114 §4.1.2)
    final boolean read(FieldLines fields, boolean end, Snapshot snapshot, @Nullable Fault refused) {
        response.begin();
        body.begin(end);
        ListenerSnapshot listener = terms().current();
        Fault fault = refused;
        if (fault == null) {
            fault = listener.parser().read(head, fields, !end) ? check(fields, end) : head.fault();
        }
        if (fault == null) {
            worker().requests().begunBesides();
            exchange.begin(snapshot, listener);
            return true;
        }
        boolean malformed = fault.status() == 400;
        if (malformed) {
            response.mute();
        }
        exchange.refuse(snapshot, listener, fault);
        return !malformed;
    }

    private @Nullable Fault check(FieldLines fields, boolean end) {
        if (end && head.contentLength() > 0) {
            return Fault.H2_LENGTH;
        }
        return terms().acceptsScheme(fields.scheme()) ? null : Fault.H2_PSEUDO;
    }

    /// The client broke a rule, and the stream is reset for it by somebody else.
    final void breakOff(Fault fault) {
        response.mute();
        if (exchange.isActive()) {
            exchange.fail(fault);
            // Policies that look at the answer may be waited for: nobody gets it, and this serves others next.
            exchange.close();
        }
        if (isAttached()) {
            over();
        }
    }

    /// The stream is closed, by the client or with its connection.
    final void onClosed() {
        exchange.close();
        over();
    }

    /// Nothing more is done for this request here.
    abstract void over();

    /// Hands on what was held of the body.
    abstract void drain();

    /// The client takes more.
    final void onWritable() {
        exchange.onClientWritable();
    }

    /// Tells the client that it shall send the body (RFC 9110 §15.2.1).
    abstract void goOn();

    // What goes to the client.

    @Override
    public final Framing framing() {
        return Framing.FRAMES;
    }

    @Override
    public final void sendHead(HeadWriter out, int expected) {
        response.head(out);
    }

    @Override
    public final void sendRange(ByteBuf in, int start, int length) {
        response.range(in, start, length);
    }

    @Override
    public final void sendBytes(byte[] bytes, int start, int length) {
        response.bytes(bytes, start, length);
    }

    @Override
    public final void sendTrailers(Trailers trailers) {
        response.trailers(trailers);
    }

    /// A stream that is broken off is reset already.
    @Override
    public final void reset() {
        abort();
    }

    @Override
    public final void keepFraming(boolean on) {
        body.keepFraming(on);
    }

    @Override
    public void readBody(boolean on) {
        if (on && !body.isWanted() && body.isOpen() && head.expectsContinue()) {
            head.continued();
            goOn();
        }
        body.want(on);
        if (on) {
            drain();
        }
    }

    @Override
    public void openTunnel() {
        body.openTunnel();
        readBody(true);
        if (isAttached() && terms().listener().isDraining()) {
            exchange.goAway();
        }
    }

    @Override
    public final boolean closesAfterResponse() {
        return false;
    }

    @Override
    public final void restAfterResponse(long nanos) {
        // Requests of others may be on the same connection.
    }

    @Override
    public final void closeAfterResponse() {
        // A stream ends by itself; the connection goes on.
    }

    @Override
    public final void dropBody() {
        body.drop();
    }
}
