package io.tidegate.engine.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.engine.mirror.BodyCopy.State;
import io.tidegate.engine.worker.Transport;
import io.tidegate.engine.worker.Worker;
import io.tidegate.engine.worker.Workers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BodyCopyTest {

    private final Workers workers = new Workers(1, Transport.NIO);
    private final Worker worker = workers.all().getFirst();

    @AfterEach
    void close() {
        workers.close();
    }

    /// The largest body that could still be held.
    private int room() {
        int fits = 0;
        int tooMuch = Integer.MAX_VALUE;
        while (tooMuch - fits > 1) {
            int middle = fits + (tooMuch - fits) / 2;
            if (worker.hold(middle)) {
                worker.unhold(middle);
                fits = middle;
            } else {
                tooMuch = middle;
            }
        }
        return fits;
    }

    @Test
    void whatComesAfterItWasGivenBackTakesNoRoom() throws InterruptedException {
        worker.loop().submit(() -> {
            int before = room();
            BodyCopy copy = new BodyCopy(worker, 100_000);
            copy.add(new byte[10_000], 10_000);
            assertThat(room()).isLessThan(before);
            copy.free();
            assertThat(room()).isEqualTo(before);
            copy.add(new byte[10_000], 10_000);
            assertThat(room()).isEqualTo(before);
            assertThat(copy.state()).isEqualTo(State.NO_ROOM);
            assertThat(copy.length()).isZero();
        }).sync();
    }
}
