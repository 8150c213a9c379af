package io.tidegate.policies.grpcjson;

import io.tidegate.api.FaultException;
import io.tidegate.api.UpstreamFaults;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Cuts the messages out of a response's body as it comes: of each, a byte of flags, four of its length, and itself.
final class Frames {

    private static final int HEAD = 5;

    private final int maxMessage;
    private final ByteBuffer head = ByteBuffer.allocate(HEAD);
    private @Nullable ByteBuffer message;

    Frames(int maxMessage) {
        this.maxMessage = maxMessage;
    }

    /// A message in its frame.
    static byte[] frame(byte[] message) {
        return ByteBuffer.allocate(HEAD + message.length).put((byte) 0).putInt(message.length).put(message).array();
    }

    /// The next message, null where more has to come first.
    ///
    /// @throws FaultException
    ///             with [UpstreamFaults#INVALID] where it is compressed, which nobody asked for, or too large
    byte @Nullable [] next(ByteBuffer in) {
        ByteBuffer into = message;
        if (into == null) {
            move(in, head);
            if (head.hasRemaining()) {
                return null;
            }
            int length = head.getInt(1);
            if (head.get(0) != 0 || length < 0 || length > maxMessage) {
                throw new FaultException(UpstreamFaults.INVALID);
            }
            into = ByteBuffer.allocate(length);
            message = into;
        }
        move(in, into);
        if (into.hasRemaining()) {
            return null;
        }
        message = null;
        head.clear();
        return into.array();
    }

    private static void move(ByteBuffer from, ByteBuffer to) {
        int count = Math.min(from.remaining(), to.remaining());
        to.put(to.position(), from, from.position(), count);
        to.position(to.position() + count);
        from.position(from.position() + count);
    }

    /// Whether the body may end here.
    boolean isComplete() {
        return message == null && head.position() == 0;
    }
}
