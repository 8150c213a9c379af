package io.tidegate.tests.architecture;

import io.netty.channel.ChannelFuture;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/// Ways to hold a thread up, for the rule against them to find. Never run.
final class WaysToBlock {

    void sleeps() throws InterruptedException {
        Thread.sleep(1);
    }

    void sleepsForADuration() throws InterruptedException {
        Thread.sleep(Duration.ofMillis(1));
    }

    void joins() throws InterruptedException {
        Thread.currentThread().join();
    }

    void joinsForAWhile() throws InterruptedException {
        Thread.currentThread().join(1);
    }

    Object gets(FutureTask<?> future) throws Exception {
        return future.get(1, TimeUnit.SECONDS);
    }

    Object syncs(ChannelFuture future) throws InterruptedException {
        return future.sync();
    }

    Object looksUp(String name) throws UnknownHostException {
        return InetAddress.getByName(name);
    }
}
