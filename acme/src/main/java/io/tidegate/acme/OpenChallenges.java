package io.tidegate.acme;

import io.tidegate.config.AcmeConfig;
import io.tidegate.config.ChallengeTarget;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What authorities look for at this moment, by who asked them: an account has one certificate made at a time. May be
/// used by several threads.
final class OpenChallenges {

    private final ChallengeTarget target;
    private final Map<Object, Challenge> open = new HashMap<>();

    /// @param target
    ///            shows them
    OpenChallenges(ChallengeTarget target) {
        this.target = target;
    }

    /// Shows this in place of what was shown for `who`; null for nothing any more.
    synchronized void show(Object who, @Nullable Challenge challenge) {
        Challenge before = challenge == null ? open.remove(who) : open.put(who, challenge);
        if (java.util.Objects.equals(before, challenge)) {
            return;
        }
        Map<String, String> texts = new HashMap<>();
        Map<String, ChallengeTarget.Proof> proofs = new HashMap<>();
        for (Challenge each : open.values()) {
            if (each.type() == AcmeConfig.Challenge.HTTP_01) {
                texts.put(each.token(), each.authorization());
            } else {
                proofs.put(each.name(), AlpnProof.of(each.name(), each.authorization()));
            }
        }
        target.show(texts, proofs);
    }
}
