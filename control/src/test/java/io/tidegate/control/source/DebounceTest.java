package io.tidegate.control.source;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DebounceTest {

    // A clock that runs over soon, as nothing forbids it.
    private final long start = Math.subtractExact(Long.MAX_VALUE, 50_000_000L);

    private final Debounce debounce = new Debounce();

    @Test
    void waitsForNothingWhenNothingChanged() {
        assertThat(debounce.remaining(start)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void waitsUntilItIsQuietAfterTheLastChange() {
        debounce.changed(start);
        debounce.changed(start + 60_000_000L);

        assertThat(debounce.remaining(start + 100_000_000L)).isEqualTo(60_000_000L);
        assertThat(debounce.remaining(start + 160_000_000L)).isZero();
    }

    @Test
    void waitsNoLongerThanASecondForWhatNeverRests() {
        for (int i = 0; i < 20; i++) {
            debounce.changed(start + i * 50_000_000L);
        }

        assertThat(debounce.remaining(start + 950_000_000L)).isEqualTo(50_000_000L);
        assertThat(debounce.remaining(start + 1_000_000_000L)).isZero();
    }

    @Test
    void beginsAnewOnceItIsCleared() {
        debounce.changed(start);
        debounce.clear();
        assertThat(debounce.remaining(start)).isEqualTo(Long.MAX_VALUE);

        debounce.changed(start + 5_000_000_000L);

        assertThat(debounce.remaining(start + 5_000_000_000L)).isEqualTo(Debounce.QUIET);
    }
}
