package io.tidegate.engine.wire;

import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/// Where a connection comes from and where it was meant to go, as the socket says it, or a header of the PROXY protocol
/// that stands in front of it.
///
/// @param client
///            who holds it; null where nobody can tell
/// @param destination
///            what the client has connected to; null where nobody can tell
/// @param authority
///            the name that the client has asked for by TLS; null where it is not known
/// @param uniqueId
///            what a proxy in front knows the connection by, a byte a character; empty for nothing
public record Origin(@Nullable SocketAddress client, @Nullable SocketAddress destination, @Nullable String authority,
        String uniqueId) {

    /// As the socket says it.
    public static Origin ofSocket(@Nullable SocketAddress client, @Nullable SocketAddress destination) {
        return new Origin(client, destination, null, "");
    }

    /// The same, with the name that its client asks for.
    public Origin withAuthority(@Nullable String name) {
        return name == null ? this : new Origin(client, destination, name, uniqueId);
    }
}
