package io.tidegate.acme;

import io.tidegate.config.AcmeConfig;

/// What an authority looks for to find out whether a name leads here.
///
/// @param type
///            how it looks
/// @param name
///            the host name
/// @param token
///            chosen by the authority; made of letters, digits, `-` and `_`
/// @param authorization
///            the token and the fingerprint of the account's key (RFC 8555 section 8.1)
record Challenge(AcmeConfig.Challenge type, String name, String token, String authorization) {

    private static final String SAFE = "[A-Za-z0-9_-]+";

    /// Refuses a token that could be a path.
    Challenge {
        if (!token.matches(SAFE) || !authorization.matches(SAFE + "\\." + SAFE)) {
            throw new IllegalArgumentException("a token is made of A-Z, a-z, 0-9, '-' and '_' (was '" + token + "')");
        }
    }
}
