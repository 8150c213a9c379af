package io.tidegate.identity.remote;

import io.tidegate.api.ConfigException;
import io.tidegate.api.FieldSyntax;
import java.util.Locale;
import java.util.Set;

/// Checks of the header fields that users name, made when a configuration is loaded.
public final class FieldNames {

    private static final Set<String> OF_CONNECTIONS = Set.of("connection", "keep-alive", "proxy-connection", "te",
            "trailer", "upgrade", "transfer-encoding", "content-length", "http2-settings", "proxy-authenticate",
            "proxy-authorization", "expect", "host");
    private static final Set<String> OF_THE_GATEWAY = Set.of("x-request-id", "forwarded");

    private FieldNames() {
    }

    /// Refuses what is no name, and what belongs to one connection or one message.
    ///
    /// @throws ConfigException
    ///             saying which
    public static void check(String component, String name) {
        if (!FieldSyntax.isName(name)) {
            throw new ConfigException(component, "must hold names of header fields (was '" + name + "')");
        }
        if (OF_CONNECTIONS.contains(name.toLowerCase(Locale.ROOT))) {
            throw new ConfigException(component,
                    "must not hold '" + name + "', which belongs to one connection or one message");
        }
    }

    /// Refuses, besides what [#check] does, what the gateway itself says of a request.
    ///
    /// @throws ConfigException
    ///             saying which
    public static void checkRequest(String component, String name) {
        check(component, name);
        if (isOfTheGateway(name)) {
            throw new ConfigException(component, "must not hold '" + name + "', which the gateway writes itself");
        }
    }

    private static boolean isOfTheGateway(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return OF_THE_GATEWAY.contains(lower) || lower.startsWith("x-forwarded-");
    }
}
