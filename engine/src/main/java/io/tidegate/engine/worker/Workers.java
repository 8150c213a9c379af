package io.tidegate.engine.worker;

import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.ThreadAwareExecutor;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/// The event loops of a gateway.
public final class Workers implements AutoCloseable {

    private static final long QUIET_MILLIS = 20;
    private static final long MOST_MILLIS = 5_000;

    private final MultiThreadIoEventLoopGroup group;
    private final List<Worker> workers;
    private final IdentityHashMap<EventLoop, Worker> byLoop = new IdentityHashMap<>();
    private final Transport transport;
    private final AtomicReference<Shortage> shortage = new AtomicReference<>(Shortage.NONE);

    /// Starts `count` event loops, with the bounds of this process.
    public Workers(int count, Transport transport) {
        this(count, transport, PolicyBounds.ofProcess());
    }

    /// Starts `count` event loops, which share what `bounds` says.
    public Workers(int count, Transport transport, PolicyBounds bounds) {
        this.transport = transport;
        IdentityHashMap<ThreadAwareExecutor, RequestQueue> queues = new IdentityHashMap<>();
        this.group = new MultiThreadIoEventLoopGroup(count, new DefaultThreadFactory("tidegate-worker"),
                transport.handlers(loop -> queues.computeIfAbsent(loop, of -> new RequestQueue(System.nanoTime()))));
        List<Worker> made = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            IoEventLoop loop = group.next();
            Worker worker = new Worker(i, loop, transport, Objects.requireNonNull(queues.get(loop)),
                    bounds.heldBytesOfOne(count), bounds.longestWait().toNanos(), new Pressure(shortage));
            byLoop.put(worker.loop(), worker);
            made.add(worker);
        }
        workers = List.copyOf(made);
        workers.forEach(Worker::start);
    }

    /// All of them, by index.
    public List<Worker> all() {
        return workers;
    }

    /// How their sockets are driven.
    public Transport transport() {
        return transport;
    }

    /// Tells all of them what the process is short of, from their next ticks on.
    public void shortage(Shortage now) {
        shortage.set(now);
    }

    /// The group to register channels with.
    public MultiThreadIoEventLoopGroup group() {
        return group;
    }

    /// The worker whose loop this is.
    public Worker of(EventLoop loop) {
        Worker worker = byLoop.get(loop);
        if (worker == null) {
            throw new IllegalArgumentException("not a loop of this gateway");
        }
        return worker;
    }

    /// Ends the event loops, and with them every connection.
    @Override
    public void close() {
        // With io_uring a connection is closed only when the kernel has answered for what it was doing. A loop that ends
        // before has nobody left to tell of it, and Netty warns of each one; so it stays for as long as something comes.
        group.shutdownGracefully(QUIET_MILLIS, MOST_MILLIS, TimeUnit.MILLISECONDS).syncUninterruptibly();
        workers.forEach(Worker::close);
    }
}
