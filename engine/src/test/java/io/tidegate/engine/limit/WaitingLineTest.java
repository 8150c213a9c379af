package io.tidegate.engine.limit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Who may wait, in a time of its own.
class WaitingLineTest {

    private static final long LONGEST = 100;

    private final WaitingLine<String> line = new WaitingLine<>(LONGEST);

    @Test
    void anyNumberMayWaitWhereAllAreServed() {
        for (int i = 0; i < 50; i++) {
            assertThat(line.inTheWay(1)).isNull();
            line.add("somebody", i);
        }
        for (int i = 50; i < 1000; i++) {
            assertThat(i % 2 == 0 ? line.takeFirst(i) : line.takeLast(i)).isEqualTo("somebody");
            line.add("somebody", i);
            assertThat(line.inTheWay(1)).isNull();
        }
        assertThat(line.size()).isEqualTo(50);
    }

    @Test
    void whereOneHasWaitedForNothingWhoHasWaitedLongestGoesForWhoeverComes() {
        line.add("first", 0);
        line.add("second", 10);
        line.add("third", 20);
        assertThat(line.remove("first", true, LONGEST)).isTrue();

        assertThat(line.inTheWay(3)).as("there is room").isNull();
        assertThat(line.inTheWay(2)).isEqualTo("second");
        assertThat(line.remove("first", true, LONGEST)).as("it is gone").isFalse();
    }

    @Test
    void whoGoesByItselfSaysNothing() {
        line.add("first", 0);
        line.add("second", 10);
        assertThat(line.remove("first", false, LONGEST)).isTrue();

        assertThat(line.inTheWay(1)).isNull();
    }

    @Test
    void itStaysShortWhereItIsHardlyEverEmpty() {
        line.add("first", 0);
        assertThat(line.remove("first", true, LONGEST)).isTrue();
        for (long i = 1; i < 20; i++) {
            line.add("another", LONGEST + i * 25);
            assertThat(line.inTheWay(1)).as("%s", i).isEqualTo("another");
            assertThat(line.takeFirst(LONGEST + i * 25)).isEqualTo("another");
        }
    }

    @Test
    void onceItHasBeenEmptyForAWhileItIsNew() {
        line.add("first", 0);
        assertThat(line.remove("first", true, LONGEST)).isTrue();
        line.add("second", LONGEST + 26);

        assertThat(line.inTheWay(1)).isNull();
    }

    @Test
    void aFewMayAlwaysWait() {
        assertThat(WaitingLine.room(0)).isEqualTo(3);
        assertThat(WaitingLine.room(12)).isEqualTo(4);
        assertThat(WaitingLine.room(300)).isEqualTo(100);
    }
}
