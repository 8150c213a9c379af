package io.tidegate.engine.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.config.RouteConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Random tables and random requests over a small alphabet, so that nearly everything overlaps with everything.
class RouteTableEqualsLinearRouterTest {

    private static final int TABLES = 700;
    private static final int REQUESTS_PER_TABLE = 40;

    private final RouteMatch<String> match = new RouteMatch<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 20261124, -5})
    void givesTheSameAnswerAsTryingEveryRoute(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < TABLES; i++) {
            int count = 1 + random.nextInt(14);
            compare(random, count, RandomRoutes::route, RandomRoutes::request);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {2, 20261125})
    void givesTheSameAnswerWhereManyRoutesShareAPath(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < TABLES / 5; i++) {
            int count = 10 + random.nextInt(60);
            compare(random, count, RandomRoutes::routeByValue, RandomRoutes::requestByValue);
        }
    }

    private void compare(Random random, int count, Function<Random, String> route,
            Function<Random, TextInput> request) {
        Map<String, RouteConfig> routes = new LinkedHashMap<>();
        List<String> texts = new ArrayList<>();
        for (int r = 0; r < count; r++) {
            String text = route.apply(random);
            texts.add(text);
            routes.put("r" + r, Declared.route(text));
        }
        RouteTable<String> table = Declared.table(routes);
        LinearRouter linear = new LinearRouter(routes);
        for (int q = 0; q < REQUESTS_PER_TABLE; q++) {
            TextInput input = request.apply(random);
            LinearRouter.Answer answer = answer(table, input);
            LinearRouter.Answer expected = linear.match(input);
            if (!answer.equals(expected)) {
                assertThat(answer).as("%s for %s", texts, input).isEqualTo(expected);
            }
        }
    }

    @Test
    void randomRequestsComeToEveryOutcome() {
        Random random = new Random(3);
        Map<String, Integer> outcomes = new LinkedHashMap<>();
        for (int i = 0; i < 1_000; i++) {
            Map<String, RouteConfig> routes = new LinkedHashMap<>();
            for (int r = 0; r < 8; r++) {
                routes.put("r" + r, Declared.route(RandomRoutes.route(random)));
            }
            RouteTable<String> table = Declared.table(routes);
            for (int q = 0; q < 20; q++) {
                outcomes.merge(answer(table, RandomRoutes.request(random)).outcome(), 1, Integer::sum);
            }
        }
        assertThat(outcomes).containsOnlyKeys("FOUND", "NO_ROUTE", "METHOD_NOT_ALLOWED", "REDIRECT_SLASH");
        assertThat(outcomes.values()).allMatch(times -> times >= 50);
    }

    private LinearRouter.Answer answer(RouteTable<String> table, TextInput input) {
        table.match(input, match);
        boolean found = match.outcome() == RouteMatch.Outcome.FOUND
                || match.outcome() == RouteMatch.Outcome.REDIRECT_SLASH;
        return new LinearRouter.Answer(match.outcome().name(),
                found ? match.route() + "#" + match.matchIndex() : "",
                List.copyOf(new TreeSet<>(match.allowedMethods())));
    }
}
