package io.tidegate.ldap;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// A user name and a password (RFC 7617).
///
/// @param username
///            without a colon
record BasicCredentials(String username, String password) {

    private static final int LONGEST = 4096;

    /// Reads what stands behind `Basic`, or gives null where it can't be read: base64 of UTF-8 without
    /// control characters.
    static @Nullable BasicCredentials parse(String text) {
        if (text.length() > LONGEST) {
            return null;
        }
        try {
            String pair = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(Base64.getDecoder().decode(text)))
                    .toString();
            int colon = pair.indexOf(':');
            return colon < 0 || pair.chars().anyMatch(Character::isISOControl)
                    ? null
                    : new BasicCredentials(pair.substring(0, colon), pair.substring(colon + 1));
        } catch (CharacterCodingException | IllegalArgumentException e) {
            return null;
        }
    }

    /// Without the password.
    @Override
    public String toString() {
        return "BasicCredentials[" + username + "]";
    }
}
