package io.tidegate.engine.probe;

import io.netty.buffer.ByteBuf;
import io.tidegate.api.GrpcStatus;
import io.tidegate.engine.wire.GrpcFields;
import io.tidegate.engine.wire.HeadWriter;
import io.tidegate.engine.wire.ResponseHead;
import io.tidegate.engine.wire.Trailers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Asks `grpc.health.v1.Health/Check` how a service is doing. The two messages are so small that they are written and
/// read here: a request is one text, field 1; a response one number, field 1.
final class GrpcQuestion implements Question {

    private static final int PREFIX = 5;
    private static final int MOST = 1024;
    private static final int TEXT = (1 << 3) | 2;
    private static final String[] STATES = {"UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"};
    private static final int SERVING = 1;

    private final String host;
    private final byte[] message;
    private final byte[] received = new byte[MOST];
    private int length;
    private int httpStatus;
    private int grpcStatus = -1;

    /// @param service
    ///            the one that is asked about; null for the server as a whole
    GrpcQuestion(String host, @Nullable String service) {
        this.host = host;
        byte[] name = (service == null ? "" : service).getBytes(StandardCharsets.UTF_8);
        // The configuration bounds the name to 255 bytes: its length takes two at most.
        int head = name.length == 0 ? 0 : name.length < 128 ? 2 : 3;
        this.message = new byte[PREFIX + head + name.length];
        int size = head + name.length;
        message[3] = (byte) (size >> 8);
        message[4] = (byte) size;
        if (head > 0) {
            message[PREFIX] = TEXT;
            message[PREFIX + 1] = (byte) (head == 2 ? name.length : (name.length & 0x7f) | 0x80);
            if (head == 3) {
                message[PREFIX + 2] = (byte) (name.length >> 7);
            }
            System.arraycopy(name, 0, message, PREFIX + head, name.length);
        }
    }

    @Override
    public void write(HeadWriter out) {
        out.text("POST /grpc.health.v1.Health/Check HTTP/1.1\r\nhost: " + host
                + "\r\ncontent-type: application/grpc\r\nte: trailers\r\nuser-agent: tidegate-health-check\r\n"
                + "content-length: " + message.length + "\r\n\r\n");
    }

    @Override
    public byte[] body() {
        return message;
    }

    @Override
    public boolean head(ResponseHead head) {
        httpStatus = head.status();
        grpcStatus = GrpcFields.status(head);
        return httpStatus == 200;
    }

    @Override
    public void data(ByteBuf in, int start, int count) {
        int taken = Math.min(count, MOST - length);
        in.getBytes(start, received, length, taken);
        length += taken;
    }

    @Override
    public void trailers(Trailers trailers) {
        grpcStatus = GrpcFields.status(trailers);
    }

    @Override
    public @Nullable String verdict() {
        if (httpStatus != 200) {
            return "status " + httpStatus;
        }
        if (grpcStatus != GrpcStatus.OK.code()) {
            return grpcStatus < 0 ? "no gRPC status" : "gRPC status " + grpcStatus;
        }
        int state = state();
        return state == SERVING ? null : state >= 0 && state < STATES.length ? STATES[state] : "no state";
    }

    /// The number in field 1 of the message, 0 where it has none, -1 where it can't be read.
    private int state() {
        if (length < PREFIX || received[0] != 0) {
            return -1;
        }
        int size = ((received[3] & 0xff) << 8) | (received[4] & 0xff);
        if (received[1] != 0 || received[2] != 0 || length != PREFIX + size) {
            return -1;
        }
        byte[] fields = Arrays.copyOfRange(received, PREFIX, length);
        // Anything but one small number in field 1 is of a later version of the protocol, which has none so far.
        return size == 0 ? 0 : size == 2 && fields[0] == 1 << 3 ? fields[1] : -1;
    }
}
