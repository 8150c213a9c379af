package io.tidegate.app.command;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.uring.IoUring;
import io.tidegate.config.ProcessConfig;
import io.tidegate.engine.worker.Transport;
import org.jspecify.annotations.Nullable;

/// Says what this is and what it found: version, Java, transports.
final class VersionCommand implements Command {

    @Override
    public Syntax syntax() {
        return Syntax.of("version",
                "Show the version, the Java it runs on, and which transports this machine has.");
    }

    @Override
    public int run(Arguments arguments, Terminal terminal) {
        terminal.say("tidegate " + Version.current().number());
        terminal.say("java " + Runtime.version() + " (" + System.getProperty("java.vendor") + ", "
                + System.getProperty("java.home") + ")");
        Transport chosen = Transport.choose(ProcessConfig.Transport.AUTO);
        for (Transport transport : Transport.values()) {
            String state = transport == chosen
                    ? "available, chosen"
                    : transport.isAvailable() ? "available" : "not available: " + why(transport);
            terminal.say("transport " + transport.label() + ": " + state);
        }
        return 0;
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
