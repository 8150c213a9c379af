package io.tidegate.acme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.config.AcmeConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileStoreTest extends StoreContract {

    private static final Duration LEASE = Duration.ofMinutes(2);

    @TempDir
    private Path folder;

    private final AtomicLong nanos = new AtomicLong();
    private FileStore store;

    @BeforeEach
    void open() throws IOException {
        store = another();
    }

    @Override
    FileStore another() throws IOException {
        return new FileStore(folder.resolve("a/b"), LEASE, nanos::get);
    }

    @Override
    void passLease() {
        nanos.addAndGet(LEASE.toNanos());
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(store.folder())) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void aCertificateAndItsKeyAreInOneFileForTheOwnerAlone() throws IOException {
        Path file = store.folder().resolve("one.test.pem");
        StoredCertificate made = Issued.stored("one.test", NOW, NOW.plusSeconds(3600));
        store.put("one.test", made);
        store.put("one.test", made);

        StoredCertificate read = Objects.requireNonNull(FileStore.certificate(file));
        assertThat(read.chain()).isEqualTo(made.chain());
        assertThat(read.key()).isEqualTo(made.key());
        assertThat(read.fault("one.test", NOW)).isNull();
        assertThat(read.fault("two.test", NOW)).isEqualTo("the certificate is for [one.test]");
        assertThat(read.fault("one.test", NOW.plusSeconds(3600))).contains("expired on 2026-11-29T11:00:00Z");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(store.folder())))
                .isEqualTo("rwx------");
        assertThat(files()).containsExactly("one.test.pem");
    }

    @Test
    void aKeyOfAnotherCertificateIsAFault() {
        StoredCertificate one = Issued.stored("one.test", NOW, NOW.plusSeconds(3600));
        StoredCertificate other = Issued.stored("one.test", NOW, NOW.plusSeconds(3600));

        assertThat(new StoredCertificate(one.key(), other.chain()).fault("one.test", NOW))
                .isEqualTo("the key is not that of the certificate");
    }

    @Test
    void aDamagedCertificateIsNone() throws IOException {
        Path file = store.folder().resolve("one.test.pem");
        assertThat(FileStore.certificate(file)).isNull();
        Files.writeString(file, "-----BEGIN CERTIFICATE-----");
        assertThat(FileStore.certificate(file)).isNull();
    }

    @Test
    void aDamagedKeyOfTheAccountIsNeverReplaced() throws IOException {
        store.putAccount(Keys.elliptic());
        Files.writeString(store.folder().resolve("account.key"), "damaged");
        assertThatThrownBy(() -> store.account()).isInstanceOf(IOException.class)
                .hasMessageContaining("remove it to begin with a new account");
    }

    @Test
    void whatIsTakenBackLeavesNoFile() throws IOException {
        store.putFailure("one.test", new Failure(4, NOW, null, "urn:x", "m"));
        store.putFailure("one.test", null);
        store.putChallenge(new Challenge(AcmeConfig.Challenge.HTTP_01, "one.test", "tok-en_1", "tok-en_1.print"));
        store.putChallenge(null);
        assertThat(files()).isEmpty();
    }

    @Test
    void aTokenThatCouldBeAPathIsNotToldToOthers() throws IOException {
        Files.writeString(store.folder().resolve("challenge"),
                "type=HTTP_01\nname=a\ntoken=../x\nauthorization=../x.y\n");
        assertThat(store.challenge()).isNull();
    }
}
