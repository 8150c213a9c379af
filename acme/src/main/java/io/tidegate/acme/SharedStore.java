package io.tidegate.acme;

import io.tidegate.config.SharedRooms;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A store by network that gateways share, with a copy of every certificate in files of this gateway. Those are served,
/// whether the store can be reached or not, and bring back to the store what it has lost.
///
/// ```
/// version        another text whenever something was put
/// account        the account's key
/// cert:NAME      a certificate, the intermediate ones, and its key
/// failed:NAME    why there is none, or no newer one
/// challenge      what an authority looks for at this moment
/// ```
///
/// All but the version is sealed: who can read the store has no key, and who can write to it can't have gateways answer
/// an authority for him. Of two certificates for a name, the one that was given later is the better one.
final class SharedStore implements Store {

    private static final String VERSION = "version";
    private static final String ACCOUNT = "account";
    private static final String CHALLENGE = "challenge";
    private static final String CERTIFICATE = "cert:";
    private static final String FAILED = "failed:";
    /// Names that are read at once.
    private static final int CHUNK = 50;
    /// What is left behind by a gateway that ended in the middle is gone after this.
    private static final Duration CHALLENGE_LIFE = Duration.ofMinutes(10);
    private static final Duration FAILURE_LIFE = Duration.ofDays(30);
    /// How long a connection may take at first before that is trouble.
    private static final Duration START = Duration.ofSeconds(2);
    /// How often all is read although nobody said that something was put: who put it may have ended before saying so.
    private static final Duration ALL = Duration.ofMinutes(1);

    private final FileStore copies;
    private final SharedRooms.Room room;
    private final Seal seal;
    private final String name;
    private final InstantSource clock;
    private final Duration lease;
    private final Patience patience;
    private final Patience atStart;
    private final String owner = UUID.randomUUID().toString();
    private final Map<String, Failure> failures = new HashMap<>();
    /// Names whose copies here are better than what the store has.
    private final Set<String> behind = new LinkedHashSet<>();
    private Set<String> known = Set.of();
    private String version = "";
    private @Nullable String resealed;
    private boolean reached;
    private boolean renewSeals = true;
    private boolean all = true;
    private long allAt;
    private @Nullable Challenge challenge;
    private long challengeAt;
    private @Nullable Turn held;

    /// @param copies
    ///            of this gateway
    /// @param room
    ///            what is shared
    /// @param name
    ///            of the room
    SharedStore(FileStore copies, SharedRooms.Room room, String name, Seal seal, InstantSource clock, Timing timing) {
        this.copies = copies;
        this.room = room;
        this.name = name;
        this.seal = seal;
        this.clock = clock;
        this.lease = timing.lease();
        this.patience = new Patience(timing.patience());
        this.atStart = new Patience(timing.patience().compareTo(START) < 0 ? timing.patience() : START);
    }

    @Override
    public Path folder() {
        return copies.folder();
    }

    @Override
    public String place() {
        return "Redis";
    }

    // Reading.

    @Override
    public boolean refresh(List<String> names) throws IOException {
        List<String> keys = List.of(VERSION, CHALLENGE);
        Map<String, byte[]> seen;
        try {
            // At the start a connection may not stand yet.
            seen = reached ? room.read(keys) : atStart.insist(() -> room.read(keys));
        } catch (IOException e) {
            // It may come back without what it had.
            all = true;
            throw e;
        }
        reached = true;
        String now = text(seen.get(VERSION));
        challenge = StoreTexts.challenge(open(seen, CHALLENGE));
        challengeAt = System.nanoTime();
        all |= !now.equals(version) || !known.equals(Set.copyOf(names)) || System.nanoTime() - allAt >= ALL.toNanos();
        boolean fetched = all;
        if (all) {
            behind.clear();
            fetch(names);
            renewSeals = false;
            version = now;
            known = Set.copyOf(names);
            allAt = System.nanoTime();
            all = false;
        }
        if (!behind.isEmpty() || resealed != null) {
            offer();
        }
        return fetched;
    }

    @Override
    public void refresh(String wanted) throws IOException {
        fetch(List.of(wanted));
    }

    private void fetch(List<String> names) throws IOException {
        String unreadable = null;
        for (int from = 0; from < names.size(); from += CHUNK) {
            List<String> some = names.subList(from, Math.min(names.size(), from + CHUNK));
            List<String> keys = new ArrayList<>(List.of(ACCOUNT));
            some.forEach(each -> keys.addAll(List.of(CERTIFICATE + each, FAILED + each)));
            Map<String, byte[]> found = room.read(keys);
            seeAccount(found);
            for (String each : some) {
                try {
                    see(each, found);
                } catch (SealedException e) {
                    unreadable = e.getMessage();
                }
            }
        }
        if (unreadable != null) {
            throw new IOException(unreadable);
        }
    }

    private void seeAccount(Map<String, byte[]> found) throws IOException {
        byte[] sealed = found.get(ACCOUNT);
        Seal.Opened opened = sealed == null ? null : seal.open(sealed, place(ACCOUNT));
        if (renewSeals && opened != null && !opened.current()) {
            resealed = opened.text();
        }
    }

    /// Compares what the store has for a name with the copy here.
    private void see(String each, Map<String, byte[]> found) throws IOException {
        Failure failure = StoreTexts.failure(open(found, FAILED + each));
        if (failure == null) {
            failures.remove(each);
        } else {
            failures.put(each, failure);
        }
        byte[] sealed = found.get(CERTIFICATE + each);
        Seal.Opened opened = sealed == null ? null : opened(sealed, CERTIFICATE + each);
        StoredCertificate theirs = opened == null ? null : usable(each, StoreTexts.certificate(opened.text()));
        StoredCertificate ours = usable(each, copies.certificate(each));
        if (theirs != null && (ours == null || !theirs.chain().equals(ours.chain()))
                && (ours == null || !given(ours).isAfter(given(theirs)))) {
            copies.put(each, theirs);
        } else if (ours != null && (theirs == null || !theirs.chain().equals(ours.chain()))) {
            behind.add(each);
        }
        if (renewSeals && opened != null && !opened.current()) {
            behind.add(each);
        }
    }

    private @Nullable StoredCertificate usable(String each, @Nullable StoredCertificate found) {
        return found == null || found.fault(each, clock.instant()) != null ? null : found;
    }

    private static Instant given(StoredCertificate certificate) {
        return certificate.certificate().getNotBefore().toInstant();
    }

    /// Puts what is better here into the store, where nobody else writes at this moment.
    private void offer() throws IOException {
        String before = version;
        Turn turn = take();
        if (turn == null) {
            return;
        }
        try (turn) {
            if (!text(room.read(List.of(VERSION)).get(VERSION)).equals(before)) {
                // Another gateway has put something since: it is looked at first.
                return;
            }
            if (resealed != null) {
                write(ACCOUNT, resealed, null);
                resealed = null;
            }
            for (String each : List.copyOf(behind)) {
                StoredCertificate ours = usable(each, copies.certificate(each));
                if (ours != null) {
                    share(each, ours);
                }
                behind.remove(each);
            }
            newVersion();
        }
    }

    // Certificates.

    @Override
    public void keep(String of, StoredCertificate made) throws IOException {
        copies.put(of, made);
        all = true;
    }

    @Override
    public void put(String of, StoredCertificate made) throws IOException {
        share(of, made);
        newVersion();
        if (!made.equals(copies.certificate(of))) {
            copies.put(of, made);
        }
        behind.remove(of);
    }

    private void share(String of, StoredCertificate made) throws IOException {
        Duration left = Duration.between(clock.instant(), made.certificate().getNotAfter().toInstant());
        write(CERTIFICATE + of, StoreTexts.of(made), left);
    }

    private void newVersion() throws IOException {
        String next = UUID.randomUUID().toString();
        written(VERSION, next.getBytes(StandardCharsets.UTF_8), null);
        version = next;
    }

    // The account.

    @Override
    public @Nullable KeyPair account() throws IOException {
        String text = open(patience.insist(() -> room.read(List.of(ACCOUNT))), ACCOUNT);
        KeyPair copy = copies.account();
        if (text == null) {
            if (copy != null) {
                write(ACCOUNT, StoreTexts.of(copy), null);
            }
            return copy;
        }
        try {
            KeyPair shared = StoreTexts.account(text);
            if (copy == null) {
                copies.putAccount(shared);
            }
            return shared;
        } catch (GeneralSecurityException e) {
            throw new IOException("the account's key in Redis can't be read: " + e.getMessage(), e);
        }
    }

    @Override
    public void putAccount(KeyPair key) throws IOException {
        copies.putAccount(key);
        write(ACCOUNT, StoreTexts.of(key), null);
    }

    // What gateways tell each other.

    @Override
    public @Nullable Failure failure(String of) {
        return failures.get(of);
    }

    @Override
    public void putFailure(String of, @Nullable Failure failure) throws IOException {
        if (failure == null) {
            failures.remove(of);
        } else {
            failures.put(of, failure);
        }
        write(FAILED + of, failure == null ? null : StoreTexts.of(failure), FAILURE_LIFE);
        newVersion();
    }

    @Override
    public @Nullable Challenge challenge() {
        // What was read last, for as long as an order may run: the store may be gone for a moment.
        return System.nanoTime() - challengeAt < CHALLENGE_LIFE.toNanos() ? challenge : null;
    }

    @Override
    public void putChallenge(@Nullable Challenge next) throws IOException {
        challenge = next;
        challengeAt = System.nanoTime();
        write(CHALLENGE, next == null ? null : StoreTexts.of(next), CHALLENGE_LIFE);
    }

    // What is sealed.

    /// What can't be opened, as other secrets sealed it, or somebody else wrote it.
    private static final class SealedException extends IOException {

        private static final long serialVersionUID = 1L;

        SealedException(String key) {
            super("what stands in Redis under '" + key + "' can't be opened with these 'secrets'");
        }
    }

    private String place(String key) {
        return name + ' ' + key;
    }

    private Seal.Opened opened(byte[] sealed, String key) throws SealedException {
        Seal.Opened opened = seal.open(sealed, place(key));
        if (opened == null) {
            throw new SealedException(key);
        }
        return opened;
    }

    private @Nullable String open(Map<String, byte[]> found, String key) throws SealedException {
        byte[] sealed = found.get(key);
        return sealed == null ? null : opened(sealed, key).text();
    }

    private static String text(byte @Nullable [] value) {
        return value == null ? "" : new String(value, StandardCharsets.UTF_8);
    }

    private void write(String key, @Nullable String text, @Nullable Duration life) throws IOException {
        written(key, text == null ? null : seal.seal(text, place(key)), life);
    }

    private void written(String key, byte @Nullable [] value, @Nullable Duration life) throws IOException {
        Turn turn = held;
        if (turn == null || !patience.insist(() -> room.write(turn.token, key, value, life))) {
            throw new IOException("another gateway took the store over, as nothing was heard of this one");
        }
    }

    // Who may write.

    @Override
    public @Nullable Turn take() throws IOException {
        String token = room.take(owner, lease);
        if (token == null) {
            return null;
        }
        patience.renew();
        Turn turn = new Turn(token);
        held = turn;
        return turn;
    }

    /// The lock of the room.
    final class Turn implements Held {

        private final String token;

        private Turn(String token) {
            this.token = token;
        }

        @Override
        public boolean beat() throws IOException {
            return patience.insist(() -> room.beat(token, lease));
        }

        @Override
        public void close() throws IOException {
            held = null;
            room.release(token);
        }
    }
}
