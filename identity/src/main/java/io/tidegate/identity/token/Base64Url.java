package io.tidegate.identity.token;

import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// Base64url as RFC 7515 section 2 has it, and nothing beside: no padding, no white space, no bits that are lost. So a
/// token has one spelling.
final class Base64Url {

    private static final byte[] VALUES = values();

    private Base64Url() {
    }

    private static byte[] values() {
        byte[] values = new byte[128];
        Arrays.fill(values, (byte) -1);
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        for (int i = 0; i < alphabet.length(); i++) {
            values[alphabet.charAt(i)] = (byte) i;
        }
        return values;
    }

    /// What a text says; null where it is none.
    static byte @Nullable [] decode(String text) {
        int length = text.length();
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c >= 128 || VALUES[c] < 0) {
                return null;
            }
        }
        int rest = length % 4;
        if (rest != 0) {
            int last = VALUES[text.charAt(length - 1)];
            if (rest == 1 || (rest == 2 ? last & 0x0f : last & 0x03) != 0) {
                return null;
            }
        }
        return Base64.getUrlDecoder().decode(text);
    }
}
