package io.tidegate.identity.exchange;

/// A token for a service; or none, where the server gives none.
///
/// @param authorization
///            the value of the field that carries it; empty for none
/// @param got
///            when it was got, in milliseconds since 1970
/// @param expires
///            from when on it is not used any more, in milliseconds since 1970
record ServiceToken(String authorization, long got, long expires) {

    /// What the server gives where it gives nothing.
    static final ServiceToken NONE = new ServiceToken("", 0, Long.MAX_VALUE);

    /// Whether there is none.
    boolean isNone() {
        return authorization.isEmpty();
    }

    /// Without the token.
    @Override
    public String toString() {
        return "ServiceToken";
    }
}
