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
    void onceItHasBeenEmptyItIsNew() {
        line.add("first", 0);
        assertThat(line.takeLast()).isEqualTo("first");
        line.add("second", 90);

        assertThat(line.inTheWay(1, LONGEST + 1)).isNull();
        assertThat(line.inTheWay(1, 90 + LONGEST + 1)).isEqualTo("second");
    }

    @Test
    void thereIsRoomForSomebodyHoweverFewMayRun() {
        assertThat(WaitingLine.room(0)).isEqualTo(1);
        assertThat(WaitingLine.room(6)).isEqualTo(2);
        assertThat(WaitingLine.room(300)).isEqualTo(100);
    }
}
