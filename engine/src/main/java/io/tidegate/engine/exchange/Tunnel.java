package io.tidegate.engine.exchange;

import io.tidegate.api.Fault;
import io.tidegate.api.Field;
import io.tidegate.api.UpstreamFaults;
import io.tidegate.config.WebSocketConfig;
import io.tidegate.engine.observe.WorkerCells;
import io.tidegate.engine.upstream.UpstreamStream;
import io.tidegate.engine.wire.HeadWriter;
import io.tidegate.engine.wire.KnownHeader;
import io.tidegate.engine.wire.RequestHead;
import io.tidegate.engine.wire.ResponseHead;
import io.tidegate.engine.wire.WebSocketHandshake;
import io.tidegate.engine.worker.Deadlines;
import io.tidegate.engine.worker.Deadlines.Deadline;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A connection of WebSocket (RFC 6455) that a handshake has opened between client and service, whatever protocols
/// carry it. It takes over both bodies of its exchange, whose end is its own.
///
/// ```
/// OPEN ─ drained, too quiet, too old, a limit ─▶ CLOSING: each direction gets a Close frame behind its last whole frame
///   │                                               │ both sides have answered, or time is up
///   └─ the service ends, the client ends ─▶ OVER ◀──┘
/// ```
///
final class Tunnel {

    private static final Field VERSION = new Field("sec-websocket-version", "13");
    private static final int GOING_AWAY = 1001;
    private static final int PROTOCOL_ERROR = 1002;
    private static final int POLICY_VIOLATION = 1008;
    private static final int TOO_BIG = 1009;
    /// How long frames that are on their way may take once it is closing.
    private static final long CLOSING_NANOS = TimeUnit.SECONDS.toNanos(10);
    /// How long both sides may take to answer a Close frame.
    private static final long ANSWER_NANOS = TimeUnit.SECONDS.toNanos(1);
    /// When a side is looked at again that was due to be pinged and could not be.
    private static final long SOON_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final HttpExchange exchange;
    private final ExchangeRecord record;
    private final Deadlines deadlines;
    private final WorkerCells cells;
    private final TunnelDirection fromClient;
    private final TunnelDirection fromService;
    private final Deadline deadline = new Deadline(this::look);
    private final long idleNanos;
    /// How long nothing may be sent before a side is pinged; [Long#MAX_VALUE] for ever.
    private final long pingNanos;
    private final @Nullable OwnPings clientPings;
    private final @Nullable OwnPings servicePings;
    private final long endsAt;
    private long movedAt;
    private boolean open = true;
    private boolean closing;
    private boolean answering;

    /// A tunnel for an exchange.
    ///
    /// @param record
    ///            where it is written down why it ends
    Tunnel(HttpExchange exchange, WebSocketConfig config, ExchangeRecord record, WorkerCells cells) {
        this.exchange = exchange;
        this.record = record;
        this.deadlines = exchange.worker().deadlines();
        this.cells = cells;
        this.fromClient = new TunnelDirection(this, exchange.requestSide(),
                config.limits() == null ? null : new FrameLimits(config.limits(), deadlines),
                exchange.worker().random(), exchange.requestSide()::finish);
        this.fromService = new TunnelDirection(this, exchange.responseSide(), null, null, this::serviceEnds);
        this.idleNanos = config.idleTimeout().toNanos();
        this.movedAt = deadlines.refresh();
        this.pingNanos = config.pingInterval() == null ? Long.MAX_VALUE : config.pingInterval().toNanos();
        this.clientPings = config.pingInterval() == null ? null : new OwnPings(exchange.worker().random());
        this.servicePings = config.pingInterval() == null ? null : new OwnPings(exchange.worker().random());
        if (clientPings != null && servicePings != null) {
            fromClient.expectAnswers(clientPings);
            fromService.expectAnswers(servicePings);
        }
        long lifetime = config.maxLifetime() == null ? Long.MAX_VALUE : config.maxLifetime().toNanos();
        this.endsAt = lifetime == Long.MAX_VALUE ? Long.MAX_VALUE : movedAt + lifetime;
        cells.tunnelOpened();
    }

    /// Why a route does not take a handshake, or null.
    static @Nullable Fault refusal(WebSocketConfig config, RequestHead request) {
        if (!config.enabled()) {
            return Fault.WEBSOCKET_REFUSED;
        }
        return WebSocketHandshake.isOfKnownVersion(request) ? null : Fault.WEBSOCKET_VERSION;
    }

    /// What a client that asked for another version is told with the fault (RFC 6455 section 4.4).
    static List<Field> knownVersion(Fault fault) {
        return fault.equals(Fault.WEBSOCKET_VERSION) ? List.of(VERSION) : List.of();
    }

    /// Answers the client, and lets bytes through.
    ///
    /// @param head
    ///            the service's answer
    void begin(ResponseHead head, Downstream client, UpstreamStream service) {
        exchange.requestSide().openTunnel(fromClient);
        exchange.responseSide().openTunnel(answer(head, client), fromService);
        schedule();
        client.openTunnel();
        if (open) {
            service.reading(client.isWritable());
            service.flush();
        }
    }

    private HeadWriter answer(ResponseHead head, Downstream client) {
        head.drop(KnownHeader.SEC_WEBSOCKET_ACCEPT);
        boolean frames = client.framing() == Downstream.Framing.FRAMES;
        if (frames) {
            // HTTP/2 has no 101 (RFC 9113 section 8.6).
            head.replaceStatus(200);
        }
        HeadWriter out = exchange.worker().heads();
        out.clear();
        head.writeTo(out);
        if (!frames) {
            WebSocketHandshake.writeAnswer(out, exchange.request());
        }
        out.crlf();
        return out;
    }

    /// Whether it is not over.
    boolean isOpen() {
        return open;
    }

    /// Bytes have come.
    void moved() {
        movedAt = deadlines.now();
    }

    /// The time, in the terms of [System#nanoTime], right to a tick.
    long now() {
        return deadlines.now();
    }

    // Time.

    private void schedule() {
        long now = deadlines.now();
        long left = endsAt == Long.MAX_VALUE ? Long.MAX_VALUE : endsAt - now;
        left = Math.min(left, idleNanos - quietNanos(now));
        if (clientPings != null) {
            // A side that can't be pinged now, as a frame is on its way there, is looked at again soon.
            long sent = Math.min(fromClient.sentAt(), fromService.sentAt());
            left = Math.min(left, Math.max(pingNanos - (now - sent), Math.min(pingNanos, SOON_NANOS)));
        }
        deadlines.set(deadline, left);
    }

    /// How long neither side has sent anything, or one of them has not answered.
    private long quietNanos(long now) {
        long quiet = now - movedAt;
        if (clientPings != null && servicePings != null) {
            quiet = Math.max(quiet, clientPings.unansweredNanos(now, fromClient.isHeldUp()));
            quiet = Math.max(quiet, servicePings.unansweredNanos(now, fromService.isHeldUp()));
        }
        return quiet;
    }

    private void look() {
        long now = deadlines.now();
        if (closing) {
            finish();
        } else if (endsAt != Long.MAX_VALUE && now - endsAt >= 0) {
            close(GOING_AWAY, null);
        } else if (quietNanos(now) >= idleNanos) {
            close(GOING_AWAY, Fault.WEBSOCKET_IDLE);
        } else {
            ping(now);
            if (open && !closing) {
                schedule();
            }
        }
    }

    private void ping(long now) {
        if (clientPings != null && now - fromService.sentAt() >= pingNanos) {
            fromService.ping(clientPings);
        }
        if (servicePings != null && open && now - fromClient.sentAt() >= pingNanos) {
            fromClient.ping(servicePings);
        }
    }

    // Its end.

    /// The gateway is going away, or the listener is.
    void goAway() {
        close(GOING_AWAY, null);
    }

    /// The client sent what it must not.
    void refuse(Fault fault) {
        int code = fault.equals(Fault.WEBSOCKET_TOO_LARGE)
                ? TOO_BIG
                : fault.equals(Fault.WEBSOCKET_TOO_FAST) ? POLICY_VIOLATION : PROTOCOL_ERROR;
        close(code, fault);
    }

    /// Says goodbye on both sides.
    ///
    /// @param code
    ///            for the client; the service hears that its client is going away
    private void close(int code, @Nullable Fault why) {
        if (closing || !open) {
            return;
        }
        closing = true;
        record.fault = why;
        deadlines.set(deadline, CLOSING_NANOS);
        fromClient.close(GOING_AWAY);
        fromService.close(code);
        passed();
    }

    /// Something went through, or was dropped: perhaps it was what was waited for.
    void passed() {
        if (!closing || !open || !fromClient.isStopped() || !fromService.isStopped()) {
            return;
        }
        if (fromClient.isClosed() && fromService.isClosed()) {
            finish();
        } else if (!answering) {
            answering = true;
            deadlines.set(deadline, ANSWER_NANOS);
        }
    }

    private void finish() {
        exchange.onResponseSent();
    }

    /// The service says that nothing more comes, so that all is over.
    private void serviceEnds() {
        if (!isClosing()) {
            record.fault = UpstreamFaults.CLOSED;
        }
        finish();
    }

    /// Whether a Close frame has gone in either direction, so that whoever ends the connection now breaks nothing off.
    boolean isClosing() {
        return closing || fromClient.isClosed() || fromService.isClosed();
    }

    /// The exchange is over.
    void over() {
        open = false;
        deadlines.remove(deadline);
        cells.tunnelClosed();
    }
}
