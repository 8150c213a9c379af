package io.tidegate.engine.upstream;

import io.tidegate.config.UpstreamConfig;
import io.tidegate.engine.balance.Balancer;
import io.tidegate.engine.balance.LeastRequests;
import io.tidegate.engine.balance.PeakEwma;
import io.tidegate.engine.balance.RoundRobin;
import io.tidegate.engine.health.Selection;
import java.util.List;

/// The endpoints of an upstream that are used now, and who chooses among them. Immutable but for whose turn it is: made
/// anew when other ones are used, which is rare, so that a request reads one field.
final class Choice {

    private final Endpoint[] used;
    private final Endpoint[] trials;
    private final Balancer balancer;

    /// What follows from a selection among `all`.
    ///
    /// @param workers
    ///            number of event loops that choose
    Choice(UpstreamConfig config, List<Endpoint> all, Selection selection, int workers) {
        used = selection.used().stream().map(all::get).toArray(Endpoint[]::new);
        trials = selection.trials().stream().map(all::get).toArray(Endpoint[]::new);
        List<Endpoint> list = List.of(used);
        balancer = switch (config.loadBalancing()) {
            case RANDOM -> Balancer.random(list);
            case ROUND_ROBIN -> new RoundRobin(list, workers);
            case PEAK_EWMA -> new PeakEwma(list);
            case LEAST_REQUESTS -> new LeastRequests(list);
        };
    }

    /// Those that are used.
    Endpoint[] used() {
        return used;
    }

    /// Those that are tried now and then, where none is used.
    Endpoint[] trials() {
        return trials;
    }

    /// Chooses among those that are used, where they are two or more.
    Balancer balancer() {
        return balancer;
    }
}
