package io.tidegate.api;

import io.tidegate.api.Fault.Party;
import java.util.List;

/// The faults of services: they can't be reached, do not answer, or not as they should, or are spared. [Fault#all] has
/// them too.
public final class UpstreamFaults {

    /// The service is unavailable.
    public static final Fault UNAVAILABLE = new Fault("upstream.unavailable", 503,
            "The service is unavailable",
            Party.UPSTREAM);

    /// The service could not be reached.
    public static final Fault CONNECT = new Fault("upstream.connect", 502, "The service could not be reached",
            Party.UPSTREAM);

    /// The name of the service could not be resolved.
    public static final Fault UNRESOLVED = new Fault("upstream.unresolved", 502,
            "The name of the service could not be resolved",
            Party.UPSTREAM);

    /// The service could not be reached in time.
    public static final Fault CONNECT_TIMEOUT = new Fault("upstream.connect_timeout", 504,
            "The service could not be reached in time",
            Party.UPSTREAM);

    /// The service could not be reached by TLS: it does not speak it, shows a certificate that is not accepted, or does
    /// not accept the gateway's.
    public static final Fault TLS = new Fault("upstream.tls", 502,
            "The service could not be reached securely",
            Party.UPSTREAM);

    /// A certificate of the service has run out.
    public static final Fault TLS_EXPIRED = new Fault("tls.upstream_expired", 502,
            "The service could not be reached securely: its certificate has expired",
            Party.UPSTREAM);

    /// The service closed the connection.
    public static final Fault CLOSED = new Fault("upstream.closed", 502, "The service closed the connection",
            Party.UPSTREAM);

    /// The service broke the connection.
    public static final Fault RESET = new Fault("upstream.reset", 502, "The service broke the connection",
            Party.UPSTREAM);

    /// The service sent an invalid response.
    public static final Fault INVALID = new Fault("upstream.invalid", 502,
            "The service sent an invalid response",
            Party.UPSTREAM);

    /// The service sent too large a header.
    public static final Fault HEAD_TOO_LARGE = new Fault("upstream.head_too_large", 502,
            "The service sent too large a header",
            Party.UPSTREAM);

    /// The service does not take WebSocket over HTTP/2: its settings do not allow it.
    public static final Fault NO_WEBSOCKET = new Fault("upstream.no_websocket", 502,
            "The service does not take WebSocket over HTTP/2",
            Party.UPSTREAM);

    /// The service did not answer in time.
    public static final Fault TIMEOUT = new Fault("upstream.timeout", 504,
            "The service did not answer in time",
            Party.UPSTREAM);

    /// The service has no free connection.
    public static final Fault BUSY = new Fault("upstream.busy", 503, "The service has no free connection",
            Party.UPSTREAM);

    /// Requests to the service are held back since too many have failed.
    public static final Fault CIRCUIT_OPEN = new Fault("upstream.circuit_open", 503,
            "The service is failing and is left in peace for a while",
            Party.UPSTREAM);

    /// As many requests run at the service as may.
    public static final Fault LIMITED = new Fault("upstream.limited", 503,
            "The service has as many requests as it can take",
            Party.UPSTREAM);

    private static final List<Fault> ALL = List.of(UNAVAILABLE, CONNECT, UNRESOLVED, CONNECT_TIMEOUT, TLS, TLS_EXPIRED,
            CLOSED, RESET, INVALID, HEAD_TOO_LARGE, NO_WEBSOCKET, TIMEOUT, BUSY, CIRCUIT_OPEN, LIMITED);

    private UpstreamFaults() {
    }

    /// All of them.
    static List<Fault> all() {
        return ALL;
    }
}
