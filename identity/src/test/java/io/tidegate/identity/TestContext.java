package io.tidegate.identity;

import io.tidegate.api.Background;
import io.tidegate.api.Consumers;
import io.tidegate.api.Counter;
import io.tidegate.api.Field;
import io.tidegate.api.HttpCaller;
import io.tidegate.api.HttpClientConfig;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.StateStore;
import io.tidegate.engine.state.MemoryState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/// A world whose clock stands still until it is told to go on, and whose servers say what a test lets them say. For one
/// thread.
public final class TestContext implements PolicyContext {

    /// Answers calls.
    @FunctionalInterface
    public interface Server {
        /// The answer.
        HttpCaller.Answer answer(HttpCaller.Call call) throws IOException;
    }

    private record Planned(Instant at, Runnable work) {
    }

    private final Map<String, AutoCloseable> shared = new HashMap<>();
    private final Map<String, DoubleSupplier> gauges = new HashMap<>();
    private final Map<String, Integer> counts = new HashMap<>();
    private final List<Planned> plan = new ArrayList<>();
    private final List<String> calls = new ArrayList<>();
    private final StateStore state = new MemoryState(1000, 1 << 20);
    private Instant now = Instant.ofEpochSecond(1_800_000_000);
    private Server server = call -> {
        throw new IOException("nothing listens for " + call.url());
    };

    /// The servers from now on.
    public void server(Server next) {
        server = next;
    }

    /// An answer with this body and no fields.
    public static HttpCaller.Answer answer(int status, String body, Field... fields) {
        return new HttpCaller.Answer(status, List.of(fields), body.getBytes(StandardCharsets.UTF_8));
    }

    /// URLs that were asked for so far.
    public List<String> calls() {
        return calls;
    }

    /// How often something was counted.
    public int count(String event) {
        return counts.getOrDefault(event, 0);
    }

    /// The value of a gauge now.
    public double gaugeValue(String name) {
        return gauges.getOrDefault(name, () -> Double.NaN).getAsDouble();
    }

    /// Does what is to be done up to a time from now.
    public void advance(Duration time) {
        Instant end = now.plus(time);
        while (true) {
            Planned next = plan.stream().filter(planned -> !planned.at().isAfter(end))
                    .min(Comparator.comparing(Planned::at)).orElse(null);
            if (next == null) {
                now = end;
                return;
            }
            plan.remove(next);
            now = next.at().isAfter(now) ? next.at() : now;
            next.work().run();
        }
    }

    /// Does what is to be done at once.
    public void run() {
        advance(Duration.ZERO);
    }

    @Override
    public String path() {
        return "routes.test.policies[0]";
    }

    @Override
    @SuppressWarnings("unchecked") // a name stands for one type, as in the gateway
    public <T extends AutoCloseable> T shared(String name, Supplier<T> create) {
        AutoCloseable there = shared.get(name);
        if (there == null) {
            there = create.get();
            shared.put(name, there);
        }
        return (T) there;
    }

    @Override
    public StateStore state() {
        return state;
    }

    @Override
    public Counter counter(String event) {
        return () -> counts.merge(event, 1, Integer::sum);
    }

    @Override
    public void gauge(String name, DoubleSupplier value) {
        gauges.put(name, value);
    }

    @Override
    public Consumers consumers() {
        return Consumers.NONE;
    }

    @Override
    public HttpCaller http(HttpClientConfig settings) {
        return this::send;
    }

    private CompletionStage<HttpCaller.Answer> send(HttpCaller.Call call) {
        calls.add(call.url().toString());
        try {
            return CompletableFuture.completedFuture(server.answer(call));
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public Background background() {
        return (delay, work) -> {
            Planned planned = new Planned(now.plus(delay), work);
            plan.add(planned);
            return () -> plan.remove(planned);
        };
    }

    @Override
    public InstantSource clock() {
        return () -> now;
    }
}
