package io.tidegate.identity.internaltoken;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.tidegate.api.AccessFaults;
import io.tidegate.api.Background;
import io.tidegate.api.Counter;
import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.Fault;
import io.tidegate.api.Policy;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.Principal;
import io.tidegate.identity.Challenge;
import io.tidegate.identity.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Puts a token into what goes to the service. A caller's token is made on a thread of its own and kept for half of its
/// time, so most requests cost a look-up.
final class InternalTokenPolicy implements Policy {

    private static final int MOST_CALLERS = 20_000;

    /// What services take in one header field, as most of them are set up.
    private static final int LONGEST = 8000;

    private final String header;
    private final boolean required;
    private final TokenClaims claims;
    private final String keys;
    private final Object settings;
    private final KeyRing ring;
    private final InstantSource clock;
    private final Background background;
    private final Cache<TokenClaims.Caller, String> tokens;
    private final Decision nobody = Decision.fail(AccessFaults.MISSING, Challenge.of("Bearer").field());
    private final Decision tooLong = Decision.fail(Fault.POLICY_FAILED);
    private final Counter signed;
    private final Counter refused;

    /// What makes a ring another one.
    private record Settings(TokenAlgorithm algorithm, @Nullable String file, Duration rotation) {
    }

    InternalTokenPolicy(InternalTokenConfig config, PolicyContext context) {
        header = config.header();
        required = config.required();
        claims = new TokenClaims(config);
        clock = context.clock();
        background = context.background();
        tokens = Caffeine.newBuilder().maximumSize(MOST_CALLERS).ticker(this::nanos)
                .expireAfterWrite(config.ttl().dividedBy(2)).build();
        signed = context.counter("signed");
        refused = context.counter("refused");
        keys = config.keys();
        Settings made = new Settings(config.algorithm(), digest(config), config.rotation());
        settings = made;
        ring = KeySets.acquire(keys, made, clock, () -> config.keyFile() == null
                ? KeyRing.rotating(config.algorithm(), config.rotation(), clock)
                : KeyRing.fixed(KeyFile.read(config.keyFile(), config.algorithm()), clock));
    }

    private long nanos() {
        return TimeUnit.MILLISECONDS.toNanos(clock.millis());
    }

    /// What tells one content of the file from another; null without a file.
    private static @Nullable String digest(InternalTokenConfig config) {
        if (config.keyFile() == null) {
            return null;
        }
        try {
            return HexFormat.of().formatHex(Sha256.begin().digest(Files.readAllBytes(config.keyFile().path())));
        } catch (IOException e) {
            // Whoever reads the key says why.
            return "";
        }
    }

    @Override
    public Decision onRequest(Exchange exchange) {
        Principal principal = exchange.principal();
        if (principal == null) {
            exchange.request().headers().remove(header);
            if (required) {
                refused.add();
                return nobody;
            }
            return Decision.next();
        }
        TokenClaims.Caller caller = claims.caller(principal);
        String token = tokens.getIfPresent(caller);
        if (token != null) {
            return pass(exchange, token);
        }
        return exchange.offload(() -> {
            String made = tokens.get(caller, this::sign);
            return Decision.resume(() -> pass(exchange, made));
        });
    }

    private String sign(TokenClaims.Caller caller) {
        long now = clock.instant().getEpochSecond();
        signed.add();
        return ring.sign(claims.json(caller, now), claims.end(now), background);
    }

    private Decision pass(Exchange exchange, String token) {
        if (token.length() > LONGEST) {
            refused.add();
            return tooLong;
        }
        exchange.request().headers().set(header, token);
        return Decision.next();
    }

    @Override
    public void close() {
        KeySets.release(keys, settings);
    }
}
