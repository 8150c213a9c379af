package io.tidegate.bench;

import io.tidegate.config.ConfigLoader;
import io.tidegate.config.GatewayConfig;
import io.tidegate.config.Loaded;
import io.tidegate.config.Plugins;
import io.tidegate.engine.route.HeadInput;
import io.tidegate.engine.route.RouteMatch;
import io.tidegate.engine.route.RouteTable;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
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

/// Finding the route of a request among few and among many.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RouteTableBenchmark {

    private static final int REQUESTS = 1024;
    private static final int PER_HOST = 100;

    /// Number of routes, a hundred to a host.
    @Param({"100", "10000", "100000"})
    public int routes;

    private final RouteMatch<String> match = new RouteMatch<>();
    private final List<HeadInput> requests = new ArrayList<>();
    private RouteTable<String> table = RouteTable.<String>builder().build();
    private int next;

    /// Makes the table, and requests for routes all over it.
    @Setup
    public void make() {
        StringBuilder text = new StringBuilder("upstreams: { s: { endpoints: [\"http://127.0.0.1:1\"] } }\nroutes:\n");
        for (int i = 0; i < routes; i++) {
            text.append("  r").append(i).append(": { match: [{ hosts: [").append(host(i)).append("], path: \"")
                    .append(resource(i)).append("/{id}/files/**\", methods: [GET] }], upstream: s }\n");
        }
        if (!(new ConfigLoader(Plugins.none(), name -> null).loadText("routes.yaml",
                text.toString()) instanceof Loaded.Accepted accepted)) {
            throw new IllegalStateException("the routes were refused");
        }
        GatewayConfig config = accepted.config();
        RouteTable.Builder<String> builder = RouteTable.builder();
        config.routes().forEach((name, route) -> builder.add(name, name, route));
        table = builder.build();
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < REQUESTS; i++) {
            int route = random.nextInt(routes);
            requests.add(new HeadInput(SampleRequest.head(host(route), resource(route) + "/17/files/a/b.txt")));
        }
    }

    private static String host(int route) {
        return "h" + route / PER_HOST + ".example.com";
    }

    private static String resource(int route) {
        return "/r" + route % PER_HOST;
    }

    /// One look-up.
    @Benchmark
    public String match() {
        next = (next + 1) & (REQUESTS - 1);
        return table.match(requests.get(next), match).route();
    }
}
