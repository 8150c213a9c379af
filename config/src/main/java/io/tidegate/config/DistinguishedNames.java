package io.tidegate.config;

import io.tidegate.api.ConfigException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import javax.naming.InvalidNameException;
import javax.naming.NamingEnumeration;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.security.auth.x500.X500Principal;

/// Distinguished names, in the one form in which they are compared.
final class DistinguishedNames {

    private DistinguishedNames() {
    }

    /// As the names in certificates are written (RFC 2253).
    ///
    /// @throws ConfigException
    ///             where it is none
    static String ofCertificates(String component, String name) {
        try {
            String written = new X500Principal(name).getName();
            if (!written.isEmpty()) {
                return written;
            }
        } catch (IllegalArgumentException e) {
            // Told below.
        }
        throw new ConfigException(component, "must be a distinguished name such as 'CN=Clients,O=Shop' (was '" + name
                + "')");
    }

    /// As entries of directories are named in normal form: lower case, no space around commas and equals signs and none
    /// twice, escapes only where they are needed.
    ///
    /// @throws ConfigException
    ///             where it is none
    static String ofEntries(String component, String name) {
        try {
            List<Rdn> parts = new ArrayList<>(new LdapName(name).getRdns());
            Collections.reverse(parts);
            if (!parts.isEmpty()) {
                List<String> written = new ArrayList<>();
                for (Rdn part : parts) {
                    written.add(String.join("+", pairs(part)));
                }
                return String.join(",", written);
            }
        } catch (NamingException e) {
            // Told below.
        }
        throw new ConfigException(component, "must be the distinguished name of an entry, such as"
                + " 'uid=alice,ou=people,dc=example,dc=org' (was '" + name + "')");
    }

    private static Set<String> pairs(Rdn part) throws NamingException {
        Set<String> pairs = new TreeSet<>();
        NamingEnumeration<? extends Attribute> attributes = part.toAttributes().getAll();
        while (attributes.hasMore()) {
            Attribute attribute = attributes.next();
            for (int i = 0; i < attribute.size(); i++) {
                if (!(attribute.get(i) instanceof String value)) {
                    throw new InvalidNameException("a value in hexadecimal digits");
                }
                pairs.add(attribute.getID().toLowerCase(Locale.ROOT) + '=' + value(value));
            }
        }
        return pairs;
    }

    private static String value(String text) {
        StringBuilder lower = new StringBuilder();
        text.codePoints().map(Character::toLowerCase).forEach(lower::appendCodePoint);
        byte[] bytes = lower.toString().replaceAll(" +", " ").replaceAll("^ | $", "").getBytes(StandardCharsets.UTF_8);
        StringBuilder written = new StringBuilder();
        for (int i = 0; i < bytes.length; i++) {
            char c = (char) (bytes[i] & 0xFF);
            if (c < ' ' || c > '~') {
                written.append('\\').append(HexFormat.of().toHexDigits(bytes[i]));
            } else {
                if ("\"+,;<=>\\".indexOf(c) >= 0 || (c == '#' && i == 0)) {
                    written.append('\\');
                }
                written.append(c);
            }
        }
        return written.toString();
    }
}
