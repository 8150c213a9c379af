package io.tidegate.engine.route;

import io.tidegate.config.RouteConfig.TrailingSlash;
import io.tidegate.engine.route.Candidate.Form;
import io.tidegate.engine.wire.Ascii;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The result of a look-up and all the state that one needs. One per event loop or connection, used again and again;
/// holds the result of the last look-up until the next. Not safe for use by several threads.
///
/// @param <R>
///            what a route is to whoever made the table
public final class RouteMatch<R> {

    /// What a look-up came to.
    public enum Outcome {
        /// A route serves the request.
        FOUND,
        /// No route has anything to do with it.
        NO_ROUTE,
        /// Routes would serve it if its method were another: to be answered 405 with `Allow` (RFC 9110 §15.5.6).
        METHOD_NOT_ALLOWED,
        /// A route would serve it with a slash more or less at the end of its path, and wants it redirected there.
        REDIRECT_SLASH
    }

    private final Search search = new Search();
    private final PathParameters parameters = new PathParameters();
    private Outcome outcome = Outcome.NO_ROUTE;
    private @Nullable R route;

    /// A holder without a result.
    public RouteMatch() {
    }

    /// Takes the result of the search.
    void set(RouteInput input, List<R> routes) {
        Candidate found = search.found();
        if (found == null) {
            route = null;
            outcome = search.methodMissing() ? Outcome.METHOD_NOT_ALLOWED : Outcome.NO_ROUTE;
            parameters.set(null, input);
            return;
        }
        route = routes.get(found.route());
        outcome = found.form() == Form.SLASH_REDIRECT ? Outcome.REDIRECT_SLASH : Outcome.FOUND;
        parameters.set(found.match().path(), input);
    }

    /// Forgets what was looked up, and the table that it was looked up in.
    public void clear() {
        search.clear();
        parameters.clear();
        outcome = Outcome.NO_ROUTE;
        route = null;
    }

    Search search() {
        return search;
    }

    /// What the look-up came to.
    public Outcome outcome() {
        return outcome;
    }

    /// The route of [Outcome#FOUND] and [Outcome#REDIRECT_SLASH].
    ///
    /// @throws IllegalStateException
    ///             for another outcome
    public R route() {
        R found = route;
        if (found == null) {
            throw new IllegalStateException("no route was found: " + outcome);
        }
        return found;
    }

    /// Index of the match of [#route] that was met.
    public int matchIndex() {
        return found().number();
    }

    /// Whether the request is a CORS preflight and was matched as the method that it asks for.
    public boolean isPreflight() {
        return search.preflight();
    }

    /// For [Outcome#REDIRECT_SLASH]: whether the path to redirect to is this one with a slash more at its end; if not,
    /// it is this one without the slash at its end. See [TrailingSlash#REDIRECT].
    public boolean redirectAddsSlash() {
        RouteInput input = search.input();
        return outcome == Outcome.REDIRECT_SLASH && input.pathBytes()[input.pathEnd() - 1] != '/';
    }

    /// For [Outcome#METHOD_NOT_ALLOWED]: the methods that `Allow` lists. `HEAD` goes with `GET`; `OPTIONS` is always
    /// among them, for this list is itself what answers it (RFC 9110 §9.3.7). Allocates.
    public List<String> allowedMethods() {
        return outcome == Outcome.METHOD_NOT_ALLOWED ? search.allowed() : List.of();
    }

    /// Number of parameters in the path of the match that was met. A rest without a name is none.
    public int parameterCount() {
        return parameters.count();
    }

    /// Index of a parameter, -1 where there is none of this name.
    public int parameter(String name) {
        for (int i = 0; i < parameters.count(); i++) {
            if (parameters.name(i).equals(name)) {
                return i;
            }
        }
        return -1;
    }

    /// Name of parameter `i`.
    public String parameterName(int i) {
        return parameters.name(i);
    }

    /// Where the value of parameter `i` begins in [#pathBytes]. That of `{name**}` begins behind the slash.
    public int parameterStart(int i) {
        return parameters.start(i);
    }

    /// Where the value of parameter `i` ends in [#pathBytes].
    public int parameterEnd(int i) {
        return parameters.end(i);
    }

    /// The value of a parameter as it stands in the canonical path, or null where there is none of this name.
    /// Allocates.
    public @Nullable String parameterText(String name) {
        int i = parameter(name);
        return i < 0 ? null : Ascii.text(parameters.path(), parameters.start(i), parameters.end(i));
    }

    /// The bytes that the path was in when it was matched.
    public byte[] pathBytes() {
        return parameters.path();
    }

    /// Number of nodes that the look-up visited.
    int visits() {
        return search.visits();
    }

    private Candidate found() {
        return Objects.requireNonNull(search.found(), "no route was found");
    }
}
