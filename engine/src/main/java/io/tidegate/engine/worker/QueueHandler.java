package io.tidegate.engine.worker;

import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;

/// A handler of sockets that lets the loop begin requests of its [RequestQueue] once it has looked at what came: what
/// services answer goes first. It does not wait for its sockets while requests may begin.
final class QueueHandler extends ForwardingIoHandler {

    private final RequestQueue queue;
    private final Bounded bounded = new Bounded();

    QueueHandler(IoHandler inner, RequestQueue queue) {
        super(inner);
        this.queue = queue;
    }

    @Override
    public int run(IoHandlerContext context) {
        int did = queue.isEmpty() ? super.run(context) : look(context);
        queue.begin();
        return did;
    }

    private int look(IoHandlerContext context) {
        int did = super.run(bounded.by(context, 0));
        if (!queue.isFull()) {
            return did;
        }
        long now = System.nanoTime();
        queue.age(now);
        if (did > 0 || !queue.isFull() || !context.canBlock()) {
            return did;
        }
        did = super.run(bounded.by(context, now + RequestQueue.IDLE_NANOS));
        queue.idle(System.nanoTime() - now);
        return did;
    }

    /// The loop's own context, but that it waits no longer than until a moment.
    private static final class Bounded implements IoHandlerContext {

        private IoHandlerContext of = this;
        private boolean blocks;
        private long until;

        /// @param moment
        ///            in the terms of [System#nanoTime]; 0 to not wait at all
        Bounded by(IoHandlerContext context, long moment) {
            of = context;
            until = moment;
            blocks = moment != 0;
            return this;
        }

        @Override
        public boolean canBlock() {
            return blocks && of.canBlock();
        }

        @Override
        public long delayNanos(long now) {
            return blocks ? Math.min(of.delayNanos(now), Math.max(0, until - now)) : 0;
        }

        @Override
        public long deadlineNanos() {
            long theirs = of.deadlineNanos();
            return theirs == NO_DEADLINE || theirs - until > 0 ? until : theirs;
        }

        private static final long NO_DEADLINE = -1;

        @Override
        public void reportActiveIoTime(long activeNanos) {
            of.reportActiveIoTime(activeNanos);
        }

        @Override
        public boolean shouldReportActiveIoTime() {
            return of.shouldReportActiveIoTime();
        }
    }
}
