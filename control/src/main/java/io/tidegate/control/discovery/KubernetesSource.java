package io.tidegate.control.discovery;

import io.tidegate.config.DiscoveryConfig;
import io.tidegate.config.EndpointUrl;
import io.tidegate.config.discovery.EndpointSource;
import io.tidegate.config.discovery.Found;
import io.tidegate.control.json.JsonClient;
import io.tidegate.control.json.JsonTree;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The EndpointSlices of a service of Kubernetes (`discovery.k8s.io/v1`), listed once and then watched from where the
/// list ended.
///
/// ```
///   list ──▶ watch ──▶ event ──▶ answer
///    ▲        │  ▲ └──── ended: again, from the last event
///    └────────┘
///     410 Gone, or anything that fails
/// ```
///
final class KubernetesSource implements EndpointSource {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    /// How long the API keeps a watch open.
    private static final int WATCH_SECONDS = 240;
    /// How long it may be quiet on one; bookmarks come every minute or so.
    private static final Duration QUIET = Duration.ofSeconds(WATCH_SECONDS + 30);
    private static final Duration BREATH = Duration.ofMillis(100);
    private static final Path OWN_NAMESPACE = Path
            .of("/var/run/secrets/kubernetes.io/serviceaccount/namespace");
    private static final int GONE = 410;

    private final DiscoveryConfig.Kubernetes config;
    private final JsonClient client;
    private final EndpointSlices slices;
    private @Nullable EventLines events;
    /// From where it is watched on; null where it has to be listed first.
    private @Nullable String version;
    private volatile @Nullable InputStream open;

    KubernetesSource(DiscoveryConfig.Kubernetes config, EndpointUrl.Scheme scheme) {
        this.config = config;
        this.client = new JsonClient(config.api().startsWith("https:") ? config.ca() : null);
        this.slices = new EndpointSlices(scheme, config.port());
    }

    @Override
    public Answer next() throws IOException, InterruptedException {
        boolean whole = false;
        try {
            List<Found> found = version == null ? list() : watch();
            whole = true;
            return new Answer(found, events == null ? BREATH : Duration.ZERO);
        } finally {
            if (!whole) {
                end();
                version = null;
            }
        }
    }

    private List<Found> list() throws IOException, InterruptedException {
        JsonClient.Reply reply = client.get(uri(""), fields(), LIMIT);
        if (reply.status() != 200) {
            throw new IOException("the API of Kubernetes answers with status " + reply.status());
        }
        JsonTree list = reply.json();
        String at = list.get("metadata").get("resourceVersion").text();
        if (at == null) {
            throw new IOException("the API of Kubernetes does not answer with a list");
        }
        slices.clear();
        list.get("items").items().forEach(slices::put);
        List<Found> found = slices.endpoints();
        version = at;
        return found;
    }

    /// Waits for one event.
    private List<Found> watch() throws IOException, InterruptedException {
        EventLines reading = events;
        if (reading == null) {
            reading = begin();
            events = reading;
        }
        byte[] line = reading.next();
        if (line == null) {
            // It is over, as it is every few minutes: from here on again.
            end();
            return slices.endpoints();
        }
        JsonTree event = JsonTree.read(line);
        JsonTree object = event.get("object");
        String type = event.get("type").text();
        switch (type == null ? "" : type) {
            case "ADDED", "MODIFIED" -> slices.put(object);
            case "DELETED" -> slices.remove(object);
            case "BOOKMARK" -> {
                // Only how far it is.
            }
            default -> {
                if (object.get("code").number(0) == GONE) {
                    return again();
                }
                throw new IOException("the API of Kubernetes ends a watch: " + object.get("message").text());
            }
        }
        String at = object.get("metadata").get("resourceVersion").text();
        version = at == null ? version : at;
        return slices.endpoints();
    }

    private EventLines begin() throws IOException, InterruptedException {
        HttpResponse<InputStream> response = client.stream(
                uri("&watch=true&allowWatchBookmarks=true&timeoutSeconds=" + WATCH_SECONDS + "&resourceVersion="
                        + encoded(String.valueOf(version))),
                fields(), LIMIT);
        open = response.body();
        if (response.statusCode() == GONE) {
            // As an event of the same kind.
            return new EventLines(new ByteArrayInputStream(
                    "{\"type\":\"ERROR\",\"object\":{\"code\":410}}\n".getBytes(StandardCharsets.UTF_8)), QUIET);
        }
        if (response.statusCode() != 200) {
            throw new IOException("the API of Kubernetes answers with status " + response.statusCode());
        }
        return new EventLines(response.body(), QUIET);
    }

    /// What is known is too old to go on from.
    private List<Found> again() throws IOException, InterruptedException {
        end();
        version = null;
        return list();
    }

    private void end() {
        EventLines reading = events;
        events = null;
        if (reading != null) {
            reading.close();
        }
        close(open);
        open = null;
    }

    private static void close(@Nullable InputStream stream) {
        try {
            if (stream != null) {
                stream.close();
            }
        } catch (IOException e) {
            // There is nothing left to close.
            return;
        }
    }

    private URI uri(String more) throws IOException {
        String namespace = config.namespace() == null
                ? Files.readString(OWN_NAMESPACE).strip()
                : config.namespace();
        return URI.create(config.api().replaceFirst("/+$", "") + "/apis/discovery.k8s.io/v1/namespaces/"
                + encoded(namespace) + "/endpointslices?labelSelector="
                + encoded("kubernetes.io/service-name=" + config.service()) + more);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /// The token is read each time: Kubernetes writes another one every hour.
    private Map<String, String> fields() throws IOException {
        Path token = config.token().path();
        return Files.exists(token) ? Map.of("Authorization", "Bearer " + Files.readString(token).strip()) : Map.of();
    }

    @Override
    public void close() {
        client.close();
        close(open);
    }
}
