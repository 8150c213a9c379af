package io.tidegate.engine.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.engine.exchange.OneExchange.Event;
import io.tidegate.engine.exchange.OneExchange.Stage;
import io.tidegate.engine.worker.Transport;
import io.tidegate.engine.worker.Workers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Whatever happens, in whatever stage, and whatever comes of it next: one head, one end, counted once.
class HttpExchangeTest {

    private static Workers workers;

    @BeforeAll
    static void start() {
        workers = new Workers(1, Transport.NIO);
    }

    @AfterAll
    static void stop() {
        workers.close();
    }

    /// Exchanges in one stage, one after the other.
    private static final class Runs {

        private final Stage stage;
        private final ExchangeWorld world = new ExchangeWorld(workers);
        private final List<String> wrong = new ArrayList<>();
        private int counted;
        private int complete;

        Runs(Stage stage) {
            this.stage = stage;
        }

        /// Brings an exchange to the stage and lets these happen, as far as they can, and then the client go.
        ///
        /// @return whether all of them could happen
        private boolean run(List<Event> events) {
            try {
                OneExchange exchange = new OneExchange(world);
                exchange.to(stage);
                boolean all = true;
                for (Event event : events) {
                    all &= exchange.happen(event);
                }
                counted += exchange.finish();
                return all;
            } catch (RuntimeException | AssertionError e) {
                wrong.add(stage + " " + events + ": " + String.valueOf(e.getMessage()).replaceAll("\\s+", " "));
                return false;
            }
        }

        /// Every three events in a row that can happen; what can't is left out with all that would follow.
        void all() {
            for (Event first : Event.values()) {
                for (Event second : run(List.of(first)) ? Event.values() : new Event[0]) {
                    for (Event third : run(List.of(first, second)) ? Event.values() : new Event[0]) {
                        complete += run(List.of(first, second, third)) ? 1 : 0;
                    }
                }
            }
            world.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void endsOnceWhateverHappens(Stage stage) throws InterruptedException {
        Runs runs = new Runs(stage);
        workers.all().getFirst().loop().submit(runs::all).sync();
        assertThat(runs.wrong).isEmpty();
        assertThat(runs.complete).as("runs of three events").isGreaterThan(100);
        assertThat(runs.world.counted()).as("exchanges counted").isEqualTo(runs.counted);
    }
}
