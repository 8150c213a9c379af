package io.tidegate.engine.tls;

import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.tidegate.config.ClientAuthConfig;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/// One certificate with all that goes with it, ready for the handshakes of QUIC (RFC 9001).
///
/// @param ssl
///            for the library
/// @param mode
///            whether clients must show a certificate
/// @param clients
///            whose certificates are accepted; null where clients are not asked
record QuicContext(QuicSslContext ssl, ClientAuthConfig.Mode mode, @Nullable X509TrustManager clients) {

    /// How long a session can be resumed, in seconds.
    private static final long SESSION_SECONDS = 3600;
    private static final String PROTOCOL = "h3";

    /// Nothing is ever taken before the handshake is over: what is repeated would be served twice (RFC 8446 §8).
    private static final boolean EARLY_DATA = false;

    static QuicContext make(TlsMaterial material) throws GeneralSecurityException {
        QuicSslContextBuilder builder = QuicSslContextBuilder
                .forServer(material.key(), null, material.chain().toArray(X509Certificate[]::new))
                .applicationProtocols(PROTOCOL)
                .sessionTimeout(SESSION_SECONDS)
                .earlyData(EARLY_DATA)
                .clientAuth(switch (material.mode()) {
                    case OFF -> ClientAuth.NONE;
                    case OPTIONAL -> ClientAuth.OPTIONAL;
                    case REQUIRED -> ClientAuth.REQUIRE;
                });
        X509TrustManager clients = null;
        if (material.mode() == ClientAuthConfig.Mode.OFF) {
            // Whatever a client shows where another name of the listener asks, it counts for nothing here.
            builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
        } else {
            TrustManagerFactory trust = Trust.of(material.authorities(), material.withdrawn());
            builder.trustManager(trust);
            clients = first(trust);
        }
        return new QuicContext(builder.build(), material.mode(), clients);
    }

    /// Whether clients are asked for a certificate.
    boolean asks() {
        return clients != null;
    }

    private static X509TrustManager first(TrustManagerFactory factory) {
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509TrustManager trust) {
                return trust;
            }
        }
        throw new IllegalStateException("a factory of PKIX makes trust managers of X.509");
    }

    /// Checks, when a handshake is over, what the client has shown. The library takes what is asked for from the
    /// context that handshakes begin with, not from the one of the name; and sessions of all names share one key, so
    /// that one that was begun under a name that asks for nothing can be gone on with under one that asks.
    ///
    /// @throws GeneralSecurityException
    ///             where it is not what clients of this name must show
    void check(SSLEngine engine) throws GeneralSecurityException {
        X509TrustManager trust = clients;
        if (trust == null) {
            return;
        }
        X509Certificate[] shown = shown(engine);
        if (shown.length > 0) {
            trust.checkClientTrusted(shown, shown[0].getPublicKey().getAlgorithm());
        } else if (mode == ClientAuthConfig.Mode.REQUIRED) {
            throw new GeneralSecurityException("the client showed no certificate");
        }
    }

    private static X509Certificate[] shown(SSLEngine engine) {
        try {
            Certificate[] all = engine.getSession().getPeerCertificates();
            X509Certificate[] shown = new X509Certificate[all.length];
            System.arraycopy(all, 0, shown, 0, all.length);
            return shown;
        } catch (SSLPeerUnverifiedException e) {
            return new X509Certificate[0];
        }
    }
}
