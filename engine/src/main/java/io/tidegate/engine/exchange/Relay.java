package io.tidegate.engine.exchange;

import io.netty.buffer.ByteBuf;
import io.tidegate.api.Body;
import io.tidegate.api.BodyTransform;
import io.tidegate.api.Fault;
import io.tidegate.api.FaultException;
import io.tidegate.engine.mirror.BodyCopy;
import io.tidegate.engine.wire.BodySink;
import io.tidegate.engine.wire.Trailers;
import io.tidegate.engine.worker.Worker;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Moves a body from one side to the other: untouched unless a policy asked. Reused from message to message.
///
/// Nothing is copied on the way, but while a policy holds the body or rewrites it. What is held counts against the
/// budget of the worker.
final class Relay implements BodySink {

    /// The side that a body goes to.
    interface Target {

        /// Takes a range of a received buffer; the buffer stays the caller's.
        void range(ByteBuf in, int start, int length);

        /// Takes bytes made here.
        void bytes(byte[] bytes, int start, int length);

        /// Fields behind the body, just before its end.
        void trailers(Trailers trailers);

        /// The body is complete.
        void end();

        /// The body can't be let through.
        void refuse(Fault fault);
    }

    private enum Mode {
        PASS, HOLD, DISCARD
    }

    private static final Logger LOG = LoggerFactory.getLogger(Relay.class);
    private static final byte[] NOTHING = {};
    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

    private final Worker worker;
    private final Target target;
    private final BodyOutput output;
    private Mode mode = Mode.PASS;
    private boolean ended;
    private long count;
    private long limit;
    private byte[] held = NOTHING;
    private int heldLength;
    private int accounted;
    private int collectLimit;
    private @Nullable Consumer<Body> collector;
    private @Nullable Runnable tooLarge;
    private @Nullable Rewriting rewriting;
    private @Nullable Trailers trailers;
    private @Nullable BodyCopy received;

    Relay(Worker worker, Target target) {
        this.worker = worker;
        this.target = target;
        this.output = new BodyOutput(worker, target);
    }

    /// Makes it ready for another body.
    ///
    /// @param maxBytes
    ///            most bytes of it that are let through
    void reset(long maxBytes) {
        mode = Mode.PASS;
        output.frame(false);
        output.kept().drop();
        output.copy(null);
        received = null;
        ended = false;
        count = 0;
        limit = maxBytes;
        forget();
        rewriting = null;
        trailers = null;
    }

    private void forget() {
        release();
        worker.unhold(accounted);
        accounted = 0;
    }

    /// Lets go of what is held. It goes on counting against the budget, where it may be written out slowly.
    private void release() {
        held = NOTHING;
        heldLength = 0;
        collector = null;
        tooLarge = null;
    }

    /// Bytes of the body that came so far, framing left out.
    long count() {
        return count;
    }

    /// Most bytes let through.
    long limit() {
        return limit;
    }

    /// Changes how much is let through.
    void limit(long maxBytes) {
        limit = maxBytes;
    }

    /// Whether the whole body is held here.
    boolean isWhole() {
        return ended && mode == Mode.HOLD;
    }

    /// Whether what comes is kept here.
    boolean isHolding() {
        return mode == Mode.HOLD;
    }

    /// Length of what is held.
    int heldLength() {
        return heldLength;
    }

    /// Whether it has to be rewritten on its way, so that its length is not known before.
    boolean transforms() {
        return rewriting != null;
    }

    /// What has gone out, where it is kept.
    KeptBody kept() {
        return output.kept();
    }

    /// Copies what goes out.
    void copySent(BodyCopy to) {
        output.copy(to);
    }

    /// Copies what comes, as it comes.
    void copyReceived(BodyCopy to) {
        received = to;
    }

    /// Whether what comes is copied, so that no framing may be among it.
    boolean copiesReceived() {
        return received != null;
    }

    /// Keeps what comes until [#open].
    void hold() {
        mode = Mode.HOLD;
    }

    /// Keeps what comes, and shows it once it is complete.
    void collect(int maxBytes, Consumer<Body> then, Runnable orElse) {
        mode = Mode.HOLD;
        collectLimit = maxBytes;
        collector = then;
        tooLarge = orElse;
        if (heldLength > collectLimit) {
            overflow();
        } else if (ended) {
            collected();
        }
    }

    /// Whether a policy waits for the whole body.
    boolean isCollecting() {
        return collector != null;
    }

    /// Rewrites the body from here on.
    void transform(BodyTransform transform) {
        Rewriting by = rewriting == null ? new Rewriting() : rewriting;
        by.add(transform);
        rewriting = by;
    }

    /// Rewrites it no more: what was to be rewritten is not sent.
    void dropTransforms() {
        rewriting = null;
    }

    /// Puts another body in place of the one that is held.
    void replace(byte[] body) {
        if (!isWhole()) {
            throw new IllegalStateException("the body has not been collected");
        }
        held = body;
        heldLength = body.length;
        trailers = null;
    }

    /// Puts a body where the message has none.
    void replaceNone(byte[] body) {
        mode = Mode.HOLD;
        ended = true;
        held = body;
        heldLength = body.length;
    }

    /// Lets what is held through, and then what comes.
    ///
    /// @param encodeChunks
    ///            whether it is cut into chunks on the way
    void open(boolean encodeChunks) {
        boolean whole = isWhole();
        mode = Mode.PASS;
        output.frame(encodeChunks);
        byte[] first = held;
        int length = heldLength;
        release();
        if (length > 0) {
            pass(first, length);
        }
        if (whole && mode == Mode.PASS) {
            finish();
        }
    }

    /// What has gone out was for nothing: what comes waits for [#again].
    void interrupt() {
        if (!ended && mode == Mode.PASS) {
            hold();
        }
    }

    /// Lets out once more what was kept, and then the rest.
    void again(boolean encodeChunks) {
        output.frame(encodeChunks);
        output.repeat();
        if (mode == Mode.HOLD) {
            open(encodeChunks);
        } else if (mode == Mode.PASS && ended) {
            output.end(trailers);
        }
    }

    /// Drops what is held and what comes; nothing is rewritten any more.
    void discard() {
        mode = Mode.DISCARD;
        output.kept().drop();
        forget();
        rewriting = null;
    }

    /// A whole body made here, as the transforms rewrite it.
    byte[] rewrite(byte[] body) {
        Rewriting by = rewriting;
        return by == null ? body : by.whole(body);
    }

    @Override
    public void range(ByteBuf in, int start, int length, int data) {
        count += data;
        if (received != null) {
            received.add(in, start, length);
        }
        if (mode == Mode.PASS && count <= limit) {
            if (rewriting != null) {
                transformed(rewriting, in.nioBuffer(start, length).asReadOnlyBuffer(), false);
            } else if (output.isPlain()) {
                target.range(in, start, length);
            } else {
                output.range(in, start, length);
            }
        } else if (mode != Mode.DISCARD) {
            keep(in, start, length);
        }
    }

    private void keep(ByteBuf in, int start, int length) {
        if (count > limit) {
            discard();
            target.refuse(Fault.BODY_TOO_LARGE);
            return;
        }
        if (heldLength + length > held.length) {
            int size = Math.max(heldLength + length, Math.max(512, held.length * 2));
            if (!worker.hold(size - held.length)) {
                discard();
                target.refuse(Fault.OVERLOADED);
                return;
            }
            accounted += size - held.length;
            held = Arrays.copyOf(held, size);
        }
        in.getBytes(start, held, heldLength, length);
        heldLength += length;
        if (collector != null && heldLength > collectLimit) {
            overflow();
        }
    }

    private void overflow() {
        Runnable action = tooLarge;
        collector = null;
        tooLarge = null;
        if (action != null) {
            action.run();
        }
    }

    private void collected() {
        Consumer<Body> then = collector;
        collector = null;
        tooLarge = null;
        if (then != null) {
            then.accept(new HeldBody(held, heldLength, trailers));
        }
    }

    @Override
    public void literal(byte[] bytes, int start, int length) {
        if (mode == Mode.PASS) {
            target.bytes(bytes, start, length);
        }
    }

    @Override
    public void trailers(Trailers behind) {
        trailers = behind;
    }

    @Override
    public void end() {
        ended = true;
        if (received != null) {
            received.complete();
        }
        if (mode == Mode.PASS) {
            finish();
        } else if (mode == Mode.HOLD) {
            collected();
        }
    }

    private void finish() {
        if (rewriting != null) {
            transformed(rewriting, EMPTY, true);
        }
        if (mode != Mode.PASS) {
            return;
        }
        output.end(trailers);
    }

    private void pass(byte[] bytes, int length) {
        if (rewriting != null) {
            transformed(rewriting, ByteBuffer.wrap(bytes, 0, length).asReadOnlyBuffer(), false);
        } else {
            output.bytes(bytes, length);
        }
    }

    private void transformed(Rewriting by, ByteBuffer chunk, boolean last) {
        try {
            if (last) {
                trailers = Trailers.of(by.end(trailers == null ? List.of() : trailers.list(), chunk, this::write));
            } else {
                by.chunk(chunk, this::write);
            }
        } catch (FaultException e) {
            discard();
            target.refuse(e.fault());
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            LOG.error("a policy failed to rewrite a body", e);
            discard();
            target.refuse(Fault.POLICY_FAILED);
        }
    }

    private void write(ByteBuffer bytes) {
        if (bytes.hasRemaining()) {
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            output.bytes(copy, copy.length);
        }
    }
}
