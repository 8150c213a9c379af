package io.tidegate.config;

import io.tidegate.api.Doc;
import io.tidegate.api.Shorthand;

/// An address to listen on: `:8080`, `127.0.0.1:8080`, `[::1]:8080`, `localhost:8080`, `unix:/run/tidegate.sock`.
///
/// @param host
///            host or IP address without brackets; empty for every address of the machine; for a Unix socket its path
/// @param port
///            0 to 65535, 0 for any free one; -1 for a Unix socket
@Doc("An address to listen on: `:8080`, `127.0.0.1:8080`, `[::1]:8080` or `unix:/run/tidegate.sock`.")
public record AddressConfig(String host, int port) {

    /// Reads one.
    @Shorthand
    public static AddressConfig of(String text) {
        if (text.startsWith("unix:")) {
            String path = text.substring(5);
            if (!path.startsWith("/") || path.length() > 107) {
                throw new IllegalArgumentException(
                        "must be unix: and an absolute path of at most 107 characters (was '" + text + "')");
            }
            return new AddressConfig(path, -1);
        }
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        String port = text.substring(colon + 1);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            colon = -1;
        }
        if (colon < 0 || !port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65535
                || !host.matches("[A-Za-z0-9.:%_-]*")) {
            throw new IllegalArgumentException(
                    "must be an address such as :8080, 127.0.0.1:8080, [::1]:8080 or unix:/run/x.sock (was '" + text
                            + "')");
        }
        return new AddressConfig(host, Integer.parseInt(port));
    }

    /// Whether it is a Unix socket.
    public boolean isUnix() {
        return port < 0;
    }

    @Override
    public String toString() {
        if (isUnix()) {
            return "unix:" + host;
        }
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
