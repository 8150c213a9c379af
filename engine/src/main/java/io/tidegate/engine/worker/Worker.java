package io.tidegate.engine.worker;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import io.tidegate.engine.wire.FieldMemory;
import io.tidegate.engine.wire.HeadWriter;
import io.tidegate.engine.wire.ResponseHead;
import java.util.ArrayDeque;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/// One event loop and all it owns. Everything here is touched on that loop only.
public final class Worker {

    private static final int MAX_OFFLOADS = 1024;

    /// Most bytes that are copied from one buffer to another at once.
    static final int COPIED_AT_ONCE = 4096;

    /// Most response heads that are kept for the next responses.
    private static final int KEPT_HEADS = 64;

    /// Room for a head and a small body, in bytes; a cache line more than a power of two, so that neighbours don't fall
    /// on the same lines of the processor's cache.
    private static final int SENDING_BUFFER = 2048 + 64;

    private final long mostHeld;
    private final long policyWaitNanos;
    private final Semaphore offloads = new Semaphore(MAX_OFFLOADS);
    private long held;
    private final int index;
    private final EventLoop loop;
    private final Transport transport;
    private final Pressure pressure;
    private final Deadlines deadlines;
    private final RequestQueue requests;
    private final HeadWriter heads = new HeadWriter();
    private final byte[] copies = new byte[COPIED_AT_ONCE];
    private final ArrayDeque<ResponseHead> responseHeads = new ArrayDeque<>();
    private final Buffers sending = new Buffers(SENDING_BUFFER);
    private final DateLine dates = new DateLine();
    private final FieldMemory fields = new FieldMemory();
    private final SplittableRandom random = new SplittableRandom();

    Worker(int index, EventLoop loop, Transport transport, RequestQueue requests, long mostHeld, long policyWaitNanos,
            Pressure pressure) {
        this.mostHeld = mostHeld;
        this.policyWaitNanos = policyWaitNanos;
        this.index = index;
        this.pressure = pressure;
        this.loop = loop;
        this.transport = transport;
        this.deadlines = new Deadlines();
        this.requests = requests;
    }

    void start() {
        deadlines.start(loop, transport);
    }

    /// Frees what it keeps. After the end of its loop.
    void close() {
        sending.close();
    }

    /// Its place among the workers, from 0.
    public int index() {
        return index;
    }

    /// The requests that wait for their turn.
    public RequestQueue requests() {
        return requests;
    }

    /// Its event loop.
    public EventLoop loop() {
        return loop;
    }

    /// How its sockets are driven.
    public Transport transport() {
        return transport;
    }

    /// How short it is of time, memory and connections.
    public Pressure pressure() {
        return pressure;
    }

    /// Its timers.
    public Deadlines deadlines() {
        return deadlines;
    }

    /// Where heads are put together.
    public HeadWriter heads() {
        return heads;
    }

    /// What bytes pass through from one buffer to another.
    byte[] copies() {
        return copies;
    }

    /// A head for a response that begins to arrive: the one that was used last.
    public ResponseHead takeResponseHead() {
        ResponseHead head = responseHeads.pollLast();
        if (head == null) {
            head = new ResponseHead();
        }
        head.reset();
        return head;
    }

    /// Takes back a head that nobody reads any more.
    public void giveBack(ResponseHead head) {
        if (responseHeads.size() < KEPT_HEADS) {
            responseHeads.addLast(head);
        }
    }

    /// A buffer to send from at once, with room for at least `capacity` bytes.
    ByteBuf sendingBuffer(ByteBufAllocator allocator, int capacity) {
        return capacity <= SENDING_BUFFER ? sending.take(allocator) : allocator.directBuffer(capacity);
    }

    /// The field `Date`, as it is written into answers.
    public DateLine dates() {
        return dates;
    }

    /// The lines of heads that went out lately by HTTP/2.
    public FieldMemory fields() {
        return fields;
    }

    /// Its source of chance; not for secrets.
    public SplittableRandom random() {
        return random;
    }

    /// Takes `bytes` out of what this worker may hold of bodies that policies look at.
    ///
    /// @return whether there was as much left
    public boolean hold(int bytes) {
        if (held + bytes > mostHeld) {
            return false;
        }
        held += bytes;
        return true;
    }

    /// As [#hold], of a half that is left to bodies that have to be held.
    public boolean holdSpare(int bytes) {
        return held + bytes <= mostHeld / 2 && hold(bytes);
    }

    /// Gives back what [#hold] or [#holdSpare] took.
    public void unhold(int bytes) {
        held -= bytes;
    }

    /// Longest wait for what a policy awaits, in nanoseconds.
    public long policyWaitNanos() {
        return policyWaitNanos;
    }

    /// Runs `work` on a virtual thread, where it may block.
    ///
    /// @return what comes of it, or null where too much of the kind runs already
    public <T> @Nullable CompletableFuture<T> offload(Callable<? extends T> work) {
        if (!offloads.tryAcquire()) {
            return null;
        }
        CompletableFuture<T> future = new CompletableFuture<>();
        Thread.ofVirtual().name("tidegate-offload").start(() -> {
            try {
                future.complete(work.call());
            } catch (Throwable e) {
                future.completeExceptionally(e);
            } finally {
                offloads.release();
            }
        });
        return future;
    }

    /// Runs `work` on a virtual thread, whatever else runs there.
    public void offloadAlways(Runnable work) {
        Thread.ofVirtual().name("tidegate-offload").start(work);
    }

    /// Whether the calling thread is this worker's.
    public boolean inLoop() {
        return loop.inEventLoop();
    }
}
