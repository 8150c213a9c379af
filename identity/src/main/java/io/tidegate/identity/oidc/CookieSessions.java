package io.tidegate.identity.oidc;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.tidegate.api.Field;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sessions that browsers keep, sealed.
final class CookieSessions implements Sessions {

    private static final Logger LOG = LoggerFactory.getLogger(CookieSessions.class);

    private static final byte[] NOTHING = {};

    /// Most bytes of sessions that are remembered, about.
    private static final long MOST_REMEMBERED = 16 << 20;

    private static final Duration REMEMBERED_FOR = Duration.ofMinutes(5);

    private final Seal seal;
    private final Cookies cookies;
    private final String purpose;

    /// Sessions by what the browser sends, of those that could be opened.
    private final Cache<String, Session> remembered;

    CookieSessions(Seal seal, Cookies cookies, OidcConfig config, InstantSource clock) {
        this.seal = seal;
        this.cookies = cookies;
        this.purpose = config.purpose("session");
        // A session takes about twice what its cookie does.
        this.remembered = Caffeine.newBuilder().maximumWeight(MOST_REMEMBERED)
                .weigher((String value, Session _) -> 3 * value.length()).expireAfterAccess(REMEMBERED_FOR)
                .ticker(() -> clock.millis() * 1_000_000).executor(Runnable::run).build();
    }

    @Override
    public CompletionStage<@Nullable Found> find(CookieJar jar) {
        String value = cookies.read(jar);
        if (value == null) {
            return CompletableFuture.completedFuture(null);
        }
        Session session = remembered.getIfPresent(value);
        if (session == null) {
            session = Session.read(seal.openText(value, purpose));
            if (session != null) {
                remembered.put(value, session);
            }
        }
        return CompletableFuture.completedFuture(session == null ? null : new Found(session, "", NOTHING));
    }

    @Override
    public CompletionStage<@Nullable List<Field>> begin(Session session) {
        List<Field> written = cookies.write(seal.sealText(session.bytes(), purpose));
        if (written == null) {
            LOG.warn("a session is too large for cookies: keep sessions with 'session: store'");
        }
        return CompletableFuture.completedFuture(written);
    }

    @Override
    public CompletionStage<List<Field>> keep(Found before, Session after, CookieJar jar) {
        return begin(after).thenApply(written -> {
            if (written == null) {
                return jar.forgetSession(cookies, List.of());
            }
            List<Field> all = new ArrayList<>(written);
            all.addAll(jar.forgetSession(cookies, cookies.names(written)));
            return all;
        });
    }

    @Override
    public CompletionStage<?> drop(Found session) {
        return CompletableFuture.completedFuture(null);
    }
}
