package io.tidegate.engine.tls;

import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.tidegate.api.FilePath;
import io.tidegate.config.Place;
import io.tidegate.config.Problem;
import io.tidegate.config.ProtocolConfig;
import io.tidegate.config.ServiceTlsConfig;
import io.tidegate.config.ServiceTlsConfig.Verify;
import io.tidegate.config.UpstreamConfig;
import io.tidegate.config.pem.Certificates;
import io.tidegate.config.pem.PrivateKeys;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.cert.CRLException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// Makes [ServiceTls] of what an upstream declares. Reads files, so not on an event loop.
public final class ServiceTlsCompiler {

    private ServiceTlsCompiler() {
    }

    /// Compiles what one upstream declares.
    ///
    /// @param before
    ///            what it had until now; comes back where nothing has changed, files included
    /// @param problems
    ///            takes what is wrong
    /// @return null where something is
    public static @Nullable ServiceTls compile(String upstream, UpstreamConfig config, @Nullable ServiceTls before,
            List<Problem> problems) {
        ServiceTlsConfig declared = config.tls() == null ? ServiceTlsConfig.DEFAULT : config.tls();
        List<String> protocols = config.protocol() == ProtocolConfig.H2
                ? List.of(ProtocolConfig.H2.token(), ProtocolConfig.HTTP1.token())
                : List.of();
        String path = "upstreams." + upstream + ".tls";
        try {
            Material material = Material.read(declared);
            String digest = material.digest(declared, protocols);
            return before != null && before.digest().equals(digest)
                    ? before
                    : new ServiceTls(digest, material.context(declared, protocols).build(), declared.sni());
        } catch (TlsMaterial.UnusableException e) {
            problems.add(problem(path + "." + e.place(), String.valueOf(e.getMessage())));
        } catch (GeneralSecurityException | SSLException | IllegalArgumentException e) {
            problems.add(problem(path, "can't be used: " + e.getMessage()));
        }
        return null;
    }

    private static Problem problem(String path, String message) {
        return new Problem(Problem.Severity.ERROR, Place.NOWHERE, path, message);
    }

    /// What was read from the files of one upstream.
    ///
    /// @param authorities
    ///            whom its certificate must come from; empty for those that the Java runtime trusts
    /// @param withdrawn
    ///            their lists of certificates that are withdrawn
    /// @param chain
    ///            what the gateway shows, with its intermediate ones; empty for nothing
    /// @param key
    ///            the key of the first of them
    private record Material(List<X509Certificate> authorities, List<X509CRL> withdrawn, List<X509Certificate> chain,
            @Nullable PrivateKey key) {

        static Material read(ServiceTlsConfig declared) throws TlsMaterial.UnusableException {
            FilePath ca = declared.ca();
            FilePath crl = declared.crl();
            FilePath cert = declared.cert();
            FilePath secret = declared.key();
            List<X509Certificate> chain = cert == null
                    ? List.of()
                    : TlsMaterial.read("cert", cert, () -> Certificates.read(cert.path()));
            PrivateKey key = secret == null
                    ? null
                    : TlsMaterial.read("key", secret, () -> PrivateKeys.read(secret.path()));
            // Between a check and this, a file may have been replaced and its pair not yet.
            if (key != null && !chain.isEmpty() && !PrivateKeys.match(key, chain.getFirst().getPublicKey())) {
                throw new TlsMaterial.UnusableException("key", "the key in " + secret
                        + " does not belong to the first certificate in " + cert, new IllegalStateException());
            }
            return new Material(ca == null
                    ? List.of()
                    : TlsMaterial.read("ca", ca, () -> Certificates.read(ca.path())),
                    crl == null
                            ? List.of()
                            : TlsMaterial.read("crl", crl, () -> Certificates.readLists(crl.path())),
                    chain, key);
        }

        /// Stands for all of it, and for what else a context is made of.
        String digest(ServiceTlsConfig declared, List<String> protocols)
                throws CertificateEncodingException, CRLException {
            MessageDigest digest = TlsMaterial.sha256();
            for (List<X509Certificate> certificates : List.of(authorities, chain)) {
                TlsMaterial.add(digest, new byte[]{(byte) certificates.size()});
                for (X509Certificate certificate : certificates) {
                    TlsMaterial.add(digest, certificate.getEncoded());
                }
            }
            for (X509CRL list : withdrawn) {
                TlsMaterial.add(digest, list.getEncoded());
            }
            TlsMaterial.add(digest, key == null ? new byte[0] : key.getEncoded());
            TlsMaterial.add(digest, (declared.sni() + " " + declared.verify() + " " + declared.minVersion() + " "
                    + protocols).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest.digest());
        }

        SslContextBuilder context(ServiceTlsConfig declared, List<String> protocols)
                throws GeneralSecurityException {
            SslContextBuilder builder = SslContextBuilder.forClient().sslProvider(TlsLibrary.current().provider())
                    .protocols(declared.minVersion().spoken())
                    .ciphers(TlsContexts.SUITES, SupportedCipherSuiteFilter.INSTANCE)
                    .endpointIdentificationAlgorithm(declared.verify() == Verify.FULL ? "HTTPS" : "");
            if (!protocols.isEmpty()) {
                builder.applicationProtocolConfig(TlsContexts.alpn(protocols));
            }
            if (declared.verify() == Verify.NONE) {
                builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
            } else if (!authorities.isEmpty()) {
                builder.trustManager(Trust.of(authorities, withdrawn));
            }
            return key == null ? builder : builder.keyManager(key, chain.toArray(X509Certificate[]::new));
        }
    }
}
