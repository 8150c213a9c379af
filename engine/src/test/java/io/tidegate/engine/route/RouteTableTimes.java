package io.tidegate.engine.route;

import io.tidegate.config.RouteConfig;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// Prints the processor time of a look-up and of a build, and the bytes of a route, for ordinary tables. Run by hand;
/// the test of what a look-up costs is [RouteTableCostTest].
final class RouteTableTimes {

    private static final int LOOK_UPS = 2_000_000;
    private static final int ROUNDS = 7;

    private RouteTableTimes() {
    }

    /// Measures tables of 1, 100, 10,000 and 100,000 routes.
    public static void main(String[] arguments) {
        System.out.println("routes  build ms  table bytes  bytes/route  ns/look-up (best of " + ROUNDS + ", median)");
        // Once unprinted: the first table pays for compilation.
        measure(10_000, false);
        for (int count : new int[]{1, 100, 10_000, 100_000}) {
            measure(count, true);
        }
    }

    private static void measure(int count, boolean print) {
        List<RouteConfig> configs = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            configs.add(Declared.route(Services.route(i)));
            names.add("r" + i);
        }
        double[] build = new double[5];
        for (int i = 0; i < build.length; i++) {
            long start = cpuTime();
            build(names, configs);
            build[i] = (cpuTime() - start) / 1e6;
        }
        Arrays.sort(build);
        List<RouteTable<String>> tables = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            tables.add(build(names, configs));
        }
        long three = used();
        tables.subList(1, 3).clear();
        long bytes = (three - used()) / 2;
        RouteTable<String> table = tables.getFirst();
        TextInput[] requests = new TextInput[Math.min(count, 4096)];
        for (int i = 0; i < requests.length; i++) {
            requests[i] = Services.request((int) ((long) i * count / requests.length));
        }
        double[] times = new double[ROUNDS];
        RouteMatch<String> match = new RouteMatch<>();
        long sum = 0;
        for (int round = 0; round < ROUNDS; round++) {
            long start = cpuTime();
            for (int i = 0; i < LOOK_UPS; i++) {
                sum += table.match(requests[i % requests.length], match).matchIndex();
            }
            times[round] = (cpuTime() - start) / (double) LOOK_UPS;
        }
        Arrays.sort(times);
        if (print) {
            System.out.println(String.format(Locale.ROOT, "%6d  %8.2f  %11d  %11d  %.0f, %.0f%s", count, build[2],
                    bytes,
                    bytes / count, times[0], times[ROUNDS / 2], sum == 0 && configs.size() == count ? "" : "!"));
        }
    }

    private static RouteTable<String> build(List<String> names, List<RouteConfig> configs) {
        RouteTable.Builder<String> builder = RouteTable.builder();
        for (int i = 0; i < names.size(); i++) {
            builder.add(names.get(i), names.get(i), configs.get(i));
        }
        return builder.build();
    }

    private static long cpuTime() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static long used() {
        Runtime runtime = Runtime.getRuntime();
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
