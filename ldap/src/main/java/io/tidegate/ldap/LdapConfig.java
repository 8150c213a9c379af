package io.tidegate.ldap;

import io.tidegate.api.ConfigException;
import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.FilePath;
import io.tidegate.api.Pattern;
import io.tidegate.api.Range;
import io.tidegate.identity.UnknownConsumer;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Configuration of `ldap`.
@Doc("Finds out who calls by a user name and a password (RFC 7617) that a directory knows.")
public record LdapConfig(
        @Doc("The directories: `ldaps://ldap1.example.org`, `ldap://ldap2.example.org:389`. The first that can be reached is asked.") @Range(min = 1, max = 16) @Pattern(value = "ldaps?://([A-Za-z0-9._-]+|\\[[0-9a-fA-F:]+\\])(:[0-9]{1,5})?", expected = "a URL such as ldaps://ldap.example.org:636") List<String> urls,

        @Doc("Whether connections to `ldap://` are encrypted before anything else is said on them (RFC 4511 section 4.14).") @Default("false") boolean startTls,

        @Doc("Whether passwords may go to `ldap://` unencrypted: for a directory on this machine.") @Default("false") boolean clearText,

        @Doc("A PEM file of the authorities that certificates of directories are trusted from; those that the JDK trusts where it is left out.") @Nullable FilePath ca,

        @Doc("The entry of a user, where the user name alone tells it: `uid={username},ou=people,dc=example,dc=org`. Either this or `search`.") @Nullable String userDn,

        @Doc("How the entry of a user is found, where it does not.") @Nullable UserSearchConfig search,

        @Doc("The attribute of a user's entry that names its groups; of a name of an entry (`cn=staff,ou=…`) the first value counts. Empty for none.") @Default("memberOf") @Pattern(value = "("
                + Names.ATTRIBUTE + ")?", expected = "the name of an attribute, or empty") String groupsAttribute,

        @Doc("How more groups are found.") @Nullable GroupSearchConfig groupSearch,

        @Doc("How long a password that was right is remembered: for so long a directory is not asked again, and does not see that it was changed. 0s for never, at most 1h.") @Default("1m") Duration rememberFor,

        @Doc("Longest wait for a connection.") @Default("1s") Duration connectTimeout,

        @Doc("Longest wait for an answer.") @Default("2s") Duration timeout,

        @Doc("Most connections; requests beyond them wait for one as long as for an answer.") @Default("16") @Range(min = 1, max = 1000) int maxConnections,

        @Doc("What the credentials are for, told to clients in `WWW-Authenticate`.") @Default("tidegate") @Pattern(value = "[ -~]+", expected = "visible ASCII") String realm,

        @Doc("Whether a request without credentials passes, as nobody. Wrong ones are refused all the same.") @Default("false") boolean optional,

        @Doc("What becomes of a user who is no declared consumer.") @Default("refuse") UnknownConsumer unknownConsumer,

        @Doc("Whether the service does not get the credentials.") @Default("true") boolean hideCredentials) {

    static final String USERNAME = "{username}";

    /// Refuses what would show passwords to everybody, and what can't be meant.
    public LdapConfig {
        for (String url : urls) {
            if (url.startsWith("ldap:") && !startTls && !clearText) {
                throw new ConfigException("urls", "'" + url
                        + "' sends passwords unencrypted: use ldaps, 'startTls: true', or say 'clearText: true'");
            }
            if (port(url) < 1 || port(url) > 65_535) {
                throw new ConfigException("urls", "must have a port of 1 to 65535 (was '" + url + "')");
            }
        }
        if ((userDn == null) == (search == null)) {
            throw new ConfigException("must have one of 'userDn' and 'search'");
        }
        if (userDn != null) {
            checkTemplate(userDn);
        }
        within("rememberFor", rememberFor, Duration.ZERO, Duration.ofHours(1));
        within("connectTimeout", connectTimeout, Duration.ofMillis(1), Duration.ofMinutes(1));
        within("timeout", timeout, Duration.ofMillis(1), Duration.ofMinutes(1));
    }

    private static void checkTemplate(String template) {
        int equals = template.indexOf('=');
        String behind = equals < 0 ? "" : template.substring(equals + 1);
        boolean shaped = equals > 0 && template.substring(0, equals).matches(Names.ATTRIBUTE)
                && behind.startsWith(USERNAME + ",") && behind.indexOf('{', 1) < 0;
        if (!shaped) {
            throw new ConfigException("userDn",
                    "must be of the form uid={username},ou=people,dc=example,dc=org (was '" + template + "')");
        }
        Names.checkDn("userDn", behind.substring(USERNAME.length() + 1));
    }

    private static void within(String component, Duration time, Duration least, Duration most) {
        if (time.compareTo(least) < 0 || time.compareTo(most) > 0) {
            throw new ConfigException(component,
                    "must be " + (least.isZero() ? "0s" : "longer than 0s") + " and at most "
                            + most.toMinutes() + "m");
        }
    }

    static int port(String url) {
        int colon = url.lastIndexOf(':');
        boolean given = colon > url.lastIndexOf(']') && colon > url.indexOf("//");
        return given ? Integer.parseInt(url.substring(colon + 1)) : url.startsWith("ldaps:") ? 636 : 389;
    }

    static String host(String url) {
        String rest = url.substring(url.indexOf("//") + 2);
        if (rest.startsWith("[")) {
            return rest.substring(1, rest.indexOf(']'));
        }
        int colon = rest.indexOf(':');
        return colon < 0 ? rest : rest.substring(0, colon);
    }
}
