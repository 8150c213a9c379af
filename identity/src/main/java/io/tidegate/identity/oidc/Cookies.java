package io.tidegate.identity.oidc;

import io.tidegate.api.Field;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes the gateway's own cookies (RFC 6265 section 4.1), and names them.
///
/// Browsers keep cookies of some 4 KB; what is longer is spread over several. None of them can be read by scripts, and
/// none comes with a request that another site makes, unless that is a link that was followed (`SameSite=Lax`).
final class Cookies {

    /// Stands between the name of the session and that of a login.
    static final String LOGIN = "_login_";

    /// Most characters of the name and value of one cookie.
    static final int MOST_CHARACTERS = 3800;

    /// Most cookies of one session. All of them have to fit into the head of a request.
    static final int MOST_PARTS = 3;

    private static final String FIELD = "set-cookie";

    private final String session;
    private final String attributes;

    Cookies(CookieConfig config) {
        String prefix = config.secure() ? config.path().equals("/") ? "__Host-" : "__Secure-" : "";
        session = prefix + config.name();
        attributes = "; Path=" + config.path() + (config.secure() ? "; Secure" : "") + "; HttpOnly; SameSite=Lax";
    }

    /// The name of a session's first cookie, with which those of the others begin.
    String session() {
        return session;
    }

    /// The name of a login's cookie.
    String login(String state) {
        return session + LOGIN + Seal.digest(state).substring(0, 16);
    }

    boolean isSessionName(String name) {
        return name.equals(session) || name.matches("\\Q" + session + ".\\E[1-9]");
    }

    boolean isLoginName(String name) {
        return name.matches("\\Q" + session + LOGIN + "\\E[A-Za-z0-9_-]{16}");
    }

    /// Cookies with this value, which the browser keeps until it is closed; null where it is too long.
    @Nullable
    List<Field> write(String value) {
        int most = MOST_CHARACTERS - session.length() - 4;
        int parts = (value.length() + most - 1) / most;
        if (parts > MOST_PARTS) {
            return null;
        }
        List<Field> fields = new ArrayList<>(parts);
        for (int i = 0; i < parts; i++) {
            String part = value.substring(i * most, Math.min(value.length(), (i + 1) * most));
            fields.add(new Field(FIELD, i == 0
                    ? session + "=" + parts + "." + part + attributes
                    : session + "." + i + "=" + part + attributes));
        }
        return fields;
    }

    /// The names that [#write] gives the cookies of a value.
    List<String> names(List<Field> written) {
        return written.stream().map(field -> field.value().substring(0, field.value().indexOf('='))).toList();
    }

    /// What [#write] wrote; null where a part is missing, or anything is not as it was written.
    @Nullable
    String read(CookieJar jar) {
        String first = jar.value(session);
        if (first == null || first.length() < 3 || first.charAt(1) != '.') {
            return null;
        }
        int parts = first.charAt(0) - '0';
        if (parts < 1 || parts > MOST_PARTS) {
            return null;
        }
        if (parts == 1) {
            return first.substring(2);
        }
        StringBuilder value = new StringBuilder(first.substring(2));
        for (int i = 1; i < parts; i++) {
            String part = jar.value(session + "." + i);
            if (part == null) {
                return null;
            }
            value.append(part);
        }
        return value.toString();
    }

    /// A cookie that the browser keeps for this long.
    Field write(String name, String value, Duration life) {
        return new Field(FIELD, name + "=" + value + attributes + "; Max-Age=" + life.toSeconds());
    }

    /// Makes the browser forget a cookie.
    Field forget(String name) {
        return new Field(FIELD, name + "=" + attributes + "; Max-Age=0");
    }
}
