package io.tidegate.engine.observe;

import io.tidegate.api.GrpcStatus;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// A record whose parts a test sets as it likes.
final class SampleRecord implements AccessRecord {

    LogLabel client = LogLabel.of("192.0.2.7");
    @Nullable
    LogLabel peer;
    LogLabel listener = LogLabel.of("public");
    @Nullable
    LogLabel route = LogLabel.of("orders");
    @Nullable
    LogLabel upstream = LogLabel.of("orders-service");
    @Nullable
    LogLabel endpoint = LogLabel.of("10.0.0.1:80");
    String method = "GET";
    String protocol = "HTTP/1.1";
    byte[] host = bytes("api.example.com");
    byte[] target = bytes("/orders/1?page=2");
    SecretParameters secrets = SecretParameters.NONE;
    byte[] userAgent = bytes("curl/8.5.0");
    byte[] prefix = new byte[0];
    int status = 200;
    @Nullable
    GrpcStatus grpc;
    @Nullable
    String fault;
    @Nullable
    String reject;
    int attempts = 1;
    long duration = 3_217_899;
    long connect = -1;
    long firstByte = 2_001_000;
    long bytesIn = 120;
    long bytesOut = 4711;

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    SampleRecord target(String text) {
        target = bytes(text);
        return this;
    }

    @Override
    public long requestIdHigh() {
        return 0x0123456789abcdefL;
    }

    @Override
    public long requestIdLow() {
        return 0xfedcba9876543210L;
    }

    @Override
    public LogLabel client() {
        return client;
    }

    @Override
    public @Nullable LogLabel peer() {
        return peer;
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
    public @Nullable LogLabel upstream() {
        return upstream;
    }

    @Override
    public @Nullable LogLabel endpoint() {
        return endpoint;
    }

    @Override
    public String method() {
        return method;
    }

    @Override
    public String protocol() {
        return protocol;
    }

    @Override
    public void host(ByteSpan span) {
        span.set(host, 0, host.length);
    }

    @Override
    public void target(ByteSpan span) {
        span.set(target, 0, target.length);
    }

    @Override
    public SecretParameters secrets() {
        return secrets;
    }

    @Override
    public void userAgent(ByteSpan span) {
        span.set(userAgent, 0, userAgent.length);
    }

    @Override
    public void prefix(ByteSpan span) {
        span.set(prefix, 0, prefix.length);
    }

    @Override
    public int status() {
        return status;
    }

    @Override
    public @Nullable GrpcStatus grpcStatus() {
        return grpc;
    }

    @Override
    public @Nullable String faultCode() {
        return fault;
    }

    @Override
    public @Nullable String rejectReason() {
        return reject;
    }

    @Override
    public int attempts() {
        return attempts;
    }

    @Override
    public long durationNanos() {
        return duration;
    }

    @Override
    public long connectNanos() {
        return connect;
    }

    @Override
    public long firstByteNanos() {
        return firstByte;
    }

    @Override
    public long bytesIn() {
        return bytesIn;
    }

    @Override
    public long bytesOut() {
        return bytesOut;
    }
}
