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

    private static void run(Stage stage, List<Event> events) throws InterruptedException {
        List<Throwable> failures = new ArrayList<>();
        workers.all().getFirst().loop().submit(() -> {
            try (ExchangeWorld world = new ExchangeWorld(workers)) {
                OneExchange exchange = new OneExchange(world);
                exchange.to(stage);
                for (Event event : events) {
                    exchange.happen(event);
                }
                exchange.finish();
            } catch (RuntimeException | AssertionError e) {
                failures.add(e);
            }
        }).sync();
        if (!failures.isEmpty()) {
            throw new AssertionError(stage + " " + events + ": " + failures.getFirst().getMessage(),
                    failures.getFirst());
        }
    }

    @ParameterizedTest
    @EnumSource
    void endsOnceWhateverHappens(Stage stage) throws InterruptedException {
        List<String> wrong = new ArrayList<>();
        for (Event first : Event.values()) {
            for (Event second : Event.values()) {
                for (Event third : List.of(Event.CLIENT_CLOSES, Event.SERVICE_BREAKS, Event.SERVICE_ENDS_BODY,
                        Event.DEADLINE, Event.POLICY_GOES_ON, Event.CLIENT_ENDS_BODY)) {
                    try {
                        run(stage, List.of(first, second, third));
                    } catch (AssertionError e) {
                        wrong.add(String.valueOf(e.getMessage()).replaceAll("\\s+", " "));
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
    }
}
