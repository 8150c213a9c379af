package io.tidegate.tests.discovery;

import static io.tidegate.tests.discovery.EurekaServer.instance;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.config.discovery.Found;
import io.tidegate.control.discovery.KnownSources;
import io.tidegate.testkit.Await;
import io.tidegate.testkit.TestUpstream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Endpoints in Eureka, by a server that follows its documentation.
class EurekaDiscoveryTest extends DiscoveryFixture {

    private final EurekaServer eureka = new EurekaServer();

    @AfterEach
    void stop() {
        eureka.close();
    }

    private void runEureka(String keys, String more) {
        run(options -> options.withSources(new KnownSources()), "{ eureka: { app: orders, url: \"" + eureka.url()
                + "/eureka/\", interval: 50ms" + keys + " }" + more + " }");
    }

    @Test
    void instancesThatAreUpAreUsed() {
        TestUpstream one = service("one");
        TestUpstream two = service("two");
        eureka.tell(instance(one.port(), 0, "UP"), instance(two.port(), 0, "OUT_OF_SERVICE"));
        runEureka(", username: gateway, password: s3cr3t", "");
        assertThat(answering(4)).containsExactly("one");
        assertThat(eureka.questions().getFirst().field("Authorization")).isEqualTo("Basic Z2F0ZXdheTpzM2NyM3Q=");
        assertThat(eureka.questions().getFirst().field("Accept")).isEqualTo("application/json");
        eureka.tell(instance(one.port(), 0, "UP"), instance(two.port(), 0, "UP"));
        awaitServices("one", "two");
        eureka.tell(instance(one.port(), 0, "DOWN"), instance(two.port(), 0, "UP"));
        awaitServices("two");
    }

    @Test
    void nothingThatGoesWrongTakesWhatWasFound() {
        TestUpstream one = service("one");
        eureka.tell(instance(one.port(), 0, "UP"));
        runEureka("", "");
        assertThat(answering(2)).containsExactly("one");
        // An application without instances is unknown to Eureka.
        eureka.tell();
        double before = answers();
        Await.until("empty answers", () -> answers() > before + 1);
        assertThat(answering(2)).containsExactly("one");
        eureka.fails(500);
        Await.until("failures", () -> failures() >= 1);
        assertThat(answering(2)).containsExactly("one");
    }

    @Test
    void securePortsAreUsedForTls() {
        eureka.tell(instance(8080, 8443, "UP"), instance(8081, 0, "UP"));
        runEureka("", ", scheme: https");
        assertThat(gateway().engine().found().get("all")).satisfies(known -> assertThat(known.endpoints())
                .extracting(Found::config).extracting(config -> config.url().toString())
                .containsExactly("https://127.0.0.1:8443"));
    }
}
