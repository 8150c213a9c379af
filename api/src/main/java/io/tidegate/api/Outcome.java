package io.tidegate.api;

import org.jspecify.annotations.Nullable;

/// How an exchange ended.
public interface Outcome {

    /// Status sent to the client, 0 where none was.
    int status();

    /// Why it could not be served as asked, or null.
    @Nullable
    Fault fault();

    /// From the first byte of the request to the last of the response, in nanoseconds.
    long durationNanos();

    /// Bytes of the request's body.
    long requestBytes();

    /// Bytes of the response's body sent to the client.
    long responseBytes();

    /// Tries made to reach an endpoint.
    int attempts();
}
