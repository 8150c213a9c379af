package io.tidegate.engine.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.tidegate.api.Fault;
import io.tidegate.api.GrpcStatus;
import io.tidegate.api.UpstreamFaults;
import io.tidegate.engine.exchange.ListenerSnapshot;
import io.tidegate.engine.exchange.Snapshot;
import io.tidegate.engine.observe.AccessRecord;
import io.tidegate.engine.observe.ByteSpan;
import io.tidegate.engine.observe.LogLabel;
import io.tidegate.engine.stream.ByteRelay;
import io.tidegate.engine.stream.StreamTarget;
import io.tidegate.engine.stream.StreamTargets;
import io.tidegate.engine.upstream.Caller;
import io.tidegate.engine.upstream.ClientConnection;
import io.tidegate.engine.upstream.DirectConnection;
import io.tidegate.engine.upstream.Endpoint;
import io.tidegate.engine.wire.Ascii;
import io.tidegate.engine.worker.Worker;
import org.jspecify.annotations.Nullable;

/// A client's connection whose bytes go to a service, whatever they mean: which endpoint is tried, for how long the
/// snapshot is kept, and what is written down of it. Confined to its event loop.
final class StreamConnection implements ServerConnection, ByteRelay.Owner, DirectConnection.Owner, AccessRecord {

    /// Most endpoints that are tried.
    private static final int MOST = 3;

    private final ConnectionTerms terms;
    private final Worker worker;
    private final Snapshot snapshot;
    private final ListenerSnapshot current;
    private final StreamTarget target;
    private final ClientConnection client;
    private final long idleNanos;
    private final String protocol;
    private final byte[] name;
    private final long idHigh;
    private final long idLow;
    private final long started;
    private @Nullable ByteRelay relay;
    private @Nullable Endpoint endpoint;
    private @Nullable Fault fault;
    private int attempts;
    private long attempted;
    private long connected;
    private long ended;

    private StreamConnection(ConnectionTerms terms, Snapshot snapshot, StreamTarget target, ClientConnection client,
            StreamTargets streams, @Nullable String name) {
        this.terms = terms;
        this.worker = terms.worker();
        this.snapshot = snapshot;
        this.current = terms.current();
        this.target = target;
        this.client = client;
        this.idleNanos = streams.idleNanos();
        this.protocol = streams.areNamed() ? "tls" : "tcp";
        this.name = Ascii.bytes(name == null ? "" : name);
        this.idHigh = worker.random().nextLong();
        this.idLow = worker.random().nextLong();
        this.started = worker.deadlines().refresh();
        this.ended = started;
    }

    /// A connection as the listener says it at the moment.
    ///
    /// @param name
    ///            what the client asks for by TLS that is not ended here; null for none
    /// @return null where the listener does not relay, or not what has this name
    static @Nullable StreamConnection of(Listener listener, Worker worker, ClientConnection client,
            @Nullable String name) {
        Snapshot snapshot = listener.snapshot();
        ListenerSnapshot current = snapshot == null ? null : snapshot.listener(listener.slot());
        StreamTargets streams = current == null ? null : current.streams();
        StreamTarget target = streams == null ? null : streams.find(name);
        if (snapshot == null || current == null || streams == null || target == null) {
            return null;
        }
        ClientConnection known = name == null
                ? client
                : new ClientConnection(client.origin().withAuthority(name));
        ConnectionTerms terms = new ConnectionTerms(listener, current, worker, client, null, "");
        return new StreamConnection(terms, snapshot, target, known, streams, name);
    }

    /// Takes the connection over behind `ctx`, and looks for an endpoint.
    ///
    /// @param received
    ///            what has come already; null for nothing
    void start(ChannelHandlerContext ctx, @Nullable ByteBuf received) {
        snapshot.enter(worker);
        target.cells(worker).begun();
        relay = new ByteRelay(ctx, received, worker, target.cells(worker), idleNanos, this);
        next();
    }

    private void next() {
        Endpoint chosen = target.upstream().pick(worker, Caller.of(client.origin().client()), endpoint);
        if (chosen == null) {
            end(UpstreamFaults.UNAVAILABLE);
            return;
        }
        endpoint = chosen;
        attempts++;
        attempted = worker.deadlines().refresh();
        DirectConnection.open(chosen, worker, client, this);
    }

    @Override
    public void connected(Channel channel) {
        connected = worker.deadlines().refresh();
        if (endpoint != null) {
            endpoint.reached(worker);
        }
        ByteRelay running = relay;
        if (running == null) {
            throw new IllegalStateException("a service is asked for only by a relay");
        }
        running.connected(channel);
    }

    /// Nothing has been sent, so another endpoint can be tried.
    @Override
    public void connectFailed(Fault why) {
        if (endpoint != null) {
            endpoint.unreached(worker, why);
        }
        if (relay == null || relay.isOver()) {
            return;
        }
        if (attempts < MOST && target.upstream().hasOther(endpoint)) {
            next();
        } else {
            end(why);
        }
    }

    private void end(Fault why) {
        if (relay != null) {
            relay.end(why);
        }
    }

    @Override
    public void ended(@Nullable Fault why) {
        fault = why;
        ended = Math.max(worker.deadlines().refresh(), started + 1);
        target.cells(worker).ended(ended - started);
        if (why != null) {
            current.telemetry().metrics().worker(worker.index()).fault(why);
        }
        current.telemetry().log().lane(worker.index()).log(this);
        snapshot.leave(worker);
    }

    // As a connection of its listener.

    @Override
    public ConnectionTerms terms() {
        return terms;
    }

    /// What runs goes on, for as long as the gateway lets it.
    @Override
    public void drain() {
        // Nothing in the bytes tells where they could be interrupted.
    }

    @Override
    public void cut() {
        end(Fault.DRAINING);
    }

    // What is written down.

    @Override
    public boolean isConnection() {
        return true;
    }

    @Override
    public long requestIdHigh() {
        return idHigh;
    }

    @Override
    public long requestIdLow() {
        return idLow;
    }

    @Override
    public LogLabel client() {
        return terms.peer().clientLabel();
    }

    @Override
    public @Nullable LogLabel peer() {
        return null;
    }

    @Override
    public LogLabel listener() {
        return current.label();
    }

    @Override
    public @Nullable LogLabel route() {
        return null;
    }

    @Override
    public LogLabel upstream() {
        return target.upstream().label();
    }

    @Override
    public @Nullable LogLabel endpoint() {
        return endpoint == null ? null : endpoint.label();
    }

    @Override
    public String method() {
        return "";
    }

    @Override
    public String protocol() {
        return protocol;
    }

    @Override
    public void host(ByteSpan span) {
        span.set(name, 0, name.length);
    }

    @Override
    public void target(ByteSpan span) {
        // A connection has none.
    }

    @Override
    public void userAgent(ByteSpan span) {
        // Nor this.
    }

    @Override
    public @Nullable GrpcStatus grpcStatus() {
        return null;
    }

    @Override
    public void prefix(ByteSpan span) {
        // Nothing of it was refused.
    }

    @Override
    public int status() {
        return 0;
    }

    @Override
    public @Nullable String faultCode() {
        return fault == null ? null : fault.code();
    }

    @Override
    public @Nullable String rejectReason() {
        return null;
    }

    @Override
    public int attempts() {
        return attempts;
    }

    @Override
    public long durationNanos() {
        return ended - started;
    }

    @Override
    public long connectNanos() {
        return connected == 0 ? -1 : connected - attempted;
    }

    @Override
    public long firstByteNanos() {
        return -1;
    }

    @Override
    public long bytesIn() {
        return relay == null ? 0 : relay.fromClient();
    }

    @Override
    public long bytesOut() {
        return relay == null ? 0 : relay.fromService();
    }
}
