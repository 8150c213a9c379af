package io.tidegate.control.discovery;

import io.tidegate.config.DiscoveryConfig;
import io.tidegate.config.EndpointUrl;
import io.tidegate.config.discovery.EndpointSource;
import io.tidegate.config.discovery.Found;
import io.tidegate.control.json.JsonClient;
import io.tidegate.control.json.JsonTree;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Instances of a service in Consul, by its HTTP API: `/v1/health/service/<name>` with blocking queries, so that a
/// change is told at once.
final class ConsulSource implements EndpointSource {

    /// How much longer than asked for an answer may take: Consul adds a sixteenth of it.
    private static final Duration SLACK = Duration.ofSeconds(10);
    /// Between two questions, however fast they are answered.
    private static final Duration BREATH = Duration.ofMillis(100);
    /// Between two questions to who does not say what state it has told.
    private static final Duration POLL = Duration.ofSeconds(10);

    private final DiscoveryConfig.Consul config;
    private final EndpointUrl.Scheme scheme;
    private final JsonClient client;
    /// The state that was told last; 0 for none.
    private long index;

    ConsulSource(DiscoveryConfig.Consul config, EndpointUrl.Scheme scheme) {
        this.config = config;
        this.scheme = scheme;
        this.client = new JsonClient(config.ca());
    }

    @Override
    public Answer next() throws IOException, InterruptedException {
        long asked = index;
        // Whatever goes wrong, the next question is for all there is.
        index = 0;
        String token = config.token();
        JsonClient.Reply reply = client.get(question(asked),
                token == null ? Map.of() : Map.of("X-Consul-Token", token),
                config.maxWait().plus(config.maxWait().dividedBy(16)).plus(SLACK));
        if (reply.status() != 200) {
            throw new IOException("Consul answers with status " + reply.status());
        }
        JsonTree body = reply.json();
        if (!body.isList()) {
            throw new IOException("Consul's answer is no list of instances");
        }
        List<Found> endpoints = new ArrayList<>();
        for (JsonTree instance : body.items()) {
            Found found = endpoint(instance);
            if (found != null) {
                endpoints.add(found);
            }
        }
        long told = reply.headers().firstValue("X-Consul-Index").filter(text -> text.matches("[0-9]{1,18}"))
                .map(Long::parseLong).orElse(0L);
        // An index that goes back is of another state, such as that of a server that was restored.
        index = told < asked ? 0 : told;
        return new Answer(endpoints, told == 0 ? POLL : BREATH);
    }

    private URI question(long after) {
        StringBuilder query = new StringBuilder(config.url().replaceFirst("/+$", "")).append("/v1/health/service/")
                .append(encoded(config.service())).append('?');
        if (config.passing()) {
            query.append("passing=true&");
        }
        parameter(query, "dc", config.datacenter());
        parameter(query, "tag", config.tag());
        parameter(query, "filter", config.filter());
        if (after > 0) {
            query.append("index=").append(after).append("&wait=").append(config.maxWait().toMillis()).append("ms");
        }
        return URI.create(query.toString().replaceFirst("[?&]$", ""));
    }

    private static void parameter(StringBuilder query, String name, @Nullable String value) {
        if (value != null) {
            query.append(name).append('=').append(encoded(value)).append('&');
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private @Nullable Found endpoint(JsonTree instance) {
        JsonTree service = instance.get("Service");
        JsonTree node = instance.get("Node");
        String address = service.get("Address").text();
        String host = address == null ? node.get("Address").text() : address;
        int port = service.get("Port").number(0);
        List<@Nullable String> states = new ArrayList<>();
        instance.get("Checks").items().forEach(check -> states.add(check.get("Status").text()));
        boolean warning = states.contains("warning");
        if (host == null || port < 1 || port > 65535 || states.contains("critical") || states.contains("maintenance")
                || (config.passing() && warning)) {
            return null;
        }
        int weight = service.get("Weights").get(warning ? "Warning" : "Passing").number(1);
        String local = service.get("Locality").get("Zone").text();
        String zone = local == null ? service.get("Meta").get("zone").text() : local;
        return Found.of(scheme, host, port, weight, zone);
    }

    @Override
    public void close() {
        client.close();
    }
}
