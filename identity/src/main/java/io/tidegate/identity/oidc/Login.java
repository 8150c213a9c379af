package io.tidegate.identity.oidc;

import org.jspecify.annotations.Nullable;

/// A login that has begun: what the browser keeps, sealed, until it comes back from the provider.
///
/// @param state
///            ties the provider's answer to this browser (RFC 6749 section 10.12)
/// @param nonce
///            ties the ID token to this login
/// @param verifier
///            shows that who exchanges the code has begun the login (RFC 7636)
/// @param target
///            where the browser wanted to go: path and query
/// @param redirectUri
///            what the provider was told to send the browser back to
/// @param begun
///            when, in milliseconds since 1970
record Login(String state, String nonce, String verifier, String target, String redirectUri, long begun) {

    private static final byte FORM = 1;

    byte[] bytes() {
        return Parts.of(FORM).text(state).text(nonce).text(verifier).text(target).text(redirectUri).number(begun)
                .bytes();
    }

    /// What [#bytes] wrote; null for anything else.
    static @Nullable Login read(byte[] bytes) {
        try {
            Parts.Reader in = new Parts.Reader(bytes, FORM);
            return new Login(in.text(), in.text(), in.text(), in.text(), in.text(), in.number());
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /// Without what others must not know.
    @Override
    public String toString() {
        return "Login[" + begun + "]";
    }
}
