package io.tidegate.control;

import io.tidegate.config.TelemetryConfig.Log.Level;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A running gateway as its admin listener sees it. Every method may be called at any time, by several threads at once.
public interface GatewayView {

    /// Whether a configuration is in place.
    boolean configured();

    /// Whether it has done what it wants to have done before the first request: connections opened, code compiled.
    boolean warm();

    /// Whether it was told to stop.
    boolean draining();

    /// What does not work as it should although requests are served, one sentence each; empty if all is well.
    List<String> degraded();

    /// What serves.
    Serving serving();

    /// All measurements, in Prometheus' text format.
    String metrics();

    /// Least severity that is logged.
    Level logLevel();

    /// Changes the least severity that is logged, until the process ends or it is changed again.
    void logLevel(Level level);

    /// Explains what would become of a request, as one JSON object; null where nothing can explain it. Nothing is sent.
    ///
    /// @param method
    ///            its method
    /// @param url
    ///            its absolute URL
    /// @param headers
    ///            its header fields, as `name: value`
    /// @throws IllegalArgumentException
    ///             if there can be no such request; the message is for the one who asked
    default @Nullable String explain(String method, String url, List<String> headers) {
        return null;
    }

    /// How the endpoints of the upstreams are doing, by name of the upstream.
    default Map<String, UpstreamState> upstreams() {
        return Map.of();
    }

    /// Takes an endpoint out, or takes it in again: requests that run come to their end.
    ///
    /// @param endpoint
    ///            its `host:port`, or `unix:/path`
    /// @return whether there is such an endpoint
    default boolean drain(String upstream, String endpoint, boolean on) {
        return false;
    }

    /// What came of the copies of requests that mirrors get, by route; null where nothing is known of any.
    ///
    /// @param text
    ///            whether it is for people to read; one JSON object otherwise
    default @Nullable String mirrors(boolean text) {
        return null;
    }

    /// How an upstream is doing.
    ///
    /// @param panic
    ///            whether endpoints are used that should not be, since too few others are left
    /// @param declared
    ///            number of endpoints that may be chosen, of which this gateway may use a part
    /// @param circuitBreaker
    ///            what its circuit breaker does; null where it has none
    /// @param concurrency
    ///            how many requests run; null where any number may
    /// @param endpoints
    ///            its endpoints
    /// @param discovery
    ///            where they are found; null where they are declared
    record UpstreamState(boolean panic, int declared, @Nullable String circuitBreaker,
            @Nullable ConcurrencyState concurrency, List<EndpointState> endpoints,
            @Nullable DiscoveryState discovery) {

        /// Copies what it is given.
        public UpstreamState {
            endpoints = List.copyOf(endpoints);
        }
    }

    /// How many requests run at an upstream.
    ///
    /// @param running
    ///            those that run
    /// @param limit
    ///            how many may
    /// @param waiting
    ///            those that wait for their turn
    record ConcurrencyState(int running, int limit, int waiting) {
    }

    /// How the endpoints of an upstream are found.
    ///
    /// @param source
    ///            where, in words
    /// @param endpoints
    ///            number of those that were found
    /// @param ageSeconds
    ///            how long ago they were told last; NaN where never
    /// @param failure
    ///            why the last question came to nothing, where it did
    record DiscoveryState(String source, int endpoints, double ageSeconds, @Nullable String failure) {
    }

    /// How an endpoint is doing.
    ///
    /// @param endpoint
    ///            its `host:port`, or `unix:/path`
    /// @param usable
    ///            whether nothing speaks against it
    /// @param unhealthy
    ///            what its last failed check said, where checks speak against it
    /// @param ejected
    ///            why it is left out because of requests, where it is
    /// @param ejectedForMillis
    ///            how much longer
    /// @param draining
    ///            whether it was taken out by hand
    /// @param zone
    ///            where it is, where that is said
    /// @param starting
    ///            part of its share in percent, where it has begun a short while ago
    /// @param circuitBreaker
    ///            what its circuit breaker does; null where it has none
    record EndpointState(String endpoint, boolean usable, @Nullable String unhealthy, @Nullable String ejected,
            long ejectedForMillis, boolean draining, @Nullable String zone, @Nullable Integer starting,
            @Nullable String circuitBreaker) {
    }

    /// What serves.
    ///
    /// @param transport
    ///            how sockets are driven: `io_uring`, `epoll` or `nio`
    /// @param workers
    ///            number of event loops
    /// @param connections
    ///            client connections open now
    /// @param pressure
    ///            how overloaded it is: 0 not at all, 1 so that it can serve nothing
    /// @param acceptsPaused
    ///            whether nobody is accepted for a while, since that is so
    record Serving(String transport, int workers, long connections, double pressure, boolean acceptsPaused) {
    }
}
