package io.tidegate.engine.upstream;

import java.util.ArrayList;
import java.util.List;

/// Whether a service takes handshakes of WebSocket on a connection of HTTP/2 (SETTINGS_ENABLE_CONNECT_PROTOCOL, RFC
/// 8441 §3). Not known before its first settings have come, which may be later than the first request.
final class TunnelSetting {

    /// Waits for it to be known.
    @FunctionalInterface
    interface Asking {

        /// It is known now.
        void settled(boolean allowed);
    }

    private final List<Asking> asking = new ArrayList<>(0);
    private boolean known;
    private boolean allowed;

    /// Tells at once where it is known, else as soon as it is.
    void ask(Asking who) {
        if (known) {
            who.settled(allowed);
        } else {
            asking.add(who);
        }
    }

    /// The service has sent settings. What it has allowed once it must not take back.
    ///
    /// @param allows
    ///            whether they say that it takes them
    void settle(boolean allows) {
        known = true;
        allowed |= allows;
        List<Asking> waiting = List.copyOf(asking);
        asking.clear();
        waiting.forEach(who -> who.settled(allowed));
    }
}
