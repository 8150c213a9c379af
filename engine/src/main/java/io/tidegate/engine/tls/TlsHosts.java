package io.tidegate.engine.tls;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The names of a listener with TLS, and what is shown and asked for under each. Immutable.
public final class TlsHosts {

    private static final int TLS_1_2 = 0x0303;
    private static final int TLS_1_3 = 0x0304;

    private final Map<String, Host> exact = new HashMap<>();
    /// By what stands behind the star: `.example.com`.
    private final Map<String, Host> wildcards = new HashMap<>();
    private final @Nullable Host byDefault;
    private final boolean onlyNewest;
    private final List<String> protocols;
    private final boolean tellsServices;
    private final boolean severalPolicies;
    private final boolean asksOverQuic;
    private final List<TlsContext> contexts;
    private final Map<String, Long> expiries = new HashMap<>();
    private final Set<String> pending;
    private final AlpnChallenges challenges;

    /// What is shown and asked for under one name.
    ///
    /// @param elliptic
    ///            with a key of ECDSA, or null
    /// @param other
    ///            with a key of RSA, or null
    /// @param policy
    ///            stands for what clients must show; empty where they are not asked
    record Host(@Nullable TlsContext elliptic, @Nullable TlsContext other, String policy) {

        Host with(TlsContext context) {
            return context.isElliptic() ? new Host(context, other, policy) : new Host(elliptic, context, policy);
        }

        /// The certificate that clients of QUIC get, of ECDSA where there is one: all of them can check it. Null where
        /// QUIC is not spoken.
        @Nullable
        QuicContext quic() {
            TlsContext shown = elliptic == null ? other : elliptic;
            return shown == null ? null : shown.quic();
        }

        /// The certificate that this client can check: the one of ECDSA where it can, which costs less.
        TlsContext choose(ClientHello hello) {
            if (elliptic != null && (other == null || elliptic.suits(hello))) {
                return elliptic;
            }
            if (other == null) {
                throw new IllegalStateException("a host has a certificate");
            }
            return other;
        }
    }

    /// A certificate and its names.
    record Entry(TlsContext context, List<String> names, String policy) {
    }

    /// @param pending
    ///            names that a certificate is yet to come for: their clients are refused
    /// @param unknownGetFirst
    ///            whether clients that ask for another name get the first certificate
    /// @param onlyNewest
    ///            whether TLS 1.3 alone is spoken
    /// @param protocols
    ///            what ALPN offers; empty where nothing is agreed on
    /// @param tellsServices
    ///            whether services hear of clients' certificates
    /// @param challenges
    ///            what authorities are shown
    TlsHosts(List<Entry> entries, Set<String> pending, boolean unknownGetFirst, boolean onlyNewest,
            List<String> protocols, boolean tellsServices, AlpnChallenges challenges) {
        this.pending = Set.copyOf(pending);
        this.challenges = challenges;
        for (Entry entry : entries) {
            for (String name : entry.names()) {
                expiries.merge(name, entry.context().certificate().getNotAfter().toInstant().toEpochMilli(), Math::min);
                Map<String, Host> map = name.startsWith("*.") ? wildcards : exact;
                String key = name.startsWith("*.") ? name.substring(1) : name;
                map.put(key, map.getOrDefault(key, new Host(null, null, entry.policy())).with(entry.context()));
            }
        }
        this.byDefault = unknownGetFirst && !entries.isEmpty() ? first(entries.getFirst()) : null;
        this.onlyNewest = onlyNewest;
        this.protocols = List.copyOf(protocols);
        this.tellsServices = tellsServices;
        this.severalPolicies = entries.stream().map(Entry::policy).distinct().count() > 1;
        this.asksOverQuic = entries.stream().map(entry -> entry.context().quic())
                .anyMatch(quic -> quic != null && quic.asks());
        this.contexts = entries.stream().map(Entry::context).toList();
    }

    private Host first(Entry first) {
        Host named = first.names().isEmpty() ? null : find(first.names().getFirst().replace("*", "any"));
        return named == null ? new Host(null, null, first.policy()).with(first.context()) : named;
    }

    private @Nullable Host find(String name) {
        Host host = exact.get(name);
        int dot = name.indexOf('.');
        return host != null || dot < 0 ? host : wildcards.get(name.substring(dot));
    }

    /// What is shown and asked for under this name, or under any; null where it is not served, or not yet.
    @Nullable
    Host host(String name) {
        Host found = find(name);
        return found != null || pending.contains(name) ? found : byDefault;
    }

    /// Chooses by what the client says first.
    ///
    /// @param address
    ///            the one that the client connected to, as text: who asks for no name gets what is for this address
    Host choose(ClientHello hello, String address) throws RefusedHelloException {
        if (!hello.speaks(TLS_1_3) && (onlyNewest || !hello.speaks(TLS_1_2))) {
            throw new RefusedHelloException(Alert.PROTOCOL_VERSION, "version");
        }
        List<String> offered = hello.protocols();
        // Who agrees to nothing by ALPN takes no notice of it (RFC 7301 section 3.2).
        if (offered != null && !protocols.isEmpty() && protocols.stream().noneMatch(offered::contains)) {
            throw new RefusedHelloException(Alert.NO_APPLICATION_PROTOCOL, "protocol");
        }
        String name = hello.serverName();
        Host host = host(name == null ? address : name);
        if (host == null) {
            throw new RefusedHelloException(Alert.UNRECOGNIZED_NAME,
                    name != null && pending.contains(name) ? "certificate_pending" : "unknown_name");
        }
        return host;
    }

    /// What is shown to authorities that look whether a name leads here.
    AlpnChallenges challenges() {
        return challenges;
    }

    /// Whether names differ in what clients must show, so that it matters on which connection a request comes.
    public boolean hasSeveralPolicies() {
        return severalPolicies;
    }

    /// Stands for what clients of this host must show: empty where they are not asked, null where there is no such
    /// name.
    ///
    /// @param host
    ///            in lower case, without a port and without a dot at its end
    public @Nullable String policy(String host) {
        Host found = find(host);
        found = found == null ? byDefault : found;
        return found == null ? null : found.policy();
    }

    /// Whether one of the names asks clients of QUIC for a certificate.
    boolean asksOverQuic() {
        return asksOverQuic;
    }

    /// Whether services are told of clients' certificates.
    public boolean tellsServices() {
        return tellsServices;
    }

    /// When the certificates expire, in milliseconds since 1970, by name: the first to do so where there are several.
    Map<String, Long> expiries() {
        return expiries;
    }

    List<TlsContext> contexts() {
        return contexts;
    }
}
