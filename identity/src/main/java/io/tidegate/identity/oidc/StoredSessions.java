package io.tidegate.identity.oidc;

import io.tidegate.api.Field;
import io.tidegate.api.StateStore;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// Sessions that are kept in the gateway's memory or in a store that gateways share. The browser has a random number
/// of 256 bits; the store has its digest only, so that who reads the store can't take a session over, and what is kept
/// there is sealed.
final class StoredSessions implements Sessions {

    private static final int ID_BYTES = 32;
    private static final int ID_CHARACTERS = 43;

    /// How often it is tried to keep new tokens beside what other requests keep.
    private static final int TRIES = 4;

    private final StateStore state;
    private final Seal seal;
    private final Cookies cookies;
    private final String purpose;
    private final Duration life;
    private final Duration idle;

    StoredSessions(StateStore state, Seal seal, Cookies cookies, OidcConfig config) {
        this.state = state;
        this.seal = seal;
        this.cookies = cookies;
        this.purpose = config.purpose("session");
        this.life = config.lifetime();
        this.idle = config.idleTimeout();
    }

    private String key(String id) {
        return "session." + Seal.digest(purpose, id);
    }

    @Override
    public CompletionStage<@Nullable Found> find(CookieJar jar) {
        String id = cookies.read(jar);
        if (id == null || id.length() != ID_CHARACTERS) {
            return CompletableFuture.completedFuture(null);
        }
        return at(key(id));
    }

    private CompletionStage<@Nullable Found> at(String key) {
        return state.get(key).thenApply(value -> {
            Session session = value.isEmpty() ? null : Session.read(seal.open(value.get(), purpose + key));
            return session == null ? null : new Found(session, key, value.get());
        });
    }

    @Override
    public CompletionStage<@Nullable List<Field>> begin(Session session) {
        String id = seal.random(ID_BYTES);
        List<Field> written = Objects.requireNonNull(cookies.write(id));
        String key = key(id);
        return state.put(key, sealed(key, session), life(session)).thenApply(_ -> written);
    }

    @Override
    public CompletionStage<List<Field>> keep(Found before, Session after, CookieJar jar) {
        return replace(before, after, TRIES).thenApply(_ -> List.of());
    }

    /// Another request may have kept the session meanwhile: tokens that are new are kept beside what that has kept.
    private CompletionStage<?> replace(Found before, Session after, int tries) {
        String key = before.key();
        return state.replace(key, before.kept(), sealed(key, after), life(after)).thenCompose(done -> {
            boolean renewed = !after.tokens().equals(before.session().tokens());
            if (done || !renewed || tries == 0) {
                return CompletableFuture.completedFuture(null);
            }
            return at(key).thenCompose(now -> now == null || now.session().tokens().equals(after.tokens())
                    ? CompletableFuture.completedFuture(null)
                    : replace(now, now.session().with(after.tokens(), after.seen()), tries - 1));
        });
    }

    private byte[] sealed(String key, Session session) {
        return seal.seal(session.bytes(), purpose + key);
    }

    private Duration life(Session session) {
        Duration left = life.minusMillis(session.seen() - session.begun());
        Duration kept = left.compareTo(idle) < 0 ? left : idle;
        return kept.isPositive() ? kept : Duration.ofMillis(1);
    }

    @Override
    public CompletionStage<?> drop(Found session) {
        return state.remove(session.key());
    }
}
