package io.tidegate.engine.overload;

import io.tidegate.api.Consumer;
import io.tidegate.api.Principal;
import io.tidegate.config.ConsumerConfig;
import io.tidegate.config.PolicyConfig;
import io.tidegate.config.RouteConfig;
import io.tidegate.config.RouteConfig.Criticality;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What requests of a route are worth where that depends on who sends them: what is declared for their consumer, in
/// place of what is declared for the route. What is `low` for the route stays so whoever asks for it: it can be done
/// without, and nobody's password makes it more important than what others need. Immutable.
public final class Importance {

    private final Criticality ofRoute;
    private final Declared declared;
    private final Criticality most;

    private Importance(Criticality ofRoute, Declared declared) {
        this.ofRoute = ofRoute;
        this.declared = declared;
        Criticality top = ofRoute;
        for (Criticality other : declared.values()) {
            top = other.compareTo(top) < 0 ? other : top;
        }
        this.most = top;
    }

    /// What consumers are worth, as a configuration declares it.
    ///
    /// @param byConsumer
    ///            by name, those alone of whom it is declared
    /// @param values
    ///            all that is declared for one of them
    public record Declared(Map<String, Criticality> byConsumer, Set<Criticality> values) {

        /// What these have declared.
        public static Declared of(Map<String, ConsumerConfig> consumers) {
            Map<String, Criticality> byConsumer = new HashMap<>();
            Set<Criticality> values = EnumSet.noneOf(Criticality.class);
            consumers.forEach((name, consumer) -> {
                Criticality criticality = consumer.criticality();
                if (criticality != null) {
                    byConsumer.put(name, criticality);
                    values.add(criticality);
                }
            });
            return new Declared(byConsumer, values);
        }
    }

    /// What requests of a route are worth; null where that is the same for whoever sends them.
    ///
    /// @param policies
    ///            those that the route really has
    public static @Nullable Importance of(RouteConfig route, List<PolicyConfig> policies, Declared declared) {
        Criticality ofRoute = route.criticality();
        boolean differs = declared.values().stream().anyMatch(other -> other != ofRoute);
        boolean leadsOn = route.upstream() != null || route.upstreams() != null;
        return differs && leadsOn && ofRoute != Criticality.LOW && policies.stream().anyMatch(PolicyConfig::identifies)
                ? new Importance(ofRoute, declared)
                : null;
    }

    /// The most that a request can be worth.
    public Criticality most() {
        return most;
    }

    /// All that a request can be worth by its consumer and is not by its route, the most first.
    public List<Criticality> others() {
        return declared.values().stream().filter(other -> other != ofRoute).sorted().toList();
    }

    /// What a request is worth.
    ///
    /// @param who
    ///            who has been found to be calling; null for nobody
    public Criticality of(@Nullable Principal who) {
        Consumer consumer = who == null ? null : who.consumer();
        return consumer == null ? ofRoute : declared.byConsumer().getOrDefault(consumer.name(), ofRoute);
    }
}
