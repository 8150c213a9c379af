package io.tidegate.config.pem;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/// TLS for the JDK's client, from PEM files.
public final class ClientContexts {

    private static final char[] NO_PASSWORD = {};

    private ClientContexts() {
    }

    /// TLS that trusts the authorities of a PEM file, and no others.
    public static SSLContext trusting(Path ca) throws UnusableFileException {
        return of(ca, null, null);
    }

    /// TLS by these files.
    ///
    /// @param ca
    ///            whom to trust, and no others; null for those that the JDK trusts
    /// @param cert
    ///            what to show to a server that asks; null for nothing
    /// @param key
    ///            its private key; null where `cert` is
    public static SSLContext of(@Nullable Path ca, @Nullable Path cert, @Nullable Path key)
            throws UnusableFileException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(cert == null || key == null ? null : shown(cert, key), ca == null ? null : trusted(ca), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new UnusableFileException("has what can't be used: " + e.getMessage(), e);
        }
    }

    private static TrustManager[] trusted(Path ca)
            throws UnusableFileException, GeneralSecurityException, IOException {
        KeyStore trusted = empty();
        List<X509Certificate> authorities = Certificates.read(ca);
        for (int i = 0; i < authorities.size(); i++) {
            trusted.setCertificateEntry(Integer.toString(i), authorities.get(i));
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        return factory.getTrustManagers();
    }

    private static KeyManager[] shown(Path cert, Path key)
            throws UnusableFileException, GeneralSecurityException, IOException {
        KeyStore shown = empty();
        shown.setKeyEntry("client", PrivateKeys.read(key), NO_PASSWORD,
                Certificates.read(cert).toArray(X509Certificate[]::new));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(shown, NO_PASSWORD);
        return factory.getKeyManagers();
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        return store;
    }
}
