package io.tidegate.identity.oidc;

import io.tidegate.api.Field;
import io.tidegate.api.Request;
import io.tidegate.identity.RequestCookies;
import io.tidegate.identity.RequestCookies.Cookie;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The gateway's own cookies in a request (RFC 6265 section 5.4), taken out of what goes to the service.
///
/// ```
/// __Host-tidegate              the session, or its first part
/// __Host-tidegate.1, .2        further parts of it
/// __Host-tidegate_login_x…     a login that has begun
/// ```
///
/// A name that is there twice is no cookie of the gateway: somebody has put one beside it.
final class CookieJar {

    private final String session;
    private final List<Cookie> own;

    /// Takes the cookies of this session, and of logins for it, out of a request.
    CookieJar(Request request, String session) {
        this.session = session;
        this.own = RequestCookies.take(request, name -> isOwn(name, session));
    }

    private static boolean isOwn(String name, String session) {
        return name.startsWith(session) && (name.length() == session.length() || name.charAt(session.length()) == '.'
                || name.startsWith(Cookies.LOGIN, session.length()));
    }

    /// The value of the only cookie of this name, or null.
    @Nullable
    String value(String name) {
        List<Cookie> named = own.stream().filter(cookie -> cookie.name().equals(name)).toList();
        return named.size() == 1 ? named.getFirst().value() : null;
    }

    /// Those whose name begins like this.
    List<Cookie> startingWith(String prefix) {
        return own.stream().filter(cookie -> cookie.name().startsWith(prefix)).toList();
    }

    /// Whether the browser sent anything that is, or was, a session.
    boolean hasSession() {
        return own.stream().anyMatch(cookie -> !cookie.name().startsWith(session + Cookies.LOGIN));
    }

    /// What makes the browser forget the session, but for the cookies of these names.
    List<Field> forgetSession(Cookies cookies, List<String> but) {
        TreeSet<String> names = new TreeSet<>();
        for (Cookie cookie : own) {
            if (!cookie.name().startsWith(session + Cookies.LOGIN) && !but.contains(cookie.name())) {
                names.add(cookie.name());
            }
        }
        return names.stream().filter(cookies::isSessionName).map(cookies::forget).toList();
    }
}
