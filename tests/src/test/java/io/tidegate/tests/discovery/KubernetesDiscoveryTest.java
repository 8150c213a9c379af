package io.tidegate.tests.discovery;

import static io.tidegate.tests.discovery.KubernetesServer.endpoint;
import static io.tidegate.tests.discovery.KubernetesServer.slice;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.control.discovery.KnownSources;
import io.tidegate.testkit.Await;
import io.tidegate.testkit.TestUpstream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Endpoints in Kubernetes, by a server that follows the documentation of its API.
@SuppressWarnings("NullAway.Init")
class KubernetesDiscoveryTest extends DiscoveryFixture {

    private static final String ONE = "127.0.0.1";
    private static final String TWO = "127.0.0.2";

    private final KubernetesServer api = new KubernetesServer();
    @TempDir
    private Path folder = Path.of("");
    private int port;

    @BeforeEach
    void start() {
        TestUpstream one = service(ONE, 0, "one");
        port = one.port();
        service(TWO, port, "two");
    }

    @AfterEach
    void stop() {
        api.close();
    }

    private String slices(String... endpoints) {
        return slice(endpoints).formatted(port);
    }

    private static String ready(String address) {
        return endpoint(address, true, true, false);
    }

    private void runKubernetes() throws IOException {
        Path token = Files.writeString(folder.resolve("token"), "first-token\n");
        run(options -> options.withSources(new KnownSources()), "{ kubernetes: { namespace: shop, service: orders,"
                + " port: http, api: \"" + api.url() + "\", token: \"" + token + "\" } }");
    }

    private List<Registry.Question> watches() {
        return api.questions().stream().filter(question -> question.query().containsKey("watch")).toList();
    }

    @Test
    void slicesComeChangeAndGo() throws IOException {
        api.put("orders-a", slices(ready(ONE)));
        runKubernetes();
        assertThat(answering(4)).containsExactly("one");
        Registry.Question list = api.questions().getFirst();
        assertThat(list.query()).containsEntry("labelSelector", "kubernetes.io/service-name=orders");
        assertThat(list.field("Authorization")).isEqualTo("Bearer first-token");
        api.put("orders-b", slices(ready(TWO)));
        awaitServices("one", "two");
        api.put("orders-a", slices(endpoint(ONE, false, false, false)));
        awaitServices("two");
        api.put("orders-a", slices(ready(ONE)));
        awaitServices("one", "two");
        api.delete("orders-b");
        awaitServices("one");
        assertThat(watches()).hasSize(1);
    }

    @Test
    void thoseThatTerminateAreUsedWhereNobodyElseIsReady() throws IOException {
        api.put("orders-a", slices(ready(ONE), endpoint(TWO, false, true, true)));
        runKubernetes();
        assertThat(answering(4)).containsExactly("one");
        api.put("orders-a", slices(endpoint(ONE, false, false, true), endpoint(TWO, false, true, true)));
        awaitServices("two");
    }

    @Test
    void aWatchThatEndsGoesOnFromTheLastEvent() throws IOException {
        api.put("orders-a", slices(ready(ONE)));
        runKubernetes();
        Await.until("a watch", () -> watches().size() == 1);
        api.bookmark();
        Await.until("the bookmark to be read", () -> answers() == 2);
        Files.writeString(folder.resolve("token"), "second-token");
        api.cut();
        Await.until("another watch", () -> watches().size() == 2);
        assertThat(watches().getLast().query()).containsEntry("resourceVersion", "3")
                .containsEntry("allowWatchBookmarks", "true");
        assertThat(watches().getLast().field("Authorization")).isEqualTo("Bearer second-token");
        api.put("orders-a", slices(ready(TWO)));
        awaitServices("two");
    }

    @Test
    void whatIsTooOldIsListedAgain() throws IOException {
        api.put("orders-a", slices(ready(ONE)));
        runKubernetes();
        Await.until("a watch", () -> watches().size() == 1);
        double before = failures();
        api.forget(() -> api.put("orders-a", slices(ready(TWO))));
        awaitServices("two");
        assertThat(failures()).isEqualTo(before);
    }

    @Test
    void neitherFailuresNorALackOfEndpointsTakeWhatWasFound() throws IOException {
        api.put("orders-a", slices(ready(ONE)));
        runKubernetes();
        Await.until("a watch", () -> watches().size() == 1);
        api.delete("orders-a");
        Await.until("it to be told", () -> answers() == 2);
        assertThat(answering(4)).containsExactly("one");
        api.fails(403);
        api.cut();
        Await.until("a failure", () -> failures() >= 1);
        assertThat(answering(4)).containsExactly("one");
        api.fails(0);
        api.put("orders-b", slices(ready(TWO)));
        awaitServices("two");
    }
}
