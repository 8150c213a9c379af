package io.tidegate.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

@SuppressWarnings("StringConcatToTextBlock") // lines of YAML put together by a program
final class LargeConfigTest {

    private static final int MANY = 100_000;

    private static String routes(int count, IntFunction<String> match) {
        StringBuilder text = new StringBuilder(count * 100);
        text.append("upstreams:\n");
        for (int i = 0; i < 50; i++) {
            text.append("  u").append(i).append(": { endpoints: [\"http://10.0.0.").append(i + 1).append(":80\"] }\n");
        }
        text.append("policies: [{ headers: { response: { remove: [server] } } }]\nroutes:\n");
        for (int i = 0; i < count; i++) {
            text.append("  r").append(i).append(": { match: [").append(match.apply(i)).append("], upstream: u")
                    .append(i % 50).append(" }\n");
        }
        return text.toString();
    }

    private static Loaded load(String text) {
        long start = System.nanoTime();
        Loaded loaded = new ConfigLoader(SamplePolicies.plugins(), name -> null).loadText("large.yaml", text);
        System.out.printf("%d characters: %d ms%n", text.length(), (System.nanoTime() - start) / 1_000_000);
        return loaded;
    }

    @Test
    void loadsAHundredThousandRoutes() {
        String text = routes(MANY, i -> "{ hosts: [h" + i % 1000 + ".example.com], path: \"/p" + i + "/**\" }");
        Loaded loaded = load(text);
        assertThat(loaded).isInstanceOf(Loaded.Accepted.class);
        GatewayConfig config = ((Loaded.Accepted) loaded).config();
        assertThat(config.routes()).hasSize(MANY);
        EffectivePolicies.Resolver resolver = new EffectivePolicies.Resolver(config);
        assertThat(config.routes().values())
                .allSatisfy(route -> assertThat(resolver.of(route)).isSameAs(resolver.global()));
    }

    @Test
    void findsTheOnePairOfAHundredThousandThatIsAlike() {
        String text = routes(MANY, i -> "{ path: \"/p" + (i == 77_777 ? 3 : i) + "\" }");
        assertThat(load(text)).isInstanceOfSatisfying(Loaded.Rejected.class, rejected -> assertThat(rejected.problems())
                .singleElement().satisfies(problem -> assertThat(problem.toString())
                        .startsWith("large.yaml:77831:21 routes.r77777.match[0]: matches requests that"
                                + " routes.r3.match[0] (large.yaml:57:17)")));
    }

    @Test
    void tellsAHundredThousandApartByOneHeader() {
        String text = routes(MANY, i -> "{ path: /p, headers: { x-tenant: t" + i + " } }");
        assertThat(load(text)).isInstanceOf(Loaded.Accepted.class);
    }

    @Test
    void tellsThousandsApartByTheBeginningOfTheirExpressions() {
        String text = routes(5_000, i -> "{ pathRegex: \"/p" + (10_000 + i) + "/[0-9]+\" }");
        assertThat(load(text)).isInstanceOf(Loaded.Accepted.class);
    }

    @Test
    void refusesAHundredThousandThatAreAllAlike() {
        assertThat(load(routes(MANY, i -> "{ path: /p }"))).isInstanceOfSatisfying(Loaded.Rejected.class,
                rejected -> assertThat(rejected.problems()).hasSize(MANY - 1));
    }

    @Test
    void namesNothingForAHundredThousandDanglingNames() {
        String text = routes(MANY, i -> "{ path: \"/p" + i + "\" }").replace("upstream: u", "upstream: v");
        assertThat(load(text)).isInstanceOfSatisfying(Loaded.Rejected.class,
                rejected -> assertThat(rejected.problems()).hasSize(MANY));
    }
}
