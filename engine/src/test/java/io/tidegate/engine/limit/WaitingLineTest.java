package io.tidegate.engine.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Who may wait, in a time of its own.
class WaitingLineTest {

    private static final long LONGEST = 100;

    private final WaitingLine<String> line = new WaitingLine<>(LONGEST);

    /// Who would be turned away where another one comes at this moment.
    private List<String> turnedAway(int room, long now) {
        List<String> gone = new ArrayList<>();
        line.makeRoom(room, one -> {
            gone.add(one);
            assertThat(line.remove(one, true, now)).isTrue();
        });
        return gone;
    }

    @Test
    void anyNumberMayWaitWhereAllAreServed() {
        for (int i = 0; i < 50; i++) {
            assertThat(turnedAway(1, i)).isEmpty();
            line.add("somebody", i);
        }
        for (int i = 50; i < 1000; i++) {
            assertThat(i % 2 == 0 ? line.takeFirst(i) : line.takeLast(i)).isEqualTo("somebody");
            line.add("somebody", i);
            assertThat(turnedAway(1, i)).isEmpty();
        }
        assertThat(line.size()).isEqualTo(50);
    }

    @Test
    void whereOneHasWaitedForNothingWhoHasWaitedLongestGoesForWhoeverComes() {
        line.add("first", 0);
        line.add("second", 10);
        line.add("third", 20);
        assertThat(line.remove("first", true, LONGEST)).isTrue();

        assertThat(turnedAway(3, LONGEST)).as("there is room").isEmpty();
        assertThat(turnedAway(2, LONGEST)).containsExactly("second");
        assertThat(line.remove("first", true, LONGEST)).as("it is gone").isFalse();
    }

    @Test
    void whoGoesByItselfSaysNothing() {
        line.add("first", 0);
        line.add("second", 10);
        assertThat(line.remove("first", false, LONGEST)).isTrue();

        assertThat(turnedAway(1, LONGEST)).isEmpty();
    }

    @Test
    void aLongLineBecomesShorterWithEachThatComes() {
        for (int i = 0; i < 10; i++) {
            line.add("at " + i, i);
        }
        assertThat(line.remove("at 0", true, LONGEST)).isTrue();

        assertThat(turnedAway(3, LONGEST)).containsExactly("at 1", "at 2");
        assertThat(turnedAway(3, LONGEST)).containsExactly("at 3", "at 4");
    }

    @Test
    void itStaysShortWhereItIsHardlyEverEmpty() {
        line.add("first", 0);
        assertThat(line.remove("first", true, LONGEST)).isTrue();
        for (long i = 1; i < 20; i++) {
            long now = LONGEST + i * 25;
            line.add("another", now);
            line.add("one more", now);
            assertThat(turnedAway(2, now)).as("%s", i).containsExactly("another");
            assertThat(line.takeFirst(now)).isEqualTo("one more");
        }
    }

    @Test
    void onceItHasBeenEmptyForAWhileItIsNew() {
        line.add("first", 0);
        assertThat(line.remove("first", true, LONGEST)).isTrue();
        line.add("second", LONGEST + 26);

        assertThat(turnedAway(1, LONGEST + 26)).isEmpty();
    }

    @Test
    void aFewMayAlwaysWait() {
        assertThat(WaitingLine.room(0)).isEqualTo(3);
        assertThat(WaitingLine.room(12)).isEqualTo(4);
        assertThat(WaitingLine.room(300)).isEqualTo(100);
    }
}
