package io.tidegate.engine.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.NetUtil;
import io.netty.util.ReferenceCountUtil;
import io.tidegate.api.Fault;
import io.tidegate.api.UpstreamFaults;
import io.tidegate.config.EndpointUrl;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/// How the gateway speaks TLS with one service: whom it trusts, what it shows, which name it asks for. Made by
/// [ServiceTlsCompiler]. May be used by several threads.
public final class ServiceTls implements AutoCloseable {

    private final String digest;
    private final SslContext ssl;
    private final @Nullable String name;

    ServiceTls(String digest, SslContext ssl, @Nullable String name) {
        this.digest = digest;
        this.ssl = ssl;
        this.name = name;
    }

    /// Stands for what it was made of, the content of files included.
    String digest() {
        return digest;
    }

    /// The handler of a new connection to an endpoint. The handshake has no deadline of its own: whoever connects sets
    /// one for all of it.
    public SslHandler handler(ByteBufAllocator allocator, EndpointUrl url) {
        String host = name == null ? url.host() : name;
        SslHandler handler = ssl.newHandler(allocator, host, url.port());
        handler.setHandshakeTimeoutMillis(0);
        SSLEngine engine = handler.engine();
        SSLParameters parameters = engine.getSSLParameters();
        // An address is no name that could be asked for (RFC 6066 section 3), but a certificate may be for it.
        parameters.setServerNames(isAddress(host) ? List.of() : List.of(new SNIHostName(host)));
        engine.setSSLParameters(parameters);
        return handler;
    }

    private static boolean isAddress(String host) {
        return NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host);
    }

    /// Why a handshake failed or a connection broke, in words for whoever runs the gateway; null where it was not TLS.
    public static @Nullable String failure(Throwable cause) {
        Throwable root = cause;
        boolean tls = false;
        boolean refused = false;
        while (true) {
            if (root instanceof NotSslRecordException) {
                return "it does not speak TLS there: should its endpoint begin with http://?";
            }
            tls |= root instanceof SSLException;
            refused |= root instanceof CertificateException;
            Throwable deeper = root.getCause();
            if (deeper == null) {
                break;
            }
            root = deeper;
        }
        if (refused) {
            return "its certificate is refused: " + root.getMessage();
        }
        return tls ? "TLS fails: " + root.getMessage() : null;
    }

    /// What a handshake fails with: that a certificate of the service has run out is told apart.
    public static Fault fault(Throwable cause) {
        for (Throwable at = cause; at != null; at = at.getCause()) {
            if (at instanceof CertificateExpiredException) {
                return UpstreamFaults.TLS_EXPIRED;
            }
        }
        return UpstreamFaults.TLS;
    }

    /// Keeps it from being let go of until one more [#close].
    public void retain() {
        ReferenceCountUtil.retain(ssl);
    }

    /// Lets go of it. Connections that stand keep what they need.
    @Override
    public void close() {
        ReferenceCountUtil.release(ssl);
    }
}
