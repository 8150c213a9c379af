package io.tidegate.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.resource.ClientResources;
import io.netty.util.HashedWheelTimer;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.tidegate.config.RedisConfig;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one connection of a process to a Redis, made anew for as long as it is wanted: looked at every [#LOOK_MILLIS],
/// and never more than one attempt at a time, so that many gateways do not fall on a Redis that comes back.
final class RedisLink implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger("tidegate.state");
    private static final long LOOK_MILLIS = 250;
    /// By how much gateways that lost their connection at once come apart.
    private static final long SPREAD_MILLIS = 250;
    /// A connection on which nothing has come for so long although something was asked is given up: it may be one whose
    /// other end is gone without a word.
    private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final int THREADS = 2;
    private static final long TIMER_TICK_MILLIS = 10;
    private static final long CLOSE_MILLIS = 500;
    private static final RedisCodec<String, byte[]> CODEC = RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);

    private final HashedWheelTimer timer = new HashedWheelTimer(new DefaultThreadFactory("redis-timer", true),
            TIMER_TICK_MILLIS, TimeUnit.MILLISECONDS);
    private final ClientResources resources = ClientResources.builder().ioThreadPoolSize(THREADS)
            .computationThreadPoolSize(THREADS).timer(timer).build();
    private final Supplier<CompletionStage<Made>> connect;
    private final Runnable closeClient;
    private volatile @Nullable Made made;
    private volatile long asked;
    /// When something was asked first, of what was not answered yet.
    private volatile long waitingSince;
    private volatile long heard;
    private boolean connecting;
    private boolean closed;
    private long notBefore;
    private String failure = "";

    /// A connection, and what is asked of it.
    private record Made(StatefulConnection<String, byte[]> connection,
            RedisClusterAsyncCommands<String, byte[]> commands) {
    }

    private RedisLink(RedisConfig config) {
        if (config.mode() == RedisConfig.Mode.CLUSTER) {
            RedisClusterClient client = RedisClusterClient.create(resources, RedisAddresses.all(config));
            client.setOptions(RedisAddresses.clusterOptions(config));
            connect = () -> client.refreshPartitionsAsync().thenCompose(_ -> client.connectAsync(CODEC))
                    .thenApply(own -> new Made(own, own.async()));
            closeClient = () -> client.shutdown(0, CLOSE_MILLIS, TimeUnit.MILLISECONDS);
        } else {
            RedisClient client = RedisClient.create(resources);
            client.setOptions(RedisAddresses.options(config));
            RedisURI address = RedisAddresses.all(config).getFirst();
            connect = () -> client.connectAsync(CODEC, address).thenApply(own -> new Made(own, own.async()));
            closeClient = () -> client.shutdown(0, CLOSE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /// Begins to connect.
    ///
    /// @throws IllegalArgumentException
    ///             where a file that is declared can't be used
    static RedisLink open(RedisConfig config) {
        RedisAddresses.checkFiles(config);
        // It would warn with every connection that it takes epoll where both are there.
        System.setProperty("io.lettuce.core.iouring", "false");
        RedisLink link = new RedisLink(config);
        link.resources.eventExecutorGroup().scheduleAtFixedRate(link::look, 0, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        return link;
    }

    /// What can be asked now; null where there is no connection.
    @Nullable
    RedisClusterAsyncCommands<String, byte[]> commands() {
        Made present = made;
        if (present == null || !present.connection.isOpen()) {
            return null;
        }
        long now = System.nanoTime();
        if (asked - heard <= 0) {
            waitingSince = now;
        }
        asked = now;
        return present.commands;
    }

    /// An answer has come.
    void heard() {
        heard = System.nanoTime();
    }

    private synchronized void look() {
        long now = System.nanoTime();
        Made present = made;
        boolean silent = asked - heard > 0 && now - heard > SILENCE_NANOS && now - waitingSince > SILENCE_NANOS;
        if (present != null && (silent || !present.connection.isOpen())) {
            made = null;
            if (present.connection.isOpen()) {
                present.connection.closeAsync();
            }
            later(now);
        }
        if (made == null && !connecting && !closed && now - notBefore >= 0) {
            connecting = true;
            start().whenComplete(this::connected);
        }
    }

    private CompletionStage<Made> start() {
        try {
            return connect.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void later(long now) {
        notBefore = now + TimeUnit.MILLISECONDS.toNanos(ThreadLocalRandom.current().nextLong(SPREAD_MILLIS));
    }

    private synchronized void connected(@Nullable Made connection, @Nullable Throwable failed) {
        connecting = false;
        if (connection == null) {
            later(System.nanoTime());
            String why = reason(failed);
            if (!why.equals(failure) && !closed) {
                LOG.warn("no connection to Redis: {}", why);
            }
            failure = why;
        } else if (closed) {
            connection.connection.closeAsync();
        } else {
            failure = "";
            heard = System.nanoTime();
            made = connection;
        }
    }

    /// The first cause, where what went wrong is said.
    private static String reason(@Nullable Throwable failed) {
        Throwable cause = failed;
        while (cause != null && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause == null ? null : cause.getMessage());
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            made = null;
        }
        closeClient.run();
        resources.shutdown(0, CLOSE_MILLIS, TimeUnit.MILLISECONDS);
        timer.stop();
    }
}
