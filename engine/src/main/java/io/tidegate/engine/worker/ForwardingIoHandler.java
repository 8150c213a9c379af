package io.tidegate.engine.worker;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.util.concurrent.ThreadAwareExecutor;
import java.util.function.BiFunction;

/// A handler of sockets that leaves its work to one of Netty's; who extends it does some of it otherwise.
abstract class ForwardingIoHandler implements IoHandler {

    private final IoHandler netty;

    ForwardingIoHandler(IoHandler netty) {
        this.netty = netty;
    }

    final IoHandler netty() {
        return netty;
    }

    /// Makes handlers by `netty`, each wrapped by `wrapping`, which is told whose handler it is.
    static IoHandlerFactory factory(IoHandlerFactory netty,
            BiFunction<IoHandler, ThreadAwareExecutor, IoHandler> wrapping) {
        return new IoHandlerFactory() {
            @Override
            public IoHandler newHandler(ThreadAwareExecutor executor) {
                return wrapping.apply(netty.newHandler(executor), executor);
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
        netty.destroy();
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
