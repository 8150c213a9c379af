package io.tidegate.control.admin;

import java.net.InetAddress;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The names under which the admin listener may be asked.
///
/// A web page can point a name of its own at `127.0.0.1` and have the reader's browser ask there (DNS rebinding). Such a
/// request carries the page's name in `Host`, and that is where it is told from a proper one.
final class HostAllowList {

    private final Set<String> names = new HashSet<>();

    /// Allows `localhost`, loopback addresses, and these.
    HostAllowList(Set<String> further) {
        names.add("localhost");
        further.forEach(name -> names.add(plain(name)));
    }

    /// Whether a value of `Host` names this listener. The port does not count: it may be forwarded from another one.
    boolean allows(String host) {
        String name = withoutPort(host);
        if (name == null) {
            return false;
        }
        name = plain(name);
        return names.contains(name) || isLoopback(name);
    }

    private static boolean isLoopback(String name) {
        try {
            // Literals only: this never asks a resolver.
            return InetAddress.ofLiteral(name).isLoopbackAddress();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    private static @Nullable String withoutPort(String host) {
        if (host.startsWith("[")) {
            int end = host.indexOf(']');
            return end > 0 && isPort(host.substring(end + 1)) ? host.substring(1, end) : null;
        }
        int colon = host.indexOf(':');
        if (colon < 0) {
            return host;
        }
        return isPort(host.substring(colon)) ? host.substring(0, colon) : null;
    }

    private static boolean isPort(String text) {
        return text.isEmpty() || text.matches(":[0-9]{1,5}");
    }
}
