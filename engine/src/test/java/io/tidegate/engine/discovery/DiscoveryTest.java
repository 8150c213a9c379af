package io.tidegate.engine.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.config.DiscoveryConfig;
import io.tidegate.config.EndpointConfig;
import io.tidegate.config.EndpointUrl;
import io.tidegate.config.discovery.EndpointSource;
import io.tidegate.config.discovery.Found;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What is made of the answers of a source.
class DiscoveryTest {

    private static final Duration PAUSE = Duration.ofSeconds(30);

    private final Deque<List<Found>> answers = new ArrayDeque<>();
    private final AtomicLong now = new AtomicLong(17);
    private final List<List<Found>> taken = new ArrayList<>();

    /// Gives the answers that there are, and fails where there are none.
    private final class Told implements EndpointSource {

        @Override
        public Answer next() throws IOException {
            List<Found> answer = answers.poll();
            if (answer == null) {
                throw new IOException("nobody answers");
            }
            return new Answer(answer, PAUSE);
        }

        @Override
        public void close() {
            answers.clear();
        }
    }

    private Discovery discovery(@Nullable Duration emptyAfter) {
        Discovery made = new Discovery("orders", new DiscoveryConfig(DiscoveryConfig.Dns.of("orders.internal:80"), null,
                null, null, null, null, emptyAfter, 3), new Told(), now::get);
        made.subscribe(taken::add);
        return made;
    }

    private static List<Found> found(String... hosts) {
        return Stream.of(hosts).map(host -> Found.of(EndpointConfig.of("http://" + host))).toList();
    }

    private void tell(Discovery discovery, String... hosts) {
        answers.add(found(hosts));
        assertThat(discovery.step()).isEqualTo(PAUSE.toMillis());
    }

    @Test
    void anAnswerInAnotherOrderIsNoOther() {
        Discovery discovery = discovery(null);
        tell(discovery, "a", "b");
        tell(discovery, "b", "a", "b");
        tell(discovery, "b", "c");
        assertThat(taken).containsExactly(found("a", "b"), found("b", "c"));
    }

    @Test
    void whoeverComesLaterIsToldWhatIsKnown() {
        Discovery discovery = discovery(null);
        tell(discovery, "a");
        List<List<Found>> later = new ArrayList<>();
        Runnable end = discovery.subscribe(later::add);
        tell(discovery, "b");
        end.run();
        tell(discovery, "c");
        assertThat(later).containsExactly(found("a"), found("b"));
        assertThat(taken).containsExactly(found("a"));
    }

    @Test
    void aFailureKeepsWhatWasToldAndIsFollowedByAPauseThatGrows() {
        Discovery discovery = discovery(null);
        tell(discovery, "a");
        now.addAndGet(Duration.ofMinutes(5).toNanos());
        long least = 125;
        for (int i = 0; i < 10; i++) {
            assertThat(discovery.step()).isBetween(least, 2 * least);
            least = Math.min(2 * least, 16_000);
        }
        assertThat(discovery.knowledge()).isEqualTo(new Knowledge(found("a"), 300, "nobody answers"));
        tell(discovery, "a");
        assertThat(discovery.knowledge()).isEqualTo(new Knowledge(found("a"), 0, null));
        assertThat(discovery.step()).isBetween(125L, 250L);
        assertThat(taken).hasSize(1);
    }

    @Test
    void moreEndpointsThanAllowedAreAFailure() {
        Discovery discovery = discovery(null);
        tell(discovery, "a");
        answers.add(found("b", "c", "d", "e"));
        assertThat(discovery.step()).isLessThan(1000);
        assertThat(discovery.knowledge().failure()).isEqualTo("it tells of 4 endpoints, and may of 3");
        assertThat(discovery.knowledge().endpoints()).isEqualTo(found("a"));
    }

    @Test
    void whatCanBeNoServiceIsLeftOut() {
        Discovery discovery = discovery(null);
        answers.add(List.of(Found.of(EndpointUrl.Scheme.HTTP, "A.internal", 80, 1, null),
                Found.of(EndpointUrl.Scheme.HTTP, "b\r\nx: y", 80, 1, null),
                Found.of(EndpointUrl.Scheme.HTTP, "169.254.169.254", 80, 1, null)));
        discovery.step();
        assertThat(taken).containsExactly(found("a.internal"));
    }

    @Test
    void noEndpointsAreNotBelieved() {
        Discovery discovery = discovery(null);
        tell(discovery, "a");
        for (int i = 0; i < 3; i++) {
            now.addAndGet(Duration.ofDays(1).toNanos());
            tell(discovery);
        }
        assertThat(taken).containsExactly(found("a"));
        assertThat(discovery.knowledge()).isEqualTo(new Knowledge(found("a"), 0, null));
    }

    @Test
    void noEndpointsAreBelievedAfterAsLongAsIsDeclared() {
        Discovery discovery = discovery(Duration.ofHours(1));
        tell(discovery, "a");
        tell(discovery);
        now.addAndGet(Duration.ofMinutes(40).toNanos());
        tell(discovery, "a");
        tell(discovery);
        now.addAndGet(Duration.ofMinutes(40).toNanos());
        tell(discovery);
        assertThat(taken).containsExactly(found("a"));
        now.addAndGet(Duration.ofMinutes(20).toNanos());
        tell(discovery);
        assertThat(taken).containsExactly(found("a"), List.of());
        tell(discovery, "b");
        assertThat(taken).hasSize(3);
        discovery.close();
    }
}
