package io.tidegate.identity.remote;

import io.tidegate.api.ConfigException;
import io.tidegate.api.Doc;
import io.tidegate.api.FieldSyntax;
import io.tidegate.api.Secret;
import org.jspecify.annotations.Nullable;

/// How the gateway shows an authorization server who it is (RFC 6749 section 2.3).
///
/// @param id
///            its client identifier
/// @param secret
///            its client secret
/// @param method
///            how both are sent; null for `basic`
/// @param bearer
///            a token in place of both
@Doc("How the gateway shows an authorization server who it is: by `id` and `secret`, or by `bearer`.")
public record OAuthClientConfig(
        @Doc("The gateway's client identifier.") @Nullable String id,

        @Doc("Its client secret.") @Secret @Nullable String secret,

        @Doc("How both are sent. Left out: `basic`, or `none` where there is no secret.") @Nullable Method method,

        @Doc("A token that is sent in place of both.") @Secret @Nullable String bearer) {

    /// How a client identifier and its secret are sent.
    public enum Method {
        @Doc("In `Authorization`, form-encoded as RFC 6749 section 2.3.1 asks.")
        BASIC, @Doc("In the body (`client_secret_post`).")
        POST, @Doc("The identifier alone, in the body: for servers that know the gateway by its certificate.")
        NONE
    }

    /// Refuses what says nothing, and two things at once.
    public OAuthClientConfig {
        if ((id == null) == (bearer == null)) {
            throw new ConfigException("must have exactly one of 'id' and 'bearer'");
        }
        if (bearer != null && (secret != null || method != null)) {
            throw new ConfigException(secret == null ? "method" : "secret", "must not stand beside 'bearer'");
        }
        if (bearer != null && (bearer.isBlank() || !FieldSyntax.isValue(bearer))) {
            throw new ConfigException("bearer", "must be a token (its value is hidden)");
        }
        if (id != null && id.isEmpty()) {
            throw new ConfigException("id", "must not be empty");
        }
        boolean none = method == Method.NONE;
        if (none && secret != null) {
            throw new ConfigException("secret", "must not stand beside 'method: none'");
        }
        if (secret == null && method != null && !none) {
            throw new ConfigException("secret", "is required beside 'method'");
        }
    }

    /// Without the secrets.
    @Override
    public String toString() {
        return "OAuthClientConfig[" + (id == null ? "bearer" : id) + "]";
    }
}
