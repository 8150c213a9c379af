package io.tidegate.policies.idempotency;

import io.tidegate.api.Exchange;
import io.tidegate.api.Principal;
import io.tidegate.api.Request;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Tells requests apart: whose key it is, and whether a repeat is one.
///
/// Of what a client sends only digests are kept, so that no store holds credentials or bodies of requests.
final class Requests {

    /// Length of a digest in bytes.
    static final int DIGEST = 32;

    private static final String FIELD = "header.";

    private final String scope;
    private final int maxKeyLength;

    Requests(IdempotencyConfig config) {
        scope = config.scope();
        maxKeyLength = config.maxKeyLength();
    }

    /// The key in these values of the field; null where it is none. A string of Structured Fields (RFC 9651 §3.3.3), as
    /// the draft has it, and a bare key, as most clients send it, are the same key.
    @Nullable
    String key(List<String> values) {
        if (values.size() != 1) {
            return null;
        }
        String text = values.getFirst().strip();
        boolean quoted = text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"");
        String key = quoted ? unquoted(text.substring(1, text.length() - 1)) : bare(text);
        return key == null || key.isEmpty() || key.length() > maxKeyLength ? null : key;
    }

    private static @Nullable String unquoted(String text) {
        StringBuilder key = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\') {
                i++;
                if (i == text.length() || (text.charAt(i) != '"' && text.charAt(i) != '\\')) {
                    return null;
                }
                c = text.charAt(i);
            } else if (c == '"' || c < ' ' || c > '~') {
                return null;
            }
            key.append(c);
        }
        return key.toString();
    }

    private static @Nullable String bare(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c > '~' || c == '"' || c == ',') {
                return null;
            }
        }
        return text;
    }

    /// Under what the answer to a request with this key is kept: the same for the same caller, route and key alone.
    String place(Exchange exchange, String key) {
        MessageDigest digest = sha256();
        part(digest, exchange.route());
        owner(exchange, digest);
        part(digest, key);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(digest.digest());
    }

    private void owner(Exchange exchange, MessageDigest digest) {
        Principal principal = scope.equals("authorization") ? exchange.principal() : null;
        if (principal != null) {
            // Whatever shows who calls may be taken out of the request by now, or be another field.
            part(digest, "principal");
            part(digest, principal.method());
            part(digest, principal.issuer());
            part(digest, principal.subject());
            return;
        }
        String field = scope.equals("authorization")
                ? "authorization"
                : scope.startsWith(FIELD) ? scope.substring(FIELD.length()) : "";
        String value = field.isEmpty() ? null : exchange.request().headers().get(field);
        // Without credentials nobody may get another client's answer by guessing a key.
        part(digest, value == null ? "address" : field);
        part(digest, value == null ? exchange.client().address() : value);
    }

    /// What the repeats of a request have in common.
    byte[] fingerprint(Request request, ByteBuffer body) {
        MessageDigest digest = sha256();
        part(digest, request.method());
        part(digest, request.authority());
        part(digest, request.path());
        part(digest, request.query());
        part(digest, request.headers().get("content-type"));
        digest.update(body);
        return digest.digest();
    }

    /// Each with its length, so that no two lists of parts are alike.
    private static void part(MessageDigest digest, @Nullable String text) {
        byte[] bytes = text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(5).put((byte) (text == null ? 0 : 1)).putInt(bytes.length).flip());
        digest.update(bytes);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
