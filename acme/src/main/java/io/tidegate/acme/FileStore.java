package io.tidegate.acme;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// A store in a folder. Every file is written beside its place and moved there, so that nobody reads half of one.
///
/// ```
/// account.key              the account's key
/// api.example.com.pem      a certificate, the intermediate ones, and its key
/// api.example.com.failed   why there is none, or no newer one
/// challenge                what an authority looks for at this moment
/// lock-42                  who may write ([StoreLock])
/// ```
///
final class FileStore implements Store {

    private static final String ACCOUNT = "account.key";
    private static final String CHALLENGE = "challenge";
    private static final String CERTIFICATE = ".pem";
    private static final String FAILED = ".failed";
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions
            .fromString("rw-------");
    private static final Set<PosixFilePermission> FOLDER = PosixFilePermissions
            .fromString("rwx------");

    private final Path folder;
    private final StoreLock lock;

    /// One in this folder, which is made where it is not there.
    ///
    /// @param lease
    ///            how long nothing may be heard of a gateway that has the lock
    FileStore(Path folder, Duration lease) throws IOException {
        this(folder, lease, System::nanoTime);
    }

    /// @param nanos
    ///            the time, in nanoseconds
    FileStore(Path folder, Duration lease, LongSupplier nanos) throws IOException {
        this.folder = folder;
        Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(FOLDER));
        // Certificates' files are watched by whoever reads configurations; nobody else has anything to look for here.
        Files.setPosixFilePermissions(folder, FOLDER);
        this.lock = new StoreLock(folder, lease, nanos);
    }

    @Override
    public Path folder() {
        return folder;
    }

    @Override
    public String place() {
        return folder.toString();
    }

    @Override
    public boolean refresh(List<String> names) {
        return false;
    }

    @Override
    public void refresh(String name) {
        // What others put is seen at once.
    }

    @Override
    public @Nullable Held take() throws IOException {
        return lock.take();
    }

    // Certificates.

    /// The certificate in a file; null where there is none that can be read.
    static @Nullable StoredCertificate certificate(Path file) {
        try {
            return StoreTexts.certificate(Files.readString(file, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return null;
        }
    }

    /// The certificate of a name; null where there is none that can be read.
    @Nullable
    StoredCertificate certificate(String name) {
        return certificate(file(name));
    }

    private Path file(String name) {
        return folder.resolve(name + CERTIFICATE);
    }

    @Override
    public void keep(String name, StoredCertificate made) {
        // It is put at once, or lost with the lock.
    }

    @Override
    public void put(String name, StoredCertificate made) throws IOException {
        write(file(name), StoreTexts.of(made));
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

    @Override
    public @Nullable KeyPair account() throws IOException {
        Path file = folder.resolve(ACCOUNT);
        String text = text(file);
        try {
            return text == null ? null : StoreTexts.account(text);
        } catch (GeneralSecurityException e) {
            throw new IOException("the account's key in " + file + " can't be read: " + e.getMessage()
                    + "; restore the file, or remove it to begin with a new account", e);
        }
    }

    @Override
    public void putAccount(KeyPair key) throws IOException {
        write(folder.resolve(ACCOUNT), StoreTexts.of(key));
    }

    // What gateways tell each other.

    @Override
    public @Nullable Failure failure(String name) throws IOException {
        return StoreTexts.failure(text(folder.resolve(name + FAILED)));
    }

    @Override
    public void putFailure(String name, @Nullable Failure failure) throws IOException {
        Path file = folder.resolve(name + FAILED);
        if (failure == null) {
            Files.deleteIfExists(file);
        } else {
            write(file, StoreTexts.of(failure));
        }
    }

    @Override
    public @Nullable Challenge challenge() throws IOException {
        return StoreTexts.challenge(text(folder.resolve(CHALLENGE)));
    }

    @Override
    public void putChallenge(@Nullable Challenge challenge) throws IOException {
        Path file = folder.resolve(CHALLENGE);
        if (challenge == null) {
            Files.deleteIfExists(file);
        } else {
            write(file, StoreTexts.of(challenge));
        }
    }

    // Files.

    private static @Nullable String text(Path file) throws IOException {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            return null;
        }
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
}
