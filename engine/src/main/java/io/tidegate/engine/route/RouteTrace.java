package io.tidegate.engine.route;

import java.util.List;

/// Why a request was matched as it was: the candidates that came near, in the order of their rank.
///
/// @param outcome
///            what the look-up came to
/// @param rivals
///            those whose host and path match, best first, then those that miss by one of the two; at most
///            [#MAX_RIVALS]
public record RouteTrace(RouteMatch.Outcome outcome, List<Rival> rivals) {

    /// Most rivals that are told of.
    public static final int MAX_RIVALS = 50;

    /// One match of a route.
    ///
    /// @param route
    ///            name of the route
    /// @param match
    ///            index of the match in the route
    /// @param won
    ///            whether it is the one that serves the request
    /// @param reason
    ///            why it won or lost
    public record Rival(String route, int match, boolean won, String reason) {
    }
}
