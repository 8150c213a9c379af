package io.tidegate.bench;

import io.tidegate.engine.observe.Histogram;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// Recording a duration in a histogram.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class HistogramBenchmark {

    private static final int VALUES = 4096;

    private final Histogram histogram = new Histogram();
    private final long[] nanos = new SplittableRandom(1).longs(VALUES, 50_000, 50_000_000).toArray();
    private int next;

    /// One duration.
    @Benchmark
    public void duration() {
        histogram.record(nanos[next]);
        next = (next + 1) & (VALUES - 1);
    }
}
