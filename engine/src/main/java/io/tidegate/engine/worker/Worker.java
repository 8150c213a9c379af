package io.tidegate.engine.worker;

import io.netty.channel.EventLoop;
import io.tidegate.engine.wire.HeadWriter;
import java.util.SplittableRandom;

/// One event loop and all it owns. Everything here is touched on that loop only.
public final class Worker {

    private final int index;
    private final EventLoop loop;
    private final Transport transport;
    private final Deadlines deadlines;
    private final HeadWriter heads = new HeadWriter();
    private final SplittableRandom random = new SplittableRandom();

    Worker(int index, EventLoop loop, Transport transport) {
        this.index = index;
        this.loop = loop;
        this.transport = transport;
        this.deadlines = new Deadlines();
    }

    void start() {
        deadlines.start(loop);
    }

    /// Its place among the workers, from 0.
    public int index() {
        return index;
    }

    /// Its event loop.
    public EventLoop loop() {
        return loop;
    }

    /// How its sockets are driven.
    public Transport transport() {
        return transport;
    }

    /// Its timers.
    public Deadlines deadlines() {
        return deadlines;
    }

    /// Where heads are put together.
    public HeadWriter heads() {
        return heads;
    }

    /// Its source of chance; not for secrets.
    public SplittableRandom random() {
        return random;
    }

    /// Whether the calling thread is this worker's.
    public boolean inLoop() {
        return loop.inEventLoop();
    }
}
