package io.tidegate.bench;

import io.netty.buffer.ByteBuf;
import io.tidegate.engine.wire.RequestHead;
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

/// Reading the head of a request: grammar, index of its fields, canonical target.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RequestParserBenchmark {

    private final ByteBuf bytes = SampleRequest.bytes("127.0.0.1:8080", "/small");
    private final RequestHead head = new RequestHead();

    /// One head.
    @Benchmark
    public boolean head() {
        head.reset();
        bytes.readerIndex(0);
        return SampleRequest.parser().read(head, bytes);
    }
}
