package io.tidegate.identity.jwt;

import io.tidegate.api.AccessFaults;
import io.tidegate.api.Decision;
import io.tidegate.api.Fault;
import io.tidegate.api.Field;
import io.tidegate.identity.Challenge;
import java.util.ArrayList;
import java.util.List;

/// What clients are told that do not get through (RFC 6750 section 3, RFC 9449 section 7.1).
final class Refusals {

    private final Decision missing;
    private final List<Field> invalid;
    private final List<Field> unproven;

    Refusals(JwtConfig config) {
        List<Field> begin = new ArrayList<>();
        List<Field> again = new ArrayList<>();
        Challenge bearer = Challenge.of("Bearer").realm(config.realm());
        if (config.dpop() == null || !config.dpop().required()) {
            begin.addAll(bearer.field());
            again.addAll(bearer.with("error", "invalid_token").field());
        }
        if (config.dpop() != null) {
            Challenge dpop = Challenge.of("DPoP").realm(config.realm()).with("algs", "ES256 EdDSA RS256 PS256");
            begin.addAll(dpop.field());
            again.addAll(dpop.with("error", "invalid_token").field());
            this.unproven = dpop.with("error", "invalid_dpop_proof").field();
        } else {
            this.unproven = List.copyOf(again);
        }
        this.missing = Decision.fail(AccessFaults.MISSING, begin);
        this.invalid = List.copyOf(again);
    }

    /// There is no token.
    Decision missing() {
        return missing;
    }

    /// The token, or what goes with it, is not good.
    Decision of(Fault fault) {
        if (fault.status() != 401) {
            return Decision.fail(fault); // to 503 the gateway adds when to come again
        }
        return Decision.fail(fault, fault.equals(AccessFaults.DPOP_PROOF) ? unproven : invalid);
    }
}
