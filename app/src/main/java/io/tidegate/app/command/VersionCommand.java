package io.tidegate.app.command;

import io.tidegate.engine.Engine;

/// Says what this is and what it found: version, Java, transports, TLS.
final class VersionCommand implements Command {

    @Override
    public Syntax syntax() {
        return Syntax.of("version",
                "Show the version, the Java it runs on, and which transports, which TLS and whether QUIC this machine has.");
    }

    @Override
    public int run(Arguments arguments, Terminal terminal) {
        terminal.say("tidegate " + Version.current().number());
        terminal.say("java " + Runtime.version() + " (" + System.getProperty("java.vendor") + ", "
                + System.getProperty("java.home") + ")");
        Engine.transports().forEach((name, state) -> terminal.say("transport " + name + ": " + state));
        terminal.say("tls: " + Engine.tls());
        terminal.say("quic (HTTP/3): " + Engine.quic());
        return CommandLines.OK;
    }
}
