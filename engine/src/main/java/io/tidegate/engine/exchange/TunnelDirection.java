package io.tidegate.engine.exchange;

import io.netty.buffer.ByteBuf;
import io.tidegate.api.Fault;
import io.tidegate.engine.wire.WebSocketFrames;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// What goes through a tunnel in one direction: ranges as they come, uncopied, while their frames are followed, so that
/// it can be stopped between two of them. Where there are limits, or pings of the gateway's own, the head of a frame
/// waits until it is whole and may pass.
final class TunnelDirection {

    /// Where a direction leads.
    interface Way {

        /// Takes a range of a received buffer; the buffer stays the caller's.
        void pass(ByteBuf in, int start, int length);

        /// Takes bytes made here.
        void bytes(byte[] bytes, int start, int length);

        /// Sends what is waiting.
        void flush();

        /// Whether it takes more: where not, what comes from the other side is not read.
        boolean takesMore();
    }

    private final Tunnel tunnel;
    private final Way way;
    private final @Nullable FrameLimits limits;
    /// Where the masks of frames made here come from; null where they have none.
    private final @Nullable SplittableRandom masks;
    private final Runnable atEnd;
    private final WebSocketFrames frames = new WebSocketFrames();
    /// Bytes of a frame's head that came with earlier ranges and wait.
    private int waiting;
    private int code;
    private boolean stopped;
    private boolean ended;
    /// What tells answers to the gateway's own pings; null where it sends none.
    private @Nullable OwnPings answered;
    private boolean holding;
    private long sentAt;

    TunnelDirection(Tunnel tunnel, Way way, @Nullable FrameLimits limits, @Nullable SplittableRandom masks,
            Runnable atEnd) {
        this.tunnel = tunnel;
        this.way = way;
        this.limits = limits;
        this.masks = masks;
        this.atEnd = atEnd;
    }

    /// From now on the gateway pings the side that this comes from.
    void expectAnswers(OwnPings pings) {
        answered = pings;
        sentAt = tunnel.now();
    }

    /// Whether nothing more is to come, or what comes is not read now, so that nobody can tell by it that a side
    /// is there.
    boolean isHeldUp() {
        return ended || !way.takesMore();
    }

    /// When something went on last, or a ping.
    long sentAt() {
        return sentAt;
    }

    /// Pings the side that this leads to, where a frame may go now.
    void ping(OwnPings pings) {
        if (!stopped && !isHeldUp() && frames.isBetween() && !frames.isClosed() && tunnel.isOpen()) {
            sentAt = tunnel.now();
            byte[] frame = pings.next(masks, sentAt);
            way.bytes(frame, 0, frame.length);
            way.flush();
        }
    }

    /// Whether a Close frame has come.
    boolean isClosed() {
        return frames.isClosed();
    }

    /// Whether nothing goes through any more.
    boolean isStopped() {
        return stopped;
    }

    /// Takes a range of a received buffer; the buffer stays the caller's.
    void range(ByteBuf in, int start, int length) {
        tunnel.moved();
        if (answered != null) {
            answered.heard();
        }
        int end = start + length;
        int at = start;
        int gone = start;
        int head = start;
        while (at < end) {
            if (frames.isBetween()) {
                if (code != 0 && !stopped) {
                    pass(in, gone, at);
                    stop();
                }
                head = at;
            }
            int before = at;
            at += frames.advance(in, at, end - at);
            if (holding) {
                hold(in, before, at);
                gone = at;
                continue;
            }
            if ((limits == null && answered == null) || stopped) {
                continue;
            }
            if (frames.isInHead()) {
                pass(in, gone, head);
                waiting += at - head;
                gone = at;
            } else if (frames.isHeadRead()) {
                Fault fault = limits == null ? null : limits.check(frames);
                if (fault != null) {
                    pass(in, gone, head);
                    stopped = true;
                    tunnel.refuse(fault);
                } else if (answered != null && answered.mayBeAnswered(frames)) {
                    pass(in, gone, head);
                    gone = at;
                    waiting = 0;
                    holding = true;
                } else {
                    passWaiting();
                }
            }
        }
        pass(in, gone, end);
        if (code != 0 && frames.isBetween()) {
            stop();
        }
        tunnel.passed();
    }

    /// Takes a range of a frame that may be an answer; passes it on once it is known to be none.
    private void hold(ByteBuf in, int from, int to) {
        OwnPings pings = Objects.requireNonNull(answered);
        pings.hold(in, from, to - from);
        if (frames.isBetween()) {
            holding = false;
            if (!stopped && tunnel.isOpen() && !pings.areAnswered(frames)) {
                sentAt = tunnel.now();
                way.bytes(frames.head(), 0, frames.headLength());
                way.bytes(pings.held(), 0, pings.held().length);
            }
        }
    }

    private void pass(ByteBuf in, int from, int to) {
        if (to > from && !stopped && tunnel.isOpen()) {
            sentAt = tunnel.now();
            way.pass(in, from, to - from);
        }
    }

    private void passWaiting() {
        if (waiting > 0 && tunnel.isOpen()) {
            sentAt = tunnel.now();
            way.bytes(frames.head(), 0, waiting);
        }
        waiting = 0;
    }

    /// Lets nothing more through behind the frame that is on its way, and says so by a Close frame.
    void close(int withCode) {
        code = withCode;
        if (stopped || frames.isBetween()) {
            sayGoodbye();
        }
    }

    private void stop() {
        if (!stopped) {
            sayGoodbye();
        }
    }

    private void sayGoodbye() {
        stopped = true;
        if (ended || !tunnel.isOpen()) {
            return;
        }
        if (!frames.isClosed()) {
            byte[] close = WebSocketFrames.close(code, masks);
            way.bytes(close, 0, close.length);
        }
        way.flush();
    }

    /// Nothing more comes.
    void end() {
        ended = true;
        stopped = true;
        atEnd.run();
    }
}
