package io.tidegate.engine.route;

import io.tidegate.config.RouteConfig;
import java.util.ArrayList;
import java.util.List;

/// Routes compiled into a table that finds the one for a request in time that does not depend on their number.
/// Immutable; shared by all event loops.
///
/// Routes are ranked by specificity, never by their order:
///
/// 1. the host: exact, then wildcards from the longest on (`*.example.com` is one or more labels), then none;
/// 2. the path, segment by segment: literal, then `{name}`, then `/**`; then regular expressions, then no path. A path
///    in the form of its route goes before one that differs by the slash at its end (`trailingSlash`);
/// 3. methods before none;
/// 4. more header fields, then more query parameters;
/// 5. the higher precedence; then, so that there is an order at all, the name.
///
/// A candidate that fails on method, header, query or expression leaves the request to the next, across paths and
/// hosts. `HEAD` matches where `GET` does. A CORS preflight is matched as the method that it asks for, unless a route
/// that names `OPTIONS` matches it.
///
/// Several fields of one name are compared as one value, joined by `, `. Of several query parameters of one name each
/// must pass, so that hiding one behind another gains nothing; names and values are compared decoded as a form's, so
/// `+` is a space.
///
/// **Cost.** One hash look-up for the host and one per label where wildcards of that length exist; one per segment of
/// the path. Going back to a parameter or rest can repeat the latter, but no node of the trie is visited twice, and a
/// table where one host's paths could make a look-up visit more than 4096 nodes is refused. At each place that matches,
/// its candidates are tried in turn; where more than eight share one, those that compare the same field or parameter
/// with different values are found by the value. The expressions of a host are the only thing that costs time in
/// proportion to their number: a comparison of the text that each begins with, and a match of those where it fits.
///
/// @param <R>
///            what a route is to whoever makes the table
public final class RouteTable<R> {

    private final RouteIndex index;
    private final List<R> routes;

    private RouteTable(RouteIndex index, List<R> routes) {
        this.index = index;
        this.routes = routes;
    }

    /// A builder of a table.
    public static <R> Builder<R> builder() {
        return new Builder<>();
    }

    /// Finds the route for a request and puts it into `match`.
    ///
    /// @return `match`
    public RouteMatch<R> match(RouteInput input, RouteMatch<R> match) {
        match.search().run(index, input);
        match.set(input, routes);
        return match;
    }

    /// Finds the route for a request and tells why it is the one. Takes time in proportion to the number of routes:
    /// not for an event loop.
    public RouteTrace explain(RouteInput input) {
        RouteMatch<R> match = match(input, new RouteMatch<>());
        return new RouteTracer(index, match.search()).trace(match.outcome());
    }

    /// Number of routes.
    public int size() {
        return routes.size();
    }

    /// Collects routes for a table. Good for one.
    ///
    /// @param <R>
    ///            what a route is to whoever makes the table
    public static final class Builder<R> {

        private final RouteIndexBuilder index = new RouteIndexBuilder();
        private final List<R> routes = new ArrayList<>();

        private Builder() {
        }

        /// Adds a route with all its matches.
        ///
        /// @param target
        ///            what a look-up gives
        /// @param name
        ///            its name, unique
        /// @param config
        ///            as declared; `listeners` are not looked at
        /// @return this
        public Builder<R> add(R target, String name, RouteConfig config) {
            index.add(routes.size(), name, config);
            routes.add(target);
            return this;
        }

        /// The table.
        ///
        /// @throws IllegalArgumentException
        ///             if the paths of one host overlap so much that a look-up could visit more than 4096 nodes
        public RouteTable<R> build() {
            return new RouteTable<>(index.build(), List.copyOf(routes));
        }
    }
}
