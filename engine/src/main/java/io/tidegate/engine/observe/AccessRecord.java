package io.tidegate.engine.observe;

import io.tidegate.api.GrpcStatus;
import org.jspecify.annotations.Nullable;

/// What the access log tells of one exchange that is over. Asked once per line, on the event loop of the exchange; what
/// a span is set to must stay as it is until [AccessLane#log] returns.
public interface AccessRecord {

    /// Whether it is a connection whose bytes were relayed, and so has no method, no target and no status.
    default boolean isConnection() {
        return false;
    }

    /// The first eight bytes of the request id.
    long requestIdHigh();

    /// The last eight bytes of the request id.
    long requestIdLow();

    /// Address of the client, as trusted proxies tell it.
    LogLabel client();

    /// Address the connection came from, where it is another than the client's.
    @Nullable
    LogLabel peer();

    /// Name of the listener.
    LogLabel listener();

    /// Name of the route, or null where none was found.
    @Nullable
    LogLabel route();

    /// Who was found to be calling: the name of a consumer, or what the credentials call the caller; null for nobody.
    default @Nullable String consumer() {
        return null;
    }

    /// Name of the upstream, or null where none was chosen.
    @Nullable
    LogLabel upstream();

    /// Address of the endpoint last tried, or null where none was.
    @Nullable
    LogLabel endpoint();

    /// The method; empty where the message could not be read so far.
    String method();

    /// The protocol, `HTTP/1.1`; empty where the message could not be read so far.
    String protocol();

    /// Points `span` to the host without its port; leaves it alone where there is none.
    void host(ByteSpan span);

    /// Points `span` to the request target as received, the query included; leaves it alone where there is none.
    void target(ByteSpan span);

    /// Parameters of the target whose values are not told.
    default SecretParameters secrets() {
        return SecretParameters.NONE;
    }

    /// Points `span` to the value of `User-Agent`; leaves it alone where there is none.
    void userAgent(ByteSpan span);

    /// Points `span` to the first bytes of a message that was rejected; leaves it alone where there was none.
    void prefix(ByteSpan span);

    /// Status sent to the client, 0 where none was.
    int status();

    /// How it ended for whoever called by gRPC; null where it was no call.
    @Nullable
    GrpcStatus grpcStatus();

    /// Code of the fault that ended it, or null.
    @Nullable
    String faultCode();

    /// Code of the fault for which the message was refused as no HTTP, or as ambiguous; or null.
    @Nullable
    String rejectReason();

    /// Whether a declared answer stood in for the service, because of the fault.
    default boolean fallback() {
        return false;
    }

    /// Tries made to reach an endpoint.
    int attempts();

    /// From the first byte of the request to the last of the response, in nanoseconds.
    long durationNanos();

    /// How long it took to get a connection to the endpoint, in nanoseconds; negative where none was made for it.
    long connectNanos();

    /// From the start of the last attempt to the head of the response, in nanoseconds; negative where there was none.
    long firstByteNanos();

    /// Bytes received from the client.
    long bytesIn();

    /// Bytes sent to the client.
    long bytesOut();
}
