package io.tidegate.engine.tls;

import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslHandler;
import io.netty.internal.tcnative.SSL;
import io.tidegate.api.ClientCertificate;
import io.tidegate.api.TlsClient;
import io.tidegate.config.pem.Certificates;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// What came of a handshake.
///
/// @param client
///            what policies see of it
/// @param policy
///            stands for what the client had to show, see [TlsHosts#policy]
/// @param resumed
///            whether an earlier session was gone on with
public record TlsConnection(TlsClient client, String policy, boolean resumed) {

    private static final long MILLIS = 1000;

    static TlsConnection of(SslHandler handler, @Nullable String serverName, String policy, long startedMillis)
            throws CertificateEncodingException {
        SSLSession session = handler.engine().getSession();
        boolean resumed = handler.engine() instanceof ReferenceCountedOpenSslEngine engine
                ? SSL.isSessionReused(engine.sslPointer())
                : session.getCreationTime() < startedMillis;
        return new TlsConnection(new TlsClient(session.getProtocol(), session.getCipherSuite(), serverName,
                handler.applicationProtocol(), certificate(session)), policy, resumed);
    }

    /// What came of a handshake of QUIC.
    ///
    /// @param asked
    ///            whether the client was asked for a certificate under this name, so that it counts
    static TlsConnection ofQuic(SSLEngine engine, @Nullable String serverName, String policy, long startedMillis,
            boolean asked) throws CertificateEncodingException {
        SSLSession session = engine.getSession();
        // The library keeps whole seconds.
        boolean resumed = session.getCreationTime() < startedMillis - MILLIS;
        return new TlsConnection(new TlsClient(session.getProtocol(), session.getCipherSuite(), serverName,
                engine.getApplicationProtocol(), asked ? certificate(session) : null), policy, resumed);
    }

    private static @Nullable ClientCertificate certificate(SSLSession session) throws CertificateEncodingException {
        Certificate[] shown;
        try {
            shown = session.getPeerCertificates();
        } catch (SSLPeerUnverifiedException e) {
            return null;
        }
        if (shown.length == 0 || !(shown[0] instanceof X509Certificate certificate)) {
            return null;
        }
        return new ClientCertificate(certificate.getSubjectX500Principal().getName(),
                certificate.getIssuerX500Principal().getName(), certificate.getSerialNumber().toString(16),
                HexFormat.of().formatHex(TlsMaterial.sha256().digest(certificate.getEncoded())),
                Certificates.dnsNames(certificate), Certificates.uris(certificate));
    }
}
