package io.tidegate.engine.worker;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoRegistration;

/// Netty's handler of io_uring, ended so that the kernel writes to no memory that was freed before.
///
/// The handler has one read under way all the time, of the event by which other threads wake its loop. While a loop
/// ends, Netty waits for the operations before by one that is marked to be drained, and whatever is submitted meanwhile
/// the kernel hands to a thread of its own, that read too. At the end Netty cancels it, waits for any one completion and
/// frees the eight bytes that it reads to; on a busy machine the kernel's thread may get to it after that, and writes
/// into whatever has the memory by then. Where a wake-up is under way, however, Netty waits for that very read. So there
/// always is one here.
final class UringHandler extends ForwardingIoHandler {

    UringHandler(IoHandler netty) {
        super(netty);
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        return UringReceives.areAvailable() ? UringReceives.register(netty(), handle) : super.register(handle);
    }

    @Override
    public void destroy() {
        // A loop does not wake itself: another thread has to.
        Thread waking = Thread.ofPlatform().name("tidegate-last-wake-up").start(this::wakeup);
        boolean interrupted = false;
        while (true) {
            try {
                waking.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        super.destroy();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
