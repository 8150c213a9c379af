package io.tidegate.engine.exchange;

import io.tidegate.api.Fault;
import io.tidegate.config.WebSocketConfig;
import io.tidegate.engine.wire.WebSocketFrames;
import io.tidegate.engine.worker.Deadlines;
import org.jspecify.annotations.Nullable;

/// What a client may send on one connection of WebSocket: how long its messages are, and how fast they come. Looked at
/// when the head of a frame has come, before anything of the frame goes on.
final class FrameLimits {

    private static final double SECOND = 1e9;
    private static final int LONGEST_CONTROL = 125;
    private static final int LAST_DATA = 2;
    private static final int LAST_CONTROL = 10;

    private final WebSocketConfig.Limits limits;
    private final Deadlines deadlines;
    /// As many as may come in a second, and at once.
    private final double mostFrames;
    private final double mostBytes;
    private double frames;
    private double bytes;
    private long refilled;
    private long message;
    private boolean inMessage;

    FrameLimits(WebSocketConfig.Limits limits, Deadlines deadlines) {
        this.limits = limits;
        this.deadlines = deadlines;
        this.mostFrames = limits.framesPerSecond() == null ? Double.POSITIVE_INFINITY : limits.framesPerSecond();
        this.mostBytes = limits.bytesPerSecond().isUnlimited()
                ? Double.POSITIVE_INFINITY
                : limits.bytesPerSecond().bytes();
        this.frames = mostFrames;
        this.bytes = mostBytes;
        this.refilled = deadlines.now();
    }

    /// Looks at the frame whose head has been read.
    ///
    /// @return why it must not pass, or null
    @Nullable
    Fault check(WebSocketFrames frame) {
        if (!isSound(frame)) {
            return Fault.WEBSOCKET_INVALID;
        }
        if (!frame.isControl()) {
            message = (inMessage ? message : 0) + frame.payload();
            inMessage = !frame.isLast();
            // Not to be overrun by two frames that are each as long as can be.
            if (message < 0 || message > limits.maxMessage().bytes()) {
                return Fault.WEBSOCKET_TOO_LARGE;
            }
        }
        if (frame.payload() > limits.maxFrame().bytes()) {
            return Fault.WEBSOCKET_TOO_LARGE;
        }
        return spend(frame) ? null : Fault.WEBSOCKET_TOO_FAST;
    }

    /// RFC 6455 section 5: what holds for every frame of a client, whatever was agreed on.
    private boolean isSound(WebSocketFrames frame) {
        int opcode = frame.opcode();
        if (!frame.isMasked() || frame.payload() < 0) {
            return false;
        }
        if (frame.isControl()) {
            return opcode <= LAST_CONTROL && frame.isLast() && frame.payload() <= LONGEST_CONTROL;
        }
        return opcode <= LAST_DATA && inMessage == (opcode == WebSocketFrames.CONTINUATION);
    }

    /// What is over goes into debt, so that a long frame is paid for by what follows it.
    private boolean spend(WebSocketFrames frame) {
        long now = deadlines.now();
        // The unlimited stays so: nothing, times no end, is no number.
        double passed = Math.max(1, now - refilled);
        refilled = now;
        frames = Math.min(frames + passed / SECOND * mostFrames, mostFrames);
        bytes = Math.min(bytes + passed / SECOND * mostBytes, mostBytes);
        if (frames < 1 || bytes <= 0) {
            return false;
        }
        frames--;
        bytes -= frame.headLength() + frame.payload();
        return true;
    }
}
