package io.tidegate.identity.apikey;

import io.tidegate.api.AccessFaults;
import io.tidegate.api.Consumers;
import io.tidegate.api.Consumers.ApiKey;
import io.tidegate.api.Counter;
import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.Field;
import io.tidegate.api.Policy;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.Principal;
import io.tidegate.api.Request;
import io.tidegate.identity.Challenge;
import io.tidegate.identity.CredentialPlaces;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/// Looks up whose key a request shows, on the event loop: one SHA-256 and one look-up.
final class ApiKeyPolicy implements Policy {

    private static final String METHOD = "apiKey";

    private final CredentialPlaces places;
    private final Consumers consumers;
    private final InstantSource clock;
    private final boolean hide;
    private final boolean optional;
    private final Decision missing;
    private final Decision malformed;
    private final Decision invalid;
    private final Decision expired;
    private final Counter accepted;
    private final Counter refused;

    ApiKeyPolicy(ApiKeyConfig config, PolicyContext context) {
        this.places = new CredentialPlaces(config.headers(), config.queryParameters(), config.cookies());
        this.consumers = context.consumers();
        this.clock = context.clock();
        this.hide = config.hideCredentials();
        this.optional = config.optional();
        List<Field> challenge = Challenge.of("ApiKey").realm(config.realm()).field();
        this.missing = Decision.fail(AccessFaults.MISSING, challenge);
        this.malformed = Decision.fail(AccessFaults.MALFORMED, challenge);
        this.invalid = Decision.fail(AccessFaults.INVALID, challenge);
        this.expired = Decision.fail(AccessFaults.EXPIRED, challenge);
        this.accepted = context.counter("accepted");
        this.refused = context.counter("refused");
    }

    @Override
    public Decision onRequest(Exchange exchange) {
        Request request = exchange.request();
        String shown = places.find(request);
        if (shown == null) {
            return optional ? Decision.next() : refused(missing);
        }
        byte[] hash = KeyHash.of(shown);
        if (hash == null) {
            return refused(malformed);
        }
        ApiKey key = consumers.apiKey(hash);
        if (key == null) {
            return refused(invalid);
        }
        if (!isGoodNow(key)) {
            return refused(expired);
        }
        if (hide) {
            places.hide(request);
        }
        exchange.identify(principal(key));
        accepted.add();
        return Decision.next();
    }

    private Decision refused(Decision why) {
        refused.add();
        return why;
    }

    private boolean isGoodNow(ApiKey key) {
        Instant from = key.notBefore();
        Instant to = key.expires();
        if (from == null && to == null) {
            return true;
        }
        Instant now = clock.instant();
        return (from == null || !now.isBefore(from)) && (to == null || now.isBefore(to));
    }

    private static Principal principal(ApiKey key) {
        return key.name().isEmpty()
                ? Principal.of(METHOD, key.consumer())
                : Principal.of(METHOD, key.consumer(), Map.of("key", key.name()));
    }
}
