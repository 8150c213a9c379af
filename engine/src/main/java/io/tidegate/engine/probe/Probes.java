package io.tidegate.engine.probe;

import io.tidegate.config.HealthCheckConfig;
import io.tidegate.engine.health.Checking;
import io.tidegate.engine.health.Checking.Check;
import io.tidegate.engine.upstream.Endpoint;
import io.tidegate.engine.upstream.LoopTiming;
import io.tidegate.engine.upstream.Upstream;
import io.tidegate.engine.worker.Worker;
import io.tidegate.engine.worker.Workers;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// The checks of all endpoints of one upstream, spread over the event loops. Each has connections of its own, which no
/// request is ever sent on, and which wait for none that requests to the endpoint use. The bound of the process holds
/// for them too. Its methods are called one at a time.
public final class Probes implements AutoCloseable {

    private final Upstream upstream;
    private final Workers workers;
    private final @Nullable HealthCheckConfig config;
    private final SplittableRandom random = new SplittableRandom();
    private final Map<Endpoint, Running> running = new HashMap<>();
    private int turns;

    /// The checks of one endpoint.
    ///
    /// @param aside
    ///            the endpoint with connections of their own
    private record Running(Checking checking, Endpoint aside) {

        void end() {
            checking.stop();
            aside.close();
        }
    }

    /// Those that an upstream declares; none before [#follow].
    public Probes(Upstream upstream, Workers workers) {
        this.upstream = upstream;
        this.workers = workers;
        this.config = upstream.config().healthCheck();
    }

    /// Checks these endpoints from now on, and no others.
    public void follow(List<Endpoint> endpoints) {
        if (config == null) {
            return;
        }
        Set<Endpoint> wanted = Set.copyOf(endpoints);
        running.entrySet().removeIf(each -> {
            boolean gone = !wanted.contains(each.getKey());
            if (gone) {
                each.getValue().end();
            }
            return gone;
        });
        for (Endpoint endpoint : endpoints) {
            running.computeIfAbsent(endpoint,
                    added -> start(added, workers.all().get(turns++ % workers.all().size()), config));
        }
    }

    private Running start(Endpoint of, Worker worker, HealthCheckConfig config) {
        Endpoint endpoint = of.asideFor(worker, config.port());
        Check check = switch (config.type()) {
            case TCP -> over -> new TcpProbe(endpoint, worker, config.timeout(), over).start();
            case HTTP, GRPC -> over -> new HttpProbe(endpoint, worker, question(config, endpoint), config.timeout(),
                    over).start();
        };
        Checking checking = new Checking(upstream.health(), of.health(), check, config, new LoopTiming(worker),
                random.split());
        checking.start();
        return new Running(checking, endpoint);
    }

    private static Question question(HealthCheckConfig config, Endpoint endpoint) {
        String host = config.host() == null ? endpoint.host() : config.host();
        return config.type() == HealthCheckConfig.Type.GRPC
                ? new GrpcQuestion(host, config.service())
                : new StatusQuestion(host, config.path(), config.expect());
    }

    /// Ends them.
    @Override
    public void close() {
        running.values().forEach(Running::end);
        running.clear();
    }
}
