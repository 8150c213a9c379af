package io.tidegate.app.command;

import java.net.InetSocketAddress;
import java.net.SocketAddress;

/// Writes addresses for people.
final class Addresses {

    private Addresses() {
    }

    /// `127.0.0.1:8080`, `[::1]:8080`, `:8080` for every address of the machine, or what a Unix socket says of itself.
    static String text(SocketAddress address) {
        if (!(address instanceof InetSocketAddress internet)) {
            return "unix:" + address;
        }
        String host = internet.getAddress().isAnyLocalAddress() ? "" : internet.getAddress().getHostAddress();
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + internet.getPort();
    }

    /// A URL under which it can be reached from this machine.
    static String url(SocketAddress address) {
        String text = text(address);
        return text.startsWith("unix:") ? text : "http://" + (text.startsWith(":") ? "localhost" + text : text);
    }

    /// The port; 0 for a Unix socket.
    static int port(SocketAddress address) {
        return address instanceof InetSocketAddress internet ? internet.getPort() : 0;
    }
}
