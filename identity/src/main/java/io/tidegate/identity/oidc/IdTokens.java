package io.tidegate.identity.oidc;

import com.nimbusds.jose.util.Base64URL;
import io.tidegate.api.AccessFaults;
import io.tidegate.api.Background;
import io.tidegate.api.PolicyContext;
import io.tidegate.identity.keys.IssuerKeys;
import io.tidegate.identity.oidc.ProviderException.Reason;
import io.tidegate.identity.token.TokenResult;
import io.tidegate.identity.token.TokenRules;
import io.tidegate.identity.token.TokenVerifier;
import io.tidegate.identity.token.VerifiedToken;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Checks what the provider says of users: ID tokens (OpenID Connect Core 1.0 section 3.1.3.7) and logout tokens
/// (OpenID Connect Back-Channel Logout 1.0 section 2.6). Stages that fail do so with a [ProviderException].
///
/// A token may be signed with a key that the provider has just begun to use: it is looked at again while the keys are
/// fetched anew.
final class IdTokens {

    /// For how long a logout token is good, whatever it says itself.
    static final Duration MOST_LOGOUT_AGE = Duration.ofMinutes(10);

    private static final String LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout";
    private static final String LOGOUT_TYPE = "logout+jwt";
    private static final int MOST_CHARACTERS = 16 << 10;
    private static final int MOST_SUBJECT = 255;
    private static final int MOST_ID = 512;
    private static final Duration POLL = Duration.ofMillis(100);
    private static final int LOOKS = 25;

    /// Longest time for which a token waits for its key.
    static final Duration MOST_WAIT = POLL.multipliedBy(LOOKS);

    /// Most tokens of one kind that wait for keys at a time.
    private static final int MOST_WAITING = 64;

    /// How often logout tokens, which anybody can send, may lead to keys being asked for.
    private static final Duration STRANGERS_EVERY = Duration.ofSeconds(30);

    /// What checks a kind of token, and how many of it wait. Whoever sends logout tokens holds up no login.
    private record Kind(TokenVerifier verifier, AtomicInteger waiting) {
    }

    private final String clientId;
    private final IssuerKeys keys;
    private final Kind idTokens;
    private final Kind logoutTokens;
    private final Kind untypedLogoutTokens;
    private final Background background;
    private final InstantSource clock;
    private final Duration clockSkew;

    /// How long ago users may have shown the provider who they are; null where that was not asked for.
    private final @Nullable Duration maxAge;

    IdTokens(OidcConfig config, IssuerKeys keys, PolicyContext context) {
        this.clientId = config.clientId();
        this.keys = keys;
        this.background = context.background();
        this.clock = context.clock();
        this.clockSkew = config.clockSkew();
        this.maxAge = config.maxAge();
        TokenRules rules = TokenRules.of(config.issuer(), Set.of(clientId), config.clockSkew(), MOST_CHARACTERS);
        this.idTokens = new Kind(new TokenVerifier(keys, rules, clock), new AtomicInteger());
        IssuerKeys strangers = keys.forStrangers(STRANGERS_EVERY);
        AtomicInteger waiting = new AtomicInteger();
        this.logoutTokens = new Kind(new TokenVerifier(strangers, rules.withType(LOGOUT_TYPE), clock), waiting);
        this.untypedLogoutTokens = new Kind(new TokenVerifier(strangers, rules, clock), waiting);
    }

    /// Checks an ID token.
    ///
    /// @param access
    ///            the access token that came with it
    /// @param nonce
    ///            the one of the login; null where there was none, for a token that was refreshed
    /// @return its claims
    CompletionStage<Map<String, Object>> check(String idToken, String access, @Nullable String nonce) {
        CompletableFuture<VerifiedToken> verified = new CompletableFuture<>();
        look(idTokens, idToken, verified, LOOKS);
        return verified.thenCompose(token -> {
            String problem = problem(token, access, nonce);
            return problem == null ? CompletableFuture.completedFuture(token.claims()) : wrong("ID token", problem);
        });
    }

    private @Nullable String problem(VerifiedToken token, String access, @Nullable String nonce) {
        Map<String, Object> claims = token.claims();
        String subject = token.subject();
        if (subject == null || subject.isEmpty() || subject.length() > MOST_SUBJECT) {
            return "sub";
        }
        if (!(claims.get("iat") instanceof Number)) {
            return "iat";
        }
        Object party = claims.get("azp");
        boolean several = claims.get("aud") instanceof List<?> list && list.size() > 1;
        if (party == null ? several : !clientId.equals(party)) {
            return "azp";
        }
        if (nonce != null && !(claims.get("nonce") instanceof String said && Seal.same(nonce, said))) {
            return "nonce";
        }
        if (nonce != null && !isFresh(claims.get("auth_time"))) {
            return "auth_time";
        }
        if (token.header().get("typ") instanceof String type && !type.equalsIgnoreCase("JWT")) {
            return "typ";
        }
        Object hash = claims.get("at_hash");
        return hash == null || hash.equals(hash(token, access)) ? null : "at_hash";
    }

    /// Whether the user has logged in as lately as was asked for: the question goes through the browser, where it can
    /// be changed.
    private boolean isFresh(@Nullable Object authTime) {
        return maxAge == null || (authTime instanceof Number at
                && at.longValue() + maxAge.toSeconds() + clockSkew.toSeconds() >= clock.millis() / 1000);
    }

    /// The left half of the digest of an access token (section 3.1.3.6); null where there is no digest for the
    /// algorithm.
    private static @Nullable String hash(VerifiedToken token, String access) {
        String algorithm = token.key().algorithm().id();
        // The digest of Ed25519 is SHA-512.
        String digest = algorithm.equals("EdDSA") ? "SHA-512" : "SHA-" + algorithm.substring(2);
        try {
            byte[] whole = MessageDigest.getInstance(digest).digest(access.getBytes(StandardCharsets.US_ASCII));
            return Base64URL.encode(Arrays.copyOf(whole, whole.length / 2)).toString();
        } catch (NoSuchAlgorithmException e) {
            return null;
        }
    }

    /// Checks a logout token. Whether it came before is for the caller to see.
    ///
    /// @return its claims
    CompletionStage<Map<String, Object>> checkLogout(String token) {
        CompletableFuture<VerifiedToken> verified = new CompletableFuture<>();
        // A signature is checked, which is nothing for the loop of whoever calls.
        keys.arrived().whenComplete((_, _) -> background.later(Duration.ZERO, () -> {
            boolean untyped = logoutTokens.verifier.verify(token) instanceof TokenResult.Bad(var fault)
                    && fault.equals(AccessFaults.JWT_TYPE);
            look(untyped ? untypedLogoutTokens : logoutTokens, token, verified, LOOKS);
        }));
        return verified.thenCompose(good -> {
            String problem = logoutProblem(good.claims());
            return problem == null ? CompletableFuture.completedFuture(good.claims()) : wrong("logout token", problem);
        });
    }

    private @Nullable String logoutProblem(Map<String, Object> claims) {
        if (!(claims.get("iat") instanceof Number issued)) {
            return "iat";
        }
        Duration age = Duration.ofMillis(clock.millis()).minusSeconds(issued.longValue());
        if (age.compareTo(MOST_LOGOUT_AGE.plus(clockSkew)) > 0) {
            return "iat";
        }
        if (!isText(claims.get("jti"))) {
            return "jti";
        }
        if (!(claims.get("events") instanceof Map<?, ?> events && events.get(LOGOUT_EVENT) instanceof Map<?, ?>)) {
            return "events";
        }
        if (claims.containsKey("nonce")) {
            return "nonce";
        }
        Object sid = claims.get("sid");
        Object subject = claims.get("sub");
        boolean named = sid == null
                ? isText(subject)
                : sid instanceof String text && !text.isEmpty() && (subject == null || isText(subject));
        return named ? null : "sid and sub";
    }

    private static boolean isText(@Nullable Object claim) {
        return claim instanceof String text && !text.isEmpty() && text.length() <= MOST_ID;
    }

    private void look(Kind by, String token, CompletableFuture<VerifiedToken> verified, int looks) {
        switch (by.verifier.verify(token)) {
            case TokenResult.Good(var good) -> verified.complete(good);
            case TokenResult.Bad(var fault) when fault.equals(AccessFaults.UNAVAILABLE) ->
                verified.completeExceptionally(new ProviderException(Reason.UNAVAILABLE, "there are no keys"));
            case TokenResult.Bad(var fault) when fault.equals(AccessFaults.JWT_KEY) && looks > 0
                    && by.waiting.incrementAndGet() <= MOST_WAITING ->
                background.later(POLL, () -> {
                    by.waiting.decrementAndGet();
                    look(by, token, verified, looks - 1);
                });
            case TokenResult.Bad(var fault) -> {
                if (fault.equals(AccessFaults.JWT_KEY) && looks > 0) {
                    by.waiting.decrementAndGet();
                }
                verified.completeExceptionally(
                        new ProviderException(Reason.WRONG, "a token of the provider is not valid: " + fault.code()));
            }
        }
    }

    private static <T> CompletionStage<T> wrong(String what, String why) {
        return CompletableFuture.failedFuture(
                new ProviderException(Reason.WRONG, "the provider's " + what + " is not valid by its " + why));
    }
}
