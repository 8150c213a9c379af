package io.tidegate.acme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.config.AcmeConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreTest {

    private static final Instant NOW = Instant.parse("2026-11-29T10:00:00Z");

    @TempDir
    private Path folder;

    private Store store;

    @BeforeEach
    void open() throws IOException {
        store = new Store(folder.resolve("a/b"));
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
        store.put(file, made);
        store.put(file, made);

        StoredCertificate read = Objects.requireNonNull(Store.certificate(file));
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
        assertThat(Store.certificate(file)).isNull();
        Files.writeString(file, "-----BEGIN CERTIFICATE-----");
        assertThat(Store.certificate(file)).isNull();
    }

    @Test
    void theAccountsKeyIsKeptAndNeverReplacedWhereItIsDamaged() throws IOException {
        assertThat(store.account()).isNull();
        KeyPair key = Keys.elliptic();
        store.putAccount(key);

        KeyPair read = Objects.requireNonNull(store.account());
        assertThat(read.getPublic()).isEqualTo(key.getPublic());
        assertThat(read.getPrivate()).isEqualTo(key.getPrivate());

        Files.writeString(store.folder().resolve("account.key"), "damaged");
        assertThatThrownBy(() -> store.account()).isInstanceOf(IOException.class)
                .hasMessageContaining("remove it to begin with a new account");
    }

    @Test
    void aFailureIsKeptUntilThereIsNone() throws IOException {
        Failure failure = new Failure(3, NOW, NOW.plusSeconds(60), "urn:x", "a reason, in words: = ü");
        store.putFailure("one.test", failure);
        assertThat(store.failure("one.test")).isEqualTo(failure);
        assertThat(store.failure("two.test")).isNull();

        store.putFailure("one.test", new Failure(4, NOW, null, "urn:x", "m"));
        assertThat(store.failure("one.test")).isEqualTo(new Failure(4, NOW, null, "urn:x", "m"));
        store.putFailure("one.test", null);
        assertThat(files()).isEmpty();
    }

    @Test
    void aChallengeIsToldToOthersAndOneThatCouldBeAPathIsNot() throws IOException {
        Challenge challenge = new Challenge(AcmeConfig.Challenge.HTTP_01, "one.test", "tok-en_1", "tok-en_1.print");
        store.putChallenge(challenge);
        assertThat(new Store(store.folder()).challenge()).isEqualTo(challenge);

        Files.writeString(store.folder().resolve("challenge"),
                "type=HTTP_01\nname=a\ntoken=../x\nauthorization=../x.y\n");
        assertThat(store.challenge()).isNull();
        store.putChallenge(null);
        assertThat(store.challenge()).isNull();
        assertThat(files()).isEmpty();
    }
}
