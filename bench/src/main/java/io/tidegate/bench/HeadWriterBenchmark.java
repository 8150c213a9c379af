package io.tidegate.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tidegate.engine.wire.HeadWriter;
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

/// Writing the head of a forwarded request: start line, authority, fields, and the copy into the buffer that is sent.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class HeadWriterBenchmark {

    private final RequestHead head = SampleRequest.head("127.0.0.1:8080", "/small");
    private final HeadWriter writer = new HeadWriter();
    private final ByteBuf out = Unpooled.directBuffer(4096);

    /// One head.
    @Benchmark
    public int request() {
        writer.clear();
        writer.text(head.method());
        writer.one(' ');
        head.writePath(writer);
        writer.text(" HTTP/1.1\r\nhost: ");
        head.writeAuthority(writer);
        writer.crlf();
        head.writeForwardedFields(writer);
        writer.crlf();
        out.clear();
        writer.copyTo(out);
        return out.writerIndex();
    }
}
