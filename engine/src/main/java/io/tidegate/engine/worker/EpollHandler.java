package io.tidegate.engine.worker;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoOps;

/// Netty's handler of epoll, made so that a connection that waits for nothing can wait for something again.
///
/// Where a connection is to be told of nothing any more, Netty takes it out of epoll, but goes on as if it were still
/// there: the next time that it has to wait, which is when its peer has said that it will send no more and then takes no
/// more for a while, the kernel does not know it, and Netty breaks it off. So it stays there, asking for nothing but
/// what the kernel tells anyway, and that only once (`EPOLLET`).
final class EpollHandler extends ForwardingIoHandler {

    EpollHandler(IoHandler netty) {
        super(netty);
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        return new Registration(super.register(handle));
    }

    private static final class Registration implements IoRegistration {

        private final IoRegistration netty;
        private boolean added;

        Registration(IoRegistration netty) {
            this.netty = netty;
        }

        @Override
        public long submit(IoOps ops) {
            boolean none = EpollIoOps.NONE.equals(ops);
            added |= !none;
            return netty.submit(none && added ? EpollIoOps.EPOLLET : ops);
        }

        @Override
        @SuppressWarnings("TypeParameterUnusedInFormals") // as Netty declares it
        public <T> T attachment() {
            return netty.attachment();
        }

        @Override
        public boolean isValid() {
            return netty.isValid();
        }

        @Override
        public boolean cancel() {
            return netty.cancel();
        }
    }
}
