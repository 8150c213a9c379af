package io.tidegate.config;

import io.tidegate.config.Node.Entry;
import java.util.Set;

/// Finds what is wrong between the parts of a configuration, each of which is right by itself.
final class Checks {

    private final GatewayConfig config;
    private final Node.Fields root;
    private final ProblemList problems;
    private final Nearest nearest;

    Checks(GatewayConfig config, Node.Fields root, ProblemList problems, Nearest nearest) {

        this.config = config;
        this.root = root;
        this.problems = problems;
        this.nearest = nearest;
    }

    /// Adds what it finds to the problems.
    void run() {
        Set<String> upstreams = names("upstreams", config.upstreams().keySet());
        config.routes().forEach((name, route) -> {
            if (route.upstream() != null && !upstreams.contains(route.upstream())) {
                problems.error(place("routes", name, "upstream"), "routes." + name + ".upstream",
                        "no upstream is named '" + route.upstream() + "'"
                                + nearest.hint(route.upstream(), upstreams));
            }
        });
    }

    private Set<String> names(String key, Set<String> byDefault) {
        Entry entry = root.entries().get(key);
        return entry != null && entry.value() instanceof Node.Fields fields ? fields.entries().keySet() : byDefault;
    }

    private Place place(String... path) {
        Node node = root;
        for (String key : path) {
            Entry entry = node instanceof Node.Fields fields ? fields.entries().get(key) : null;
            if (entry == null) {
                return node.place();
            }
            node = entry.value();
        }
        return node.place();
    }
}
