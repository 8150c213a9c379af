package io.tidegate.engine.upstream;

import io.tidegate.config.UpstreamConfig.ProxyProtocol;
import io.tidegate.engine.wire.Origin;
import io.tidegate.engine.wire.ProxyHeaderWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A client's connection, as those connections to services know it that carry its address and thus serve it alone.
/// Confined to its event loop.
public final class ClientConnection {

    private final Origin origin;
    private @Nullable List<Runnable> ends;
    private boolean over;

    /// A connection that begins.
    public ClientConnection(Origin origin) {
        this.origin = origin;
    }

    /// Where it comes from.
    public Origin origin() {
        return origin;
    }

    /// What a service is told of it first, or null for nothing.
    byte @Nullable [] header(ProxyProtocol version) {
        return switch (version) {
            case OFF -> null;
            case V1 -> ProxyHeaderWriter.line(origin);
            case V2 -> ProxyHeaderWriter.binary(origin);
        };
    }

    /// Runs `action` when it is over.
    void atEnd(Runnable action) {
        List<Runnable> waiting = ends;
        if (waiting == null) {
            waiting = new ArrayList<>(2);
            ends = waiting;
        }
        waiting.add(action);
    }

    boolean isOver() {
        return over;
    }

    /// It is closed.
    public void end() {
        over = true;
        List<Runnable> waiting = ends;
        ends = null;
        if (waiting != null) {
            waiting.forEach(Runnable::run);
        }
    }
}
