package io.tidegate.tests.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.config.ConfigLoader;
import io.tidegate.config.Loaded;
import io.tidegate.config.Plugins;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import io.tidegate.tests.load.Clients.Kind;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Nothing is lost to change.
class ReloadIT {

    private static final int RELOADS = 100;
    private static final int MUTANTS = 500;

    private static String yaml(TestUpstream one, TestUpstream two, int turn) {
        return """
                listeners:
                  default: { address: "127.0.0.1:0", via: edge-%d, limits: { requestsPerConnection: 1000000 } }
                telemetry: { accessLog: { to: none } }
                upstreams:
                  all: { endpoints: ["%s"], connections: { idleTimeout: %ds } }
                  other: { endpoints: ["%s"] }
                routes:
                  all: { upstream: %s }
                  extra: { match: [{ path: "/extra/%d" }], upstream: other }
                """.formatted(turn, one.url(), 10 + turn % 3, two.url(), turn % 2 == 0 ? "all" : "other", turn);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.tidegate.tests.Setups#all")
    void aHundredReloadsUnderLoadLoseNoRequestAndCloseNoConnection(TestGateway.Setup setup) {
        try (TestUpstream one = TestUpstream.hello();
                TestUpstream two = TestUpstream.hello();
                TestGateway gateway = TestGateway.start(setup, yaml(one, two, 0));
                Clients clients = new Clients(gateway.address(), false)) {
            one.forget();
            two.forget();
            clients.start(8, Kind.KEEP_ALIVE).start(4, Kind.ONE_EACH).start(4, Kind.POSTS);
            for (int i = 1; i <= RELOADS && clients.failures().isEmpty(); i++) {
                gateway.apply(yaml(one, two, i));
                clients.awaitAnswers(5);
            }
            clients.close();

            assertThat(clients.failures()).isEmpty();
            assertThat(clients.reconnected()).as("connections that were closed").isZero();
            assertThat(gateway.status().revision()).isEqualTo(RELOADS + 1);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.tidegate.tests.Setups#all")
    void stoppingUnderLoadLosesNoRequest(TestGateway.Setup setup) throws InterruptedException {
        try (TestUpstream upstream = TestUpstream.hello();
                TestGateway gateway = TestGateway.start(setup, GatewayYaml.to(upstream).text());
                Clients clients = new Clients(gateway.address(), true)) {
            upstream.forget();
            clients.start(16, Kind.KEEP_ALIVE).start(4, Kind.POSTS);
            clients.awaitAnswers(200);

            assertThat(gateway.engine().drain(0, 30_000)).as("whether everything came to its end").isTrue();

            clients.close();
            assertThat(clients.failures()).isEmpty();
            assertThat(gateway.status().ready()).isFalse();
            assertThat(gateway.status().connections()).isZero();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.tidegate.tests.Setups#all")
    void aServiceThatDiesUnderLoadFailsNoRequestThatMayBeRepeated(TestGateway.Setup setup) {
        try (TestUpstream one = TestUpstream.hello();
                TestUpstream two = TestUpstream.hello();
                TestUpstream three = TestUpstream.hello();
                TestGateway gateway = TestGateway.start(setup, GatewayYaml.to(one, two, three).text());
                Clients safe = new Clients(gateway.address(), false);
                Clients unsafe = new Clients(gateway.address(), false)) {
            one.forget();
            two.forget();
            three.forget();
            safe.start(8, Kind.KEEP_ALIVE);
            unsafe.start(8, Kind.POSTS);
            safe.awaitAnswers(500);
            one.kill();
            safe.awaitAnswers(500);
            safe.close();
            unsafe.close();

            assertThat(safe.failures()).isEmpty();
            assertThat(unsafe.failures()).as("requests that must not be repeated").hasSizeLessThanOrEqualTo(8);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.tidegate.tests.Setups#all")
    void brokenConfigurationsChangeNothing(TestGateway.Setup setup) {
        Random random = new Random(20_261_124);
        try (TestUpstream one = TestUpstream.hello(); TestUpstream two = TestUpstream.hello()) {
            String good = yaml(one, two, 0);
            try (TestGateway gateway = TestGateway.start(setup, good);
                    Clients clients = new Clients(gateway.address(), false)) {
                one.forget();
                clients.start(4, Kind.KEEP_ALIVE);
                String hash = gateway.status().hash();
                int refused = 0;
                for (int i = 0; i < MUTANTS; i++) {
                    String mutant = mutate(good, random);
                    // What is still a configuration is not put in place: only broken ones are the matter here.
                    switch (new ConfigLoader(Plugins.none(), name -> null).loadText("mutant.yaml", mutant)) {
                        case Loaded.Accepted _ -> {
                        }
                        case Loaded.Rejected rejected -> {
                            refused++;
                            assertThat(rejected.problems()).as(mutant).isNotEmpty();
                            assertThat(rejected.problems()).as(mutant)
                                    .anyMatch(problem -> problem.place().line() > 0);
                        }
                    }
                    assertThat(gateway.status().hash()).isEqualTo(hash);
                }
                clients.awaitAnswers(50);
                clients.close();

                assertThat(refused).as("broken configurations").isGreaterThan(MUTANTS / 4);
                assertThat(clients.failures()).isEmpty();
                assertThat(clients.reconnected()).isZero();
                assertThat(gateway.status().revision()).isEqualTo(1);
            }
        }
    }

    /// Breaks a configuration in one place.
    private static String mutate(String good, Random random) {
        String[] lines = good.split("\n", -1);
        int at = random.nextInt(lines.length);
        String line = lines[at];
        String changed = switch (random.nextInt(8)) {
            case 0 -> line.replaceFirst("[a-z]+:", "zzz:");
            case 1 -> line + "\n" + line;
            case 2 -> line.replace("{", "[");
            case 3 -> line.replaceFirst(": .*", ": !!java.lang.Runtime x");
            case 4 -> line.replace("other", "nowhere").replace("all", "nothing");
            case 5 -> line.replaceAll("[0-9]+", "-1");
            case 6 -> "\t" + line;
            default -> line.isEmpty() ? "\u0000" : line.substring(0, random.nextInt(line.length()));
        };
        lines[at] = changed;
        return String.join("\n", lines);
    }
}
