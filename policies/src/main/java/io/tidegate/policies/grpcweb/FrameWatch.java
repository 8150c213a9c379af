package io.tidegate.policies.grpcweb;

import io.tidegate.api.Fault;
import io.tidegate.api.FaultException;
import java.nio.ByteBuffer;

/// Follows the messages of a request as they pass: of each, a byte of flags, four of its length, and itself. Nothing is
/// kept of them.
final class FrameWatch {

    private static final int HEAD = 5;

    private final long maxMessage;
    private int inHead;
    private long length;
    private long left;

    FrameWatch(long maxMessage) {
        this.maxMessage = maxMessage;
    }

    /// Looks at what passes; its position stays.
    ///
    /// @throws FaultException
    ///             with [Fault#GRPC_FRAME] where it is no message, [Fault#GRPC_MESSAGE_TOO_LARGE] where one is too large
    void pass(ByteBuffer bytes) {
        int at = bytes.position();
        while (at < bytes.limit()) {
            if (left > 0) {
                long step = Math.min(left, bytes.limit() - at);
                left -= step;
                at += (int) step;
                continue;
            }
            int octet = bytes.get(at++) & 0xFF;
            if (inHead == 0) {
                // A request has no trailers, and of the other flags only that of compression is known.
                if (octet > 1) {
                    throw new FaultException(Fault.GRPC_FRAME);
                }
                length = 0;
            } else {
                length = length << 8 | octet;
            }
            if (++inHead == HEAD) {
                inHead = 0;
                left = length;
                if (length > maxMessage) {
                    throw new FaultException(Fault.GRPC_MESSAGE_TOO_LARGE);
                }
            }
        }
    }

    /// Whether the body may end here.
    boolean isComplete() {
        return inHead == 0 && left == 0;
    }
}
