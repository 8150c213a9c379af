package io.tidegate.control;

import io.tidegate.config.TelemetryConfig.Log.Level;
import java.util.List;
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
