package io.tidegate.identity.keys;

import io.tidegate.identity.StrictJson;
import io.tidegate.identity.StrictJson.MalformedException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What an issuer says of itself (OpenID Connect Discovery 1.0 section 3, RFC 8414 section 2).
///
/// @param issuer
///            its name, the same as the configured one
/// @param jwksUri
///            where its keys are
/// @param members
///            all that it says
public record IssuerMetadata(String issuer, URI jwksUri, Map<String, Object> members) {

    /// Reads the answer of an issuer.
    ///
    /// @throws MalformedException
    ///             where it is none of this issuer, or tells of no place for keys that is as safe as the issuer's own
    static IssuerMetadata read(byte[] json, String issuer) throws MalformedException {
        Map<String, Object> members = StrictJson.object(json);
        if (!issuer.equals(members.get("issuer"))) {
            throw new MalformedException("must be of the issuer that is configured");
        }
        URI jwksUri = url(members, "jwks_uri", issuer);
        if (jwksUri == null) {
            throw new MalformedException("must have a 'jwks_uri' that is a URL" + (isSecure(issuer)
                    ? " with https"
                    : ""));
        }
        return new IssuerMetadata(issuer, jwksUri, members);
    }

    /// A URL that it tells of, such as its `token_endpoint`; null where it has none. One without TLS counts for none
    /// where the issuer itself has TLS.
    public @Nullable URI url(String name) {
        return url(members, name, issuer);
    }

    /// The texts of a list that it tells of, such as `scopes_supported`; empty where it has none.
    public List<String> texts(String name) {
        return members.get(name) instanceof List<?> list
                ? list.stream().filter(String.class::isInstance).map(String.class::cast).toList()
                : List.of();
    }

    private static @Nullable URI url(Map<String, Object> members, String name, String issuer) {
        return members.get(name) instanceof String text ? endpoint(text, isSecure(issuer)) : null;
    }

    private static boolean isSecure(String issuer) {
        return issuer.startsWith("https://");
    }

    /// The URL of something that can be called; null for what is none.
    static @Nullable URI endpoint(String text, boolean secure) {
        try {
            URI url = URI.create(text);
            boolean scheme = "https".equals(url.getScheme()) || (!secure && "http".equals(url.getScheme()));
            return scheme && url.getHost() != null && url.getUserInfo() == null && url.getFragment() == null
                    ? url
                    : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
