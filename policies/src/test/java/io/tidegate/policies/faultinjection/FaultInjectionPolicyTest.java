package io.tidegate.policies.faultinjection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.api.Decision;
import io.tidegate.api.Fault;
import io.tidegate.api.GrpcStatus;
import io.tidegate.api.Ratio;
import io.tidegate.policies.faultinjection.FaultInjectionConfig.Abort;
import io.tidegate.policies.faultinjection.FaultInjectionConfig.Delay;
import io.tidegate.policies.faultinjection.FaultInjectionConfig.OnlyWith;
import io.tidegate.testkit.PolicyTester;
import io.tidegate.testkit.TesterResult;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FaultInjectionPolicyTest {

    private static final Ratio ALL = new Ratio(1);
    private static final Ratio HALF = new Ratio(0.5);

    private static PolicyTester tester(OnlyWith onlyWith, boolean every, @Nullable Delay delay,
            @Nullable Abort abort) {
        return PolicyTester.of(new FaultInjectionFactory(), new FaultInjectionConfig(onlyWith, every, delay, abort));
    }

    @Test
    void failsRequestsWithTheFieldAndItsValueAlone() {
        try (PolicyTester tester = tester(new OnlyWith("x-break", "now"), false, null,
                new Abort(ALL, 418, null, false))) {
            assertThat(tester.get("/").send().status()).isEqualTo(200);
            assertThat(tester.get("/").header("x-break", "later").send().status()).isEqualTo(200);

            TesterResult failed = tester.get("/").header("X-Break", "now").send();

            assertThat(failed.status()).isEqualTo(418);
            assertThat(failed.fault()).isNotNull().extracting(Fault::code).isEqualTo("fault.injected");
            assertThat(failed.header("x-fault-injected")).isEqualTo("abort");
            assertThat(tester.count("aborted")).isEqualTo(1);
        }
    }

    @Test
    void breaksRequestsOffAfterTheirDelay() {
        try (PolicyTester tester = tester(OnlyWith.of("x-break"), false, new Delay(ALL, Duration.ofMillis(5), null),
                new Abort(ALL, 503, null, true))) {
            for (String type : new String[]{"text/plain", "application/grpc"}) {
                TesterResult broken = tester.post("/").header("x-break", "1").header("content-type", type).send();

                assertThat(broken.reachedUpstream()).isFalse();
                assertThat(broken.status()).isZero();
                assertThat(broken.headers()).isEmpty();
                assertThat(broken.fault()).isEqualTo(Fault.INJECTED);
                assertThat(broken.steps().getLast().decision()).isEqualTo(Decision.reset(Fault.INJECTED));
            }
            assertThat(tester.count("reset")).isEqualTo(2);
            assertThat(tester.count("delayed")).isEqualTo(2);
            assertThat(tester.count("aborted")).isZero();
        }
    }

    @Test
    void delaysWithinItsBoundsAndMarksTheAnswer() {
        Delay delay = new Delay(ALL, Duration.ofMillis(5), Duration.ofMillis(7));
        try (PolicyTester tester = tester(OnlyWith.of("x-slow"), false, delay, null)) {
            for (int i = 0; i < 50; i++) {
                TesterResult delayed = tester.get("/").header("x-slow", "1").send();
                assertThat(delayed.status()).isEqualTo(200);
                assertThat(delayed.header("x-fault-injected")).isEqualTo("delay");
                assertThat(delayed.steps().getFirst().decision()).isInstanceOfSatisfying(Decision.Delay.class,
                        decided -> assertThat(decided.time()).isBetween(Duration.ofMillis(5), Duration.ofMillis(7)));
            }
            assertThat(tester.count("delayed")).isEqualTo(50);
        }
    }

    @Test
    void aShareOfAllIsMeantWhereThatIsSaid() {
        try (PolicyTester tester = tester(OnlyWith.of("x"), true, new Delay(HALF, Duration.ZERO, null),
                new Abort(HALF, 500, null, false))) {
            for (int i = 0; i < 400; i++) {
                tester.get("/").send();
            }
            // Outside of these by chance less than once in 10^20 runs.
            assertThat(tester.count("delayed")).isBetween(100L, 300L);
            assertThat(tester.count("aborted")).isBetween(100L, 300L);
        }
    }

    @Test
    void noneIsMeantWithAShareOfNothing() {
        try (PolicyTester tester = tester(OnlyWith.of("x"), true, null, new Abort(new Ratio(0), 500, null, false))) {
            assertThat(tester.get("/").send().header("x-fault-injected")).isNull();
        }
    }

    @Test
    void refusesConfigurationsThatMeanNothing() {
        assertThatThrownBy(() -> new FaultInjectionConfig(OnlyWith.of("x"), true, null, null))
                .hasMessage("needs 'delay' or 'abort'");
        assertThatThrownBy(() -> new Delay(ALL, Duration.ofSeconds(31), null))
                .hasMessage("must be at most 30s (was 31000ms)");
        assertThatThrownBy(() -> new Delay(ALL, Duration.ofSeconds(2), Duration.ofSeconds(1)))
                .hasMessage("'max' must be at least 'time' (was 1000ms)");
        assertThatThrownBy(() -> new Abort(ALL, 503, GrpcStatus.UNAVAILABLE, true))
                .hasMessage("is told nobody where nothing is answered: leave it out, or 'reset'");
        assertThatThrownBy(() -> OnlyWith.of("a b")).hasMessageContaining("must be a token");
    }
}
