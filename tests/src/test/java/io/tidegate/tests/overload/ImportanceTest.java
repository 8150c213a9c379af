package io.tidegate.tests.overload;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.api.Consumer;
import io.tidegate.api.Principal;
import io.tidegate.config.ConfigLoader;
import io.tidegate.config.EffectivePolicies;
import io.tidegate.config.GatewayConfig;
import io.tidegate.config.Loaded;
import io.tidegate.config.PluginLoader;
import io.tidegate.config.RouteConfig;
import io.tidegate.config.RouteConfig.Criticality;
import io.tidegate.engine.overload.Importance;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What requests are worth by their route and their consumer.
class ImportanceTest {

    private static final String POLICIES = "policies: [{ apiKey: {} }]";

    private static GatewayConfig config(String consumers, String route) {
        Loaded loaded = new ConfigLoader(PluginLoader.load(), name -> null).loadText("test.yaml", """
                consumers: { %s }
                upstreams: { service: { endpoints: ["http://10.0.0.1:80"] } }
                routes:
                  all: { %s }
                """.formatted(consumers, route));
        if (!(loaded instanceof Loaded.Accepted accepted)) {
            throw new AssertionError("the configuration was refused: " + loaded);
        }
        return accepted.config();
    }

    private static @Nullable Importance of(String consumers, String route) {
        GatewayConfig config = config(consumers, route);
        RouteConfig all = Objects.requireNonNull(config.routes().get("all"));
        return Importance.of(all, EffectivePolicies.of(config, all).steps(),
                Importance.Declared.of(config.consumers()));
    }

    private static Principal consumer(String name) {
        return Principal.of("apiKey", new Consumer(name, Set.of()));
    }

    @ParameterizedTest
    @CsvSource({"CRITICAL, CRITICAL, CRITICAL", "CRITICAL, NORMAL, NORMAL", "CRITICAL, LOW, LOW",
        "NORMAL, CRITICAL, CRITICAL", "NORMAL, NORMAL, NORMAL", "NORMAL, LOW, LOW"})
    void whatIsDeclaredForAConsumerStandsInPlaceOfTheRoutes(Criticality route, Criticality consumer,
            Criticality worth) {
        Importance importance = Objects.requireNonNull(of("one: { criticality: " + word(consumer)
                + " }, low: { criticality: low }, critical: { criticality: critical }, plain: {}",
                "upstream: service, criticality: " + word(route) + ", " + POLICIES));

        assertThat(importance.of(consumer("one"))).isEqualTo(worth);
        assertThat(importance.of(consumer("plain"))).isEqualTo(route);
        assertThat(importance.of(consumer("of an older configuration"))).isEqualTo(route);
        assertThat(importance.of(null)).isEqualTo(route);
        assertThat(importance.of(new Principal("jwt", "one", "https://id.example.com", null, Set.of(), Set.of(),
                Map.of()))).isEqualTo(route);
        assertThat(importance.most()).isEqualTo(Criticality.CRITICAL);
        assertThat(importance.others()).isSorted().doesNotContain(route).contains(Criticality.LOW);
    }

    private static String word(Criticality criticality) {
        return criticality.name().toLowerCase(Locale.ROOT);
    }

    @Test
    void whereAllAreLessTheRouteTellsTheMost() {
        Importance importance = Objects.requireNonNull(
                of("batch: { criticality: low }", "upstream: service, criticality: critical, " + POLICIES));
        assertThat(importance.most()).isEqualTo(Criticality.CRITICAL);
        assertThat(importance.others()).containsExactly(Criticality.LOW);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "vip: {}                        | upstream: service, policies: [{ apiKey: {} }]",
        "vip: { criticality: normal }   | upstream: service, policies: [{ apiKey: {} }]",
        "vip: { criticality: critical } | upstream: service",
        "vip: { criticality: critical } | upstream: service, policies: [{ requestLimits: { maxBody: 1MiB } }]",
        "vip: { criticality: critical } | policies: [{ apiKey: {} }, { respond: { status: 204 } }]",
        "vip: { criticality: critical } | upstream: service, criticality: low, policies: [{ apiKey: {} }]"})
    void itIsTheSameForAllWhereNobodyChangesItOrNobodyIsKnown(String consumers, String route) {
        assertThat(of(consumers, route)).isNull();
    }

    @Test
    void oneOfSeveralPoliciesIsEnoughToKnowThem() {
        assertThat(of("vip: { criticality: critical }",
                "upstream: service, policies: [{ anyOf: [{ apiKey: {} }, { basicAuth: {} }] }]")).isNotNull();
    }
}
