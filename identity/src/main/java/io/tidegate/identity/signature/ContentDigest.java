package io.tidegate.identity.signature;

import io.tidegate.identity.signature.StructuredText.Bytes;
import io.tidegate.identity.signature.StructuredText.Member;
import io.tidegate.identity.signature.StructuredText.SyntaxException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Map;

/// Compares a body with its digest (RFC 9530).
final class ContentDigest {

    /// Algorithms that are still safe, and what Java calls them. Others are not looked at.
    private static final Map<String, String> ALGORITHMS = Map.of("sha-256", "SHA-256", "sha-512", "SHA-512");

    private ContentDigest() {
    }

    /// Whether all digests of a known algorithm are those of the body, and there is one.
    ///
    /// @param field
    ///            the value of `Content-Digest`
    static boolean matches(String field, ByteBuffer body) {
        Map<String, Member> digests;
        try {
            digests = StructuredText.dictionary(field);
        } catch (SyntaxException e) {
            return false;
        }
        boolean found = false;
        for (Map.Entry<String, Member> digest : digests.entrySet()) {
            String algorithm = ALGORITHMS.get(digest.getKey());
            if (algorithm != null) {
                if (!(digest.getValue().item() instanceof Bytes(byte[] value))
                        || !MessageDigest.isEqual(value, of(algorithm, body))) {
                    return false;
                }
                found = true;
            }
        }
        return found;
    }

    private static byte[] of(String algorithm, ByteBuffer body) {
        try {
            MessageDigest digest = MessageDigest.getInstance(algorithm);
            digest.update(body.duplicate());
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has " + algorithm, e);
        }
    }
}
