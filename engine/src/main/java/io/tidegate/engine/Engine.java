package io.tidegate.engine;

import io.tidegate.config.ConfigTarget;
import io.tidegate.config.GatewayConfig;
import io.tidegate.config.Loaded;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.Map;

/// Runs a gateway: the front door of the data path.
@SuppressWarnings("DoNotCallSuggester")
public final class Engine implements ConfigTarget, AutoCloseable {

    private Engine() {
    }

    /// Starts the event loops. Nothing listens before the first [#apply].
    public static Engine start(EngineOptions options) {
        throw new IllegalStateException(options.toString());
    }

    @Override
    public Result apply(Loaded.Accepted loaded) {
        throw new IllegalStateException();
    }

    /// The addresses on which listeners are bound, by name of the listener.
    public Map<String, SocketAddress> addresses() {
        throw new IllegalStateException();
    }

    /// How it is doing.
    public EngineStatus status() {
        throw new IllegalStateException();
    }

    /// Writes all measurements in Prometheus' text format.
    public void writeMetrics(Appendable out) throws IOException {
        throw new IllegalStateException();
    }

    /// Opens access log files again, after they were moved away.
    public void reopenLogs() {
        throw new IllegalStateException();
    }

    /// Not ready from now on; accepts for the configured delay, then finishes what runs. Returns when nothing runs any
    /// more or the configured time is over. Blocks.
    public void drain() {
        throw new IllegalStateException();
    }

    /// What would become of a request: the decision of the same router that runs, without sending anything.
    ///
    /// @param url absolute, `http://host/path?query`
    public static Explanation explain(GatewayConfig config, String method, String url,
            Map<String, String> headers) {
        throw new IllegalStateException(method + url + headers + config);
    }

    /// Closes everything at once.
    @Override
    public void close() {
        throw new IllegalStateException();
    }
}
