package io.tidegate.identity;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// A user name and a password (RFC 7617).
public final class BasicCredentials {

    /// How they are announced in `Authorization`.
    public static final String SCHEME = "Basic";

    /// Most characters of both in base64.
    private static final int MOST = 2048;

    private final String user;
    private final byte[] password;

    private BasicCredentials(String user, byte[] password) {
        this.user = user;
        this.password = password;
    }

    /// Reads what stands behind `Basic` (section 2), in UTF-8; null where it is anything else: no base64, no UTF-8, no
    /// colon, control characters, or too long.
    public static @Nullable BasicCredentials read(String token) {
        if (token.length() > MOST) {
            return null;
        }
        byte[] bytes;
        String text;
        try {
            bytes = Base64.getDecoder().decode(token);
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (IllegalArgumentException | CharacterCodingException e) {
            return null;
        }
        int colon = text.indexOf(':');
        if (colon < 0 || text.chars().anyMatch(Character::isISOControl)) {
            return null;
        }
        int from = 0;
        while (bytes[from] != ':') {
            from++;
        }
        return new BasicCredentials(text.substring(0, colon), Arrays.copyOfRange(bytes, from + 1, bytes.length));
    }

    /// The user name, which may be empty: without a colon.
    public String user() {
        return user;
    }

    /// In UTF-8; not to be changed.
    public byte[] password() {
        return password;
    }

    /// Without the password.
    @Override
    public String toString() {
        return "BasicCredentials[" + user + "]";
    }
}
