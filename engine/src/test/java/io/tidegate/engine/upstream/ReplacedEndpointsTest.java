package io.tidegate.engine.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Promise;
import io.tidegate.api.Fault;
import io.tidegate.config.ConfigLoader;
import io.tidegate.config.EndpointConfig;
import io.tidegate.config.EndpointUrl;
import io.tidegate.config.Loaded;
import io.tidegate.config.Plugins;
import io.tidegate.config.RequestKeyConfig;
import io.tidegate.config.discovery.Found;
import io.tidegate.engine.HeldNames;
import io.tidegate.engine.balance.KeyHash;
import io.tidegate.engine.observe.Metrics;
import io.tidegate.engine.wire.ResponseHead;
import io.tidegate.engine.worker.Transport;
import io.tidegate.engine.worker.Worker;
import io.tidegate.engine.worker.Workers;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What becomes of endpoints, and of requests to them, where an upstream gets others.
class ReplacedEndpointsTest {

    private final Metrics metrics = new Metrics(1, new Metrics.BuildInfo("test", "any"));
    private final Workers workers = new Workers(1, Transport.NIO);
    private final Worker worker = workers.all().getFirst();
    private final HeldNames names = new HeldNames();
    private final BlockingQueue<String> log = new LinkedBlockingQueue<>();
    private final Upstream upstream = upstream("");

    private Upstream upstream(String keys) {
        Loaded loaded = new ConfigLoader(Plugins.none(), name -> null).loadText("test.yaml",
                "upstreams: { service: { endpoints: [\"http://a.test:80\", \"http://b.test:80\"]" + keys + " } }\n");
        if (!(loaded instanceof Loaded.Accepted accepted)) {
            throw new AssertionError("the configuration was refused: " + loaded);
        }
        return new Upstream("service", Objects.requireNonNull(accepted.config().upstreams().get("service")), null,
                new Upstream.Surroundings(workers, names, new ServiceConnections(100, workers), metrics,
                        Site.make("test")));
    }

    @AfterEach
    void close() {
        upstream.close();
        workers.close();
    }

    private static Found found(String url, int weight) {
        return Found.of(new EndpointConfig(EndpointUrl.of(url), weight, null));
    }

    private void inLoop(Runnable work) throws InterruptedException {
        worker.loop().submit(work).sync();
    }

    private @Nullable String next() throws InterruptedException {
        return log.poll(30, TimeUnit.SECONDS);
    }

    @Test
    void anEndpointThatStaysIsTheSameWithAnotherWeight() {
        Endpoint stays = upstream.endpoints().get(1);
        upstream.replace(List.of(found("http://c.test:80", 1), found("http://b.test:80", 7), found("http://d.test:80",
                0)));
        assertThat(upstream.endpoints()).extracting(Endpoint::authority).containsExactly("c.test:80", "b.test:80");
        assertThat(upstream.endpoints().get(1)).isSameAs(stays);
        assertThat(stays.weight()).isEqualTo(7);
        assertThat(upstream.health().endpoints().get(1)).isSameAs(stays.health());
    }

    @Test
    void keysGoWhereTheWeightsOfNowSay() throws InterruptedException {
        try (Upstream ring = upstream(", loadBalancing: { ringHash: { key: path } }")) {
            ring.replace(List.of(found("http://a.test:80", 1), found("http://b.test:80", 1)));
            assertThat(keysOf(ring)).isBetween(200L, 800L);
            ring.replace(List.of(found("http://a.test:80", 1), found("http://b.test:80", 1000)));
            assertThat(keysOf(ring)).isLessThan(100);
        }
    }

    /// How many of a thousand keys go to the first endpoint.
    private long keysOf(Upstream ring) throws InterruptedException {
        Endpoint first = ring.endpoints().getFirst();
        AtomicLong found = new AtomicLong();
        inLoop(() -> found.set(IntStream.rangeClosed(1, 1000).mapToObj(key -> ring.pick(worker, keyed(key), null))
                .filter(first::equals).count()));
        return found.get();
    }

    private static Caller keyed(int key) {
        return new Caller() {
            @Override
            public long hash(RequestKeyConfig ignored) {
                return KeyHash.of("/" + key);
            }

            @Override
            public long session(StickySessions sessions) {
                return 0;
            }
        };
    }

    @Test
    void onlyTheEndpointsThatThereAreNowAreChosen() throws InterruptedException {
        upstream.replace(List.of(found("http://c.test:80", 1)));
        Endpoint only = upstream.endpoints().getFirst();
        inLoop(() -> assertThat(upstream.pick(worker, Caller.of(null), null)).isSameAs(only));
        upstream.replace(List.of());
        inLoop(() -> assertThat(upstream.pick(worker, Caller.of(null), null)).isNull());
        assertThat(upstream.isDown()).isTrue();
    }

    @Test
    void anEndpointIsAnotherOneUnderAnotherName() {
        EndpointConfig there = EndpointConfig.of("https://10.0.0.1:8443");
        upstream.replace(List.of(new Found(there, "one.test", 0)));
        Endpoint one = upstream.endpoints().getFirst();
        assertThat(one.host()).isEqualTo("one.test:8443");
        upstream.replace(List.of(new Found(there, "other.test", 0)));
        assertThat(upstream.endpoints().getFirst()).isNotSameAs(one);
    }

    @Test
    void aRequestThatWaitsForAConnectionStillGetsItAndTheConnectionIsClosedAfterIt() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Request request = new Request();
            Pool pool = upstream.endpoints().getFirst().pool(worker);
            inLoop(() -> pool.acquire(request, 1));
            Promise<InetSocketAddress> name = names.next();
            upstream.replace(List.of(found("http://c.test:80", 1)));
            name.setSuccess(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getLocalPort()));
            try (Socket accepted = server.accept()) {
                assertThat(next()).isEqualTo("connected");
                inLoop(() -> Objects.requireNonNull(request.stream).giveBack());
                assertThat(accepted.getInputStream().read()).isEqualTo(-1);
            }
        }
    }

    /// A request that writes down what comes of it.
    private final class Request implements UpstreamEvents {

        private volatile @Nullable UpstreamStream stream;

        @Override
        public void onConnected(UpstreamStream connected, boolean reused, int ticket) {
            stream = connected;
            log.add("connected");
        }

        @Override
        public void onConnectFailed(Fault fault, int ticket) {
            log.add(fault.code());
        }

        @Override
        public void onResponseHead(ResponseHead head, ByteBuf in, int start, int end, boolean bodiless) {
            log.add("head");
        }

        @Override
        public void onUpstreamFault(Fault fault, Progress progress) {
            log.add("fault");
        }

        @Override
        public void onUpstreamWritable() {
            log.add("writable");
        }

        @Override
        public void onUpstreamReadComplete() {
            log.add("read");
        }

        @Override
        public void range(ByteBuf in, int start, int length, int data) {
            log.add("range");
        }

        @Override
        public void literal(byte[] bytes, int start, int length) {
            log.add("literal");
        }

        @Override
        public void end() {
            log.add("end");
        }
    }
}
