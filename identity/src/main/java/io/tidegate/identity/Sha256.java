package io.tidegate.identity;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/// SHA-256 (FIPS 180-4).
public final class Sha256 {

    private Sha256() {
    }

    /// A digest of nothing yet.
    public static MessageDigest begin() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /// That of a text in UTF-8, in Base64 for URLs.
    public static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding()
                .encodeToString(begin().digest(text.getBytes(StandardCharsets.UTF_8)));
    }
}
