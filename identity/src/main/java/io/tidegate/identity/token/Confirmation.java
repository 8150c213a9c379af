package io.tidegate.identity.token;

import io.tidegate.api.AccessFaults;
import io.tidegate.api.ClientCertificate;
import io.tidegate.api.FaultException;
import io.tidegate.api.TlsClient;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the holder of a token must prove: its claim `cnf` (RFC 7800).
///
/// @param keyThumbprint
///            SHA-256 of the key of its proofs (`jkt`, RFC 9449 section 6.1), in base64url; null where it needs none
/// @param certificateSha256
///            SHA-256 of the certificate of its connection (`x5t#S256`, RFC 8705 section 3.1), in 64 lower-case
///            hexadecimal digits; null where it needs none
public record Confirmation(@Nullable String keyThumbprint, @Nullable String certificateSha256) {

    /// Nothing is to be proved.
    public static final Confirmation NONE = new Confirmation(null, null);

    private static final Set<String> KNOWN = Set.of("jkt", "x5t#S256");

    /// What these claims ask for.
    ///
    /// @throws FaultException
    ///             with [AccessFaults#TOKEN_BINDING] where that is something that can't be checked here
    public static Confirmation of(Map<String, Object> claims) {
        Object claim = claims.get("cnf");
        if (claim == null) {
            return NONE;
        }
        if (!(claim instanceof Map<?, ?> members) || members.isEmpty() || !KNOWN.containsAll(members.keySet())) {
            throw new FaultException(AccessFaults.TOKEN_BINDING);
        }
        Object key = members.get("jkt");
        Object certificate = members.get("x5t#S256");
        return new Confirmation(key == null ? null : thumbprint(key),
                certificate == null ? null : HexFormat.of().formatHex(sha256(certificate)));
    }

    private static String thumbprint(Object member) {
        sha256(member);
        return (String) member;
    }

    private static byte[] sha256(Object member) {
        byte[] bytes = member instanceof String text ? Base64Url.decode(text) : null;
        if (bytes == null || bytes.length != 32) {
            throw new FaultException(AccessFaults.TOKEN_BINDING);
        }
        return bytes;
    }

    /// Whether the connection has the certificate that is asked for, where one is.
    ///
    /// @param tls
    ///            null for a connection in clear text
    public boolean allows(@Nullable TlsClient tls) {
        if (certificateSha256 == null) {
            return true;
        }
        ClientCertificate certificate = tls == null ? null : tls.certificate();
        return certificate != null && certificate.sha256().equals(certificateSha256);
    }
}
