package io.tidegate.identity.oidc;

import io.tidegate.api.Field;
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

    private final Seal seal;
    private final Cookies cookies;
    private final String purpose;

    CookieSessions(Seal seal, Cookies cookies, OidcConfig config) {
        this.seal = seal;
        this.cookies = cookies;
        this.purpose = config.purpose("session");
    }

    @Override
    public CompletionStage<@Nullable Found> find(CookieJar jar) {
        String value = cookies.read(jar);
        Session session = value == null ? null : Session.read(seal.openText(value, purpose));
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
