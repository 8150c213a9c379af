package io.tidegate.engine.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.tidegate.engine.worker.RequestQueue.Place;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class RequestQueueTest {

    private static final long START = -7;
    private static final long YOUNG = RequestQueue.YOUNG_NANOS;

    private final RequestQueue queue = new RequestQueue(START);
    private final List<String> done = new ArrayList<>();

    private List<Long> begin(int count, long now) {
        List<Long> begun = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            begun.add(queue.begun(now));
        }
        return begun;
    }

    private Place waits(String name) {
        Place place = new Place(() -> done.add(name));
        queue.add(place);
        return place;
    }

    private static ByteBuf bytes(int count) {
        return Unpooled.directBuffer(count).writeZero(count);
    }

    @Test
    void aRequestNeedNotWaitWhereFewAreUnderWayAndNobodyWaits() {
        assertThat(queue.isFree()).isTrue();
        begin(RequestQueue.LEAST - 1, START);
        assertThat(queue.isFree()).isTrue();
        waits("one");
        assertThat(queue.isFree()).isFalse();
        queue.begin();
        assertThat(queue.isFree()).isTrue();
        begin(1, START);
        assertThat(queue.isFree()).isFalse();
    }

    @Test
    void whoCameFirstIsBegunFirst() {
        List<Long> begun = begin(RequestQueue.LEAST, START);
        for (int i = 0; i < 3; i++) {
            waits("request " + i);
        }
        queue.begin();
        assertThat(done).isEmpty();

        queue.answered(begun.get(0));
        queue.begin();
        assertThat(done).containsExactly("request 0", "request 1", "request 2");
    }

    @Test
    void aRequestThatIsBegunByItsTurnTakesARoomOfTheWindow() {
        List<Long> begun = begin(RequestQueue.LEAST, START);
        for (int i = 0; i < 3; i++) {
            queue.add(new Place(() -> {
                done.add("begun");
                queue.begun(START);
            }));
        }
        queue.answered(begun.get(0));
        queue.answered(begun.get(1));
        queue.begin();

        assertThat(done).hasSize(2);
        assertThat(queue.isFull()).isTrue();
    }

    @Test
    void noMoreAreBegunAtOnceThanLeaveTheSocketsTheirTurn() {
        for (int i = 0; i < 2 * RequestQueue.AT_ONCE; i++) {
            waits("one of many");
        }
        queue.begin();
        assertThat(done).hasSize(RequestQueue.AT_ONCE);
        queue.begin();
        assertThat(done).hasSize(2 * RequestQueue.AT_ONCE);
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void asManyAreBegunAsBegunBesides() {
        for (int i = 0; i < 5 * RequestQueue.AT_ONCE; i++) {
            waits("one of many");
        }
        for (int i = 0; i < 3 * RequestQueue.AT_ONCE; i++) {
            queue.begunBesides();
        }
        queue.begin();
        assertThat(done).hasSize(3 * RequestQueue.AT_ONCE);
        queue.begin();
        assertThat(done).hasSize(4 * RequestQueue.AT_ONCE);
    }

    @Test
    void whatIsUnderWayForLongKeepsNobodyWaiting() {
        begin(RequestQueue.LEAST, START);
        queue.age(START + YOUNG - 1);
        assertThat(queue.isFull()).isTrue();
        queue.age(START + YOUNG);
        assertThat(queue.isFull()).as("for twice the time at most").isTrue();
        queue.age(START + 2 * YOUNG);
        assertThat(queue.isFull()).isFalse();
    }

    @Test
    void whatComesAfterALongPauseFindsNothingUnderWay() {
        begin(RequestQueue.LEAST, START);
        queue.age(START + 2 * YOUNG);
        assertThat(queue.isFull()).isFalse();
    }

    @Test
    void anAnswerIsCountedOnlyWhereItsRequestStillCounts() {
        List<Long> old = begin(RequestQueue.LEAST, START);
        List<Long> younger = begin(RequestQueue.LEAST - 1, START + 2 * YOUNG);
        old.forEach(queue::answered);
        queue.answered(0);
        assertThat(queue.isFree()).isTrue();
        begin(1, START + 2 * YOUNG);
        assertThat(queue.isFree()).as("none was counted twice").isFalse();

        queue.age(START + 3 * YOUNG);
        queue.answered(younger.getFirst());
        assertThat(queue.isFree()).as("it counts for a while").isTrue();
    }

    @Test
    void theWindowGrowsWhereTheLoopIdlesAndShrinksAsTimeGoesBy() {
        begin(RequestQueue.LEAST, START);
        queue.idle(RequestQueue.IDLE_NANOS - 1);
        assertThat(queue.isFull()).isTrue();
        queue.idle(1);
        assertThat(queue.isFull()).isFalse();
        begin(RequestQueue.LEAST, START);
        assertThat(queue.isFull()).isTrue();

        long now = START;
        for (int i = 0; i < 8; i++) {
            now += 2 * YOUNG;
            begin(RequestQueue.LEAST, now);
            assertThat(queue.isFull()).as("after %d", i).isEqualTo(i == 7);
        }
    }

    @Test
    void aLoopThatIdlesALittleNowAndThenIsBusy() {
        long now = START;
        for (int i = 0; i < 100; i++) {
            begin(RequestQueue.LEAST, now);
            queue.idle(RequestQueue.IDLE_NANOS / 2);
            assertThat(queue.isFull()).isTrue();
            now += 2 * YOUNG;
            queue.age(now);
        }
    }

    @Test
    void aLargeWindowShrinksInProportion() {
        long now = START;
        for (int i = 0; i < 20; i++) {
            begin(10_000, now);
            queue.idle(RequestQueue.IDLE_NANOS);
        }
        int times = 0;
        do {
            now += 2 * YOUNG;
            begin(RequestQueue.LEAST, now);
            times++;
        } while (!queue.isFull());

        assertThat(times).isBetween(50, 250);
    }

    @Test
    void whatIsSmallIsCopiedOutOfTheBufferItCameIn() {
        ByteBuf in = Unpooled.directBuffer(16384).writeBytes("GET / HTTP/1.1".getBytes(StandardCharsets.US_ASCII));
        ByteBuf kept = queue.add(new Place(() -> {}), UnpooledByteBufAllocator.DEFAULT, in);

        assertThat(in.refCnt()).isZero();
        assertThat(Objects.requireNonNull(kept).toString(StandardCharsets.US_ASCII)).isEqualTo("GET / HTTP/1.1");
        assertThat(kept.capacity()).isEqualTo(14);
        kept.release();
    }

    @Test
    void noMoreIsHeldThanMayBe() {
        int size = 1 << 16;
        int room = RequestQueue.MOST_BYTES / size;
        List<Place> places = new ArrayList<>();
        for (int i = 0; i < room; i++) {
            Place place = new Place(() -> done.add("begun"));
            places.add(place);
            ByteBuf kept = queue.add(place, UnpooledByteBufAllocator.DEFAULT, bytes(size));
            Objects.requireNonNull(kept).release();
        }
        ByteBuf tooMuch = bytes(1);
        Place last = new Place(() -> {});
        assertThat(queue.add(last, UnpooledByteBufAllocator.DEFAULT, tooMuch)).isNull();
        assertThat(last.waits()).isFalse();
        assertThat(tooMuch.refCnt()).isEqualTo(1);

        queue.leave(places.getFirst());
        Objects.requireNonNull(queue.add(last, UnpooledByteBufAllocator.DEFAULT, tooMuch)).release();
        queue.begin();
        queue.begin();
        ByteBuf much = bytes(RequestQueue.MOST_BYTES);
        Objects.requireNonNull(queue.add(last, UnpooledByteBufAllocator.DEFAULT, much)).release();
    }

    @Test
    void whoHasLeftIsNotBegun() {
        Place gone = waits("gone");
        waits("here");
        queue.leave(gone);
        queue.begin();
        assertThat(done).containsExactly("here");
    }

    @Test
    void whoWaitsDoesNotWaitTwice() {
        Place place = waits("once");
        queue.add(place);
        queue.begin();
        assertThat(done).containsExactly("once");
        assertThat(place.waits()).isFalse();
    }

    @Test
    void theOthersHaveTheirTurnWhereOneFails() {
        queue.add(new Place(() -> {
            throw new IllegalStateException("made up");
        }));
        waits("next");
        queue.begin();
        assertThat(done).containsExactly("next");
    }
}
