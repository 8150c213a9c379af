package io.tidegate.acme;

import io.tidegate.config.AcmeConfig;
import io.tidegate.config.pem.Certificates;
import io.tidegate.config.pem.PrivateKeys;
import io.tidegate.config.pem.UnusableFileException;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.spec.X509EncodedKeySpec;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What stores hold, as texts: PEM, and Java's properties.
final class StoreTexts {

    private static final Pattern PUBLIC = Pattern.compile("-----BEGIN PUBLIC KEY-----([^-]*)-----END PUBLIC KEY-----");

    private StoreTexts() {
    }

    /// A certificate, the intermediate ones, and its key.
    static String of(StoredCertificate made) throws IOException {
        StringBuilder text = new StringBuilder();
        try {
            for (X509Certificate certificate : made.chain()) {
                pem(text, "CERTIFICATE", certificate.getEncoded());
            }
        } catch (CertificateEncodingException e) {
            throw new IOException(e);
        }
        pem(text, "PRIVATE KEY", made.key().getEncoded());
        return text.toString();
    }

    /// The certificate in such a text; null where there is none that can be read.
    static @Nullable StoredCertificate certificate(String text) {
        byte[] content = text.getBytes(StandardCharsets.UTF_8);
        try {
            return new StoredCertificate(PrivateKeys.parse(content), Certificates.parse(content));
        } catch (UnusableFileException e) {
            return null;
        }
    }

    /// The key of an account.
    static String of(KeyPair key) {
        StringBuilder text = new StringBuilder();
        pem(text, "PRIVATE KEY", key.getPrivate().getEncoded());
        pem(text, "PUBLIC KEY", key.getPublic().getEncoded());
        return text.toString();
    }

    /// The key of an account in such a text.
    ///
    /// @throws GeneralSecurityException
    ///             where it is none
    static KeyPair account(String text) throws GeneralSecurityException {
        Matcher found = PUBLIC.matcher(text);
        try {
            byte[] encoded = Base64.getMimeDecoder().decode(found.find() ? found.group(1) : "");
            PublicKey shown = KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(encoded));
            return new KeyPair(shown, PrivateKeys.parse(text.getBytes(StandardCharsets.UTF_8)));
        } catch (UnusableFileException | IllegalArgumentException e) {
            throw new GeneralSecurityException(e.getMessage(), e);
        }
    }

    /// How attempts have failed.
    static String of(Failure failure) {
        Properties written = new Properties();
        written.setProperty("count", Integer.toString(failure.count()));
        written.setProperty("at", failure.at().toString());
        if (failure.retryAfter() != null) {
            written.setProperty("retryAfter", failure.retryAfter().toString());
        }
        written.setProperty("kind", failure.kind());
        written.setProperty("message", failure.message());
        return text(written);
    }

    /// The failure in such a text; null where somebody else wrote it, so that it tells nothing.
    static @Nullable Failure failure(@Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            Properties read = properties(text);
            String after = read.getProperty("retryAfter");
            return new Failure(Math.max(1, Integer.parseInt(read.getProperty("count", ""))),
                    Instant.parse(read.getProperty("at", "")), after == null ? null : Instant.parse(after),
                    read.getProperty("kind", ""), read.getProperty("message", ""));
        } catch (NumberFormatException | DateTimeException e) {
            return null;
        }
    }

    /// What an authority looks for.
    static String of(Challenge challenge) {
        Properties written = new Properties();
        written.setProperty("type", challenge.type().name());
        written.setProperty("name", challenge.name());
        written.setProperty("token", challenge.token());
        written.setProperty("authorization", challenge.authorization());
        return text(written);
    }

    /// The challenge in such a text; null where it is none.
    static @Nullable Challenge challenge(@Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            Properties read = properties(text);
            return new Challenge(AcmeConfig.Challenge.valueOf(read.getProperty("type", "")),
                    read.getProperty("name", ""), read.getProperty("token", ""),
                    read.getProperty("authorization", ""));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static String text(Properties properties) {
        StringWriter text = new StringWriter();
        try {
            properties.store(text, null);
        } catch (IOException e) {
            throw new IllegalStateException("a text in memory takes everything", e);
        }
        return text.toString();
    }

    private static Properties properties(String text) {
        Properties read = new Properties();
        try {
            read.load(new StringReader(text));
        } catch (IOException | IllegalArgumentException e) {
            return new Properties();
        }
        return read;
    }

    private static void pem(StringBuilder text, String label, byte[] content) {
        text.append("-----BEGIN ").append(label).append("-----\n")
                .append(Base64.getMimeEncoder(64, new byte[]{'\n'}).encodeToString(content)).append("\n-----END ")
                .append(label).append("-----\n");
    }
}
