package io.tidegate.engine.exchange;

import io.tidegate.api.Fault;
import io.tidegate.api.Outcome;
import org.jspecify.annotations.Nullable;

/// What is written down of an exchange while it runs: for policies, metrics and the access log. Reused.
final class ExchangeRecord implements Outcome {

    int status;
    @Nullable
    Fault fault;
    int attempts;
    /// Whether it ended because the client broke the rules.
    boolean rejected;
    long requestBytes;
    long responseBytes;
    private long started;
    private long headReceived;
    private long ended;

    void begin() {
        status = 0;
        fault = null;
        attempts = 0;
        rejected = false;
        requestBytes = 0;
        responseBytes = 0;
        headReceived = 0;
        started = System.nanoTime();
        ended = started;
    }

    /// The service has answered.
    void firstByte() {
        headReceived = System.nanoTime();
    }

    void finish() {
        ended = System.nanoTime();
    }

    /// From the request's head to the response's, in nanoseconds; -1 where none came from a service.
    long firstByteNanos() {
        return headReceived == 0 ? -1 : headReceived - started;
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
