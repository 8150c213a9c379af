package io.tidegate.identity.keys;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import io.tidegate.api.ConfigException;
import io.tidegate.identity.StrictJson;
import io.tidegate.identity.StrictJson.MalformedException;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.PublicKey;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads key sets: JWKS (RFC 7517 section 5) and PEM.
///
/// Of a JWKS those keys are left out that can't be used here, as section 5 asks for: secrets and private keys, which an
/// issuer must not tell anybody, keys for encryption, for other algorithms than are accepted, and keys that are not
/// safe.
public final class JsonWebKeys {

    private static final Set<String> PUBLIC = Set.of("kty", "kid", "alg", "use", "key_ops", "n", "e", "crv", "x", "y");
    private static final Set<String> SECRET = Set.of("d", "k", "p", "q", "dp", "dq", "qi", "oth");

    private JsonWebKeys() {
    }

    /// Reads a JWKS, or a single key.
    ///
    /// @param accepted
    ///            the algorithms that tokens may use. A key without `alg` is good for the first of them that fits.
    /// @throws MalformedException
    ///             where it is none
    public static KeySet read(byte[] json, List<SignatureAlgorithm> accepted) throws MalformedException {
        Map<String, Object> document = StrictJson.object(json);
        List<?> members = document.get("keys") instanceof List<?> list
                ? list
                : document.containsKey("kty") ? List.of(document) : List.of();
        List<VerificationKey> keys = new ArrayList<>();
        for (Object member : members) {
            VerificationKey key = member instanceof Map<?, ?> map ? key(map, accepted) : null;
            if (key != null) {
                keys.add(key);
            }
        }
        return KeySet.of(keys);
    }

    /// Reads keys that stand in a configuration: a JWKS, or one or more public keys or certificates in PEM.
    ///
    /// @throws ConfigException
    ///             where none of them can be used
    public static KeySet configured(String text, List<SignatureAlgorithm> accepted) {
        try {
            KeySet keys = text.stripLeading().startsWith("{")
                    ? read(text.getBytes(StandardCharsets.UTF_8), accepted)
                    : pem(text, accepted);
            if (keys.isEmpty()) {
                throw new ConfigException("must have a public key that is good for one of the 'algorithms', of a JWKS"
                        + " or in PEM");
            }
            return keys;
        } catch (MalformedException e) {
            throw new ConfigException("must be a JWKS: " + e.getMessage());
        } catch (InvalidKeyException e) {
            throw new ConfigException("has a key that can't be used: " + e.getMessage());
        }
    }

    private static KeySet pem(String text, List<SignatureAlgorithm> accepted) throws InvalidKeyException {
        List<VerificationKey> keys = new ArrayList<>();
        for (PublicKey key : PublicKeys.pem(text)) {
            SignatureAlgorithm algorithm = SignatureAlgorithm.first(accepted, PublicKeys.kind(key));
            if (algorithm == null) {
                throw new InvalidKeyException("it is good for none of the algorithms");
            }
            keys.add(VerificationKey.of(null, algorithm, key));
        }
        return KeySet.of(keys);
    }

    /// The key that a JWK holds; null where it can't be used.
    ///
    /// @param accepted
    ///            the algorithms that it may be good for
    public static @Nullable VerificationKey key(Map<?, ?> jwk, List<SignatureAlgorithm> accepted) {
        Map<String, Object> members = new HashMap<>();
        for (Map.Entry<?, ?> member : jwk.entrySet()) {
            String name = String.valueOf(member.getKey());
            if (SECRET.contains(name)) {
                return null;
            }
            if (PUBLIC.contains(name)) {
                members.put(name, member.getValue());
            }
        }
        boolean foreign = members.containsKey("use") && !"sig".equals(members.get("use"));
        if (foreign || (members.get("key_ops") instanceof List<?> uses && !uses.contains("verify"))) {
            return null;
        }
        try {
            PublicKey key = publicKey(JWK.parse(members));
            Object named = members.get("alg");
            SignatureAlgorithm algorithm = named == null
                    ? SignatureAlgorithm.first(accepted, PublicKeys.kind(key))
                    : SignatureAlgorithm.of(named.toString());
            return algorithm == null || !accepted.contains(algorithm)
                    ? null
                    : VerificationKey.of((String) members.get("kid"), algorithm, key);
        } catch (ParseException | JOSEException | InvalidKeyException | RuntimeException e) {
            return null; // one that this gateway can't use
        }
    }

    private static PublicKey publicKey(JWK jwk) throws JOSEException, InvalidKeyException {
        return switch (jwk) {
            case RSAKey rsa -> rsa.toRSAPublicKey();
            case ECKey ec -> ec.toECPublicKey();
            case OctetKeyPair pair when pair.getCurve().getName().equals("Ed25519") -> PublicKeys
                    .ed25519(pair.getDecodedX());
            default -> throw new InvalidKeyException("the key is of no known kind");
        };
    }
}
