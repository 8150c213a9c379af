package io.tidegate.tests.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestUpstream;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// Connections of a gateway that is told to stop.
@ParameterizedClass(name = "{0}")
@MethodSource("io.tidegate.tests.Setups#single")
class DrainingTest extends ProxyTest {

    private final TestUpstream.Gate gate = new TestUpstream.Gate();

    @Override
    TestUpstream startUpstream() {
        return TestUpstream.start(connection -> {
            for (RawRequest next = connection.request(); next != null; next = connection.request()) {
                connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
                gate.pass();
                connection.send("0\r\n\r\n");
            }
        });
    }

    @Test
    void aConnectionWhoseResponseHadBegunServesOneMoreRequestAndSaysThatItIsTheLast() throws Exception {
        try (RawClient client = gateway.client()) {
            client.send(GET);
            CompletableFuture<RawResponse> first = CompletableFuture.supplyAsync(client::receive,
                    Thread::startVirtualThread);
            Await.until("the response to begin", () -> client.received() > 0);
            CompletableFuture<Boolean> drained = CompletableFuture.supplyAsync(() -> {
                try {
                    return gateway.engine().drain(0, 20_000);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }, Thread::startVirtualThread);
            Await.until("newcomers to be refused", this::isRefused);
            gate.open();
            RawResponse begun = first.get();
            assertThat(begun.body()).isEqualTo("hello");
            assertThat(begun.field("connection")).isNull();

            RawResponse last = client.exchange(GET);

            assertThat(last.body()).isEqualTo("hello");
            assertThat(last.field("connection")).isEqualTo("close");
            assertThat(client.ending()).isEqualTo(RawClient.Ending.CLOSED);
            assertThat(drained.get()).isTrue();
        }
    }

    private boolean isRefused() {
        try (RawClient another = gateway.client()) {
            return another.ending() != RawClient.Ending.BYTES;
        } catch (UncheckedIOException e) {
            return true;
        }
    }
}
