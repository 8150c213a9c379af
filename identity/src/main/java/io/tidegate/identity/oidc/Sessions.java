package io.tidegate.identity.oidc;

import io.tidegate.api.Field;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// Where sessions are kept. Stages complete on any thread.
interface Sessions {

    /// A session as it was found.
    ///
    /// @param session
    ///            the session
    /// @param key
    ///            what it is kept under, where it is not the browser that keeps it; empty otherwise
    /// @param kept
    ///            what is kept there
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Found(Session session, String key, byte[] kept) {

        /// Without what others must not know.
        @Override
        public String toString() {
            return session.toString();
        }
    }

    /// The session that the browser has, whatever its age; null where it has none that can be read.
    CompletionStage<@Nullable Found> find(CookieJar jar);

    /// Keeps a new session.
    ///
    /// @return the cookies that tell of it; null where it is too large
    CompletionStage<@Nullable List<Field>> begin(Session session);

    /// Keeps what has become of a session, unless it was dropped meanwhile.
    ///
    /// @return the cookies that have to be sent
    CompletionStage<List<Field>> keep(Found before, Session after, CookieJar jar);

    /// Drops a session. The browser is told by whoever calls this.
    CompletionStage<?> drop(Found session);
}
