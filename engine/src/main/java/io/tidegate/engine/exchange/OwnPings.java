package io.tidegate.engine.exchange;

import io.netty.buffer.ByteBuf;
import io.tidegate.engine.wire.WebSocketFrames;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// The pings that the gateway sends one side of a connection of WebSocket, and what tells their answers from all other
/// pongs: a payload that nobody else has. The bytes of a frame that may be an answer are held until that is known.
final class OwnPings {

    private static final int LENGTH = 8;

    private final byte[] payload = new byte[LENGTH];
    private final byte[] held = new byte[LENGTH];
    private int have;
    /// When the first was sent since something was heard of the side.
    private long askedAt;
    private boolean asking;

    OwnPings(SplittableRandom random) {
        random.nextBytes(payload);
    }

    /// The next ping, which is sent now.
    ///
    /// @param masks
    ///            where the mask comes from that a client's frame has; null for a server's
    byte[] next(@Nullable SplittableRandom masks, long now) {
        if (!asking) {
            asking = true;
            askedAt = now;
        }
        return WebSocketFrames.control(WebSocketFrames.PING, payload, masks);
    }

    /// Something has come from the side: it is there.
    void heard() {
        asking = false;
    }

    /// For how long nothing has been heard of a side that was pinged; 0 where nothing is awaited.
    ///
    /// @param heldUp
    ///            whether nothing could be heard of it now
    long unansweredNanos(long now, boolean heldUp) {
        if (asking && heldUp) {
            askedAt = now;
        }
        return asking ? now - askedAt : 0;
    }

    /// Whether the frame whose head has been read may be an answer: what it holds is to be given to [#hold] then.
    boolean mayBeAnswered(WebSocketFrames frame) {
        have = 0;
        return frame.opcode() == WebSocketFrames.PONG && frame.isLast() && frame.payload() == LENGTH;
    }

    /// Takes a range of its payload.
    void hold(ByteBuf in, int at, int length) {
        in.getBytes(at, held, have, length);
        have += length;
    }

    /// Whether the frame that is whole now is an answer.
    boolean areAnswered(WebSocketFrames frame) {
        byte[] said = held.clone();
        frame.unmask(said);
        return Arrays.equals(said, payload);
    }

    /// The payload of the frame that is whole now, as it came.
    byte[] held() {
        return held;
    }
}
