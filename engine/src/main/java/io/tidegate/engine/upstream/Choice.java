package io.tidegate.engine.upstream;

import io.tidegate.config.UpstreamConfig;
import io.tidegate.engine.balance.Balancer;
import io.tidegate.engine.balance.LeastRequests;
import io.tidegate.engine.balance.RoundRobin;
import io.tidegate.engine.health.Selection;
import java.util.Arrays;
import java.util.List;

/// The endpoints of an upstream that are used now, and who chooses among them. Immutable: made anew when other ones are
/// used, which is rare, so that a request reads one field.
///
/// @param used
///            those that are used
/// @param balancer
///            chooses among them, where there are two or more
/// @param trials
///            those that are tried now and then, where none is used
record Choice(Endpoint[] used, Balancer balancer, Endpoint[] trials) {

    static Choice of(UpstreamConfig config, List<Endpoint> all, Selection selection, int workers) {
        Endpoint[] used = Arrays.stream(selection.used()).mapToObj(all::get).toArray(Endpoint[]::new);
        Endpoint[] trials = Arrays.stream(selection.trials()).mapToObj(all::get).toArray(Endpoint[]::new);
        List<Endpoint> list = List.of(used);
        Balancer balancer = switch (config.loadBalancing()) {
            case RANDOM -> Balancer.random(list);
            case ROUND_ROBIN -> new RoundRobin(list, workers);
            case LEAST_REQUESTS -> new LeastRequests(list);
        };
        return new Choice(used, balancer, trials);
    }
}
