package io.tidegate.engine.tls;

import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.function.Supplier;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/// The names under which a listener is reached by QUIC: the certificate of each handshake is the one that the hosts of
/// the moment have for the name that the client asks for.
public final class QuicNames {

    private final Supplier<@Nullable TlsHosts> hosts;
    private final String address;
    private final QuicSslContext silent;
    private final QuicSslContext asking;

    /// @param hosts
    ///            those of the moment; null where nothing is served any more
    /// @param address
    ///            the one that clients connect to, as text: who asks for no name gets what is for this address
    public QuicNames(Supplier<@Nullable TlsHosts> hosts, String address) {
        this.hosts = hosts;
        this.address = address;
        this.silent = context(ClientAuth.NONE);
        this.asking = context(ClientAuth.OPTIONAL);
    }

    private QuicSslContext context(ClientAuth auth) {
        return QuicSslContextBuilder.forServer(noKeys(), null).sni(this::choose).clientAuth(auth)
                .trustManager(InsecureTrustManagerFactory.INSTANCE).build();
    }

    /// What a handshake begins with, before the name is known: clients are asked for a certificate where one of the
    /// names asks. What they show is checked by the context of the name.
    public QuicSslContext ssl() {
        TlsHosts current = hosts.get();
        return current != null && current.asksOverQuic() ? asking : silent;
    }

    /// Has no certificate: no handshake goes on without one of a name.
    private static KeyManagerFactory noKeys() {
        try {
            KeyStore empty = KeyStore.getInstance("PKCS12");
            empty.load(null, null);
            KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
            factory.init(empty, null);
            return factory;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("an empty store of keys can be made", e);
        }
    }

    private @Nullable QuicSslContext choose(@Nullable String asked) {
        TlsHosts.Host host = host(asked);
        QuicContext context = host == null ? null : host.quic();
        return context == null ? null : context.ssl();
    }

    private TlsHosts.@Nullable Host host(@Nullable String asked) {
        TlsHosts current = hosts.get();
        String name = asked == null ? address : ClientHello.host(asked);
        return current == null || name == null ? null : current.host(name);
    }

    /// What came of a handshake, once the client has shown what its name asks for.
    ///
    /// @param asked
    ///            the name that the client asked for, or null
    /// @throws GeneralSecurityException
    ///             where it has not
    public TlsConnection secured(@Nullable SSLEngine engine, @Nullable String asked, long startedMillis)
            throws GeneralSecurityException {
        TlsHosts.Host host = host(asked);
        QuicContext context = host == null ? null : host.quic();
        if (engine == null || host == null || context == null) {
            throw new GeneralSecurityException("the name is not served any more");
        }
        context.check(engine);
        return TlsConnection.ofQuic(engine, asked == null ? null : ClientHello.host(asked), host.policy(),
                startedMillis, context.asks());
    }
}
