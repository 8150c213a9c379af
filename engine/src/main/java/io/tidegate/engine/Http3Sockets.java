package io.tidegate.engine;

import io.tidegate.config.ListenerConfig;
import io.tidegate.engine.compile.CompileException;
import io.tidegate.engine.server.Listener;
import io.tidegate.engine.tls.QuicLibrary;
import io.tidegate.engine.worker.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What changes with a configuration about the UDP sockets of listeners: bound before it is put in place, taken back
/// where it can't be.
final class Http3Sockets {

    private static final Logger LOG = LoggerFactory.getLogger(Http3Sockets.class);

    private final List<Listener> bound = new ArrayList<>();
    private final List<Listener> speaking = new ArrayList<>();
    private final List<Listener> silent = new ArrayList<>();

    /// Nothing changes.
    Http3Sockets() {
    }

    /// Binds the sockets of those listeners that speak HTTP/3 from now on.
    ///
    /// @param listeners
    ///            gives a listener by its name
    /// @throws CompileException
    ///             where an address can't be bound; nothing is left behind then
    void bind(Map<String, ListenerConfig> declared, Function<String, Listener> listeners, Workers workers)
            throws CompileException {
        for (Map.Entry<String, ListenerConfig> entry : declared.entrySet()) {
            Listener listener = listeners.apply(entry.getKey());
            if (!entry.getValue().speaksHttp3()) {
                silent.add(listener);
            } else if (!QuicLibrary.isAvailable()) {
                LOG.atWarn().addKeyValue("listener", entry.getKey())
                        .log("HTTP/3 is not spoken: QUIC is {}", QuicLibrary.description());
            } else {
                speaking.add(listener);
                bind(entry.getKey(), listener, workers);
            }
        }
    }

    private void bind(String name, Listener listener, Workers workers) throws CompileException {
        try {
            if (listener.bindHttp3(workers)) {
                bound.add(listener);
            }
        } catch (RuntimeException e) {
            throw BindFailure.of(name, "UDP " + listener.address(), e);
        }
    }

    /// Takes back what was bound.
    void undo() {
        bound.forEach(Listener::closeHttp3);
    }

    /// The configuration is in place.
    void commit() {
        speaking.forEach(Listener::openHttp3);
        silent.forEach(Listener::closeHttp3);
    }
}
