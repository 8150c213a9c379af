package io.tidegate.tests.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.tidegate.testkit.Await;
import io.tidegate.testkit.TestUpstream;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// Who does not read holds back who sends, in either direction, and nothing is lost by it.
class SlowPeersIT extends WebSocketFixture {

    /// More than all sockets on the way take.
    private static final int FRAMES = 600;
    private static final Frame FRAME = new Frame(Frame.BINARY, true, false, text(65_536));
    /// What the gateway may hold on top of what it held before: marks and reads of both sides, and chunks of the pool.
    private static final long HELD = 16L << 20;

    private static long memory() {
        return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric().usedDirectMemory();
    }

    private static void assertHeldBack(AtomicLong sent, long before) {
        long steady = Await.untilSteady("the sender to be held back", 100, sent::get);
        assertThat(steady).isLessThan(FRAMES);
        assertThat(memory() - before).isLessThan(HELD);
    }

    @Test
    void aServiceThatDoesNotReadHoldsItsClientBack() throws Exception {
        TestUpstream.Gate gate = new TestUpstream.Gate();
        AtomicLong read = new AtomicLong();
        serve(peer -> {
            gate.pass();
            for (Frame next = peer.read(); next != null; next = peer.read()) {
                if (next.says(FRAME)) {
                    read.incrementAndGet();
                } else {
                    peer.send(next);
                }
            }
        });
        long before = memory();
        AtomicLong sent = new AtomicLong();
        try (ClientPeer client = open()) {
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
                for (int i = 0; i < FRAMES; i++) {
                    client.send(FRAME);
                    sent.incrementAndGet();
                }
                client.send(Frame.text("all"));
            }, Thread::startVirtualThread);
            assertHeldBack(sent, before);
            gate.open();
            sending.get();
            assertThat(Objects.requireNonNull(client.read()).text()).isEqualTo("all");
        }
        assertThat(read.get()).isEqualTo(FRAMES);
    }

    @Test
    void aClientThatDoesNotReadHoldsItsServiceBack() {
        AtomicLong sent = new AtomicLong();
        serve(peer -> {
            for (int i = 0; i < FRAMES; i++) {
                peer.send(FRAME);
                sent.incrementAndGet();
            }
            peer.send(Frame.text("all"));
            ServicePeer.echo(peer);
        });
        long before = memory();
        try (ClientPeer client = open()) {
            assertHeldBack(sent, before);
            for (int i = 0; i < FRAMES; i++) {
                assertThat(Objects.requireNonNull(client.read()).says(FRAME)).isTrue();
            }
            assertThat(Objects.requireNonNull(client.read()).text()).isEqualTo("all");
        }
    }
}
