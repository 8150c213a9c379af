package io.tidegate.identity.oidc;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.tidegate.api.Consumer;
import io.tidegate.api.Consumers;
import io.tidegate.api.Identity;
import io.tidegate.api.Principal;
import io.tidegate.api.Request;
import io.tidegate.identity.StrictJson;
import io.tidegate.identity.StrictJson.MalformedException;
import io.tidegate.identity.oidc.Session.Tokens;
import io.tidegate.identity.token.Claims;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Whose a session is, and what the service is told of that.
final class Users {

    /// Most characters of a field that is written from a claim; a longer one is left out.
    static final int MOST_FIELD = 4096;

    private static final int MOST_KNOWN = 10_000;
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private final OidcConfig config;
    private final Consumers consumers;

    /// Users by the very tokens that tell of them, for as long as a session that was opened is remembered.
    private final Cache<Tokens, Principal> known = Caffeine.newBuilder().weakKeys().maximumSize(MOST_KNOWN)
            .executor(Runnable::run).build();

    Users(OidcConfig config, Consumers consumers) {
        this.config = config;
        this.consumers = consumers;
    }

    /// The user of a session; null where the session says nothing that can be read.
    @Nullable
    Principal of(Session session) {
        Principal user = known.getIfPresent(session.tokens());
        if (user == null) {
            user = read(session);
            if (user != null) {
                known.put(session.tokens(), user);
            }
        }
        return user;
    }

    private @Nullable Principal read(Session session) {
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
        Consumer consumer = consumers.identified(Identity.token(config.issuer(), session.subject()));
        Set<String> groups = new HashSet<>(consumer == null ? Set.of() : consumer.groups());
        if (config.groupsClaim() != null) {
            groups.addAll(Claims.texts(Claims.at(claims, config.groupsClaim())));
        }
        Set<String> scopes = session.tokens().scope().isBlank()
                ? Set.of()
                : Set.copyOf(new HashSet<>(List.of(session.tokens().scope().strip().split(" +"))));
        return new Principal(OidcFactory.TYPE, session.subject(), config.issuer(), consumer, groups, scopes,
                Map.copyOf(claims));
    }

    /// Tells the service of the user.
    void tell(Request request, Principal user, Session session) {
        config.claimsToHeaders().forEach((claim, name) -> {
            String value = field(Claims.at(user.claims(), claim));
            if (value == null) {
                request.headers().remove(name);
            } else {
                request.headers().set(name, value);
            }
        });
        if (config.forwardAccessToken()) {
            request.headers().set("authorization", "Bearer " + session.tokens().access());
        }
    }

    /// A claim as a field holds it: the texts of a list between commas, and as `%XX` what can't stand there, what would
    /// end an element of a list, and the sign of percent itself. Null for one that no field can hold.
    private static @Nullable String field(@Nullable Object claim) {
        StringBuilder line = new StringBuilder();
        for (String text : Claims.texts(claim)) {
            line.append(line.isEmpty() ? "" : ",");
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < bytes.length; i++) {
                int b = bytes[i] & 0xFF;
                if (b < ' ' || b == 0x7F) {
                    return null;
                }
                boolean edge = b == ' ' && (i == 0 || i == bytes.length - 1);
                if (edge || b > 0x7F || b == '%' || (b == ',' && claim instanceof List<?>)) {
                    line.append('%').append(HEX.toHexDigits((byte) b));
                } else {
                    line.append((char) b);
                }
            }
        }
        return line.isEmpty() || line.length() > MOST_FIELD ? null : line.toString();
    }
}
