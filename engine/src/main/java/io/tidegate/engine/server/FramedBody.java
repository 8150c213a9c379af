package io.tidegate.engine.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.tidegate.api.Fault;
import io.tidegate.engine.exchange.HttpExchange;
import io.tidegate.engine.wire.Ascii;
import io.tidegate.engine.wire.HeadWriter;
import io.tidegate.engine.wire.RequestHead;
import io.tidegate.engine.wire.Trailers;
import io.tidegate.engine.worker.Deadlines.Deadline;
import org.jspecify.annotations.Nullable;

/// The body of a request that comes in frames, by HTTP/2 or HTTP/3: held for as long as nobody wants it, watched while
/// the client is asked for it, and handed on with the framing of HTTP/1.1 where that is wanted. Reused from request to
/// request.
final class FramedBody {

    /// The body is not as long as declared.
    static final int MISFIT = -1;

    private static final byte[] CRLF = Ascii.bytes("\r\n");
    private static final byte[] LAST_CHUNK = Ascii.bytes("0\r\n\r\n");

    private final ServerStream<?> served;
    private final HttpExchange exchange;
    private final RequestHead head;
    private final Deadline deadline = new Deadline(this::onDeadline);
    private final BodyWatch watch = new BodyWatch();
    private final HeadWriter chunkLine = new HeadWriter(24);
    private @Nullable ByteBuf held;
    private @Nullable Trailers trailers;
    /// Counts the requests, so that it is seen when one ends while its body is handed on.
    private long turn;
    private long received;
    private boolean open;
    private boolean ended;
    private boolean wanted;
    private boolean framing;
    private boolean dropping;
    private boolean delivering;
    private boolean tunnel;

    /// The bodies of what `served` serves.
    FramedBody(ServerStream<?> served) {
        this.served = served;
        this.exchange = served.exchange;
        this.head = served.head;
    }

    /// Begins with a request.
    ///
    /// @param end
    ///            whether it is complete with its head
    void begin(boolean end) {
        turn++;
        received = 0;
        trailers = null;
        open = !end;
        ended = end;
        wanted = false;
        framing = false;
        dropping = false;
        tunnel = false;
    }

    /// Ends with a request.
    ///
    /// @return bytes that were held and nobody wants
    int end() {
        turn++;
        int unread = held();
        if (held != null) {
            held.release();
            held = null;
        }
        served.worker().deadlines().clear(deadline);
        return unread;
    }

    /// What comes from here on goes through a tunnel: it has no length, and may wait for as long as it likes.
    void openTunnel() {
        tunnel = true;
    }

    boolean isTunnel() {
        return tunnel;
    }

    /// Whether the client has not sent all of it yet.
    boolean isOpen() {
        return open;
    }

    /// Whether it is handed on as it comes.
    boolean isWanted() {
        return wanted;
    }

    /// Bytes that wait to be wanted.
    int held() {
        ByteBuf all = held;
        return all == null ? 0 : all.readableBytes();
    }

    /// Takes a part of it.
    ///
    /// @param end
    ///            whether it is the last
    /// @param allocator
    ///            makes the buffer of what is held
    /// @return bytes that are done with; the rest is held. [#MISFIT] where it is not as long as declared.
    int take(ByteBuf in, boolean end, ByteBufAllocator allocator) {
        long now = turn;
        int length = in.readableBytes();
        received += length;
        long declared = head.isHandshake() ? RequestHead.CHUNKED : head.contentLength();
        if (declared >= 0 && (received > declared || (end && received < declared))) {
            return MISFIT;
        }
        open = !end;
        if (dropping) {
            return length;
        }
        watch.took(length, served.worker().deadlines().now());
        if (!wanted || held != null) {
            hold(in, allocator);
            ended |= end;
            return 0;
        }
        if (length > 0) {
            deliver(in);
        }
        if (end && turn == now) {
            endBody();
        }
        return length;
    }

    private void hold(ByteBuf in, ByteBufAllocator allocator) {
        if (in.isReadable()) {
            ByteBuf before = held == null ? allocator.buffer(in.readableBytes()) : held;
            held = before;
            // A copy, since a small range would keep all that was received with it.
            before.writeBytes(in, in.readerIndex(), in.readableBytes());
        }
    }

    private void deliver(ByteBuf in) {
        long now = turn;
        int length = in.readableBytes();
        if (framing) {
            chunkLine.clear();
            chunkLine.hex(length);
            chunkLine.crlf();
            exchange.requestBody().literal(chunkLine.array(), 0, chunkLine.length());
        }
        exchange.requestBody().range(in, in.readerIndex(), length, length);
        if (framing && turn == now) {
            exchange.requestBody().literal(CRLF, 0, CRLF.length);
        }
    }

    /// Takes the fields behind it, before its end.
    ///
    /// @param fields
    ///            those that may pass; null for none
    void trailers(@Nullable Trailers fields) {
        trailers = fields;
    }

    private void endBody() {
        ended = false;
        served.worker().deadlines().clear(deadline);
        if (head.contentLength() == 0 && !tunnel) {
            // The exchange never waited for it.
            return;
        }
        if (framing) {
            exchange.requestBody().literal(LAST_CHUNK, 0, LAST_CHUNK.length);
        }
        if (trailers != null) {
            exchange.onRequestTrailers(trailers);
        }
        exchange.onRequestRead();
    }

    /// Says whether the framing of HTTP/1.1 is handed on with it.
    void keepFraming(boolean on) {
        framing = on && head.contentLength() == RequestHead.CHUNKED;
    }

    /// It is answered without: what still comes is dropped.
    void drop() {
        dropping = true;
    }

    /// Says whether it is to be handed on from here. What was held waits for [#drain].
    void want(boolean on) {
        if (on && !wanted && open) {
            served.worker().deadlines().set(deadline,
                    tunnel ? Long.MAX_VALUE : watch.begin(served.terms(), exchange));
        } else if (!on) {
            served.worker().deadlines().clear(deadline);
        }
        wanted = on;
    }

    /// Hands on what was held, as far as it is wanted.
    ///
    /// @return bytes that are done with
    int drain() {
        long now = turn;
        int done = 0;
        if (delivering) {
            return done;
        }
        delivering = true;
        try {
            while (turn == now && wanted && held != null) {
                ByteBuf all = held;
                held = null;
                int length = all.readableBytes();
                try {
                    deliver(all);
                } finally {
                    all.release();
                }
                done += length;
            }
            if (turn == now && wanted && ended && (head.contentLength() != 0 || tunnel)) {
                endBody();
            }
            if (turn == now) {
                // Nobody else does: this may be called by the service's side, which takes more, and nothing may come of
                // the client for now, with whose bytes it would be sent.
                exchange.onClientReadComplete();
            }
            return done;
        } finally {
            delivering = false;
        }
    }

    private void onDeadline() {
        if (!served.isAttached() || !open || !wanted) {
            return;
        }
        Fault fault = watch.look(served.terms(), exchange, exchange.endlessIdleNanos() < 0);
        if (fault == null) {
            served.worker().deadlines().set(deadline, watch.again(served.terms(), exchange));
        } else {
            served.tooSlow(fault);
        }
    }
}
