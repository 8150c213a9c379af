package io.tidegate.bench.simulation;

import io.tidegate.config.RouteConfig.Criticality;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// What is simulated: each of them the same load and the same trouble several times, with a mechanism and without.
final class Scenarios {

    private static final long SEED = 20_261_129;
    private static final String SECONDS = "seconds";

    private Scenarios() {
    }

    /// All, by name, in the order of the document that shows them.
    static Map<String, Supplier<Outcome>> all() {
        Map<String, Supplier<Outcome>> all = new LinkedHashMap<>();
        all.put("slow-endpoint", Scenarios::slowEndpoint);
        all.put("flapping-endpoint", Scenarios::flappingEndpoint);
        all.put("killed-endpoint", Scenarios::killedEndpoint);
        all.put("retry-storm", Scenarios::retryStorm);
        all.put("overloaded-service", Scenarios::overloadedService);
        all.put("slowing-service", Scenarios::slowingService);
        all.put("shedding", Scenarios::shedding);
        return all;
    }

    private static List<SimulatedService> services(Simulation time, int count, int places, double millis) {
        return IntStream.range(0, count).mapToObj(i -> new SimulatedService(time, places, millis)).toList();
    }

    private static String rounded(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%,.1f" : "%,.0f", value);
    }

    private static String percent(double part) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * part);
    }

    /// One of three endpoints becomes twenty times as slow as the others.
    static Outcome slowEndpoint() {
        int seconds = 60;
        int slowAt = 15;
        Panel latency = new Panel("99 of 100 are answered, or given up after 5 s, within, ms").logarithmic()
                .shade(slowAt, seconds - 1);
        Panel share = new Panel("requests to the slow endpoint, of 100").shade(slowAt, seconds - 1);
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("`loadBalancing`", "p99 before, ms", "p99 from 10 s after on, ms",
                "requests to the slow endpoint"));
        for (String way : List.of("roundRobin", "random", "leastRequests", "peakEwma")) {
            Simulation time = new Simulation(SEED);
            List<SimulatedService> services = services(time, 3, 100, 20);
            SimulatedUpstream upstream = new SimulatedUpstream(time,
                    "loadBalancing: " + way + ", maxConcurrency: unlimited", services, seconds);
            Ledger ledger = new Ledger(time, seconds);
            new SimulatedClients(time, upstream, ledger, 5_000, 0, 0).come(now -> 900, seconds);
            SimulatedService slow = services.getFirst();
            time.at(slowAt, () -> slow.slow(20));
            double[] part = new double[seconds];
            long[] before = new long[2];
            for (int i = 1; i <= seconds; i++) {
                int second = i - 1;
                time.at(i, () -> {
                    part[second] = 100.0 * (slow.received() - before[0]) / (upstream.allTries() - before[1]);
                    before[0] = slow.received();
                    before[1] = upstream.allTries();
                });
            }
            time.run(seconds);
            latency.line(way, ledger.millis(0.99));
            share.line(way, part);
            double mean = IntStream.range(slowAt + 10, seconds).mapToDouble(i -> part[i]).average().orElse(0);
            rows.add(List.of("`" + way + "`", rounded(ledger.millis(0.99, 5, slowAt)),
                    rounded(ledger.millis(0.99, slowAt + 10, seconds)), percent(mean / 100)));
        }
        return new Outcome("slow-endpoint", SECONDS, List.of(latency, share), rows);
    }

    /// One of four endpoints answers with errors for five seconds in every ten.
    static Outcome flappingEndpoint() {
        int seconds = 90;
        Panel failed = new Panel("requests answered with an error, 1/s");
        Panel asked = new Panel("requests to the flapping endpoint, 1/s");
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("", "requests that failed", "requests to the flapping endpoint"));
        for (boolean on : List.of(false, true)) {
            Simulation time = new Simulation(SEED);
            List<SimulatedService> services = services(time, 4, 50, 20);
            SimulatedUpstream upstream = new SimulatedUpstream(time, on ? "" : "outlierDetection: false", services,
                    seconds);
            Ledger ledger = new Ledger(time, seconds);
            new SimulatedClients(time, upstream, ledger, 2_000, 0, 0).come(now -> 800, seconds);
            SimulatedService flapping = services.getFirst();
            for (int i = 10; i < seconds; i += 10) {
                time.at(i, () -> flapping.fail(1));
                time.at(i + 5.0, () -> flapping.fail(0));
            }
            double[] tried = received(time, flapping, seconds);
            time.run(seconds);
            String name = on ? "ejected (default)" : "never ejected";
            failed.line(name, ledger.failed());
            asked.line(name, tried);
            rows.add(List.of(name, percent(ledger.bad(0, seconds) / (ledger.bad(0, seconds) + ledger.good(0, seconds))),
                    percent((double) flapping.received() / upstream.allTries())));
        }
        return new Outcome("flapping-endpoint", SECONDS, List.of(failed, asked), rows);
    }

    /// One of three endpoints is killed, and comes back after half a minute.
    static Outcome killedEndpoint() {
        int seconds = 75;
        Panel failed = new Panel("requests that failed, 1/s").shade(20, 50);
        Panel asked = new Panel("requests that the killed endpoint served, 1/s").shade(20, 50);
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("`retry`", "requests that failed", "tries for each request"));
        for (String retry : List.of("{ attempts: 0 }", "{ attempts: 1 }")) {
            Simulation time = new Simulation(SEED);
            List<SimulatedService> services = services(time, 3, 50, 20);
            SimulatedUpstream upstream = new SimulatedUpstream(time, "retry: " + retry, services, seconds);
            Ledger ledger = new Ledger(time, seconds);
            new SimulatedClients(time, upstream, ledger, 2_000, 0, 0).come(now -> 900, seconds);
            SimulatedService killed = services.getFirst();
            time.at(20, () -> killed.up(false));
            time.at(50, () -> killed.up(true));
            double[] served = received(time, killed, seconds);
            time.run(seconds);
            String name = retry.equals("{ attempts: 1 }") ? "one repeat (default)" : "no repeat";
            failed.line(name, ledger.failed());
            asked.line(name, served);
            double all = ledger.good(0, seconds) + ledger.bad(0, seconds);
            rows.add(List.of("`" + retry + "`", rounded(ledger.bad(0, seconds)),
                    String.format(Locale.ROOT, "%.4f", upstream.allTries() / all)));
        }
        return new Outcome("killed-endpoint", SECONDS, List.of(failed, asked), rows);
    }

    /// How many requests a service gets in each second.
    private static double[] received(Simulation time, SimulatedService service, int seconds) {
        double[] received = new double[seconds];
        long[] before = new long[1];
        for (int i = 1; i <= seconds; i++) {
            int second = i - 1;
            time.at(i, () -> {
                received[second] = service.received() - before[0];
                before[0] = service.received();
            });
        }
        return received;
    }

    /// Services get three times as slow for ten seconds, at four fifths of what they can do, under clients that ask
    /// again three times.
    static Outcome retryStorm() {
        int seconds = 120;
        Panel goodput = new Panel("requests answered within a second, 1/s").shade(20, 30);
        Panel load = new Panel("tries that reach the services, 1/s").shade(20, 30);
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("", "answered in time while it lasts, 1/s", "from 10 s after on, 1/s",
                "most tries in a second"));
        storm("no budget, no limit", ", maxConcurrency: unlimited", false, seconds, goodput, load, rows);
        storm("budget, no limit", ", maxConcurrency: unlimited", true, seconds, goodput, load, rows);
        storm("budget and limit (default)", "", true, seconds, goodput, load, rows);
        return new Outcome("retry-storm", SECONDS, List.of(goodput, load), rows);
    }

    private static void storm(String name, String more, boolean budgeted, int seconds, Panel goodput, Panel load,
            List<List<String>> rows) {
        Simulation time = new Simulation(SEED);
        List<SimulatedService> services = services(time, 3, 10, 50);
        SimulatedUpstream upstream = new SimulatedUpstream(time,
                "timeouts: { response: 400ms }, retry: { attempts: 2, on: [connectFailure, reset, timeout, 502] }"
                        + more,
                services, seconds, budgeted);
        Ledger ledger = new Ledger(time, seconds);
        new SimulatedClients(time, upstream, ledger, 1_000, 3, 200).come(now -> 480, seconds);
        time.at(20, () -> services.forEach(service -> service.slow(3)));
        time.at(30, () -> services.forEach(service -> service.slow(1)));
        time.run(seconds);
        goodput.line(name, ledger.answered());
        load.line(name, upstream.tries());
        rows.add(List.of(name, rounded(ledger.good(20, 30) / 10), rounded(ledger.good(40, seconds) / (seconds - 40)),
                rounded(most(upstream.tries()))));
    }

    /// A service that can do 300 requests in a second is asked for three times as many, for half a minute.
    static Outcome overloadedService() {
        int seconds = 90;
        Panel goodput = new Panel("requests answered within a second, 1/s").shade(20, 50);
        Panel latency = new Panel("99 of 100 are answered, or given up after 1 s, within, ms").logarithmic().shade(20,
                50);
        Panel inside = new Panel("requests in the service").logarithmic().shade(20, 50);
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("`maxConcurrency`", "answered in time while it lasts, 1/s", "from 5 s after on, 1/s",
                "most requests in the service"));
        for (String limit : List.of("unlimited", "adaptive")) {
            Simulation time = new Simulation(SEED);
            List<SimulatedService> services = services(time, 1, 15, 50);
            SimulatedUpstream upstream = new SimulatedUpstream(time, "maxConcurrency: " + limit, services, seconds);
            Ledger ledger = new Ledger(time, seconds);
            new SimulatedClients(time, upstream, ledger, 1_000, 0, 0).come(now -> now >= 20 && now < 50 ? 900 : 240,
                    seconds);
            double[] waiting = inside(time, services, seconds);
            time.run(seconds);
            String name = limit.equals("adaptive") ? "adaptive (default)" : limit;
            goodput.line(name, ledger.answered());
            latency.line(name, ledger.millis(0.99));
            inside.line(name, waiting);
            rows.add(List.of("`" + limit + "`", rounded(ledger.good(25, 50) / 25),
                    rounded(ledger.good(55, seconds) / (seconds - 55)), rounded(most(waiting))));
        }
        return new Outcome("overloaded-service", SECONDS, List.of(goodput, latency, inside), rows);
    }

    /// Services become three times as slow while as many requests come as before, more than they can do then.
    static Outcome slowingService() {
        int seconds = 120;
        Panel goodput = new Panel("requests answered within a second, 1/s").shade(30, 75);
        Panel inside = new Panel("requests in the services").logarithmic().shade(30, 75);
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("`maxConcurrency`", "answered in time while it lasts, 1/s", "from 5 s after on, 1/s",
                "most requests in the services"));
        for (String limit : List.of("unlimited", "60", "adaptive")) {
            Simulation time = new Simulation(SEED);
            List<SimulatedService> services = services(time, 2, 10, 50);
            SimulatedUpstream upstream = new SimulatedUpstream(time, "maxConcurrency: " + limit, services, seconds);
            Ledger ledger = new Ledger(time, seconds);
            new SimulatedClients(time, upstream, ledger, 1_000, 0, 0).come(now -> 320, seconds);
            for (int i = 0; i <= 20; i++) {
                double slowness = 1 + i / 10.0;
                time.at(30 + i, () -> services.forEach(service -> service.slow(slowness)));
            }
            time.at(75, () -> services.forEach(service -> service.slow(1)));
            double[] waiting = inside(time, services, seconds);
            time.run(seconds);
            String name = limit.equals("adaptive") ? "adaptive (default)" : limit;
            goodput.line(name, ledger.answered());
            inside.line(name, waiting);
            rows.add(List.of("`" + limit + "`", rounded(ledger.good(50, 75) / 25),
                    rounded(ledger.good(80, seconds) / (seconds - 80)), rounded(most(waiting))));
        }
        return new Outcome("slowing-service", SECONDS, List.of(goodput, inside), rows);
    }

    private static double[] inside(Simulation time, List<SimulatedService> services, int seconds) {
        double[] found = new double[seconds];
        for (int i = 0; i < seconds; i++) {
            int second = i;
            time.at(i + 0.5,
                    () -> found[second] = services.stream().mapToInt(SimulatedService::inside).sum());
        }
        return found;
    }

    private static double most(double[] values) {
        double most = 0;
        for (double value : values) {
            most = Math.max(most, value);
        }
        return most;
    }

    /// Half to five times as many requests as an event loop can serve, three in ten of them critical.
    static Outcome shedding() {
        double[] times = {0.5, 0.75, 0.9, 1, 1.1, 1.25, 1.5, 2, 3, 4, 5};
        Panel goodput = new Panel("answered within a second, of 100 that the loop can serve");
        Panel critical = new Panel("critical requests answered within a second, of 100");
        Panel latency = new Panel("99 of 100 critical requests are answered, or given up after 1 s, within, ms")
                .logarithmic();
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("×", "with shedding", "of critical", "p99, ms", "without", "of critical"));
        List<double[][]> both = new ArrayList<>();
        for (Integer lag : new Integer[]{100, null}) {
            double[][] found = new double[3][times.length];
            for (int i = 0; i < times.length; i++) {
                double[] one = loop(times[i], lag);
                for (int j = 0; j < one.length; j++) {
                    found[j][i] = one[j];
                }
            }
            String name = lag == null ? "all are served in turn" : "shed by criticality (default)";
            goodput.line(name, times, found[0]);
            critical.line(name, times, found[1]);
            latency.line(name, times, found[2]);
            both.add(found);
        }
        for (int i = 0; i < times.length; i++) {
            rows.add(List.of(Double.toString(times[i]), percent(both.get(0)[0][i] / 100),
                    percent(both.get(0)[1][i] / 100), rounded(both.get(0)[2][i]), percent(both.get(1)[0][i] / 100),
                    percent(both.get(1)[1][i] / 100)));
        }
        return new Outcome("shedding", "requests, as a multiple of what the loop can serve",
                List.of(goodput, critical, latency), rows);
    }

    /// What comes of so many times the load that a loop can bear.
    static double[] loop(double times, @Nullable Integer lag) {
        int seconds = 20;
        int settled = 5;
        Simulation time = new Simulation(SEED);
        // 10,000 requests per second; one that is shed makes a fifth of the work.
        SimulatedLoop loop = new SimulatedLoop(time, 100_000, 20_000, lag);
        Ledger important = new Ledger(time, seconds);
        Ledger others = new Ledger(time, seconds);
        double rate = 10_000 * times;
        new SimulatedClients(time, loop.door(Criticality.CRITICAL), important, 1_000, 0, 0).come(now -> 0.3 * rate,
                seconds);
        new SimulatedClients(time, loop.door(Criticality.NORMAL), others, 1_000, 0, 0).come(now -> 0.7 * rate,
                seconds);
        time.run(seconds);
        double good = important.good(settled, seconds) + others.good(settled, seconds);
        double criticalGood = important.good(settled, seconds);
        double criticalAll = criticalGood + important.bad(settled, seconds);
        return new double[]{good / (seconds - settled) / 100, 100 * criticalGood / criticalAll,
            important.millis(0.99, settled, seconds)};
    }
}
