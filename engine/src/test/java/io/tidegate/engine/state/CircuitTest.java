package io.tidegate.engine.state;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CircuitTest {

    private static final long BUDGET = 10;

    private final Circuit circuit = new Circuit(BUDGET);

    @Test
    void opensAfterFiveLateAnswersInARow() {
        for (int i = 0; i < 4; i++) {
            assertThat(circuit.answered(BUDGET + 1)).isFalse();
        }
        circuit.answered(BUDGET);
        for (int i = 0; i < 4; i++) {
            assertThat(circuit.missed()).isFalse();
        }
        assertThat(circuit.isOpen()).isFalse();

        assertThat(circuit.answered(BUDGET + 1)).isTrue();
        assertThat(circuit.isOpen()).isTrue();
        assertThat(circuit.answered(BUDGET + 1)).as("opens once").isFalse();
        assertThat(circuit.late()).isEqualTo(10);
    }

    @Test
    void anAnswerInTimeThatWasAskedForBeforeDoesNotCloseItAndATrialDoes() {
        assertThat(circuit.trip()).isTrue();
        assertThat(circuit.trip()).isFalse();
        circuit.answered(1);
        assertThat(circuit.isOpen()).isTrue();

        assertThat(circuit.tried(BUDGET + 1)).isFalse();
        assertThat(circuit.tried(BUDGET)).isTrue();
        assertThat(circuit.isOpen()).isFalse();
        assertThat(circuit.tried(1)).as("closes once").isFalse();
    }

    @Test
    void countsFromTheBeginningOnceItIsClosed() {
        for (int i = 0; i < 5; i++) {
            circuit.missed();
        }
        circuit.tried(1);
        for (int i = 0; i < 4; i++) {
            assertThat(circuit.missed()).isFalse();
        }
        assertThat(circuit.missed()).isTrue();
    }
}
