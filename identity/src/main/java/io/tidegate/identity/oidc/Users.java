package io.tidegate.identity.oidc;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.tidegate.api.Field;
import io.tidegate.api.Identity;
import io.tidegate.api.Principal;
import io.tidegate.api.Request;
import io.tidegate.identity.Caller;
import io.tidegate.identity.StrictJson;
import io.tidegate.identity.StrictJson.MalformedException;
import io.tidegate.identity.oidc.Session.Tokens;
import io.tidegate.identity.token.ClaimFields;
import io.tidegate.identity.token.Claims;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Whose a session is, and what the service is told of that.
final class Users {

    /// Most characters of a field that is written from a claim; a longer one is left out.
    private static final int MOST_FIELD = 4096;

    private static final int MOST_KNOWN = 10_000;

    private final OidcConfig config;
    private final ClaimFields fields;

    /// Users by the very tokens that tell of them, for as long as a session that was opened is remembered.
    private final Cache<Tokens, User> known = Caffeine.newBuilder().weakKeys().maximumSize(MOST_KNOWN)
            .executor(Runnable::run).build();

    /// A user.
    ///
    /// @param fields
    ///            what the service is told
    record User(Caller caller, List<Field> fields) {
    }

    Users(OidcConfig config) {
        this.config = config;
        this.fields = new ClaimFields(config.claimsToHeaders(), MOST_FIELD);
    }

    /// The user of a session; null where the session says nothing that can be read.
    @Nullable
    User of(Session session) {
        User user = known.getIfPresent(session.tokens());
        if (user == null) {
            user = read(session);
            if (user != null) {
                known.put(session.tokens(), user);
            }
        }
        return user;
    }

    private @Nullable User read(Session session) {
        Map<String, Object> claims = new HashMap<>();
        try {
            if (!session.tokens().userInfo().isEmpty()) {
                claims.putAll(StrictJson.object(session.tokens().userInfo()));
            }
            String[] parts = session.tokens().idToken().split("\\.", -1);
            claims.putAll(StrictJson.object(Base64.getUrlDecoder().decode(parts.length == 3 ? parts[1] : "")));
        } catch (MalformedException | IllegalArgumentException e) {
            return null;
        }
        Principal principal = new Principal(OidcFactory.TYPE, session.subject(), config.issuer(), null,
                Claims.texts(claims, config.groupsClaim()), Claims.words(session.tokens().scope()),
                Map.copyOf(claims));
        return new User(new Caller(principal, Identity.token(config.issuer(), session.subject())),
                fields.fitting(claims));
    }

    /// Tells the service of the user.
    void tell(Request request, User user, Session session) {
        fields.clear(request);
        user.fields().forEach(field -> request.headers().set(field.name(), field.value()));
        if (config.forwardAccessToken()) {
            request.headers().set("authorization", "Bearer " + session.tokens().access());
        }
    }
}
