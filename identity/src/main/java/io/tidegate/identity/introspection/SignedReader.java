package io.tidegate.identity.introspection;

import io.tidegate.api.FaultException;
import io.tidegate.api.HttpCaller;
import io.tidegate.api.PolicyContext;
import io.tidegate.identity.keys.IssuerKeys;
import io.tidegate.identity.keys.KeyRefreshConfig;
import io.tidegate.identity.keys.KeySettings;
import io.tidegate.identity.remote.OAuthClientConfig;
import io.tidegate.identity.remote.UnusableAnswerException;
import io.tidegate.identity.token.SignedAnswers;
import io.tidegate.identity.token.TokenRules;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/// Reads answers that the server has signed (RFC 9701).
final class SignedReader {

    /// What such an answer is.
    static final String MEDIA_TYPE = "application/token-introspection+jwt";

    private static final Duration LEEWAY = Duration.ofSeconds(30);

    private final IssuerKeys keys;
    private final SignedAnswers answers;

    private SignedReader(IssuerKeys keys, SignedAnswers answers) {
        this.keys = keys;
        this.answers = answers;
    }

    static SignedReader of(IntrospectionConfig config, PolicyContext context) {
        String issuer = String.valueOf(config.issuer());
        OAuthClientConfig client = config.client();
        String audience = String.valueOf(client == null ? null : client.id());
        IssuerKeys keys = IssuerKeys.discovered(issuer,
                new KeySettings(TokenRules.PUBLIC, KeyRefreshConfig.defaults(), config.http()), context);
        TokenRules rules = TokenRules
                .of(issuer, Set.of(audience), LEEWAY, (int) config.http().maxBody().bytes())
                .withType("token-introspection+jwt");
        return new SignedReader(keys, new SignedAnswers(keys, rules, context.clock()));
    }

    /// Completes once there are keys, or can't be any.
    CompletionStage<?> ready() {
        return keys.arrived();
    }

    /// What an answer says of a token.
    ///
    /// @throws UnusableAnswerException
    ///             where it can't be believed
    Map<String, Object> read(HttpCaller.Answer answer) {
        String type = String.valueOf(answer.header("content-type"));
        int end = type.indexOf(';');
        if (!(end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT).equals(MEDIA_TYPE)) {
            throw new UnusableAnswerException("the answer is not signed");
        }
        Map<String, Object> claims;
        try {
            claims = answers.check(new String(answer.body(), StandardCharsets.US_ASCII).strip());
        } catch (FaultException e) {
            throw new UnusableAnswerException("the signed answer is not good: " + e.fault().code());
        }
        if (!(claims.get("token_introspection") instanceof Map<?, ?> said)) {
            throw new UnusableAnswerException("the signed answer says nothing of a token");
        }
        @SuppressWarnings("unchecked") // objects are read as that
        Map<String, Object> object = (Map<String, Object>) said;
        return object;
    }

    void close() {
        keys.close();
    }
}
