package io.tidegate.config;

import io.tidegate.api.Doc;
import io.tidegate.api.Named;

/// A protocol that is spoken on a listener, or with a service.
public enum ProtocolConfig {
    @Doc("HTTP/1.1, and HTTP/1.0.")
    @Named("http/1.1")
    HTTP1("http/1.1"), @Doc("HTTP/2 over TLS, agreed on by ALPN.")
    @Named("h2")
    H2("h2"), @Doc("HTTP/2 without TLS, by prior knowledge.")
    @Named("h2c")
    H2C("h2c"), @Doc("HTTP/3 over QUIC, at the UDP port of the same number. Clients only, with `tls`.")
    @Named("h3")
    H3("h3");

    private final String token;

    ProtocolConfig(String token) {
        this.token = token;
    }

    /// Its name, as users write it and as ALPN has it.
    public String token() {
        return token;
    }
}
