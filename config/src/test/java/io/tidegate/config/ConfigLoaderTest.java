package io.tidegate.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class ConfigLoaderTest {

    private static Loaded load(String text) {
        return new ConfigLoader(Plugins.none(), name -> null).loadText("tidegate.yaml", text);
    }

    private static List<String> problems(String text) {
        return switch (load(text)) {
            case Loaded.Rejected rejected -> rejected.problems().stream().map(Problem::toString).toList();
            case Loaded.Accepted accepted -> accepted.warnings().stream().map(Problem::toString).toList();
        };
    }

    @Test
    void loadsASmallFile() {
        Loaded loaded = load("""
                upstreams:
                  orders: { endpoints: ["http://127.0.0.1:8081"] }
                routes:
                  orders:
                    match: [{ path: "/orders/**" }]
                    upstream: orders
                """);
        assertThat(loaded).isInstanceOf(Loaded.Accepted.class);
    }

    @Test
    void namesAnUnknownKeyWithItsPlaceAndTheNearestOne() {
        assertThat(problems("""
                upstreams:
                  orders: { endpoints: ["http://127.0.0.1:8081"] }
                routes:
                  orders:
                    upstrem: orders
                """)).contains("tidegate.yaml:5:5 routes.orders.upstrem: unknown key (did you mean 'upstream'?)");
    }
}
