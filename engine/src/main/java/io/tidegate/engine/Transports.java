package io.tidegate.engine;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.uring.IoUring;
import io.tidegate.config.ProcessConfig;
import io.tidegate.engine.worker.Transport;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Puts into words which transports this machine has.
final class Transports {

    private Transports() {
    }

    static Map<String, String> states() {
        Transport chosen = Transport.choose(ProcessConfig.Transport.AUTO);
        Map<String, String> states = new LinkedHashMap<>();
        for (Transport transport : Transport.values()) {
            states.put(transport.label(), transport == chosen
                    ? "available, chosen"
                    : transport.isAvailable() ? "available" : "not available: " + why(transport));
        }
        return states;
    }

    private static String why(Transport transport) {
        return switch (transport) {
            case IO_URING -> IoUring.isAvailable()
                    ? "the kernel has no rings of provided buffers"
                    : root(IoUring.unavailabilityCause());
            case EPOLL -> root(Epoll.unavailabilityCause());
            case NIO -> "";
        };
    }

    private static String root(@Nullable Throwable thrown) {
        Throwable deepest = thrown;
        while (deepest != null && deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        return deepest == null ? "for no stated reason" : String.valueOf(deepest.getMessage());
    }
}
