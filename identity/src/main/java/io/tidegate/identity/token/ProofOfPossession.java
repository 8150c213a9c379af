package io.tidegate.identity.token;

import static io.tidegate.identity.token.TokenVerifier.require;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.JWK;
import io.tidegate.api.AccessFaults;
import io.tidegate.api.FaultException;
import io.tidegate.api.StateStore;
import io.tidegate.identity.Sha256;
import io.tidegate.identity.keys.JsonWebKeys;
import io.tidegate.identity.keys.SignatureAlgorithm;
import io.tidegate.identity.keys.VerificationKey;
import java.text.ParseException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// Checks proofs that a client holds the key of its token (DPoP, RFC 9449 section 4.3). Safe for many threads.
///
/// A proof is good for one request: its `jti` is kept in the state store for as long as the proof is young enough.
/// Nonces of servers (section 9) are not asked for.
public final class ProofOfPossession {

    private static final int MAX_LENGTH = 8192;
    private static final int MAX_JTI = 256;
    private static final byte[] USED = {1};
    private static final Set<SignatureAlgorithm> ALGORITHMS = Set.copyOf(TokenRules.PUBLIC);

    /// What is asked for, and with what.
    ///
    /// @param method
    ///            its method
    /// @param url
    ///            its URL without a query, in canonical form
    /// @param token
    ///            the token that it shows
    /// @param thumbprint
    ///            of the key that the token belongs to
    public record Claimed(String method, String url, String token, String thumbprint) {
    }

    private final InstantSource clock;
    private final StateStore store;
    private final Duration maxAge;
    private final Duration leeway;

    /// Checks of proofs of at most this age.
    ///
    /// @param leeway
    ///            how far the client's clock may differ
    public ProofOfPossession(InstantSource clock, StateStore store, Duration maxAge, Duration leeway) {
        this.clock = clock;
        this.store = store;
        this.maxAge = maxAge;
        this.leeway = leeway;
    }

    /// Checks a proof. Takes up to a few hundred microseconds: not for event loops.
    ///
    /// @param proof
    ///            what stands in `DPoP`; null where that is not there
    /// @return whether it was not used before
    /// @throws FaultException
    ///             with [AccessFaults#DPOP_PROOF] where it is not right
    public CompletionStage<Boolean> check(@Nullable String proof, Claimed claimed) {
        String jti = checked(proof, claimed);
        String name = "dpop/" + Sha256.base64(claimed.thumbprint() + ' ' + jti);
        // A second more, as times are compared by whole ones.
        return store.putIfAbsent(name, USED, maxAge.plus(leeway).plus(leeway).plusSeconds(1))
                .thenApply(Optional::isEmpty);
    }

    private String checked(@Nullable String proof, Claimed claimed) {
        if (proof == null) {
            throw new FaultException(AccessFaults.DPOP_PROOF);
        }
        CompactToken read;
        Map<String, Object> claims;
        try {
            read = CompactToken.read(proof, MAX_LENGTH, ALGORITHMS);
            require(read.type().equals("dpop+jwt"), AccessFaults.DPOP_PROOF);
            claims = read.claims();
        } catch (FaultException e) {
            throw new FaultException(AccessFaults.DPOP_PROOF);
        }
        if (!(read.header().get("jwk") instanceof Map<?, ?> members)) {
            throw new FaultException(AccessFaults.DPOP_PROOF);
        }
        VerificationKey key = JsonWebKeys.key(members, List.of(read.algorithm()));
        require(key != null && key.verifies(read.signed(), read.signature()), AccessFaults.DPOP_PROOF);
        require(claimed.thumbprint().equals(thumbprint(members)), AccessFaults.TOKEN_BINDING);
        require(claimed.method().equals(claims.get("htm")), AccessFaults.DPOP_PROOF);
        require(claims.get("htu") instanceof String url && claimed.url().equals(TargetUrl.canonical(url)),
                AccessFaults.DPOP_PROOF);
        require(Sha256.base64(claimed.token()).equals(claims.get("ath")), AccessFaults.DPOP_PROOF);
        require(claims.get("iat") instanceof Number issued && isYoung(issued.longValue()), AccessFaults.DPOP_PROOF);
        require(claims.get("jti") instanceof String jti && !jti.isEmpty() && jti.length() <= MAX_JTI,
                AccessFaults.DPOP_PROOF);
        return (String) Objects.requireNonNull(claims.get("jti"));
    }

    private boolean isYoung(long issued) {
        long now = clock.instant().getEpochSecond();
        return issued <= now + leeway.toSeconds() && issued >= now - maxAge.toSeconds() - leeway.toSeconds();
    }

    /// RFC 7638, of the members that make the key.
    private static @Nullable String thumbprint(Map<?, ?> jwk) {
        Map<String, Object> members = new HashMap<>();
        for (String name : List.of("kty", "crv", "x", "y", "n", "e")) {
            Object member = jwk.get(name);
            if (member != null) {
                members.put(name, member);
            }
        }
        try {
            return JWK.parse(members).computeThumbprint().toString();
        } catch (ParseException | JOSEException e) {
            return null;
        }
    }
}
