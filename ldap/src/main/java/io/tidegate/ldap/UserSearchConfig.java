package io.tidegate.ldap;

import io.tidegate.api.ConfigException;
import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.Pattern;
import io.tidegate.api.Secret;
import org.jspecify.annotations.Nullable;

/// How the entry of a user is found by the user name.
@Doc("How the entry of a user is found by the user name.")
public record UserSearchConfig(
        @Doc("The entry below which users are: `ou=people,dc=example,dc=org`.") String base,

        @Doc("The attribute that holds the user name; `sAMAccountName` in Active Directory.") @Default("uid") @Pattern(value = Names.ATTRIBUTE, expected = "the name of an attribute") String attribute,

        @Doc("What else has to be so of the entry, a filter (RFC 4515): `(objectClass=person)`.") @Nullable String filter,

        @Doc("As whom the gateway searches; without it, as nobody.") @Nullable String bindDn,

        @Doc("The password of that.") @Secret @Nullable String bindPassword) {

    /// Refuses what is no name, no filter, and half of a pair.
    public UserSearchConfig {
        Names.checkDn("base", base);
        Names.checkFilter("filter", filter);
        if ((bindDn == null) != (bindPassword == null)) {
            throw new ConfigException(bindDn == null ? "bindDn" : "bindPassword",
                    "is required beside '" + (bindDn == null ? "bindPassword" : "bindDn") + "'");
        }
        if (bindDn != null) {
            Names.checkDn("bindDn", bindDn);
        }
        if (bindPassword != null && bindPassword.isEmpty()) {
            throw new ConfigException("bindPassword", "must not be empty: directories take that for nobody");
        }
    }

    @Override
    public String toString() {
        return "UserSearchConfig[" + base + "]";
    }
}
