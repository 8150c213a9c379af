package io.tidegate.identity.oidc;

import io.tidegate.api.StateStore;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// Which sessions were ended before their time: marks that are kept for as long as a session lasts.
///
/// A session kept in a cookie can't be taken back; every request with one is checked against these marks. Where the
/// provider tells of sessions that it has ended, those by its own session and by its user are looked at too.
final class Endings {

    /// Most characters of a `sid` that sessions have with them, as cookies hold little.
    private static final int MOST_SID = 64;

    private final StateStore state;
    private final String purpose;
    private final Duration life;
    private final boolean byProvider;
    private final boolean byId;

    /// @param byId
    ///            whether sessions that were logged out of have to be looked for here
    Endings(StateStore state, OidcConfig config, boolean byId) {
        this.state = state;
        this.purpose = config.purpose("ended");
        this.life = config.lifetime().plus(config.clockSkew());
        this.byProvider = config.backChannelLogoutPath() != null;
        this.byId = byId;
    }

    /// Whether this session was ended.
    CompletionStage<Boolean> has(Session session) {
        List<CompletionStage<Boolean>> looks = new ArrayList<>(3);
        if (byId) {
            looks.add(state.get(key("id", session.id())).thenApply(Optional::isPresent));
        }
        if (byProvider) {
            if (!session.sid().isEmpty()) {
                looks.add(state.get(key("sid", shortened(session.sid()))).thenApply(Optional::isPresent));
            }
            looks.add(state.get(key("sub", session.subject())).thenApply(mark -> isAfter(mark, session)));
        }
        CompletionStage<Boolean> all = CompletableFuture.completedFuture(false);
        for (CompletionStage<Boolean> look : looks) {
            all = all.thenCombine(look, Boolean::logicalOr);
        }
        return all;
    }

    /// Whoever logs in again after a mark was made has a new session.
    private static boolean isAfter(Optional<byte[]> mark, Session session) {
        return mark.isPresent()
                && (mark.get().length != Long.BYTES || ByteBuffer.wrap(mark.get()).getLong() >= session.begun());
    }

    /// This session is over.
    CompletionStage<?> end(Session session, long now) {
        return put("id", session.id(), now);
    }

    /// Those that belong to this session of the provider are over.
    CompletionStage<?> endSid(String sid, long now) {
        return put("sid", shortened(sid), now);
    }

    /// Those of this user are over.
    CompletionStage<?> endSubject(String subject, long now) {
        return put("sub", subject, now);
    }

    private CompletionStage<?> put(String kind, String name, long now) {
        return state.put(key(kind, name), ByteBuffer.allocate(Long.BYTES).putLong(now).array(), life);
    }

    /// A `sid` as sessions have it: a long one by its digest.
    static String shortened(String sid) {
        return sid.length() > MOST_SID ? Seal.digest(sid) : sid;
    }

    private String key(String kind, String name) {
        return "ended." + Seal.digest(purpose, kind, name);
    }
}
