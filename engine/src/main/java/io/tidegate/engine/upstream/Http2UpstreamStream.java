package io.tidegate.engine.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import io.tidegate.api.Fault;
import io.tidegate.api.UpstreamFaults;
import io.tidegate.engine.wire.HeadWriter;
import io.tidegate.engine.wire.ResponseHead;
import io.tidegate.engine.wire.Trailers;
import io.tidegate.engine.worker.Worker;
import org.jspecify.annotations.Nullable;

/// One request on an HTTP/2 connection to a service, and its response. It is over when the response is complete, or
/// when it broke; what is left of the stream then is the connection's business.
final class Http2UpstreamStream implements UpstreamStream {

    private final Http2UpstreamConnection connection;
    private final Worker worker;
    private final ResponseTimer timer;
    private final Http2RequestFrames request;
    private final long begunAt;
    private @Nullable UpstreamEvents events;
    private @Nullable Http2Stream stream;
    private @Nullable ResponseHead head;
    /// What has come of the body while nobody reads; it counts against the service's window.
    private @Nullable ByteBuf held;
    private boolean heldEnd;
    private @Nullable Trailers behindResponse;
    private boolean reading = true;
    private boolean drainQueued;
    private boolean toHead;
    private boolean serviceEnded;
    /// Whether it was closed by the service, or with the connection.
    private boolean gone;
    private boolean answered;
    private boolean withBody;
    private int interim;
    private long declared = ResponseHead.UNTIL_CLOSE;
    private long received;

    Http2UpstreamStream(Http2UpstreamConnection connection, UpstreamEvents events) {
        this.connection = connection;
        this.worker = connection.worker();
        this.events = events;
        this.timer = new ResponseTimer(worker.deadlines(), this::onLate);
        this.request = new Http2RequestFrames(connection, this);
        this.begunAt = worker.deadlines().now();
    }

    // The request.

    @Override
    public void sendHead(HeadWriter head, boolean withoutBody, boolean headMethod, int expected) {
        toHead = headMethod;
        request.head(head, withoutBody);
    }

    /// Sends the head, on a stream that begins with it.
    void begin(Http2Headers fields, boolean end) {
        stream = connection.sendHead(this, fields, end);
        if (stream == null) {
            failLater(UpstreamFaults.CLOSED, Progress.UNPROCESSED);
        }
    }

    /// Fails when whoever calls is done with it.
    void failLater(Fault fault, Progress progress) {
        worker.loop().execute(() -> fail(fault, progress));
    }

    /// The stream of the connection that the request is on; null before it begins and behind its end.
    @Nullable
    Http2Stream stream() {
        return stream;
    }

    @Override
    public boolean framesBodies() {
        return true;
    }

    @Override
    public void askForTunnel(byte[] key) {
        // HTTP/2 needs no proof that the service has understood.
        request.askForTunnel();
    }

    @Override
    public void sendBody(ByteBuf in, int start, int length) {
        request.range(in, start, length);
    }

    @Override
    public void sendBytes(byte[] bytes, int start, int length) {
        request.bytes(bytes, start, length);
    }

    @Override
    public void takeTrailers() {
        request.takeTrailers();
    }

    @Override
    public void sendTrailers(Trailers trailers) {
        request.trailers(trailers);
    }

    @Override
    public void endRequest() {
        request.end();
        connection.flushLater();
    }

    @Override
    public void flush() {
        request.flush();
        connection.flushLater();
    }

    @Override
    public boolean isWritable() {
        Http2Stream on = stream;
        return on == null || connection.isWritable(on);
    }

    void onWritable() {
        if (events != null) {
            events.onUpstreamWritable();
        }
    }

    @Override
    public void expect(long response, long idle) {
        timer.expect(response, idle);
    }

    // The response.

    /// Takes the head that was read, or the fields behind the body.
    ///
    /// @param end
    ///            whether the response is complete with it
    void head(boolean end) {
        timer.heard();
        serviceEnded = end;
        if (withBody) {
            if (end && connection.lines().areTrailers()) {
                behindResponse = connection.lines().trailers();
                data(Unpooled.EMPTY_BUFFER, true);
            } else {
                refuse(UpstreamFaults.INVALID);
            }
            return;
        }
        ResponseHead receiving = worker.takeResponseHead();
        head = receiving;
        if (!connection.parser().read(receiving, connection.lines())) {
            refuse(receiving.fault() == null ? UpstreamFaults.INVALID : receiving.fault());
        } else if (!receiving.interim()) {
            response(receiving, end);
        } else if (end || ++interim > connection.maxInterim()) {
            refuse(UpstreamFaults.INVALID);
        } else {
            release(receiving);
        }
    }

    private void release(ResponseHead done) {
        head = null;
        worker.giveBack(done);
    }

    @SuppressWarnings("ReferenceEquality") // the same exchange, not an equal one
    private void response(ResponseHead received, boolean end) {
        UpstreamEvents receiver = events;
        if (receiver == null) {
            return;
        }
        answered = true;
        int status = received.status();
        if (request.asksForTunnel() && status / 100 == 2) {
            if (end) {
                refuse(UpstreamFaults.INVALID);
                return;
            }
            received.switchProtocols();
        }
        boolean never = !received.switchesProtocols() && (toHead || status == 204 || status == 304);
        if (end && !never && received.contentLength() > 0) {
            refuse(UpstreamFaults.INVALID);
            return;
        }
        boolean complete = end || never;
        withBody = !complete;
        declared = received.switchesProtocols() ? ResponseHead.UNTIL_CLOSE : received.contentLength();
        receiver.onResponseHead(received, Unpooled.EMPTY_BUFFER, 0, 0, complete);
        if (complete && events == receiver) {
            receiver.end();
            finish();
        }
    }

    /// Takes a part of the body.
    ///
    /// @return bytes that are done with; the rest is held
    int data(ByteBuf in, boolean end) {
        UpstreamEvents receiver = events;
        int length = in.readableBytes();
        if (receiver == null) {
            return length;
        }
        timer.heard();
        this.received += length;
        serviceEnded = end;
        if (!withBody || (declared >= 0 && (received > declared || (end && received < declared)))) {
            refuse(UpstreamFaults.INVALID);
            return length;
        }
        if (!reading || held != null) {
            hold(in);
            heldEnd |= end;
            return 0;
        }
        deliver(receiver, in, end);
        return length;
    }

    @SuppressWarnings("ReferenceEquality") // the same exchange, not an equal one
    private void deliver(UpstreamEvents receiver, ByteBuf in, boolean end) {
        int length = in.readableBytes();
        if (length > 0) {
            receiver.range(in, in.readerIndex(), length, length);
        }
        if (end && events == receiver) {
            if (behindResponse != null) {
                receiver.trailers(behindResponse);
            }
            receiver.end();
            finish();
        }
    }

    private void hold(ByteBuf in) {
        if (in.isReadable()) {
            if (held == null) {
                held = connection.allocator().buffer(in.readableBytes());
            }
            // A copy, since a small range would keep all that was received with it.
            held.writeBytes(in, in.readerIndex(), in.readableBytes());
        }
    }

    @Override
    public void keepFraming(boolean framing) {
        // There is none.
    }

    @Override
    public void reading(boolean on) {
        if (on == reading) {
            return;
        }
        reading = on;
        if (!on) {
            timer.pause();
            return;
        }
        timer.resume();
        if ((held != null || heldEnd) && !drainQueued) {
            drainQueued = true;
            worker.loop().execute(this::drain);
        }
    }

    /// Hands on what was held.
    private void drain() {
        drainQueued = false;
        UpstreamEvents receiver = events;
        Http2Stream on = stream;
        if (receiver == null || on == null || !reading) {
            return;
        }
        ByteBuf all = held;
        boolean end = heldEnd;
        held = null;
        heldEnd = false;
        if (all == null) {
            deliver(receiver, Unpooled.EMPTY_BUFFER, end);
        } else {
            int length = all.readableBytes();
            try {
                deliver(receiver, all, end);
            } finally {
                all.release();
            }
            connection.consumed(on, length);
        }
        receiver.onUpstreamReadComplete();
    }

    /// Who hears of it; null once it is over.
    @Nullable
    UpstreamEvents events() {
        return events;
    }

    // Its end.

    @Override
    public void giveBack() {
        finish();
    }

    @Override
    public void cancel() {
        finish();
    }

    /// It has ended before its response was complete: reset by the service, or closed with its connection.
    ///
    /// @param unprocessed
    ///            whether the service says that it has not looked at the request
    void ended(Fault fault, boolean unprocessed) {
        // A response that is complete and waits for its client is not concerned.
        if (!heldEnd) {
            gone = true;
            fail(fault, unprocessed && !answered ? Progress.UNPROCESSED : progress());
        }
    }

    private void onLate() {
        connection.late(begunAt);
        fail(UpstreamFaults.TIMEOUT, progress());
    }

    private void refuse(Fault fault) {
        Http2Stream on = stream;
        if (on != null) {
            gone = true;
            connection.refuse(on);
        }
        fail(fault, progress());
    }

    private Progress progress() {
        return answered ? Progress.ANSWERED : Progress.UNANSWERED;
    }

    private void fail(Fault fault, Progress progress) {
        UpstreamEvents receiver = events;
        finish();
        if (receiver != null) {
            receiver.onUpstreamFault(fault, progress);
        }
    }

    private void finish() {
        if (events == null) {
            return;
        }
        events = null;
        timer.close();
        request.discard();
        if (head != null) {
            release(head);
        }
        Http2Stream on = stream;
        stream = null;
        if (on != null) {
            if (held != null) {
                connection.consumed(on, held.readableBytes());
            }
            // Where both sides have said all, it ends by itself.
            if (!gone && (!request.isSent() || !serviceEnded || connection.hasUnsent(on))) {
                connection.cancel(on);
            }
        }
        if (held != null) {
            held.release();
            held = null;
        }
        connection.over(on);
    }
}
