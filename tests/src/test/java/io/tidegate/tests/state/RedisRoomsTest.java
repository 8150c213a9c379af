package io.tidegate.tests.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.config.RedisConfig;
import io.tidegate.config.SharedRooms;
import io.tidegate.redis.RedisRooms;
import io.tidegate.testkit.Await;
import io.tidegate.testkit.TestGateway;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Rooms that gateways share outside of requests, in a real Redis.
class RedisRoomsTest {

    private static final Duration LEASE = Duration.ofMinutes(2);

    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : opened.reversed()) {
            each.close();
        }
    }

    private <T extends AutoCloseable> T closed(T made) {
        opened.add(made);
        return made;
    }

    private static RedisConfig config(String redis) {
        return Objects.requireNonNull(TestGateway.load("""
                upstreams: { a: { endpoints: ["http://127.0.0.1:1"] } }
                routes: { a: { upstream: a } }
                sharedState: { redis: { %s } }
                """.formatted(redis)).config().sharedState().redis());
    }

    private SharedRooms rooms(TestRedis redis) {
        return closed(RedisRooms.open(config("nodes: [\"" + redis.url() + "\"]"), "test"));
    }

    private static SharedRooms.Room reached(SharedRooms rooms, String name) {
        SharedRooms.Room room = rooms.room(name);
        Await.until("the room", () -> answers(room));
        return room;
    }

    private static boolean answers(SharedRooms.Room room) {
        try {
            return room.read(List.of("nothing")).isEmpty();
        } catch (IOException e) {
            return false;
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String take(SharedRooms.Room room, String owner) throws IOException {
        return Objects.requireNonNull(room.take(owner, LEASE), "the lock");
    }

    @Test
    void whoHasTheLockWritesAndNobodyElse() throws IOException {
        TestRedis redis = closed(TestRedis.running());
        SharedRooms.Room one = reached(rooms(redis), "a%2Fb");
        SharedRooms.Room two = reached(rooms(redis), "a%2Fb");
        String token = take(one, "one");
        assertThat(two.take("two", LEASE)).isNull();
        byte[] value = {0, (byte) 0xff, '\r', '\n', 1};
        assertThat(one.write(token, "key", value, LEASE)).isTrue();
        assertThat(one.write(token, "other", bytes("for ever"), null)).isTrue();
        assertThat(two.write("two 1", "key", bytes("wrong"), null)).isFalse();
        assertThat(two.write("two 1", "key", null, null)).isFalse();
        assertThat(two.read(List.of("none", "key", "other"))).containsOnlyKeys("key", "other")
                .containsEntry("key", value);
        assertThat(Long.parseLong(redis.ask("PTTL tidegate:test:{a%2Fb}:key").substring(1))).isPositive();
        assertThat(redis.ask("PTTL tidegate:test:{a%2Fb}:other")).isEqualTo(":-1");

        assertThat(one.write(token, "key", null, null)).isTrue();
        assertThat(two.read(List.of("key"))).isEmpty();
        one.release(token);
        assertThat(one.write(token, "key", value, null)).isFalse();
        assertThat(one.beat(token, LEASE)).isFalse();
        assertThat(take(two, "two")).isEqualTo("two 2");
    }

    @Test
    void aLockEndsWithItsLeaseAndWhoHadItIsRefused() throws IOException {
        TestRedis redis = closed(TestRedis.running());
        SharedRooms.Room room = reached(rooms(redis), "r");
        String lost = Objects.requireNonNull(room.take("one", Duration.ofMillis(50)));
        Await.until("the lease to end", () -> redis.ask("EXISTS tidegate:test:{r}:lock").equals(":0"));
        assertThat(room.beat(lost, LEASE)).isFalse();
        String token = take(room, "two");
        assertThat(room.write(lost, "key", bytes("late"), null)).isFalse();
        // What it gives back is not the lock any more.
        room.release(lost);
        assertThat(room.beat(token, LEASE)).isTrue();
        assertThat(room.take("one", LEASE)).isNull();
    }

    @Test
    void aBeatKeepsTheLockForAnotherLease() throws IOException {
        TestRedis redis = closed(TestRedis.running());
        SharedRooms.Room room = reached(rooms(redis), "r");
        String token = Objects.requireNonNull(room.take("one", Duration.ofSeconds(20)));
        assertThat(room.beat(token, LEASE)).isTrue();
        assertThat(Long.parseLong(redis.ask("PTTL tidegate:test:{r}:lock").substring(1))).isGreaterThan(60_000);
    }

    @Test
    void anOwnerWhoDoesNotKnowThatHeHasItTakesItAgainWithAHigherNumber() throws IOException {
        SharedRooms.Room room = reached(rooms(closed(TestRedis.running())), "r");
        String first = take(room, "one");
        String second = take(room, "one");
        assertThat(first).isEqualTo("one 1");
        assertThat(second).isEqualTo("one 2");
        assertThat(room.write(first, "key", bytes("x"), null)).isFalse();
        // One whose name begins so is another one.
        assertThat(room.take("on", LEASE)).isNull();
        assertThat(room.take("one1", LEASE)).isNull();
    }

    @Test
    void roomsKnowNothingOfEachOther() throws IOException {
        SharedRooms rooms = rooms(closed(TestRedis.running()));
        SharedRooms.Room one = reached(rooms, "one");
        SharedRooms.Room two = reached(rooms, "two");
        String token = take(one, "a");
        assertThat(one.write(token, "key", bytes("x"), null)).isTrue();
        assertThat(take(two, "b")).isEqualTo("b 1");
        assertThat(two.write(token, "key", bytes("x"), null)).isFalse();
        assertThat(two.read(List.of("key"))).isEmpty();
    }

    @Test
    void noTwoOfManyEverHaveTheLock() throws Exception {
        TestRedis redis = closed(TestRedis.running());
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger taken = new AtomicInteger();
        List<Callable<Void>> takers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            SharedRooms.Room own = reached(rooms(redis), "r");
            String owner = "owner-" + i;
            takers.add(() -> {
                while (taken.get() < 100) {
                    String token = own.take(owner, LEASE);
                    if (token != null) {
                        most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                        taken.incrementAndGet();
                        inside.decrementAndGet();
                        own.release(token);
                    }
                }
                return null;
            });
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(takers.size())) {
            for (Future<Void> taker : threads.invokeAll(takers)) {
                taker.get();
            }
        }
        assertThat(most.get()).isEqualTo(1);
    }

    @Test
    void aRedisThatIsGoneFailsAndIsFoundAgain() throws IOException {
        TestRedis redis = closed(TestRedis.stopped());
        SharedRooms.Room room = rooms(redis).room("r");
        assertThat(answers(room)).isFalse();
        redis.start();
        Await.until("Redis to be found", () -> answers(room));
        String token = take(room, "one");

        redis.kill();
        Await.until("Redis to be missed", () -> !answers(room));
        redis.start();
        Await.until("Redis to be found again", () -> answers(room));
        // It has lost all it knew.
        assertThat(room.write(token, "key", bytes("x"), null)).isFalse();
        assertThat(room.read(List.of("key"))).isEqualTo(Map.of());
    }

    @Test
    void whoIsAskedToEndCanStillGiveBackWhatHeHas() throws Exception {
        TestRedis redis = closed(TestRedis.running());
        SharedRooms.Room room = reached(rooms(redis), "r");
        String token = take(room, "one");
        Thread ends = Thread.ofVirtual().start(() -> {
            Thread.currentThread().interrupt();
            try {
                room.release(token);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        ends.join();
        assertThat(take(room, "two")).isEqualTo("two 2");
    }

    @Test
    void allOfARoomIsOnOneNodeOfACluster() throws IOException {
        TestRedis redis = closed(TestRedis.running("--cluster-enabled", "yes"));
        redis.ask("CLUSTER ADDSLOTSRANGE 0 16383");
        Await.until("the cluster to stand", () -> redis.ask("SET a b").equals("+OK"));
        SharedRooms rooms = closed(
                RedisRooms.open(config("nodes: [\"" + redis.url() + "\"], mode: cluster"), "test"));
        SharedRooms.Room room = reached(rooms, "a%2Fb");
        String token = take(room, "one");
        assertThat(room.write(token, "one", bytes("1"), LEASE)).isTrue();
        assertThat(room.write(token, "two", bytes("2"), null)).isTrue();
        assertThat(room.read(List.of("one", "two"))).containsOnlyKeys("one", "two");
        room.release(token);
        assertThat(take(room, "two")).isEqualTo("two 2");
    }
}
