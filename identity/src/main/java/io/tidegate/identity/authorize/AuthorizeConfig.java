package io.tidegate.identity.authorize;

import io.tidegate.api.ConditionConfig;
import io.tidegate.api.ConfigException;
import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.Pattern;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Configuration of `authorize`.
@Doc("Says who of those that were found to be calling may pass. All that is given must hold.")
public record AuthorizeConfig(
        @Doc("Scopes that the credentials must have, all of them.") @Default("[]") @Pattern(value = AuthorizeConfig.SCOPE, expected = AuthorizeConfig.A_SCOPE) List<String> scopes,

        @Doc("Scopes of which the credentials must have one.") @Default("[]") @Pattern(value = AuthorizeConfig.SCOPE, expected = AuthorizeConfig.A_SCOPE) List<String> anyScope,

        @Doc("Groups of which who calls must belong to one.") @Default("[]") List<String> groups,

        @Doc("Names of the consumers that may pass.") @Default("[]") List<String> consumers,

        @Doc("What the credentials must say: names of claims, or paths to them such as `realm_access.roles`, and their values.") @Default("{}") Map<String, ClaimConfig> claims,

        @Doc("A condition that must hold.") @Nullable ConditionConfig cel,

        @Doc("The scheme that clients without credentials are asked to use, in `WWW-Authenticate`.") @Default("Bearer") @Pattern(value = "[A-Za-z][A-Za-z0-9!#$%&'*+.^_`|~-]*", expected = "a scheme such as Bearer") String scheme,

        @Doc("What the credentials are for, told to clients in `WWW-Authenticate`.") @Nullable @Pattern(value = "[ -~]+", expected = "visible ASCII") String realm) {

    static final String SCOPE = "[!-~&&[^\"\\\\]]+";
    static final String A_SCOPE = "a scope: visible characters without '\"' and '\\' (RFC 6749 section 3.3)";

    /// Refuses one that lets everybody pass.
    public AuthorizeConfig {
        if (scopes.isEmpty() && anyScope.isEmpty() && groups.isEmpty() && consumers.isEmpty() && claims.isEmpty()
                && cel == null) {
            throw new ConfigException(
                    "must say who may pass: at least one of scopes, anyScope, groups, consumers, claims, cel");
        }
        if (claims.containsKey("")) {
            throw new ConfigException("claims", "must have names of claims (one is empty)");
        }
    }
}
