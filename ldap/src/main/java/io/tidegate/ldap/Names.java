package io.tidegate.ldap;

import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.LDAPException;
import io.tidegate.api.ConfigException;
import org.jspecify.annotations.Nullable;

/// Checks names and filters where they are configured.
final class Names {

    /// RFC 4512 section 2.5, without options.
    static final String ATTRIBUTE = "[A-Za-z][A-Za-z0-9-]*";

    private Names() {
    }

    static void checkDn(String component, String text) {
        if (text.isBlank() || !DN.isValidDN(text)) {
            throw new ConfigException(component,
                    "must be a distinguished name such as ou=people,dc=example,dc=org (was '" + text + "')");
        }
    }

    static void checkFilter(String component, @Nullable String text) {
        if (text == null) {
            return;
        }
        try {
            Filter.create(text);
        } catch (LDAPException e) {
            throw new ConfigException(component, "must be a filter such as (objectClass=person): " + e.getMessage());
        }
    }

    static DN dn(String text) {
        try {
            return new DN(text);
        } catch (LDAPException e) {
            throw new IllegalArgumentException(e);
        }
    }

    static @Nullable Filter filter(@Nullable String text) {
        try {
            return text == null ? null : Filter.create(text);
        } catch (LDAPException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
