package io.tidegate.config;

import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// An address on which clients are served.
@Doc("An address on which clients are served.")
public record ListenerConfig(
        @Doc("`:8080`, `127.0.0.1:8080`, `[::1]:8080` or `unix:/run/tidegate.sock`. Changing it opens the new address before the old one is closed.") AddressConfig address,

        @Doc("TLS. Left out: the listener speaks without it.") @Nullable TlsConfig tls,

        @Doc("Protocols that are spoken. Left out: `http/1.1` and `h2` with `tls`, `http/1.1` and `h2c` without.") @Nullable Set<ProtocolConfig> protocols,

        @Doc("How clients hear of HTTP/3. Has an effect where `protocols` has `h3`.") @Default("{}") AltSvcConfig altSvc,

        @Doc("Sends clients to `https` and serves nothing else.") @Nullable HttpsRedirectConfig redirectToHttps,

        @Doc("Relays bytes to a service instead of serving HTTP.") @Nullable TcpConfig tcp,

        @Doc("Relays TLS connections to services by the name that clients ask for, instead of serving HTTP.") @Nullable TlsPassthroughConfig tlsPassthrough,

        @Doc("Whether connections begin with a header of the PROXY protocol (version 1 or 2), which says who the client is. It is required of `trustedProxies`; everybody else is refused.") @Default("false") boolean proxyProtocol,

        @Doc("Networks (CIDR) of proxies in front of this one whose `X-Forwarded-*`, `Forwarded` and `X-Request-Id` are believed. Everybody else's are removed.") @Default("[]") List<CidrConfig> trustedProxies,

        @Doc("Name under which the gateway stands in `Via`.") @Default("tidegate") String via,

        @Doc("Bounds of what one connection and one request may cost.") @Default("{}") LimitsConfig limits,

        @Doc("How long a client may take.") @Default("{}") ClientTimeoutsConfig timeouts) {

    /// The protocols that are spoken: those that are declared, or the usual ones; none where bytes are relayed.
    public Set<ProtocolConfig> spoken() {
        if (isRelay()) {
            return Set.of();
        }
        if (protocols != null) {
            return protocols;
        }
        return EnumSet.of(ProtocolConfig.HTTP1, tls == null ? ProtocolConfig.H2C : ProtocolConfig.H2);
    }

    /// Whether bytes are relayed here, and no HTTP is served.
    public boolean isRelay() {
        return tcp != null || tlsPassthrough != null;
    }

    /// Whether HTTP/3 is spoken.
    public boolean speaksHttp3() {
        return tls != null && protocols != null && protocols.contains(ProtocolConfig.H3);
    }

    /// Whether clients are sent to https, and nothing else is served.
    public boolean redirects() {
        return redirectToHttps != null && redirectToHttps.enabled();
    }
}
