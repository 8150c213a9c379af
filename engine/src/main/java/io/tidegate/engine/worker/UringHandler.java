package io.tidegate.engine.worker;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.util.concurrent.ThreadAwareExecutor;

/// Netty's handler of io_uring, ended so that the kernel writes to no memory that was freed before.
///
/// The handler has one read under way all the time, of the event by which other threads wake its loop. While a loop
/// ends, Netty waits for the operations before by one that is marked to be drained, and whatever is submitted meanwhile
/// the kernel hands to a thread of its own, that read too. At the end Netty cancels it, waits for any one completion and
/// frees the eight bytes that it reads to; on a busy machine the kernel's thread may get to it after that, and writes
/// into whatever has the memory by then. Where a wake-up is under way, however, Netty waits for that very read. So there
/// always is one here.
final class UringHandler implements IoHandler {

    private final IoHandler netty;

    UringHandler(IoHandler netty) {
        this.netty = netty;
    }

    /// Makes handlers by `netty`, and ends them so.
    static IoHandlerFactory factory(IoHandlerFactory netty) {
        return new IoHandlerFactory() {
            @Override
            public IoHandler newHandler(ThreadAwareExecutor executor) {
                return new UringHandler(netty.newHandler(executor));
            }

            @Override
            public boolean isChangingThreadSupported() {
                return netty.isChangingThreadSupported();
            }
        };
    }

    @Override
    public void initialize() {
        netty.initialize();
    }

    @Override
    public int run(IoHandlerContext context) {
        return netty.run(context);
    }

    @Override
    public void prepareToDestroy() {
        netty.prepareToDestroy();
    }

    @Override
    public void destroy() {
        // A loop does not wake itself: another thread has to.
        Thread waking = Thread.ofPlatform().name("tidegate-last-wake-up").start(netty::wakeup);
        boolean interrupted = false;
        while (true) {
            try {
                waking.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        netty.destroy();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        return netty.register(handle);
    }

    @Override
    public void wakeup() {
        netty.wakeup();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
        return netty.isCompatible(handleType);
    }
}
