package io.tidegate.identity.oidc;

import org.jspecify.annotations.Nullable;

/// A browser's session: who has logged in, and what the provider gave for that. Immutable.
///
/// @param id
///            tells it from others; it does not change when the tokens do
/// @param subject
///            the `sub` of the ID token
/// @param sid
///            the provider's own session, `sid`, as [Endings#shortened] has it; empty where it has not said
/// @param begun
///            when it began, in milliseconds since 1970
/// @param seen
///            when it was last known to be used, likewise; not exact
/// @param tokens
///            what the provider gave last
record Session(String id, String subject, String sid, long begun, long seen, Tokens tokens) {

    private static final byte FORM = 1;

    /// What the provider gave.
    ///
    /// @param idToken
    ///            the ID token, checked when it came
    /// @param access
    ///            the access token; empty where nobody asks for it
    /// @param accessEnd
    ///            when it ends, in milliseconds since 1970; 0 where that is not known
    /// @param refresh
    ///            the refresh token; empty where there is none
    /// @param scope
    ///            what the access token is good for, between spaces
    /// @param userInfo
    ///            what the UserInfo endpoint said, as JSON; empty where it was not asked
    record Tokens(String idToken, String access, long accessEnd, String refresh, String scope, String userInfo) {

        private static final byte FORM = 1;

        byte[] bytes() {
            return Parts.of(FORM).token(idToken).token(access).number(accessEnd).token(refresh).text(scope)
                    .text(userInfo)
                    .bytes();
        }

        /// What [#bytes] wrote; null for anything else.
        static @Nullable Tokens read(byte @Nullable [] bytes) {
            try {
                return bytes == null ? null : read(new Parts.Reader(bytes, FORM));
            } catch (IllegalArgumentException e) {
                return null;
            }
        }

        private static Tokens read(Parts.Reader in) {
            return new Tokens(in.token(), in.token(), in.number(), in.token(), in.text(), in.text());
        }

        /// Without the tokens.
        @Override
        public String toString() {
            return "Tokens[" + accessEnd + "]";
        }
    }

    Session seenAt(long now) {
        return new Session(id, subject, sid, begun, now, tokens);
    }

    Session with(Tokens newer, long now) {
        return new Session(id, subject, sid, begun, now, newer);
    }

    byte[] bytes() {
        return Parts.of(FORM).text(id).text(subject).text(sid).number(begun).number(seen).token(tokens.idToken)
                .token(tokens.access).number(tokens.accessEnd).token(tokens.refresh).text(tokens.scope)
                .text(tokens.userInfo).bytes();
    }

    /// What [#bytes] wrote; null for anything else.
    static @Nullable Session read(byte @Nullable [] bytes) {
        if (bytes == null) {
            return null;
        }
        try {
            Parts.Reader in = new Parts.Reader(bytes, FORM);
            return new Session(in.text(), in.text(), in.text(), in.number(), in.number(),
                    Tokens.read(in));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /// Without what others must not know.
    @Override
    public String toString() {
        return "Session[" + subject + "]";
    }
}
