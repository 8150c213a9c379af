package io.tidegate.engine.exchange;

import io.netty.buffer.ByteBuf;
import io.tidegate.api.Fault;
import io.tidegate.api.Reply;
import io.tidegate.api.UpstreamFaults;
import io.tidegate.engine.chain.PolicyRun;
import io.tidegate.engine.upstream.ClientConnection;
import io.tidegate.engine.upstream.Progress;
import io.tidegate.engine.upstream.UpstreamEvents;
import io.tidegate.engine.upstream.UpstreamStream;
import io.tidegate.engine.wire.ResponseHead;
import io.tidegate.engine.wire.Trailers;
import io.tidegate.engine.wire.WebSocketHandshake;
import org.jspecify.annotations.Nullable;

/// What a service says to the request of an exchange, and what comes of it: the head of its response, on its way
/// through the policies, the body behind it, a tunnel, and failures. Reused from request to request, as the exchange
/// is.
final class ServiceEvents implements UpstreamEvents {

    private final HttpExchange exchange;
    private final Downstream client;
    private final PolicyRun policies;
    private final Attempts attempts;
    private final ExchangeRecord record;
    private final RequestSide requestSide;
    private final ResponseSide responseSide;
    private final GrpcCall call;
    private @Nullable Tunnel tunnel;
    /// Whether the policies let the head pass within the call that brought it.
    private boolean passed;

    ServiceEvents(HttpExchange exchange, Downstream client, PolicyRun policies, Attempts attempts,
            ExchangeRecord record) {
        this.exchange = exchange;
        this.client = client;
        this.policies = policies;
        this.attempts = attempts;
        this.record = record;
        this.requestSide = exchange.requestSide();
        this.responseSide = exchange.responseSide();
        this.call = exchange.call();
    }

    // The connection.

    @Override
    public void onConnected(UpstreamStream connected, boolean again, int given) {
        attempts.connected(connected, again, given);
    }

    @Override
    public void onConnectFailed(Fault fault, int given) {
        attempts.connectFailed(fault, given);
    }

    @Override
    public void onUpstreamFault(Fault fault, Progress progress) {
        if (hasSaidGoodbye()) {
            // How it goes does not matter.
            end();
            client.flush();
        } else {
            attempts.failed(fault, progress);
        }
    }

    @Override
    public ClientConnection clientConnection() {
        return client.peer().connection();
    }

    @Override
    public void onUpstreamWritable() {
        requestSide.onWritable();
    }

    @Override
    public void onUpstreamReadComplete() {
        client.flush();
    }

    // The head.

    @Override
    public void onResponseHead(ResponseHead head, ByteBuf in, int start, int end, boolean complete) {
        UpstreamStream from = attempts.stream();
        if (from == null) {
            return;
        }
        if (attempts.repeatsAfter(head, complete)) {
            return;
        }
        if (!call.answer(head, complete)) {
            record.fault = UpstreamFaults.INVALID;
        }
        exchange.show(head);
        responseSide.setBodiless(complete || head.switchesProtocols());
        if (policies.hasSteps()) {
            passed = false;
            policies.response();
            if (!exchange.isCurrent(from)) {
                return;
            }
            if (!passed) {
                exchange.show(responseSide.hold(head, from));
                return;
            }
        }
        record.status = head.status();
        if (head.switchesProtocols()) {
            switchProtocols(head, from);
        } else {
            responseSide.send(head, in, start, end, from);
        }
    }

    /// The policies have let the head pass.
    void onResponsePassed(@Nullable ResponseHead head) {
        if (head == null || !responseSide.isHeld(head)) {
            // Still in the call that brought the head: it goes out from there.
            passed = true;
            return;
        }
        record.status = head.status();
        UpstreamStream from = attempts.stream();
        if (head.switchesProtocols() && from != null) {
            switchProtocols(head, from);
        } else {
            responseSide.sendHeld(head, from);
        }
        client.flush();
    }

    // The body.

    @Override
    public void range(ByteBuf in, int start, int length, int data) {
        record.responseBytes += data;
        responseSide.relay().range(in, start, length, data);
    }

    @Override
    public void literal(byte[] bytes, int start, int length) {
        responseSide.relay().literal(bytes, start, length);
    }

    @Override
    public void trailers(Trailers trailers) {
        call.ends(trailers);
        responseSide.relay().trailers(trailers);
    }

    @Override
    public void end() {
        attempts.completed();
        Trailers missing = call.isActive() ? call.missing() : null;
        if (missing != null) {
            record.fault = UpstreamFaults.INVALID;
            responseSide.relay().trailers(missing);
        }
        responseSide.relay().end();
    }

    // A tunnel.

    /// The service opens a tunnel, and the policies have seen its head.
    private void switchProtocols(ResponseHead head, UpstreamStream from) {
        Route matched = exchange.route();
        ListenerSnapshot on = exchange.listener();
        if (matched == null || on == null) {
            return;
        }
        exchange.time().stop();
        if (head.status() == WebSocketHandshake.SWITCHING_PROTOCOLS) {
            Tunnel opened = new Tunnel(exchange, matched.config().websocket(), record,
                    on.telemetry().metrics().worker(exchange.worker().index()));
            tunnel = opened;
            opened.begin(head, client, from);
        } else {
            // A policy has made another answer of it.
            exchange.onReply(Reply.of(head.status()));
        }
    }

    /// The listener accepts no more: a tunnel, which has no end by itself, ends.
    void goAway() {
        if (tunnel != null) {
            tunnel.goAway();
        }
    }

    /// Whether a side of the tunnel has said that it ends.
    boolean hasSaidGoodbye() {
        return tunnel != null && tunnel.isClosing();
    }

    /// The exchange is over.
    void over() {
        if (tunnel != null) {
            tunnel.over();
            tunnel = null;
        }
    }
}
