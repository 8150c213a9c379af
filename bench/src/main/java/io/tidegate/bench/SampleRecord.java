package io.tidegate.bench;

import io.tidegate.api.GrpcStatus;
import io.tidegate.engine.observe.AccessRecord;
import io.tidegate.engine.observe.ByteSpan;
import io.tidegate.engine.observe.LogLabel;
import io.tidegate.engine.wire.KnownHeader;
import io.tidegate.engine.wire.RequestHead;
import org.jspecify.annotations.Nullable;

/// What a plain proxied request tells the access log.
final class SampleRecord implements AccessRecord {

    private static final LogLabel CLIENT = LogLabel.of("127.0.0.1");
    private static final LogLabel LISTENER = LogLabel.of("default");
    private static final LogLabel ROUTE = LogLabel.of("everything");
    private static final LogLabel UPSTREAM = LogLabel.of("service");
    private static final LogLabel ENDPOINT = LogLabel.of("127.0.0.1:9000");

    private final RequestHead head;

    SampleRecord(RequestHead head) {
        this.head = head;
    }

    @Override
    public long requestIdHigh() {
        return 0x0123456789abcdefL;
    }

    @Override
    public long requestIdLow() {
        return 0x76543210fedcba98L;
    }

    @Override
    public LogLabel client() {
        return CLIENT;
    }

    @Override
    public @Nullable LogLabel peer() {
        return null;
    }

    @Override
    public LogLabel listener() {
        return LISTENER;
    }

    @Override
    public LogLabel route() {
        return ROUTE;
    }

    @Override
    public LogLabel upstream() {
        return UPSTREAM;
    }

    @Override
    public LogLabel endpoint() {
        return ENDPOINT;
    }

    @Override
    public String method() {
        return head.method();
    }

    @Override
    public String protocol() {
        return "HTTP/1.1";
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
    public void userAgent(ByteSpan span) {
        int field = head.find(KnownHeader.USER_AGENT);
        if (field >= 0) {
            span.set(head.bytes(), head.valueStart(field), head.valueEnd(field));
        }
    }

    @Override
    public void prefix(ByteSpan span) {
        // Only what was rejected has one.
    }

    @Override
    public int status() {
        return 200;
    }

    @Override
    public @Nullable GrpcStatus grpcStatus() {
        return null;
    }

    @Override
    public @Nullable String faultCode() {
        return null;
    }

    @Override
    public @Nullable String rejectReason() {
        return null;
    }

    @Override
    public int attempts() {
        return 1;
    }

    @Override
    public long durationNanos() {
        return 1_234_567;
    }

    @Override
    public long connectNanos() {
        return 12_345;
    }

    @Override
    public long firstByteNanos() {
        return 987_654;
    }

    @Override
    public long bytesIn() {
        return 212;
    }

    @Override
    public long bytesOut() {
        return 263;
    }
}
