package io.tidegate.engine;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What would become of a request, and why.
///
/// @param request the request as the router saw it, canonical: `GET api.example.com /orders/1`
/// @param route the route that wins, or null
/// @param refusal the fault code where the request is refused before or by routing, or null
/// @param matchedBy what made it win: `host api.example.com (exact), path /orders/{id}, method GET`; empty without a route
/// @param parameters what the path's parameters stand for
/// @param rivals nearer rivals, best first, at most ten
/// @param upstreams upstreams and their shares
public record Explanation(String request, @Nullable String route, @Nullable String refusal, String matchedBy,
        Map<String, String> parameters, List<Rival> rivals, Map<String, Integer> upstreams) {

    /// A route that came near and lost.
    ///
    /// @param route its name
    /// @param reason why it lost: `path /orders/** is less specific than /orders/{id}`
    public record Rival(String route, String reason) {
    }
}
