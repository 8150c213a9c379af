package io.tidegate.bench.simulation;

import io.tidegate.config.ConcurrencyConfig;
import io.tidegate.config.RetryCause;
import io.tidegate.config.UpstreamConfig;
import io.tidegate.engine.balance.Balancer;
import io.tidegate.engine.balance.Candidate;
import io.tidegate.engine.balance.Latency;
import io.tidegate.engine.health.EndpointHealth;
import io.tidegate.engine.health.UpstreamHealth;
import io.tidegate.engine.upstream.RetryBudget;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The gateway's way to an upstream on one event loop: who is chosen, what is learnt of it, and what is tried again.
final class SimulatedUpstream implements SimulatedClients.Door {

    private final Simulation time;
    private final UpstreamConfig config;
    private final SplittableRandom random;
    private final List<Way> ways;
    private final UpstreamHealth health;
    private final RetryBudget.Lane budget;
    private final @Nullable SimulatedLimit limit;
    private final long[] tries;
    private final boolean budgeted;
    private Balancer balancer;
    private List<Way> used;

    /// The upstream of a configuration, with services in the places of its endpoints.
    ///
    /// @param settings
    ///            the keys of the upstream but `endpoints`, as YAML on one line
    SimulatedUpstream(Simulation time, String settings, List<SimulatedService> services, int seconds) {
        this(time, settings, services, seconds, true);
    }

    /// @param budgeted
    ///            whether the budget of repeats is kept to; the gateway always does
    SimulatedUpstream(Simulation time, String settings, List<SimulatedService> services, int seconds,
            boolean budgeted) {
        this.time = time;
        this.budgeted = budgeted;
        this.config = DeclaredUpstream.of(settings, services.size());
        this.random = time.chance();
        this.health = new UpstreamHealth("service", config,
                IntStream.range(0, services.size()).mapToObj(i -> "service-" + i).toList(), 1, time);
        List<Way> made = new ArrayList<>();
        for (int i = 0; i < services.size(); i++) {
            made.add(new Way(services.get(i), health.endpoints().get(i)));
        }
        this.ways = List.copyOf(made);
        this.used = ways;
        this.balancer = balancer(ways);
        this.health.onChange(this::choose);
        this.budget = new RetryBudget(1, time.now()).lane(0);
        this.limit = config.maxConcurrency().kind() == ConcurrencyConfig.Kind.UNLIMITED
                ? null
                : new SimulatedLimit(time, config.maxConcurrency());
        this.tries = new long[seconds];
    }

    private void choose() {
        used = health.selection().used().stream().map(ways::get).toList();
        balancer = balancer(used);
    }

    private Balancer balancer(List<Way> among) {
        int[] weights = new int[among.size()];
        Arrays.fill(weights, 1);
        return Balancer.of(config.loadBalancing().method(), among, weights, 1);
    }

    /// What the gateway keeps of an endpoint.
    private final class Way implements Candidate {

        private final SimulatedService service;
        private final EndpointHealth own;
        private final Latency latency = new Latency();
        private int active;

        Way(SimulatedService service, EndpointHealth own) {
            this.service = service;
            this.own = own;
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

    @Override
    public Runnable ask(Consumer<Reply> reply) {
        budget.request(time.now());
        Request request = new Request(reply);
        request.next(null);
        return request::leave;
    }

    /// Tries in each second.
    double[] tries() {
        double[] counts = new double[tries.length];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = tries[i];
        }
        return counts;
    }

    /// Tries in all.
    long allTries() {
        long sum = 0;
        for (long each : tries) {
            sum += each;
        }
        return sum;
    }

    private void leaveLimit() {
        if (limit != null) {
            limit.leave();
        }
    }

    private final class Request {

        private final Consumer<Reply> reply;
        private int attempts;
        private @Nullable Try running;
        private boolean left;

        Request(Consumer<Reply> reply) {
            this.reply = reply;
        }

        void next(@Nullable Way before) {
            if (limit == null) {
                go(before);
            } else {
                limit.enter(() -> go(before), () -> reply.accept(Reply.SHED));
            }
        }

        private void go(@Nullable Way before) {
            if (left) {
                leaveLimit();
                return;
            }
            List<Way> among = used;
            if (among.isEmpty()) {
                leaveLimit();
                reply.accept(Reply.SHED);
                return;
            }
            Way way = among.getFirst();
            if (among.size() > 1) {
                way = among.get(balancer.choose(0, random));
                for (int i = 0; same(way, before) && i < 4; i++) {
                    way = among.get(balancer.choose(0, random));
                }
                way = same(way, before) ? among.get((among.indexOf(way) + 1) % among.size()) : way;
            }
            attempts++;
            tries[(int) Math.min(time.now() / Simulation.SECOND, tries.length - 1)]++;
            running = new Try(this, way);
            running.start();
        }

        @SuppressWarnings("ReferenceEquality") // this endpoint, not an equal one
        private static boolean same(Way way, @Nullable Way before) {
            return way == before;
        }

        /// The client has gone.
        void leave() {
            left = true;
            if (running != null) {
                running.cancel();
            }
        }

        void ends(Way way, Reply came) {
            RetryCause cause = switch (came) {
                case REFUSED -> RetryCause.CONNECT_FAILURE;
                case RESET -> RetryCause.RESET;
                case LATE -> RetryCause.TIMEOUT;
                case ERROR -> RetryCause.HTTP_502;
                case GOOD, SHED -> null;
            };
            boolean again = cause != null && config.retry().on().contains(cause)
                    && attempts <= config.retry().attempts();
            boolean free = came == Reply.REFUSED && used.size() > 1;
            if (again && (free || !budgeted || budget.repeat(time.now(), config.retry().budget().value()))) {
                next(way);
            } else {
                reply.accept(came);
            }
        }
    }

    private final class Try {

        private final Request request;
        private final Way way;
        private final long began = time.now();
        private boolean over;

        Try(Request request, Way way) {
            this.request = request;
            this.way = way;
        }

        void start() {
            way.active++;
            time.after(config.timeouts().response().toNanos(), () -> end(Reply.LATE));
            way.service.serve(this::end);
        }

        void cancel() {
            if (!over) {
                over = true;
                way.active--;
                if (limit != null) {
                    limit.givenUp(time.now() - began);
                }
                leaveLimit();
            }
        }

        private void end(Reply came) {
            if (over) {
                return;
            }
            over = true;
            way.active--;
            leaveLimit();
            long took = time.now() - began;
            switch (came) {
                case REFUSED -> way.own.refused(0);
                case GOOD -> way.own.answered(0, took);
                default -> way.own.failed(0);
            }
            if (limit != null && came == Reply.GOOD) {
                limit.answered(took);
            } else if (limit != null && came == Reply.ERROR) {
                limit.failed(took);
            } else if (limit != null && came == Reply.LATE) {
                limit.givenUp(took);
            }
            if (came == Reply.GOOD || came == Reply.LATE) {
                way.latency.took(time.now(), took);
            }
            request.ends(way, came);
        }
    }
}
