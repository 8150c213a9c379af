package io.tidegate.bench;

import io.tidegate.api.ByteSize;
import io.tidegate.config.TelemetryConfig;
import io.tidegate.engine.observe.AccessLane;
import io.tidegate.engine.observe.AccessLog;
import io.tidegate.engine.observe.Metrics;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// A line of the access log, as far as the event loop pays for it.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class AccessLogBenchmark {

    private final AccessLog log = AccessLog.open(
            new TelemetryConfig.AccessLog("/dev/null", TelemetryConfig.AccessLog.Format.JSON, new ByteSize(16 << 20)),
            1,
            new Metrics(1, new Metrics.BuildInfo("bench", "none")));
    private final AccessLane lane = log.lane(0);
    private final SampleRecord record = new SampleRecord(SampleRequest.head("127.0.0.1:8080", "/small"));

    /// Ends the thread that writes.
    @TearDown
    public void close() {
        log.close();
    }

    /// One line of JSON.
    @Benchmark
    public void line() {
        lane.log(record);
    }
}
