package io.tidegate.engine;

import io.netty.resolver.AbstractAddressResolver;
import io.netty.resolver.AddressResolver;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import io.tidegate.engine.names.Names;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Names that are not resolved before a test says so.
public final class HeldNames extends Names {

    private static final int PATIENCE_SECONDS = 30;

    private final AtomicInteger asked = new AtomicInteger();
    private final BlockingQueue<Promise<InetSocketAddress>> unanswered = new LinkedBlockingQueue<>();

    @Override
    public void use(String host) {
        // Every name is held alike.
    }

    @Override
    public void release(String host) {
        // As above.
    }

    @Override
    protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
        return new AbstractAddressResolver<>(executor, InetSocketAddress.class) {

            @Override
            protected boolean doIsResolved(InetSocketAddress address) {
                return !address.isUnresolved();
            }

            @Override
            protected void doResolve(InetSocketAddress unresolved, Promise<InetSocketAddress> promise) {
                asked.incrementAndGet();
                unanswered.add(promise);
            }

            @Override
            protected void doResolveAll(InetSocketAddress unresolved, Promise<List<InetSocketAddress>> promise) {
                promise.setFailure(new UnknownHostException("asked for one only"));
            }
        };
    }

    /// Number of names that were asked for so far.
    public int asked() {
        return asked.get();
    }

    /// The answer that is owed next; waits until somebody asks.
    public Promise<InetSocketAddress> next() throws InterruptedException {
        return Objects.requireNonNull(unanswered.poll(PATIENCE_SECONDS, TimeUnit.SECONDS), "nobody asked for a name");
    }

    /// Says of every name that was asked for, and not answered yet, that there is none.
    public void failAll() {
        for (Promise<InetSocketAddress> owed = unanswered.poll(); owed != null; owed = unanswered.poll()) {
            owed.setFailure(new UnknownHostException("service.test"));
        }
    }
}
