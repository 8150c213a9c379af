package io.tidegate.engine.observe;

import io.tidegate.api.GrpcStatus;
import io.tidegate.engine.wire.Ascii;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// A short line for people: `12:00:01.123 200 GET /orders/1 → orders 10.0.0.1:80 3.2ms 5f0c…`. The time is UTC. Columns
/// are told apart by spaces, which is why a space from outside is escaped.
final class TextFormat extends LineFormat {

    private static final byte[] ARROW = " → ".getBytes(StandardCharsets.UTF_8);
    private static final byte[] MILLISECONDS = Ascii.bytes("ms ");
    private static final byte[] GRPC = Ascii.bytes(" grpc=");
    private static final byte[] FAULT = Ascii.bytes(" fault=");
    private static final byte[] FALLBACK = Ascii.bytes(" fallback");
    private static final byte[] REJECT = Ascii.bytes(" reject=");
    private static final byte[] PREFIX = Ascii.bytes(" prefix=");

    TextFormat() {
        super(LineStyle.TEXT);
    }

    @Override
    void write(AccessRecord record, long epochMillis) {
        time.writeClockTo(line, epochMillis);
        line.one(' ');
        if (record.isConnection()) {
            connection(record);
        } else {
            request(record);
        }
        LogLabel upstream = record.upstream();
        if (upstream != null) {
            line.raw(ARROW);
            line.label(upstream);
            LogLabel endpoint = record.endpoint();
            if (endpoint != null) {
                line.one(' ');
                line.label(endpoint);
            }
        }
        line.one(' ');
        line.shortMillis(record.durationNanos());
        line.raw(MILLISECONDS);
        line.hex(record.requestIdHigh());
        line.hex(record.requestIdLow());
        GrpcStatus called = record.grpcStatus();
        if (called != null) {
            text(GRPC, called.name());
        }
        text(FAULT, record.faultCode());
        if (record.fallback()) {
            line.raw(FALLBACK);
        }
        text(REJECT, record.rejectReason());
        span.clear();
        record.prefix(span);
        if (!span.isEmpty()) {
            line.raw(PREFIX);
            line.target(span, MAX_PREFIX, record.secrets());
        }
    }

    private void request(AccessRecord record) {
        line.number(record.status());
        line.one(' ');
        if (record.method().isEmpty()) {
            line.one('-');
        } else {
            line.escaped(record.method(), MAX_METHOD);
        }
        line.one(' ');
        span.clear();
        record.target(span);
        if (span.isEmpty()) {
            line.one('-');
        } else {
            line.target(span, MAX_TARGET, record.secrets());
        }
    }

    private void connection(AccessRecord record) {
        line.one('-');
        line.one(' ');
        line.escaped(record.protocol(), MAX_PROTOCOL);
        line.one(' ');
        span.clear();
        record.host(span);
        if (span.isEmpty()) {
            line.one('-');
        } else {
            line.escaped(span, MAX_HOST);
        }
    }

    private void text(byte[] key, @Nullable String text) {
        if (text != null) {
            line.raw(key);
            line.escaped(text, MAX_CODE);
        }
    }
}
