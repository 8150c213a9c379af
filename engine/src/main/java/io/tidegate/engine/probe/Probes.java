package io.tidegate.engine.probe;

import io.tidegate.config.HealthCheckConfig;
import io.tidegate.engine.health.Checking;
import io.tidegate.engine.health.Checking.Check;
import io.tidegate.engine.health.EndpointHealth;
import io.tidegate.engine.upstream.Endpoint;
import io.tidegate.engine.upstream.LoopTiming;
import io.tidegate.engine.upstream.Upstream;
import io.tidegate.engine.worker.Worker;
import io.tidegate.engine.worker.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// The checks of all endpoints of one upstream, spread over the event loops. Each has connections of its own, which no
/// request is ever sent on, and which wait for none that requests to the endpoint use. The bound of the process holds
/// for them too.
public final class Probes implements AutoCloseable {

    private final List<Checking> checks = new ArrayList<>();
    private final List<Endpoint> endpoints = new ArrayList<>();

    private Probes() {
    }

    /// Starts those that an upstream declares: none, where it declares none.
    public static Probes start(Upstream upstream, Workers workers) {
        Probes probes = new Probes();
        HealthCheckConfig config = upstream.config().healthCheck();
        if (config != null) {
            SplittableRandom random = new SplittableRandom();
            for (int i = 0; i < upstream.endpoints().size(); i++) {
                Worker worker = workers.all().get(i % workers.all().size());
                probes.add(upstream, i, worker, config, random.split());
            }
        }
        probes.checks.forEach(Checking::start);
        return probes;
    }

    private void add(Upstream upstream, int index, Worker worker, HealthCheckConfig config, SplittableRandom random) {
        Endpoint endpoint = upstream.endpoints().get(index).asideFor(worker, config.port());
        EndpointHealth health = upstream.health().endpoints().get(index);
        Check check = switch (config.type()) {
            case TCP -> over -> new TcpProbe(endpoint, worker, config.timeout(), over).start();
            case HTTP, GRPC -> over -> new HttpProbe(endpoint, worker, question(config, endpoint), config.timeout(),
                    over).start();
        };
        checks.add(new Checking(upstream.health(), health, check, config, new LoopTiming(worker), random));
        endpoints.add(endpoint);
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
        checks.forEach(Checking::stop);
        endpoints.forEach(Endpoint::close);
    }
}
