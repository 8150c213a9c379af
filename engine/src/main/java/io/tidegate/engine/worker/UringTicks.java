package io.tidegate.engine.worker;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import io.netty.channel.uring.IoUringIoOps;
import io.netty.util.concurrent.Future;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The clock of an event loop on io_uring: ticks come by its ring, as everything else that the loop waits for.
///
/// Netty's handler looks after its sockets up to 128 times before it lets the loop run tasks. Where there is always
/// something to do, timers that are tasks would wait for all of that, seconds at worst, although each socket is looked
/// after in time. A tick in the ring comes when its turn comes: it is as late as bytes that arrive at the same time, so
/// that it also tells how long those wait.
final class UringTicks implements IoUringIoHandle {

    private static final Logger LOG = LoggerFactory.getLogger(UringTicks.class);

    /// `IORING_OP_TIMEOUT` of `linux/io_uring.h`.
    private static final byte TIMEOUT = 11;
    /// `-ETIME`: a time-out has come to its end, as it should.
    private static final int TIME_IS_UP = -62;
    private static final long SECOND = 1_000_000_000;
    /// `struct __kernel_timespec`: seconds and nanoseconds.
    private static final int TIMESPEC_BYTES = 16;

    private final IoEventLoop loop;
    private final Deadlines deadlines;
    private final MemorySegment timespec = Arena.ofAuto().allocate(TIMESPEC_BYTES, Long.BYTES);

    private UringTicks(IoEventLoop loop, Deadlines deadlines) {
        this.loop = loop;
        this.deadlines = deadlines;
    }

    /// Lets `deadlines` tick on `loop`.
    static void start(IoEventLoop loop, Deadlines deadlines) {
        UringTicks ticks = new UringTicks(loop, deadlines);
        loop.register(ticks).addListener((Future<IoRegistration> registered) -> {
            if (registered.isSuccess()) {
                ticks.next(registered.getNow());
            } else if (!loop.isShuttingDown()) {
                ticks.tickOtherwise(String.valueOf(registered.cause()));
            }
        });
    }

    private void next(IoRegistration registration) {
        long nanos = deadlines.untilNextTick();
        timespec.set(ValueLayout.JAVA_LONG, 0, nanos / SECOND);
        timespec.set(ValueLayout.JAVA_LONG, Long.BYTES, nanos % SECOND);
        registration.submit(new IoUringIoOps(TIMEOUT, (byte) 0, (short) 0, -1, 0, timespec.address(), 1, 0, 0L,
                (short) 0, (short) 0, 0, 0));
    }

    @Override
    public void handle(IoRegistration registration, IoEvent event) {
        int result = ((IoUringIoEvent) event).res();
        if (!registration.isValid()) {
            return;
        }
        if (result == TIME_IS_UP) {
            deadlines.turn();
            next(registration);
        } else {
            registration.cancel();
            tickOtherwise("result " + result);
        }
    }

    private void tickOtherwise(String why) {
        LOG.warn("the ring does not tell the time ({}): timers are late where a loop is busy", why);
        deadlines.tickByTasks(loop);
    }

    @Override
    public void close() {
        // What is under way ends by itself, at the next tick.
    }
}
