package io.tidegate.engine.exchange;

import io.tidegate.api.Fault;
import io.tidegate.api.GrpcStatus;
import io.tidegate.api.Outcome;
import io.tidegate.config.RouteConfig.Criticality;
import io.tidegate.engine.observe.AccessRecord;
import io.tidegate.engine.observe.ByteSpan;
import io.tidegate.engine.observe.LogLabel;
import io.tidegate.engine.observe.SecretParameters;
import io.tidegate.engine.upstream.Endpoint;
import io.tidegate.engine.upstream.Upstream;
import io.tidegate.engine.wire.KnownHeader;
import io.tidegate.engine.wire.RequestHead;
import org.jspecify.annotations.Nullable;

/// What is written down of an exchange while it runs: for policies, metrics and the access log. Reused.
final class ExchangeRecord implements Outcome, AccessRecord {

    private static final LogLabel NOWHERE = LogLabel.of("");
    private static final int PREFIX = 64;

    int status;
    @Nullable
    Fault fault;
    /// What it is worth, once its route is known.
    Criticality criticality = Criticality.NORMAL;
    /// How it ended, where it was a call of gRPC.
    @Nullable
    GrpcStatus grpc;
    /// Whether it ended because the client broke the rules.
    boolean rejected;
    private boolean fallback;
    @Nullable
    String consumer;
    long requestBytes;
    long responseBytes;
    LogLabel listener = NOWHERE;
    SecretParameters secrets = SecretParameters.NONE;
    private final Downstream client;
    private final RequestHead head;
    private final RequestId id;
    private @Nullable LogLabel route;
    private @Nullable LogLabel upstream;
    private @Nullable LogLabel endpoint;
    private int attempts;
    private long started;
    private long attempted;
    private long connected;
    private long headReceived;
    private long ended;

    ExchangeRecord(Downstream client, RequestHead head, RequestId id) {
        this.client = client;
        this.head = head;
        this.id = id;
    }

    void begin() {
        status = 0;
        fault = null;
        grpc = null;
        consumer = null;
        attempts = 0;
        rejected = false;
        fallback = false;
        requestBytes = 0;
        responseBytes = 0;
        attempted = 0;
        connected = 0;
        headReceived = 0;
        started = client.worker().deadlines().now();
        ended = started;
    }

    /// An endpoint is tried.
    void attempt() {
        attempts++;
        attempted = attempts == 1 ? started : client.worker().deadlines().refresh();
        connected = 0;
        headReceived = 0;
    }

    /// What stands in for the service is answered, because of this.
    void fellBack(Fault why) {
        fault = why;
        fallback = true;
    }

    @Override
    public boolean fallback() {
        return fallback;
    }

    /// Another endpoint is tried beside the one that is.
    void attemptBeside() {
        attempts++;
    }

    /// The try that began then takes the place of the one that was told of.
    void take(long began) {
        attempted = began;
        connected = 0;
        headReceived = 0;
    }

    /// A connection stands; one that stood already took no time.
    void connected(boolean reused) {
        connected = reused ? 0 : client.worker().deadlines().refresh();
    }

    /// The service has answered.
    void firstByte() {
        headReceived = client.worker().deadlines().now();
    }

    int droppedAliases() {
        return head.droppedAliases();
    }

    void finish(@Nullable Route matched, @Nullable Upstream target, @Nullable Endpoint tried) {
        ended = client.worker().deadlines().refresh();
        route = matched == null ? null : matched.label();
        upstream = target == null ? null : target.label();
        endpoint = tried == null ? null : tried.label();
    }

    @Override
    public long requestIdHigh() {
        return id.high();
    }

    @Override
    public long requestIdLow() {
        return id.low();
    }

    @Override
    public LogLabel client() {
        return client.peer().clientLabel();
    }

    @Override
    public @Nullable LogLabel peer() {
        return client.peer().otherLabel();
    }

    @Override
    public LogLabel listener() {
        return listener;
    }

    @Override
    public @Nullable LogLabel route() {
        return route;
    }

    @Override
    public @Nullable String consumer() {
        return consumer;
    }

    @Override
    public @Nullable LogLabel upstream() {
        return upstream;
    }

    @Override
    public @Nullable LogLabel endpoint() {
        return endpoint;
    }

    @Override
    public String method() {
        return head.method();
    }

    @Override
    public String protocol() {
        return head.method().isEmpty() ? "" : client.protocol();
    }

    @Override
    public void host(ByteSpan span) {
        span.set(head.hostBytes(), head.hostStart(), head.hostEnd());
    }

    @Override
    public void target(ByteSpan span) {
        span.set(head.bytes(), head.targetStart(), head.targetEnd());
    }

    @Override
    public SecretParameters secrets() {
        return secrets;
    }

    @Override
    public void userAgent(ByteSpan span) {
        int field = head.find(KnownHeader.USER_AGENT);
        if (field >= 0) {
            span.set(head.bytes(), head.valueStart(field), head.valueEnd(field));
        }
    }

    @Override
    public void prefix(ByteSpan span) {
        if (rejected) {
            span.set(head.bytes(), 0, Math.min(PREFIX, head.length()));
        }
    }

    @Override
    public @Nullable GrpcStatus grpcStatus() {
        return grpc;
    }

    @Override
    public @Nullable String faultCode() {
        return fault == null ? null : fault.code();
    }

    @Override
    public @Nullable String rejectReason() {
        return rejected ? faultCode() : null;
    }

    @Override
    public long connectNanos() {
        return connected == 0 ? -1 : connected - attempted;
    }

    @Override
    public long firstByteNanos() {
        return headReceived == 0 ? -1 : headReceived - attempted;
    }

    @Override
    public long bytesIn() {
        return requestBytes;
    }

    @Override
    public long bytesOut() {
        return responseBytes;
    }

    @Override
    public int status() {
        return status;
    }

    @Override
    public @Nullable Fault fault() {
        return fault;
    }

    @Override
    public long durationNanos() {
        return ended - started;
    }

    @Override
    public long requestBytes() {
        return requestBytes;
    }

    @Override
    public long responseBytes() {
        return responseBytes;
    }

    @Override
    public int attempts() {
        return attempts;
    }
}
