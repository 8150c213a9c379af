package io.tidegate.acme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.config.AcmeConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedStoreTest extends StoreContract {

    private static final String ROOM = "ca.test%2Fdirectory";
    private static final String SECRET = "0123456789abcdef0123456789abcdef";
    private static final String OTHER = "fedcba9876543210fedcba9876543210";
    private static final Timing TIMING = new Timing(Duration.ofMillis(2), Duration.ofMillis(4), Duration.ZERO,
            Duration.ofMinutes(2), Duration.ZERO);

    @TempDir
    private Path folder;

    private final MemoryRooms rooms = new MemoryRooms();
    private int gateways;

    @Override
    SharedStore another() throws IOException {
        return another(SECRET);
    }

    private SharedStore another(String... secrets) throws IOException {
        gateways++;
        return in(folder.resolve("gateway-" + gateways), secrets);
    }

    private SharedStore in(Path own, String... secrets) throws IOException {
        return new SharedStore(new FileStore(own, TIMING.lease()), rooms.room(ROOM), ROOM, new Seal(List.of(secrets)),
                () -> NOW, TIMING);
    }

    @Override
    void passLease() {
        rooms.passLease();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void nothingThatStandsThereCanBeRead() throws IOException {
        SharedStore one = another();
        StoredCertificate made = issued("one.test", NOW.minusSeconds(60));
        put(one, "one.test", made);
        locked(one, () -> {
            one.putAccount(Keys.elliptic());
            one.putFailure("two.test", new Failure(1, NOW, null, "urn:x", "readable"));
            one.putChallenge(new Challenge(AcmeConfig.Challenge.HTTP_01, "one.test", "tok-en_1", "tok-en_1.print"));
        });
        assertThat(rooms.values(ROOM)).containsOnlyKeys("version", "account", "cert:one.test", "failed:two.test",
                "challenge");
        rooms.values(ROOM).forEach((key, value) -> assertThat(new String(value, StandardCharsets.ISO_8859_1)).as(key)
                .doesNotContain("BEGIN", "readable", "tok-en", "one.test"));
    }

    @Test
    void whatOtherSecretsSealedIsToldOfAndNeverReplaced() throws IOException {
        put(another(), "one.test", issued("one.test", NOW.minusSeconds(60)));
        byte[] before = rooms.values(ROOM).get("cert:one.test");
        SharedStore other = another(OTHER);
        other.keep("one.test", issued("one.test", NOW.minusSeconds(30)));

        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> other.refresh(NAMES)).isInstanceOf(IOException.class)
                    .hasMessageContaining("'cert:one.test' can't be opened with these 'secrets'");
        }
        assertThatThrownBy(() -> other.refresh("one.test")).isInstanceOf(IOException.class);
        assertThat(rooms.values(ROOM).get("cert:one.test")).isEqualTo(before);
    }

    @Test
    void anAccountThatOtherSecretsSealedIsNotReplacedByANewOne() throws IOException {
        SharedStore one = another();
        locked(one, () -> one.putAccount(Keys.elliptic()));
        SharedStore other = another(OTHER);
        locked(other, () -> assertThatThrownBy(other::account).isInstanceOf(IOException.class)
                .hasMessageContaining("'account' can't be opened"));
    }

    @Test
    void aValueIsWorthNothingInThePlaceOfAnother() throws IOException {
        put(another(), "one.test", issued("one.test", NOW.minusSeconds(60)));
        rooms.room(ROOM).put("cert:two.test", Objects.requireNonNull(rooms.values(ROOM).get("cert:one.test")));
        SharedStore two = another();
        assertThatThrownBy(() -> two.refresh(NAMES)).isInstanceOf(IOException.class)
                .hasMessageContaining("'cert:two.test'");
    }

    @Test
    void aChallengeThatNoGatewaySealedIsNotAnswered() throws IOException {
        SharedStore one = another();
        rooms.room(ROOM).put("challenge", bytes("type=HTTP_01\nname=one.test\ntoken=x\nauthorization=x.y\n"));
        assertThatThrownBy(() -> one.refresh(NAMES)).isInstanceOf(IOException.class);
        assertThat(one.challenge()).isNull();
    }

    @Test
    void anotherFirstSecretSealsWhatIsThereAnew() throws IOException {
        SharedStore one = another();
        StoredCertificate made = issued("one.test", NOW.minusSeconds(60));
        KeyPair key = Keys.elliptic();
        put(one, "one.test", made);
        locked(one, () -> one.putAccount(key));

        another(OTHER, SECRET).refresh(NAMES);
        SharedStore last = another(OTHER);
        assertThat(seen(last, "one.test")).isEqualTo(made);
        locked(last,
                () -> assertThat(Objects.requireNonNull(last.account()).getPublic()).isEqualTo(key.getPublic()));
        // Gateways whose first secrets differ do not seal against each other for ever.
        SharedStore back = another(SECRET, OTHER);
        back.refresh(NAMES);
        byte[] sealed = rooms.values(ROOM).get("cert:one.test");
        SharedStore forth = another(SECRET, OTHER);
        forth.refresh(NAMES);
        back.refresh(NAMES);
        assertThat(rooms.values(ROOM).get("cert:one.test")).isEqualTo(sealed);
    }

    @Test
    void whatIsLostThereIsBroughtBackByWhoHasACopy() throws IOException {
        SharedStore one = another();
        StoredCertificate made = issued("one.test", NOW.minusSeconds(60));
        put(one, "one.test", made);
        locked(one, () -> one.putAccount(Keys.elliptic()));
        rooms.flush();

        one.refresh(NAMES);
        assertThat(seen(another(), "one.test")).isEqualTo(made);
        locked(one, () -> assertThat(one.account()).isNotNull());
        assertThat(rooms.values(ROOM)).containsKey("account");
    }

    @Test
    void aFolderThatWasNotSharedBeforeIsShared() throws IOException {
        Path own = folder.resolve("before");
        StoredCertificate made = issued("one.test", NOW.minusSeconds(60));
        new FileStore(own, TIMING.lease()).put("one.test", made);
        in(own, SECRET).refresh(NAMES);
        assertThat(seen(another(), "one.test")).isEqualTo(made);
    }

    @Test
    void ofTwoCertificatesTheOneThatWasGivenLaterIsTaken() throws IOException {
        SharedStore one = another();
        SharedStore two = another();
        StoredCertificate old = issued("one.test", NOW.minusSeconds(60));
        StoredCertificate later = issued("one.test", NOW.minusSeconds(30));
        one.keep("one.test", later);
        put(two, "one.test", old);

        assertThat(seen(one, "one.test")).isEqualTo(later);
        assertThat(seen(two, "one.test")).isEqualTo(later);
    }

    @Test
    void anExpiredCertificateIsNeitherTakenNorShared() throws IOException {
        SharedStore one = another();
        one.keep("one.test", Issued.stored("one.test", NOW.minusSeconds(60), NOW));
        one.refresh(NAMES);
        assertThat(rooms.values(ROOM)).doesNotContainKey("cert:one.test");

        put(one, "two.test", Issued.stored("two.test", NOW.minusSeconds(60), NOW));
        assertThat(seen(another(), "two.test")).isNull();
    }

    @Test
    void whoLostTheLockWritesNothing() throws IOException {
        SharedStore one = another();
        SharedStore two = another();
        try (Store.Held lost = Objects.requireNonNull(one.take())) {
            passLease();
            try (Store.Held held = Objects.requireNonNull(two.take())) {
                StoredCertificate made = issued("one.test", NOW.minusSeconds(60));
                assertThatThrownBy(() -> one.put("one.test", made)).isInstanceOf(IOException.class)
                        .hasMessageContaining("took the store over");
                assertThatThrownBy(() -> one.putChallenge(null)).isInstanceOf(IOException.class);
                assertThatThrownBy(() -> one.putAccount(Keys.elliptic())).isInstanceOf(IOException.class);
                assertThat(rooms.values(ROOM)).isEmpty();
                assertThat(held.beat()).isTrue();
            }
            assertThat(lost.beat()).isFalse();
        }
    }

    @Test
    void whatCantBePutIsKeptHereAndPutOnceThatIsPossible() throws IOException {
        SharedStore one = another();
        one.refresh(NAMES);
        StoredCertificate made = issued("one.test", NOW.minusSeconds(60));
        Store.Held held = Objects.requireNonNull(one.take());
        one.keep("one.test", made);
        rooms.down(true);
        assertThatThrownBy(() -> one.put("one.test", made)).isInstanceOf(IOException.class);
        assertThatThrownBy(held::close).isInstanceOf(IOException.class);
        assertThat(FileStore.certificate(one.folder().resolve("one.test.pem"))).isEqualTo(made);
        assertThatThrownBy(() -> one.refresh(NAMES)).isInstanceOf(IOException.class);

        rooms.down(false);
        passLease();
        one.refresh(NAMES);
        assertThat(seen(another(), "one.test")).isEqualTo(made);
    }

    @Test
    void whoEndsBetweenACertificateAndItsVersionHoldsUpNobody() throws IOException {
        SharedStore one = another();
        SharedStore two = another();
        assertThat(seen(two, "one.test")).isNull();
        StoredCertificate made = issued("one.test", NOW.minusSeconds(60));
        assertThat(one.take()).isNotNull();
        rooms.downAfterWrites(1);
        assertThatThrownBy(() -> one.put("one.test", made)).isInstanceOf(IOException.class);
        rooms.down(false);
        passLease();

        // Whoever takes the lock looks again, whatever the version says.
        try (Store.Held held = Objects.requireNonNull(two.take())) {
            two.refresh("one.test");
            assertThat(FileStore.certificate(two.folder().resolve("one.test.pem"))).isEqualTo(made);
            assertThat(held.beat()).isTrue();
        }
    }

    @Test
    void copiesAreForTheOwnerAlone() throws IOException {
        put(another(), "one.test", issued("one.test", NOW.minusSeconds(60)));
        SharedStore two = another();
        two.refresh(NAMES);
        assertThat(java.nio.file.attribute.PosixFilePermissions
                .toString(Files.getPosixFilePermissions(two.folder().resolve("one.test.pem")))).isEqualTo("rw-------");
    }
}
