package io.tidegate.api;

import org.jspecify.annotations.Nullable;

/// Where a request came from.
public interface Client {

    /// Address of the client as text, without port: the peer's, or what trusted proxies say of it. `unix:` for a peer
    /// on a Unix socket.
    String address();

    /// Address of the peer that holds the connection, without port. The same as [#address] unless the peer is trusted.
    String peerAddress();

    /// Port of the peer, 0 for a Unix socket.
    int peerPort();

    /// Whether the connection is encrypted.
    boolean secure();

    /// What was agreed on with the peer that holds the connection, or null where it is not encrypted. Behind a trusted
    /// proxy this is about the proxy.
    default @Nullable TlsClient tls() {
        return null;
    }

    /// Whether the peer is one of the listener's `trustedProxies`.
    boolean trusted();

    /// Name of the listener.
    String listener();
}
