package io.tidegate.identity.signature;

import io.tidegate.api.AccessFaults;
import io.tidegate.api.Counter;
import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.Fault;
import io.tidegate.api.Field;
import io.tidegate.api.Policy;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.Principal;
import io.tidegate.api.Request;
import io.tidegate.identity.Challenge;
import io.tidegate.identity.signature.StructuredText.SyntaxException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Checks signatures of requests: what they cover and their times, then the signature itself, then the body, and last
/// that it is not used again: so that nobody but the holder of the key can use up a nonce.
final class HmacPolicy implements Policy {

    private static final String METHOD = "hmac";
    private static final String INPUT = "signature-input";
    private static final String SIGNATURE = "signature";
    private static final String DIGEST = "content-digest";
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0).asReadOnlyBuffer();

    private final HmacConfig config;
    private final SigningKeys keys;
    private final Replays replays;
    private final InstantSource clock;
    private final List<Field> challenge;
    private final Counter accepted;
    private final Counter refused;
    private final Counter replayed;

    /// A signature that is being checked.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Claim(MessageSignature signature, byte[] base, SigningKeys.@Nullable Key key) {
    }

    HmacPolicy(HmacConfig config, PolicyContext context) {
        this.config = config;
        this.keys = new SigningKeys(context.consumers());
        this.replays = new Replays(context.state());
        this.clock = context.clock();
        this.challenge = Challenge.of("Signature").realm(config.realm()).field();
        this.accepted = context.counter("accepted");
        this.refused = context.counter("refused");
        this.replayed = context.counter("replayed");
    }

    @Override
    public Decision onRequest(Exchange exchange) {
        Request request = exchange.request();
        String input = request.headers().get(INPUT);
        String value = request.headers().get(SIGNATURE);
        if (input == null && value == null) {
            return config.optional() ? Decision.next() : refused(AccessFaults.SIGNATURE_MISSING);
        }
        if (input == null || value == null) {
            return refused(AccessFaults.MALFORMED);
        }
        MessageSignature signature;
        try {
            signature = MessageSignature.read(input, value, config.label());
        } catch (SyntaxException e) {
            return refused(AccessFaults.MALFORMED);
        }
        if (!coversEnough(signature, request)) {
            return refused(AccessFaults.SIGNATURE_INVALID);
        }
        if (!isInTime(signature)) {
            return refused(AccessFaults.SIGNATURE_EXPIRED);
        }
        SigningKeys.Key known = keys.named(signature.keyId());
        SigningKeys.Key key = known == null ? keys.decoy(signature.keyId()) : known;
        byte[] base = SignatureBase.of(request, signature);
        boolean otherAlgorithm = known != null && signature.algorithm() != null
                && !known.algorithm().equals(signature.algorithm());
        if (key == null || base == null) {
            return refused(AccessFaults.SIGNATURE_INVALID);
        }
        // Looked at all the same: an answer at once would tell which keys there are.
        Claim claim = new Claim(signature, base, otherAlgorithm ? null : known);
        if (!key.isSlow()) {
            return signed(exchange, claim, key.key().verifies(base, signature.value()));
        }
        return exchange.offload(() -> {
            boolean right = key.key().verifies(base, signature.value());
            return Decision.resume(() -> signed(exchange, claim, right));
        });
    }

    private boolean coversEnough(MessageSignature signature, Request request) {
        for (String name : config.components()) {
            if (!signature.covers(name)) {
                return false;
            }
        }
        boolean body = request.contentLength() != 0;
        return (!body || !config.requireDigest() || signature.covers(DIGEST))
                && (config.tag() == null || config.tag().equals(signature.tag()));
    }

    private boolean isInTime(MessageSignature signature) {
        long now = Math.floorDiv(clock.millis(), 1000L);
        long skew = config.clockSkew().toSeconds();
        Long expires = signature.expires();
        return signature.created() <= now + skew
                && now - signature.created() <= config.maxAge().toSeconds() + skew
                && (expires == null || (expires >= signature.created() && now < expires + skew));
    }

    private Decision signed(Exchange exchange, Claim claim, boolean right) {
        if (!right || claim.key() == null) {
            return refused(AccessFaults.SIGNATURE_INVALID);
        }
        if (!claim.signature().covers(DIGEST)) {
            return once(exchange, claim, claim.key());
        }
        String digest = exchange.request().headers().get(DIGEST);
        if (exchange.request().contentLength() == 0) {
            return complete(exchange, claim, digest, NOTHING);
        }
        return Decision.withBody((int) config.maxBody().bytes(),
                body -> complete(exchange, claim, digest, body.bytes()));
    }

    private Decision complete(Exchange exchange, Claim claim, @Nullable String digest, ByteBuffer body) {
        return digest != null && claim.key() != null && ContentDigest.matches(digest, body)
                ? once(exchange, claim, claim.key())
                : refused(AccessFaults.SIGNATURE_DIGEST);
    }

    private Decision once(Exchange exchange, Claim claim, SigningKeys.Key key) {
        if (claim.signature().nonce() == null && !config.replay()) {
            return accepted(exchange, claim, key);
        }
        return Decision.await(replays.isFirst(claim.signature(), claim.base(), life(claim.signature()))
                .thenApply(first -> Decision.resume(() -> {
                    if (first) {
                        return accepted(exchange, claim, key);
                    }
                    replayed.add();
                    return refused(AccessFaults.SIGNATURE_EXPIRED);
                })));
    }

    /// How long the signature would be taken, and a second more for what was rounded.
    private Duration life(MessageSignature signature) {
        long until = signature.created() + config.maxAge().toSeconds() + config.clockSkew().toSeconds();
        return Duration.ofSeconds(Math.max(1, until - Math.floorDiv(clock.millis(), 1000L) + 1));
    }

    private Decision accepted(Exchange exchange, Claim claim, SigningKeys.Key key) {
        exchange.identify(Principal.of(METHOD, key.consumer(), Map.of("keyid", claim.signature().keyId())));
        accepted.add();
        return Decision.next();
    }

    private Decision refused(Fault why) {
        refused.add();
        return Decision.fail(why, challenge);
    }
}
