package io.tidegate.tests.discovery;

import static io.tidegate.tests.discovery.ConsulServer.instance;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.control.discovery.KnownSources;
import io.tidegate.testkit.Await;
import io.tidegate.testkit.TestUpstream;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Endpoints in Consul, by a server that follows its documentation.
class ConsulDiscoveryTest extends DiscoveryFixture {

    private final ConsulServer consul = new ConsulServer();

    @AfterEach
    void stop() {
        consul.close();
    }

    private void runConsul(String keys) {
        run(options -> options.withSources(new KnownSources()),
                "{ consul: { service: orders, url: \"" + consul.url() + "\"" + keys + " } }");
    }

    @Test
    void aChangeIsToldToTheQuestionThatWaitsForIt() {
        TestUpstream one = service("one");
        TestUpstream two = service("two");
        consul.tell(7, instance(one.port(), 1, "passing"), instance(two.port(), 1, "critical"));
        runConsul(", datacenter: dc1, tag: v2, filter: \"Node.Meta.a == b\", token: s3cr3t-token");
        assertThat(answering(4)).containsExactly("one");
        Await.until("a question to wait", () -> consul.questions().size() == 2);
        assertThat(consul.questions().getFirst().query()).isEqualTo(
                Map.of("passing", "true", "dc", "dc1", "tag", "v2", "filter", "Node.Meta.a == b"));
        assertThat(consul.questions().getFirst().field("X-Consul-Token")).isEqualTo("s3cr3t-token");
        assertThat(consul.questions().getLast().query()).containsEntry("index", "7").containsEntry("wait", "60000ms");
        consul.tell(8, instance(one.port(), 1, "passing"), instance(two.port(), 3, "passing"));
        awaitServices("one", "two");
        consul.tell(9, instance(two.port(), 3, "passing"));
        awaitServices("two");
    }

    @Test
    void anIndexThatGoesBackBeginsAnew() {
        TestUpstream one = service("one");
        TestUpstream two = service("two");
        consul.tell(100, instance(one.port(), 1, "passing"));
        runConsul("");
        Await.until("a question to wait", () -> consul.questions().size() == 2);
        consul.tell(3, instance(two.port(), 1, "passing"));
        awaitServices("two");
        Await.until("a question from the beginning", () -> consul.questions().size() >= 4);
        assertThat(consul.questions().get(2).query()).doesNotContainKey("index");
        assertThat(consul.questions().get(3).query()).containsEntry("index", "3");
    }

    @Test
    void neitherFailuresNorEmptyAnswersTakeWhatWasFound() {
        TestUpstream one = service("one");
        consul.tell(1, instance(one.port(), 1, "passing"));
        runConsul("");
        Await.until("a question to wait", () -> consul.questions().size() == 2);
        consul.tell(2);
        Await.until("the empty answer to be taken", () -> answers() == 2);
        assertThat(answering(4)).containsExactly("one");
        consul.fails(500);
        consul.tell(3);
        Await.until("a failure", () -> failures() >= 1);
        assertThat(answering(4)).containsExactly("one");
        assertThat(gateway().engine().found().get("all")).satisfies(
                known -> assertThat(known.failure()).isEqualTo("Consul answers with status 500"));
    }

    @Test
    void anEmptyAnswerIsBelievedAfterAsLongAsIsDeclared() {
        TestUpstream one = service("one");
        consul.tell(1, instance(one.port(), 1, "passing"));
        run(options -> options.withSources(new KnownSources()),
                "{ consul: { service: orders, url: \"" + consul.url() + "\" }, emptyAfter: 20ms }");
        assertThat(answering(1)).containsExactly("one");
        consul.tell(2);
        Await.until("requests to be turned away", () -> get().status() == 503);
        consul.tell(3, instance(one.port(), 1, "passing"));
        Await.until("requests to be served again", () -> get().status() == 200);
    }

    @Test
    void anAnswerWithTooManyEndpointsChangesNothing() {
        TestUpstream one = service("one");
        consul.tell(1, instance(one.port(), 1, "passing"));
        run(options -> options.withSources(new KnownSources()),
                "{ consul: { service: orders, url: \"" + consul.url() + "\" }, maxEndpoints: 1 }");
        consul.tell(2, instance(one.port(), 1, "passing"), instance(1, 1, "passing"));
        Await.until("it to be refused", () -> failures() >= 1);
        assertThat(answering(4)).containsExactly("one");
    }

    @Test
    void theGatewayStartsWithoutIt() {
        TestUpstream one = service("one");
        consul.fails(503);
        start(options -> options.withSources(new KnownSources()),
                "{ consul: { service: orders, url: \"" + consul.url() + "\" } }");
        assertThat(get().status()).isEqualTo(503);
        consul.tell(1, instance(one.port(), 1, "warning"));
        consul.fails(0);
        Await.until("an answer without what has warnings", () -> answers() >= 1);
        assertThat(get().status()).isEqualTo(503);
        consul.tell(2, instance(one.port(), 1, "passing"));
        Await.until("requests to be served", () -> get().status() == 200);
    }
}
