package io.tidegate.bench;

import io.tidegate.bench.simulation.DeclaredUpstream;
import io.tidegate.bench.simulation.Simulation;
import io.tidegate.config.LoadBalancingConfig;
import io.tidegate.config.UpstreamConfig;
import io.tidegate.engine.balance.Balancer;
import io.tidegate.engine.balance.Candidate;
import io.tidegate.engine.balance.Latency;
import io.tidegate.engine.breaker.Breaker;
import io.tidegate.engine.health.EndpointHealth;
import io.tidegate.engine.health.UpstreamHealth;
import io.tidegate.engine.upstream.RetryBudget;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What each request owes to balancing, and to what guards a service besides: budget, circuit breaker, detection of
/// outliers.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class BalancingBenchmark {

    private static final long TOOK = 5_000_000;

    /// How an endpoint is chosen.
    @Param({"LEAST_REQUESTS", "ROUND_ROBIN", "PEAK_EWMA", "RANDOM"})
    public LoadBalancingConfig.Method method = LoadBalancingConfig.Method.LEAST_REQUESTS;

    /// Among how many.
    @Param({"3", "100"})
    public int endpoints;

    private final SplittableRandom random = new SplittableRandom(1);
    private final Simulation time = new Simulation(1);
    private final RetryBudget.Lane budget = new RetryBudget(1, time.now()).lane(0);
    private List<Service> services = List.of();
    private @Nullable Balancer balancer;
    private @Nullable Breaker breaker;

    /// What is known of an endpoint.
    private final class Service implements Candidate {

        private final EndpointHealth health;
        private final Latency latency = new Latency();
        private int active;

        Service(EndpointHealth health) {
            this.health = health;
        }

        @Override
        public int active() {
            return active;
        }

        @Override
        public double latency(int worker) {
            return latency.expected(time.now());
        }
    }

    /// Makes the endpoints, all of them well.
    @Setup
    public void make() {
        UpstreamConfig config = DeclaredUpstream.of("circuitBreaker: {}", endpoints);
        UpstreamHealth health = new UpstreamHealth("service", config,
                IntStream.range(0, endpoints).mapToObj(i -> "service-" + i).toList(), 1, time);
        services = health.endpoints().stream().map(Service::new).toList();
        int[] weights = new int[endpoints];
        Arrays.fill(weights, 1);
        balancer = Balancer.of(method, services, weights, 1);
        breaker = new Breaker("service", null, Objects.requireNonNull(config.circuitBreaker()), 1, time);
    }

    /// The choice of an endpoint.
    @Benchmark
    public int choose() {
        return Objects.requireNonNull(balancer).choose(0, random);
    }

    /// The same, and all that is asked before the request goes out and told when it is over.
    @Benchmark
    public boolean guarded() {
        Breaker guard = Objects.requireNonNull(breaker);
        budget.request(time.now());
        int pass = guard.enter();
        Service chosen = services.get(choose());
        chosen.active++;
        chosen.latency.took(time.now(), TOOK);
        chosen.health.answered(0, TOOK);
        guard.over(0, pass, time.now(), guard.isFailure(200, -1), TOOK);
        chosen.active--;
        return pass != Breaker.REFUSED;
    }
}
