package io.tidegate.engine.names;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.tidegate.engine.names.ServiceName.Answer;
import io.tidegate.engine.names.ServiceName.Known;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// When a name is looked up, and for how long what was found is used, on a loop whose time is the test's.
class ServiceNameTest {

    private static final InetAddress ONE = InetAddress.ofLiteral("192.0.2.1");
    private static final InetAddress TWO = InetAddress.ofLiteral("192.0.2.2");

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final List<String> asked = new ArrayList<>();
    /// What comes of the next look-ups; those beyond are not answered.
    private final Deque<Object> answers = new ArrayDeque<>();
    private long nanos = Long.MAX_VALUE - 1000;
    private ServiceName name;

    @BeforeEach
    void make() {
        channel.freezeTime();
        name = new ServiceName("orders.internal", channel.eventLoop(), this::ask, () -> nanos);
    }

    @AfterEach
    void close() {
        name.close();
        channel.finishAndReleaseAll();
    }

    private Future<Answer> ask(String wanted) {
        asked.add(wanted);
        Promise<Answer> promise = channel.eventLoop().newPromise();
        Object next = answers.poll();
        if (next instanceof Answer answer) {
            promise.setSuccess(answer);
        } else if (next instanceof Throwable cause) {
            promise.setFailure(cause);
        }
        return promise;
    }

    private void pass(long seconds) {
        // In steps, so that what is due in between happens then.
        for (long i = 0; i < seconds; i++) {
            nanos += TimeUnit.SECONDS.toNanos(1);
            channel.advanceTimeBy(1, TimeUnit.SECONDS);
            channel.runScheduledPendingTasks();
            channel.runPendingTasks();
        }
    }

    private Promise<Known> want() {
        Promise<Known> promise = channel.eventLoop().newPromise();
        name.wanted(promise);
        channel.runPendingTasks();
        return promise;
    }

    @Test
    void itIsLookedUpAgainShortlyBeforeTheAnswerIsOver() {
        answers.add(new Answer(List.of(ONE), 100));
        answers.add(new Answer(List.of(TWO), 100));
        name.open();
        channel.runPendingTasks();
        assertThat(asked).hasSize(1);

        pass(84);
        assertThat(asked).hasSize(1);
        pass(12);

        assertThat(asked).hasSize(2);
        assertThat(name.usable()).isNotNull().extracting(Known::one).isEqualTo(TWO);
    }

    @Test
    void addressesAreUsedForAnHourWhereItIsNotFoundAnyMore() {
        answers.add(new Answer(List.of(ONE), 10));
        for (int i = 0; i < 1000; i++) {
            answers.add(new UnknownHostException("gone"));
        }
        name.open();
        channel.runPendingTasks();

        pass(3600);
        assertThat(name.usable()).isNotNull().extracting(Known::one).isEqualTo(ONE);
        assertThat(name.ageSeconds()).isEqualTo(3600);
        pass(1);

        assertThat(name.usable()).isNull();
        // Pauses of at most 30 s, and of no less than half of that once it has failed for long.
        assertThat(asked).hasSizeBetween(3600 / 30, 3600 / 15 + 10);
        assertThat(want().cause()).isInstanceOf(UnknownHostException.class);
    }

    @Test
    void thoseWhoWaitShareALookUp() {
        Promise<Known> one = want();
        Promise<Known> other = want();

        assertThat(asked).hasSize(1);
        assertThat(one.isDone() || other.isDone()).isFalse();
    }

    @Test
    void whoWantsItWhileItFailsMakesItAskedForAtOnce() {
        answers.add(new UnknownHostException("no such name"));
        answers.add(new Answer(List.of(ONE), 10));
        name.open();
        channel.runPendingTasks();

        assertThat(want().getNow()).isNotNull().extracting(Known::addresses).isEqualTo(List.of(ONE));

        assertThat(asked).hasSize(2);
        assertThat(name.usable()).isNotNull();
    }

    @Test
    void itIsAskedForNoMoreOnceItIsClosed() {
        answers.add(new Answer(List.of(ONE), 10));
        name.open();
        channel.runPendingTasks();

        name.close();
        pass(100);

        assertThat(asked).hasSize(1);
    }

    @Test
    void whoWaitsIsToldThatItIsClosed() {
        Promise<Known> waiting = want();

        name.close();
        channel.runPendingTasks();

        assertThat(waiting.cause()).isInstanceOf(UnknownHostException.class);
        assertThat(want().cause()).isInstanceOf(UnknownHostException.class);
    }

    @Test
    void turnsGoOnFromOneAnswerToTheNext() {
        for (int i = 0; i < 10; i++) {
            answers.add(new Answer(List.of(ONE, TWO), 1));
        }
        name.open();
        channel.runPendingTasks();
        List<InetAddress> chosen = new ArrayList<>();

        for (int i = 0; i < 4; i++) {
            chosen.add(Objects.requireNonNull(name.usable()).one());
            pass(2);
        }

        assertThat(chosen.get(1)).isNotEqualTo(chosen.get(0)).isEqualTo(chosen.get(3));
        assertThat(chosen.get(2)).isEqualTo(chosen.get(0));
    }

    @Test
    void addressesTakeTurns() {
        Known known = new Known(List.of(ONE, TWO), 0);

        assertThat(List.of(known.one(), known.one(), known.one())).containsExactly(ONE, TWO, ONE);
    }
}
