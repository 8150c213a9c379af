package io.tidegate.engine.probe;

import io.netty.buffer.ByteBuf;
import io.tidegate.config.HealthCheckConfig.StatusRange;
import io.tidegate.engine.wire.HeadWriter;
import io.tidegate.engine.wire.ResponseHead;
import io.tidegate.engine.wire.Trailers;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Asks for a path; the status alone counts.
final class StatusQuestion implements Question {

    private static final byte[] NOTHING = {};

    private final String host;
    private final String path;
    private final List<StatusRange> expected;
    private int status;

    StatusQuestion(String host, String path, List<StatusRange> expected) {
        this.host = host;
        this.path = path;
        this.expected = expected;
    }

    @Override
    public void write(HeadWriter out) {
        out.text("GET " + path + " HTTP/1.1\r\nhost: " + host
                + "\r\nuser-agent: tidegate-health-check\r\naccept: */*\r\nconnection: close\r\n\r\n");
    }

    @Override
    public byte[] body() {
        return NOTHING;
    }

    @Override
    public boolean head(ResponseHead head) {
        status = head.status();
        return false;
    }

    @Override
    public void data(ByteBuf in, int start, int length) {
        // It is read so that the service can send it, and that is all.
    }

    @Override
    public void trailers(Trailers trailers) {
        // They say nothing of the status.
    }

    @Override
    public @Nullable String verdict() {
        return expected.stream().anyMatch(range -> range.contains(status)) ? null : "status " + status;
    }
}
