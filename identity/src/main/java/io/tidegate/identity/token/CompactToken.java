package io.tidegate.identity.token;

import io.tidegate.api.AccessFaults;
import io.tidegate.api.FaultException;
import io.tidegate.identity.StrictJson;
import io.tidegate.identity.StrictJson.MalformedException;
import io.tidegate.identity.keys.SignatureAlgorithm;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A signed token in three parts (RFC 7515 section 7.1), read but not checked: nothing in it is known to be true.
///
/// Keys and addresses of keys in its header (`jwk`, `jku`, `x5c`, `x5u`) lead to nothing.
///
/// @param algorithm
///            what it says that it was signed with
/// @param keyId
///            null where it names no key
/// @param signed
///            what was signed
@SuppressWarnings("ArrayRecordComponent") // never compared
record CompactToken(Map<String, Object> header, SignatureAlgorithm algorithm, @Nullable String keyId, byte[] signed,
        byte[] payload, byte[] signature) {

    private static final int MAX_KEY_ID = 256;
    private static final String APPLICATION = "application/";

    /// Reads a token.
    ///
    /// @param maxLength
    ///            most characters; more are not looked at
    /// @param accepted
    ///            the algorithms that it may use
    /// @throws FaultException
    ///             where it is none that is taken here
    static CompactToken read(String text, int maxLength, Set<SignatureAlgorithm> accepted) {
        if (text.length() > maxLength) {
            throw new FaultException(AccessFaults.JWT_TOO_LARGE);
        }
        int first = text.indexOf('.');
        int second = text.indexOf('.', first + 1);
        if (first < 1 || second < 0 || text.indexOf('.', second + 1) >= 0) {
            throw malformed(); // five parts are an encrypted token (RFC 7516), which is none of ours
        }
        Map<String, Object> header = object(decoded(text.substring(0, first)));
        SignatureAlgorithm algorithm = header.get("alg") instanceof String id ? SignatureAlgorithm.of(id) : null;
        if (algorithm == null || !accepted.contains(algorithm)) {
            throw new FaultException(AccessFaults.JWT_ALG);
        }
        // No extension is known here, so none that is critical (RFC 7515 section 4.1.11, RFC 7797 section 6).
        if (header.containsKey("crit") || header.containsKey("b64")) {
            throw new FaultException(AccessFaults.JWT_HEADER);
        }
        return new CompactToken(header, algorithm, keyId(header),
                text.substring(0, second).getBytes(StandardCharsets.ISO_8859_1),
                decoded(text.substring(first + 1, second)), decoded(text.substring(second + 1)));
    }

    private static @Nullable String keyId(Map<String, Object> header) {
        Object id = header.get("kid");
        if (id == null) {
            return null;
        }
        if (!(id instanceof String text) || text.length() > MAX_KEY_ID) {
            throw new FaultException(AccessFaults.JWT_HEADER);
        }
        return text;
    }

    private static byte[] decoded(String part) {
        byte[] bytes = Base64Url.decode(part);
        if (bytes == null) {
            throw malformed();
        }
        return bytes;
    }

    private static Map<String, Object> object(byte[] json) {
        try {
            return StrictJson.object(json);
        } catch (MalformedException e) {
            throw malformed();
        }
    }

    private static FaultException malformed() {
        return new FaultException(AccessFaults.JWT_MALFORMED);
    }

    /// Its payload as a set of claims.
    ///
    /// @throws FaultException
    ///             where it is none
    Map<String, Object> claims() {
        return object(payload);
    }

    /// Its type in lower case, without the `application/` that may be left out (RFC 7515 section 4.1.9); empty where it
    /// has none.
    ///
    /// @throws FaultException
    ///             where that is no text
    String type() {
        Object type = header.get("typ");
        if (type == null) {
            return "";
        }
        if (!(type instanceof String text)) {
            throw new FaultException(AccessFaults.JWT_HEADER);
        }
        return normalType(text);
    }

    /// A type as [#type] tells it.
    static String normalType(String type) {
        String lower = type.toLowerCase(Locale.ROOT);
        return lower.startsWith(APPLICATION) ? lower.substring(APPLICATION.length()) : lower;
    }

    /// Texts of a claim that is a text or a list of texts; null where it is anything else, or not there.
    static @Nullable List<?> list(@Nullable Object claim) {
        return claim instanceof String text ? List.of(text) : claim instanceof List<?> list ? list : null;
    }
}
