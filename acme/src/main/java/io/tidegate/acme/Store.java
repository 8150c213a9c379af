package io.tidegate.acme;

import io.tidegate.config.AcmeConfig;
import io.tidegate.config.pem.Certificates;
import io.tidegate.config.pem.PrivateKeys;
import io.tidegate.config.pem.UnusableFileException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
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
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The folder with what one account has: its key, the certificates with their keys, and what gateways that share it
/// have to tell each other. Every file is written beside its place and moved there, so that nobody reads half of one.
///
/// ```
/// account.key              the account's key
/// api.example.com.pem      a certificate, the intermediate ones, and its key
/// api.example.com.failed   why there is none, or no newer one
/// challenge                what an authority looks for at this moment
/// lock-42                  who may write ([StoreLock])
/// ```
///
final class Store {

    private static final String ACCOUNT = "account.key";
    private static final String CHALLENGE = "challenge";
    private static final String FAILED = ".failed";
    private static final Pattern PUBLIC = Pattern.compile("-----BEGIN PUBLIC KEY-----([^-]*)-----END PUBLIC KEY-----");
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions
            .fromString("rw-------");
    private static final Set<PosixFilePermission> FOLDER = PosixFilePermissions
            .fromString("rwx------");

    private final Path folder;

    /// One in this folder, which is made where it is not there.
    Store(Path folder) throws IOException {
        this.folder = folder;
        Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(FOLDER));
        // Certificates' files are watched by whoever reads configurations; nobody else has anything to look for here.
        Files.setPosixFilePermissions(folder, FOLDER);
    }

    /// Where it is.
    Path folder() {
        return folder;
    }

    // Certificates.

    /// The certificate in a file; null where there is none that can be read.
    static @Nullable StoredCertificate certificate(Path file) {
        try {
            return new StoredCertificate(PrivateKeys.read(file), Certificates.read(file));
        } catch (UnusableFileException e) {
            return null;
        }
    }

    /// Puts a certificate in place of the one before.
    void put(Path file, StoredCertificate made) throws IOException {
        StringBuilder text = new StringBuilder();
        try {
            for (X509Certificate certificate : made.chain()) {
                pem(text, "CERTIFICATE", certificate.getEncoded());
            }
        } catch (CertificateEncodingException e) {
            throw new IOException(e);
        }
        pem(text, "PRIVATE KEY", made.key().getEncoded());
        write(file, text.toString());
    }

    /// When a file was written; null where there is none.
    static @Nullable FileTime written(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException e) {
            return null;
        }
    }

    // The account.

    /// The account's key; null where there is none yet.
    ///
    /// @throws IOException
    ///             where there is one that can't be read: another account would be made in its place
    @Nullable
    KeyPair account() throws IOException {
        Path file = folder.resolve(ACCOUNT);
        try {
            Matcher found = PUBLIC.matcher(Files.readString(file));
            byte[] encoded = Base64.getMimeDecoder().decode(found.find() ? found.group(1) : "");
            PublicKey shown = KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(encoded));
            return new KeyPair(shown, PrivateKeys.read(file));
        } catch (NoSuchFileException e) {
            return null;
        } catch (UnusableFileException | GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException("the account's key in " + file + " can't be read: " + e.getMessage()
                    + "; restore the file, or remove it to begin with a new account", e);
        }
    }

    /// Keeps the account's key.
    void putAccount(KeyPair key) throws IOException {
        StringBuilder text = new StringBuilder();
        pem(text, "PRIVATE KEY", key.getPrivate().getEncoded());
        pem(text, "PUBLIC KEY", key.getPublic().getEncoded());
        write(folder.resolve(ACCOUNT), text.toString());
    }

    // What gateways tell each other.

    /// Why there is no certificate for a name, or no newer one; null where nothing has failed.
    @Nullable
    Failure failure(String name) throws IOException {
        Properties read = properties(folder.resolve(name + FAILED));
        if (read == null) {
            return null;
        }
        try {
            String after = read.getProperty("retryAfter");
            return new Failure(Math.max(1, Integer.parseInt(read.getProperty("count", ""))),
                    Instant.parse(read.getProperty("at", "")), after == null ? null : Instant.parse(after),
                    read.getProperty("kind", ""), read.getProperty("message", ""));
        } catch (NumberFormatException | DateTimeException e) {
            // Somebody else wrote it: it tells nothing.
            return null;
        }
    }

    /// Keeps why an attempt failed; null where one did not.
    void putFailure(String name, @Nullable Failure failure) throws IOException {
        Path file = folder.resolve(name + FAILED);
        if (failure == null) {
            Files.deleteIfExists(file);
            return;
        }
        Properties written = new Properties();
        written.setProperty("count", Integer.toString(failure.count()));
        written.setProperty("at", failure.at().toString());
        if (failure.retryAfter() != null) {
            written.setProperty("retryAfter", failure.retryAfter().toString());
        }
        written.setProperty("kind", failure.kind());
        written.setProperty("message", failure.message());
        write(file, written);
    }

    /// What an authority looks for at this moment, whichever gateway asked it; null where it does not look.
    @Nullable
    Challenge challenge() throws IOException {
        Properties read = properties(folder.resolve(CHALLENGE));
        if (read == null) {
            return null;
        }
        try {
            return new Challenge(AcmeConfig.Challenge.valueOf(read.getProperty("type", "")),
                    read.getProperty("name", ""), read.getProperty("token", ""),
                    read.getProperty("authorization", ""));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /// Tells the other gateways what an authority looks for; null where it does not any more.
    void putChallenge(@Nullable Challenge challenge) throws IOException {
        Path file = folder.resolve(CHALLENGE);
        if (challenge == null) {
            Files.deleteIfExists(file);
            return;
        }
        Properties written = new Properties();
        written.setProperty("type", challenge.type().name());
        written.setProperty("name", challenge.name());
        written.setProperty("token", challenge.token());
        written.setProperty("authorization", challenge.authorization());
        write(file, written);
    }

    // Files.

    private static @Nullable Properties properties(Path file) throws IOException {
        try {
            Properties read = new Properties();
            read.load(new StringReader(Files.readString(file)));
            return read;
        } catch (NoSuchFileException e) {
            return null;
        } catch (IllegalArgumentException e) {
            return new Properties();
        }
    }

    private void write(Path file, Properties content) throws IOException {
        StringWriter text = new StringWriter();
        content.store(text, null);
        write(file, text.toString());
    }

    private void write(Path file, String text) throws IOException {
        Path beside = folder.resolve("." + file.getFileName() + "." + UUID.randomUUID());
        try {
            Files.createFile(beside, PosixFilePermissions.asFileAttribute(FILE));
            // Not by a channel: who is asked to end by an interrupt would lose what he is writing.
            try (FileOutputStream out = new FileOutputStream(beside.toFile())) {
                out.write(text.getBytes(StandardCharsets.UTF_8));
                // A key that is lost with the machine's memory would be lost with the certificate.
                out.getFD().sync();
            }
            Files.move(beside, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(beside);
        }
    }

    private static void pem(StringBuilder text, String label, byte[] content) {
        text.append("-----BEGIN ").append(label).append("-----\n")
                .append(Base64.getMimeEncoder(64, new byte[]{'\n'}).encodeToString(content)).append("\n-----END ")
                .append(label).append("-----\n");
    }
}
