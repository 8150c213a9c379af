package io.tidegate.engine.limit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Who may wait, in a time of its own.
class WaitingLineTest {

    private static final long LONGEST = 100;

    private final WaitingLine<String> line = new WaitingLine<>(LONGEST);

    @Test
    void anyNumberMayWaitForAMoment() {
        for (int i = 0; i < 50; i++) {
            assertThat(line.inTheWay(1, i)).isNull();
            line.add("somebody", i);
        }
        assertThat(line.size()).isEqualTo(50);
        assertThat(line.inTheWay(1, LONGEST)).isNull();
    }

    @Test
    void whereSomebodyHasWaitedAllTheTimeWhoHasWaitedLongestGoesForWhoeverComes() {
        line.add("first", 0);
        line.add("second", 60);
        assertThat(line.takeFirst()).isEqualTo("first");

        assertThat(line.inTheWay(2, LONGEST + 1)).as("there is room").isNull();
        assertThat(line.inTheWay(1, LONGEST + 1)).isEqualTo("second");
    }

    @Test
    void whoIsTurnedAwayHasMadeNoRoom() {
        line.add("first", 0);
        for (int i = 50; i < 400; i += 50) {
            String inTheWay = line.inTheWay(1, i);
            if (i <= LONGEST) {
                assertThat(inTheWay).isNull();
            } else {
                assertThat(inTheWay).as("at %s", i).isNotNull();
                assertThat(line.turnAway(inTheWay, i)).isTrue();
            }
            line.add("at " + i, i);
        }
    }

    @Test
    void whereNobodyHasBeenTurnedAwayForLongItIsNewOnceItHasBeenEmpty() {
        line.add("first", 0);
        assertThat(line.turnAway("first", 40)).isTrue();
        line.add("second", 40 + LONGEST);
        assertThat(line.inTheWay(1, 40 + LONGEST)).as("one was turned away not long ago").isEqualTo("second");
        assertThat(line.takeFirst()).isEqualTo("second");

        line.add("third", 41 + LONGEST);
        assertThat(line.inTheWay(1, 41 + 2 * LONGEST)).isNull();
        assertThat(line.inTheWay(1, 42 + 2 * LONGEST)).isEqualTo("third");
    }

    @Test
    void whereAllAreServedItIsNewWheneverItHasBeenEmpty() {
        for (int i = 0; i < 10; i++) {
            line.add("somebody", i * 50);
            assertThat(line.inTheWay(1, i * 50 + 49)).isNull();
            assertThat(i % 2 == 0 ? line.takeFirst() : line.takeLast()).isEqualTo("somebody");
        }
    }

    @Test
    void thereIsRoomForSomebodyHoweverFewMayRun() {
        assertThat(WaitingLine.room(0)).isEqualTo(3);
        assertThat(WaitingLine.room(12)).isEqualTo(4);
        assertThat(WaitingLine.room(300)).isEqualTo(100);
    }
}
