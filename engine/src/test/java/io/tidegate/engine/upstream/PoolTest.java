package io.tidegate.engine.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelException;
import io.netty.util.concurrent.Promise;
import io.tidegate.api.Fault;
import io.tidegate.api.UpstreamFaults;
import io.tidegate.config.ConfigLoader;
import io.tidegate.config.Loaded;
import io.tidegate.config.Plugins;
import io.tidegate.engine.HeldNames;
import io.tidegate.engine.observe.Metrics;
import io.tidegate.engine.wire.ResponseHead;
import io.tidegate.engine.worker.Transport;
import io.tidegate.engine.worker.Worker;
import io.tidegate.engine.worker.Workers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PoolTest {

    private static final String ONE_ENDPOINT = "endpoints: [\"http://service.test:80\"], ";
    private static final Metrics METRICS = new Metrics(1, new Metrics.BuildInfo("test", "any"));

    private @Nullable Workers workers;
    private final HeldNames names = new HeldNames();

    /// A request that writes down what comes of it.
    private static class Request implements UpstreamEvents {

        private final String name;
        private final BlockingQueue<String> log;
        private volatile @Nullable UpstreamStream stream;

        Request(String name, BlockingQueue<String> log) {
            this.name = name;
            this.log = log;
        }

        @Override
        public void onConnected(UpstreamStream connected, boolean reused, int ticket) {
            stream = connected;
            log.add(name + ticket + " connected");
        }

        @Override
        public void onConnectFailed(Fault fault, int ticket) {
            log.add(name + ticket + " " + fault.code());
        }

        @Override
        public void onResponseHead(ResponseHead head, ByteBuf in, int start, int end, boolean bodiless) {
            log.add(name + " head");
        }

        @Override
        public void onUpstreamFault(Fault fault, Progress progress) {
            log.add(name + " fault");
        }

        @Override
        public void onUpstreamWritable() {
            log.add(name + " writable");
        }

        @Override
        public void onUpstreamReadComplete() {
            log.add(name + " read");
        }

        @Override
        public void range(ByteBuf in, int start, int length, int data) {
            log.add(name + " range");
        }

        @Override
        public void literal(byte[] bytes, int start, int length) {
            log.add(name + " literal");
        }

        @Override
        public void end() {
            log.add(name + " end");
        }
    }

    private Pool pool(Transport transport, String upstream) {
        Upstream made = upstream(transport, upstream, 100);
        return made.endpoints().getFirst().pool(Objects.requireNonNull(workers).all().getFirst());
    }

    private Upstream upstream(Transport transport, String upstream, int mostConnections) {
        Workers started = new Workers(1, transport);
        workers = started;
        Loaded loaded = new ConfigLoader(Plugins.none(), name -> null).loadText("test.yaml",
                "upstreams: { service: { " + (upstream.startsWith("endpoints") ? "" : ONE_ENDPOINT) + upstream
                        + " } }\n");
        if (!(loaded instanceof Loaded.Accepted accepted)) {
            throw new AssertionError("the configuration was refused: " + loaded);
        }
        return new Upstream("service", Objects.requireNonNull(accepted.config().upstreams().get("service")), null,
                new Upstream.Surroundings(started, names, new ServiceConnections(mostConnections, started), METRICS,
                        Site.make("here")));
    }

    private void inLoop(Runnable work) throws InterruptedException {
        Worker worker = Objects.requireNonNull(workers).all().getFirst();
        worker.loop().submit(work).sync();
    }

    private static @Nullable String next(BlockingQueue<String> log) throws InterruptedException {
        return log.poll(30, TimeUnit.SECONDS);
    }

    @AfterEach
    void stop() {
        if (workers != null) {
            workers.close();
        }
        names.close();
    }

    @ParameterizedTest
    @EnumSource
    void theTimeToConnectCountsFromTheName(Transport transport) throws Exception {
        Pool pool = pool(transport,
                "timeouts: { connect: 100ms }, connections: { maxPerEndpoint: 1, maxWait: 50ms }");
        BlockingQueue<String> log = new LinkedBlockingQueue<>();
        List<Socket> accepted = new CopyOnWriteArrayList<>();
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            InetSocketAddress address = new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
            inLoop(() -> pool.acquire(new Request("slow", log), 7));
            Promise<InetSocketAddress> late = names.next();
            assertThat(next(log)).isEqualTo("slow7 upstream.connect_timeout");
            inLoop(() -> pool.acquire(new Request("lost", log), 8));
            Promise<InetSocketAddress> lost = names.next();
            assertThat(next(log)).isEqualTo("lost8 upstream.connect_timeout");

            late.setSuccess(address);
            lost.setFailure(new UnknownHostException("service.test"));
            Request served = new Request("served", log);
            inLoop(() -> pool.acquire(served, 9));
            names.next().setSuccess(address);
            assertThat(next(log)).as("the places of the others were given back").isEqualTo("served9 connected");
            inLoop(() -> pool.acquire(new Request("more", log), 10));
            assertThat(next(log)).as("and given back once").isEqualTo("more10 upstream.busy");

            server.setSoTimeout(30_000);
            accepted.add(server.accept());
            inLoop(() -> Objects.requireNonNull(served.stream).cancel());
            assertThat(accepted.getFirst().getInputStream().read()).as("the only connection made was served's")
                    .isEqualTo(-1);
            server.setSoTimeout(1);
            assertThat(accepts(server)).isFalse();
            assertThat(log).isEmpty();
        }
        for (Socket socket : accepted) {
            socket.close();
        }
    }

    @Test
    void requestsCountFromWhenTheyAskForAConnection() throws Exception {
        Pool pool = pool(Transport.NIO, "timeouts: { connect: 10m }, connections: { maxPerEndpoint: 2, maxWait: 10m }");
        BlockingQueue<String> log = new LinkedBlockingQueue<>();
        Request waiting = new Request("waiting", log);
        inLoop(() -> {
            pool.acquire(new Request("one", log), 1);
            pool.acquire(new Request("two", log), 2);
            pool.acquire(waiting, 3);
        });
        assertThat(pool.active()).as("two that connect, one that waits").isEqualTo(3);

        inLoop(() -> pool.forget(waiting));
        assertThat(pool.active()).isEqualTo(2);
        inLoop(names::failAll);
        next(log);
        next(log);
        assertThat(pool.active()).isZero();
    }

    @Test
    void connectionsThatAreNotMadeInTimeCountAsLatency() throws Exception {
        Upstream upstream = upstream(Transport.NIO, "loadBalancing: peakEwma, timeouts: { connect: 700ms }", 100);
        Worker worker = Objects.requireNonNull(workers).all().getFirst();
        Endpoint endpoint = upstream.endpoints().getFirst();
        inLoop(() -> endpoint.connectFailed(worker, UpstreamFaults.CONNECT_TIMEOUT));

        assertThat(endpoint.latency(0)).isBetween(600e6, 700e6);
    }

    private static boolean accepts(ServerSocket server) throws IOException {
        try (Socket more = server.accept()) {
            return more.isConnected();
        } catch (java.net.SocketTimeoutException e) {
            return false;
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRequestThatIsWokenInVainKeepsItsPlaceAndItsTime(Transport transport) throws Exception {
        Pool pool = pool(transport, "connections: { maxPerEndpoint: 1, maxWait: 2s }, timeouts: { connect: 20s }");
        BlockingQueue<String> log = new LinkedBlockingQueue<>();
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Request first = new Request("first", log);
            inLoop(() -> pool.acquire(first, 1));
            names.next().setSuccess(new InetSocketAddress(server.getInetAddress(), server.getLocalPort()));
            assertThat(next(log)).isEqualTo("first1 connected");
            Request second = new Request("second", log);
            inLoop(() -> {
                pool.acquire(second, 2);
                pool.acquire(new Request("third", log), 3);
            });
            // A place that somebody else was faster to take.
            pool.serveWaiterLater();
            inLoop(() -> Objects.requireNonNull(first.stream).giveBack());
            assertThat(next(log)).isEqualTo("second2 connected");
            String outcome = log.poll();
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (outcome == null && System.nanoTime() - end < 0) {
                pool.serveWaiterLater();
                outcome = log.poll(10, TimeUnit.MILLISECONDS);
            }
            assertThat(outcome).as("waking it does not make it wait longer").isEqualTo("third3 upstream.busy");
        }
    }

    @ParameterizedTest
    @EnumSource
    void anIdleConnectionGivesWayWhereTheProcessHasTooMany(Transport transport) throws Exception {
        Upstream upstream = upstream(transport, "endpoints: [\"http://one.test:80\", \"http://two.test:80\"]", 1);
        Worker worker = Objects.requireNonNull(workers).all().getFirst();
        Pool one = upstream.endpoints().getFirst().pool(worker);
        Pool two = upstream.endpoints().getLast().pool(worker);
        BlockingQueue<String> log = new LinkedBlockingQueue<>();
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            server.setSoTimeout(30_000);
            InetSocketAddress address = new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
            Request first = new Request("first", log);
            inLoop(() -> one.acquire(first, 1));
            names.next().setSuccess(address);
            assertThat(next(log)).isEqualTo("first1 connected");
            try (Socket atFirst = server.accept()) {
                atFirst.setSoTimeout(30_000);
                Request second = new Request("second", log);
                inLoop(() -> two.acquire(second, 2));
                names.next().setSuccess(address);
                assertThat(next(log)).as("none is refused while all are in use").isEqualTo("second2 connected");

                inLoop(() -> Objects.requireNonNull(first.stream).giveBack());
                inLoop(() -> two.acquire(new Request("third", log), 3));

                assertThat(atFirst.getInputStream().read()).as("the idle one is closed").isEqualTo(-1);
                names.next().setSuccess(address);
                assertThat(next(log)).isEqualTo("third3 connected");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void noConnectionIsOpenedWhereTheProcessHasTooManyAndAllAreBusy(Transport transport) throws Exception {
        Pool pool = upstream(transport, "connections: { maxWait: 50ms }", 1).endpoints().getFirst()
                .pool(Objects.requireNonNull(workers).all().getFirst());
        BlockingQueue<String> log = new LinkedBlockingQueue<>();
        List<Promise<InetSocketAddress>> pending = new ArrayList<>();
        for (int i = 0; i < 1 + ServiceConnections.SLACK; i++) {
            int ticket = i;
            inLoop(() -> pool.acquire(new Request("busy", log), ticket));
            pending.add(names.next());
        }
        inLoop(() -> pool.acquire(new Request("more", log), 1000));
        assertThat(next(log)).isEqualTo("more1000 upstream.busy");

        pending.getFirst().setFailure(new UnknownHostException("service.test"));
        assertThat(next(log)).isEqualTo("busy0 upstream.unresolved");
        inLoop(() -> pool.acquire(new Request("next", log), 1001));
        names.next().setFailure(new UnknownHostException("service.test"));
        assertThat(next(log)).as("a place that was given back is there for the next").isEqualTo(
                "next1001 upstream.unresolved");
        pending.stream().skip(1).forEach(name -> name.setFailure(new UnknownHostException("service.test")));
    }

    @ParameterizedTest
    @EnumSource
    void aNameThatCantBeResolvedIsAFaultOfItsOwn(Transport transport) throws Exception {
        Pool pool = pool(transport, "timeouts: { connect: 20s }");
        BlockingQueue<String> log = new LinkedBlockingQueue<>();

        inLoop(() -> pool.acquire(new Request("request", log), 1));
        names.next().setFailure(new UnknownHostException("service.test"));

        assertThat(next(log)).isEqualTo("request1 upstream.unresolved");
    }

    @ParameterizedTest
    @EnumSource
    void aConnectionThatCantEvenBeMadeFailsOnItsLoop(Transport transport) throws Exception {
        Upstream upstream = upstream(transport, "", 100);
        Worker worker = Objects.requireNonNull(workers).all().getFirst();
        Pool pool = new Pool(upstream, upstream.endpoints().getFirst(), worker,
                METRICS.endpoint(0, "service", "service.test:80"), () -> {
                    throw new ChannelException("too many open files");
                });
        BlockingQueue<String> log = new LinkedBlockingQueue<>();
        BlockingQueue<Boolean> inLoop = new LinkedBlockingQueue<>();
        Request request = new Request("request", log) {
            @Override
            public void onConnectFailed(Fault fault, int ticket) {
                inLoop.add(worker.inLoop());
                super.onConnectFailed(fault, ticket);
            }
        };

        inLoop(() -> pool.acquire(request, 1));

        assertThat(next(log)).isEqualTo("request1 upstream.connect");
        assertThat(inLoop.poll()).isTrue();
    }
}
