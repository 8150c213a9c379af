package io.tidegate.engine.exchange;

import io.tidegate.config.ChallengeTarget;
import io.tidegate.engine.tls.AlpnChallenges;
import java.util.Map;

/// What is shown to authorities while they look whether a name leads here.
///
/// @param http
///            to those that ask by HTTP
/// @param alpn
///            to those that shake hands
public record Challenges(HttpChallenges http, AlpnChallenges alpn) implements ChallengeTarget {

    /// None.
    public Challenges() {
        this(new HttpChallenges(), new AlpnChallenges());
    }

    @Override
    public synchronized void show(Map<String, String> texts, Map<String, Proof> certificates) {
        alpn.show(certificates);
        http.show(texts);
    }
}
