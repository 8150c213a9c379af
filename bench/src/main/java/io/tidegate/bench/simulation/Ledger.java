package io.tidegate.bench.simulation;

import java.util.Arrays;

/// What clients have seen, second by second.
final class Ledger implements SimulatedClients.Witness {

    private final Simulation time;
    private final long[] asked;
    private final long[] good;
    private final long[] bad;
    private final long[][] latencies;
    private final int[] known;

    Ledger(Simulation time, int seconds) {
        this.time = time;
        this.asked = new long[seconds];
        this.good = new long[seconds];
        this.bad = new long[seconds];
        this.latencies = new long[seconds][0];
        this.known = new int[seconds];
    }

    private int slot() {
        return (int) Math.min(time.now() / Simulation.SECOND, asked.length - 1);
    }

    @Override
    public void asked() {
        asked[slot()]++;
    }

    @Override
    public void good(long nanos) {
        good[slot()]++;
        took(nanos);
    }

    @Override
    public void bad(long nanos) {
        bad[slot()]++;
        took(nanos);
    }

    private void took(long nanos) {
        int slot = slot();
        int at = known[slot]++;
        if (at == latencies[slot].length) {
            latencies[slot] = Arrays.copyOf(latencies[slot], Math.max(64, 2 * at));
        }
        latencies[slot][at] = nanos;
    }

    /// Good answers in each second.
    double[] answered() {
        return Arrays.stream(good).asDoubleStream().toArray();
    }

    /// What was never answered, by the second in which it was given up.
    double[] failed() {
        return Arrays.stream(bad).asDoubleStream().toArray();
    }

    /// Good answers from one second to another.
    double good(int from, int to) {
        return Arrays.stream(good, from, to).sum();
    }

    /// Failures from one second to another.
    double bad(int from, int to) {
        return Arrays.stream(bad, from, to).sum();
    }

    /// The time after which this part of the requests that ended in each second was over, answered or given up, in
    /// milliseconds; not a number where none was.
    double[] millis(double part) {
        double[] found = new double[good.length];
        for (int i = 0; i < found.length; i++) {
            found[i] = millis(part, i, i + 1);
        }
        return found;
    }

    /// The same from one second to another.
    double millis(double part, int from, int to) {
        long[] all = new long[Arrays.stream(known, from, to).sum()];
        int filled = 0;
        for (int i = from; i < to; i++) {
            System.arraycopy(latencies[i], 0, all, filled, known[i]);
            filled += known[i];
        }
        if (all.length == 0) {
            return Double.NaN;
        }
        Arrays.sort(all);
        return all[(int) Math.min(all.length - 1L, (long) (part * all.length))] / (double) Simulation.MILLI;
    }
}
