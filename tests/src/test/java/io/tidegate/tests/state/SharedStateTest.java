package io.tidegate.tests.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import org.junit.jupiter.api.Test;

/// State in a Redis, and without it.
class SharedStateTest extends StateFixture {

    private static final String POLICY = "idempotency: {}";
    /// A busy machine answers late; what is tested is what is done then, not when it is so.
    private static final String PATIENT = ", timeout: 5s, budget: 5s";

    private static boolean degraded(TestGateway gateway) {
        return gateway.metric("tidegate_state_degraded", "") == 1;
    }

    @Test
    void twoGatewaysOnOneRedisServeARequestOnce() {
        TestRedis redis = closed(TestRedis.running("--requirepass", "secret"));
        TestUpstream service = counting();
        String shared = redis(redis, PATIENT + ", password: secret, keyPrefix: \"a:\"");
        TestGateway one = gateway(service, POLICY, shared);
        TestGateway other = gateway(service, POLICY, shared);
        Await.until("both to use it", () -> {
            String key = "warm" + served.get();
            post(one, key, "");
            return "true".equals(post(other, key, "").field("Idempotent-Replayed"));
        });

        String first = post(one, "k1", "{}").body();

        assertThat(post(other, "k1", "{}").body()).isEqualTo(first);
        assertThat(post(other, "k1", "[]").status()).isEqualTo(422);
        assertThat(one.status().degraded()).isEmpty();
    }

    @Test
    void aRedisThatIsKilledIsStoodInForAndUsedAgain() {
        TestRedis redis = closed(TestRedis.running());
        TestGateway gateway = gateway(counting(), POLICY, redis(redis, PATIENT));
        Await.until("keys in Redis", () -> post(gateway, "w" + served.get(), "").status() == 201 && redis.keys() > 0);

        redis.kill();
        for (int i = 0; i < 50; i++) {
            assertThat(post(gateway, "k" + i, "").status()).isEqualTo(201);
            assertThat(post(gateway, "k" + i, "").field("Idempotent-Replayed")).isEqualTo("true");
        }
        Await.until("it to be noticed", () -> degraded(gateway));
        assertThat(gateway.status().degraded())
                .containsExactly("Redis does not answer in time: state is kept in this process alone");

        redis.start();
        Await.until("Redis to be used again", () -> !degraded(gateway));
        post(gateway, "back", "");
        assertThat(redis.keys()).isEqualTo(1);
    }

    @Test
    void aRedisThatIsNotThereAtStartIsUsedOnceItIs() {
        TestRedis redis = closed(TestRedis.stopped());
        TestGateway gateway = gateway(counting(), POLICY, redis(redis, PATIENT));
        assertThat(post(gateway, "k1", "").body()).isEqualTo(post(gateway, "k1", "").body());
        Await.until("it to be noticed", () -> degraded(gateway));

        redis.start();

        Await.until("Redis to be used", () -> !degraded(gateway));
        post(gateway, "back", "");
        assertThat(redis.keys()).isEqualTo(1);
    }

    @Test
    void aRedisThatAnswersNothingIsLeftOutAfterFiveLateAnswers() {
        TestRedis redis = closed(TestRedis.running());
        TestGateway gateway = gateway(counting(), POLICY, redis(redis, ", timeout: 200ms, budget: 200ms"));
        Await.until("keys in Redis", () -> post(gateway, "w" + served.get(), "").status() == 201 && redis.keys() > 0);

        redis.hold();
        for (int i = 0; i < 10; i++) {
            assertThat(post(gateway, "k" + i, "").status()).isEqualTo(201);
        }
        assertThat(degraded(gateway)).isTrue();
        assertThat(post(gateway, "k9", "").field("Idempotent-Replayed")).isEqualTo("true");

        redis.goOn();
        Await.until("Redis to be used again", () -> !degraded(gateway));
    }

    @Test
    void aReloadKeepsWhatIsInMemoryAndGoesToRedisWhereThatIsDeclared() {
        TestRedis redis = closed(TestRedis.running());
        TestUpstream service = counting();
        TestGateway gateway = gateway(service, POLICY, "");
        post(gateway, "k1", "");

        gateway.apply(yaml(service, POLICY, "defaultAccess: open"));
        assertThat(post(gateway, "k1", "").field("Idempotent-Replayed")).isEqualTo("true");
        assertThat(gateway.metric("tidegate_state_memory_entries", "")).isEqualTo(1);

        gateway.apply(yaml(service, POLICY, redis(redis, PATIENT)));
        Await.until("keys in Redis", () -> post(gateway, "w" + served.get(), "").status() == 201 && redis.keys() > 0);
    }
}
