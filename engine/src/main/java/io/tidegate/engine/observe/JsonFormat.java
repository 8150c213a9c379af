package io.tidegate.engine.observe;

import io.tidegate.api.GrpcStatus;
import io.tidegate.engine.wire.Ascii;
import org.jspecify.annotations.Nullable;

/// One JSON object a line (RFC 8259), always in the same order; what is not known is left out.
final class JsonFormat extends LineFormat {

    private static final byte[] TIME = Ascii.bytes("{\"time\":\"");
    private static final byte[] REQUEST_ID = Ascii.bytes("\",\"requestId\":\"");
    private static final byte[] CLIENT = Ascii.bytes("\",\"client\":\"");
    private static final byte[] PEER = Ascii.bytes("\",\"peer\":\"");
    private static final byte[] LISTENER = Ascii.bytes("\",\"listener\":\"");
    private static final byte[] METHOD = Ascii.bytes("\",\"method\":\"");
    private static final byte[] HOST = Ascii.bytes("\",\"host\":\"");
    private static final byte[] PATH = Ascii.bytes("\",\"path\":\"");
    private static final byte[] PROTOCOL = Ascii.bytes("\",\"protocol\":\"");
    private static final byte[] STATUS = Ascii.bytes("\",\"status\":");
    private static final byte[] GRPC_STATUS = Ascii.bytes(",\"grpcStatus\":");
    private static final byte[] FAULT = Ascii.bytes(",\"fault\":\"");
    private static final byte[] FALLBACK = Ascii.bytes(",\"fallback\":true");
    private static final byte[] REJECT = Ascii.bytes(",\"reject\":\"");
    private static final byte[] ROUTE = Ascii.bytes(",\"route\":\"");
    private static final byte[] CONSUMER = Ascii.bytes(",\"consumer\":\"");
    private static final byte[] UPSTREAM = Ascii.bytes(",\"upstream\":\"");
    private static final byte[] ENDPOINT = Ascii.bytes(",\"endpoint\":\"");
    private static final byte[] ATTEMPTS = Ascii.bytes(",\"attempts\":");
    private static final byte[] DURATION = Ascii.bytes(",\"duration\":");
    private static final byte[] CONNECT = Ascii.bytes(",\"upstreamConnect\":");
    private static final byte[] FIRST_BYTE = Ascii.bytes(",\"upstreamFirstByte\":");
    private static final byte[] BYTES_IN = Ascii.bytes(",\"bytesIn\":");
    private static final byte[] BYTES_OUT = Ascii.bytes(",\"bytesOut\":");
    private static final byte[] USER_AGENT = Ascii.bytes(",\"userAgent\":\"");
    private static final byte[] PREFIX = Ascii.bytes(",\"prefix\":\"");

    JsonFormat() {
        super(LineStyle.JSON);
    }

    @Override
    void write(AccessRecord record, long epochMillis) {
        line.raw(TIME);
        time.writeTo(line, epochMillis);
        line.raw(REQUEST_ID);
        line.hex(record.requestIdHigh());
        line.hex(record.requestIdLow());
        line.raw(CLIENT);
        line.label(record.client());
        LogLabel peer = record.peer();
        if (peer != null) {
            line.raw(PEER);
            line.label(peer);
        }
        line.raw(LISTENER);
        line.label(record.listener());
        if (record.isConnection()) {
            connection(record);
        } else {
            request(record);
            line.raw(STATUS);
            line.number(record.status());
            GrpcStatus called = record.grpcStatus();
            if (called != null) {
                line.raw(GRPC_STATUS);
                line.number(called.code());
            }
        }
        text(FAULT, record.faultCode());
        if (record.fallback()) {
            line.raw(FALLBACK);
        }
        text(REJECT, record.rejectReason());
        label(ROUTE, record.route());
        text(CONSUMER, record.consumer());
        label(UPSTREAM, record.upstream());
        label(ENDPOINT, record.endpoint());
        line.raw(ATTEMPTS);
        line.number(record.attempts());
        amounts(record);
        span.clear();
        record.userAgent(span);
        if (!span.isEmpty()) {
            line.raw(USER_AGENT);
            line.escaped(span, MAX_USER_AGENT);
            line.one('"');
        }
        span.clear();
        record.prefix(span);
        if (!span.isEmpty()) {
            line.raw(PREFIX);
            line.target(span, MAX_PREFIX, record.secrets());
            line.one('"');
        }
        line.one('}');
    }

    private void connection(AccessRecord record) {
        span.clear();
        record.host(span);
        if (!span.isEmpty()) {
            line.raw(HOST);
            line.escaped(span, MAX_HOST);
        }
        line.raw(PROTOCOL);
        line.escaped(record.protocol(), MAX_PROTOCOL);
        line.one('"');
    }

    private void request(AccessRecord record) {
        line.raw(METHOD);
        line.escaped(record.method(), MAX_METHOD);
        line.raw(HOST);
        span.clear();
        record.host(span);
        line.escaped(span, MAX_HOST);
        line.raw(PATH);
        span.clear();
        record.target(span);
        line.target(span, MAX_TARGET, record.secrets());
        line.raw(PROTOCOL);
        line.escaped(record.protocol(), MAX_PROTOCOL);
    }

    private void amounts(AccessRecord record) {
        line.raw(DURATION);
        line.millis(record.durationNanos());
        long connect = record.connectNanos();
        if (connect >= 0) {
            line.raw(CONNECT);
            line.millis(connect);
        }
        long firstByte = record.firstByteNanos();
        if (firstByte >= 0) {
            line.raw(FIRST_BYTE);
            line.millis(firstByte);
        }
        line.raw(BYTES_IN);
        line.number(record.bytesIn());
        line.raw(BYTES_OUT);
        line.number(record.bytesOut());
    }

    private void label(byte[] key, @Nullable LogLabel label) {
        if (label != null) {
            line.raw(key);
            line.label(label);
            line.one('"');
        }
    }

    private void text(byte[] key, @Nullable String text) {
        if (text != null) {
            line.raw(key);
            line.escaped(text, MAX_CODE);
            line.one('"');
        }
    }
}
