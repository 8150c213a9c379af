package io.tidegate.identity.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.identity.Digest;
import io.tidegate.identity.remote.Answers.Answer;
import io.tidegate.testkit.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Many who ask the same.
class AnswersTest {

    private static final Digest KEY = Digest.of("k");

    private final TestClock clock = new TestClock();
    private final AtomicInteger calls = new AtomicInteger();
    private final Answers<String> answers = new Answers<>(10, 5, Await.GUARD, clock);

    private CompletionStage<String> ask(Digest key, CompletionStage<Answer<String>> answer) {
        return answers.ask(key, () -> {
            calls.incrementAndGet();
            return answer;
        });
    }

    @Test
    void thoseWhoAskMeanwhileGetTheAnswerOfTheFirst() {
        CompletableFuture<Answer<String>> slow = new CompletableFuture<>();
        List<CompletionStage<String>> all = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            all.add(ask(KEY, slow));
        }

        assertThatThrownBy(() -> ask(KEY, slow).toCompletableFuture().join()).hasCauseInstanceOf(IOException.class)
                .hasMessageContaining("more than 5 would wait");
        slow.complete(new Answer<>("yes", Duration.ofSeconds(1)));

        assertThat(all).allSatisfy(each -> assertThat(each.toCompletableFuture().join()).isEqualTo("yes"));
        assertThat(calls).hasValue(1);
        assertThat(answers.waiting()).isZero();
        assertThat(answers.known(KEY)).isEqualTo("yes");
    }

    @Test
    void anAnswerIsKeptForItsLife() {
        ask(KEY, CompletableFuture.completedFuture(new Answer<>("yes", Duration.ofSeconds(1))));
        clock.pass(Duration.ofMillis(999));
        assertThat(answers.known(KEY)).isEqualTo("yes");

        clock.pass(Duration.ofMillis(1));

        assertThat(answers.known(KEY)).isNull();
    }

    @Test
    void failuresAndAnswersWithoutLifeAreNotKept() {
        CompletionStage<String> failed = ask(KEY, CompletableFuture.failedFuture(new IOException("down")));
        assertThat(failed.toCompletableFuture()).isCompletedExceptionally();
        ask(KEY, CompletableFuture.completedFuture(new Answer<>("once", Duration.ZERO)));
        assertThatThrownBy(() -> answers.ask(KEY, () -> {
            throw new IllegalStateException("broken");
        }).toCompletableFuture().join()).hasMessageContaining("broken");

        assertThat(answers.known(KEY)).isNull();
        assertThat(calls).hasValue(2);
        assertThat(answers.waiting()).isZero();
    }

    @Test
    void aCallThatEndsInAnErrorKeepsNobodyWaiting() {
        CompletableFuture<CompletionStage<String>> meanwhile = new CompletableFuture<>();

        CompletionStage<String> asked = answers.ask(KEY, () -> {
            meanwhile.complete(ask(KEY, new CompletableFuture<>()));
            throw new StackOverflowError("deep");
        });

        assertThat(asked.toCompletableFuture()).isCompletedExceptionally();
        assertThat(meanwhile.join().toCompletableFuture()).isCompletedExceptionally();
        assertThat(answers.waiting()).isZero();
        CompletionStage<String> again = ask(KEY, CompletableFuture.completedFuture(
                new Answer<>("yes", Duration.ZERO)));
        assertThat(again.toCompletableFuture().join()).isEqualTo("yes");
        assertThat(calls).hasValue(1);
    }

    @Test
    void noMoreIsKeptThanIsMeantToBe() {
        for (int i = 0; i < 1000; i++) {
            ask(Digest.of("k" + i), CompletableFuture.completedFuture(new Answer<>("yes", Duration.ofDays(1))));
        }

        assertThat(answers.size()).isLessThanOrEqualTo(10);
    }

    @Test
    void aCallThatNeverEndsIsGivenUp() {
        Answers<String> hasty = new Answers<>(10, 5, Duration.ofMillis(1), clock);

        CompletionStage<String> asked = hasty.ask(KEY, CompletableFuture::new);

        assertThatThrownBy(() -> asked.toCompletableFuture().join()).hasRootCauseInstanceOf(TimeoutException.class);
        Await.until("nobody to wait", () -> hasty.waiting() == 0);
    }

    @Test
    void onlyTheAnswerThatIsMeantIsForgotten() {
        ask(KEY, CompletableFuture.completedFuture(new Answer<>("new", Duration.ofDays(1))));

        answers.forget(KEY, "old");
        assertThat(answers.known(KEY)).isEqualTo("new");
        answers.forget(KEY, "new");

        assertThat(answers.known(KEY)).isNull();
    }
}
