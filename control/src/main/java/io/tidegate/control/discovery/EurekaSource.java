package io.tidegate.control.discovery;

import io.tidegate.config.DiscoveryConfig;
import io.tidegate.config.EndpointUrl;
import io.tidegate.config.discovery.EndpointSource;
import io.tidegate.config.discovery.Found;
import io.tidegate.control.json.JsonClient;
import io.tidegate.control.json.JsonTree;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Instances of an application in Eureka, by its REST operations: `/apps/<APP>`, asked for again and again.
final class EurekaSource implements EndpointSource {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final DiscoveryConfig.Eureka config;
    private final EndpointUrl.Scheme scheme;
    private final JsonClient client;

    EurekaSource(DiscoveryConfig.Eureka config, EndpointUrl.Scheme scheme) {
        this.config = config;
        this.scheme = scheme;
        this.client = new JsonClient(config.ca());
    }

    @Override
    public Answer next() throws IOException, InterruptedException {
        JsonClient.Reply reply = client.get(
                URI.create(config.url().replaceFirst("/+$", "") + "/apps/" + config.app()), authorization(), LIMIT);
        if (reply.status() == 404) {
            // No instance is registered.
            return new Answer(List.of(), config.interval());
        }
        if (reply.status() != 200) {
            throw new IOException("Eureka answers with status " + reply.status());
        }
        JsonTree application = reply.json().get("application");
        if (application.get("name").text() == null) {
            throw new IOException("Eureka's answer is no application");
        }
        List<Found> endpoints = new ArrayList<>();
        for (JsonTree instance : application.get("instance").items()) {
            Found found = endpoint(instance);
            if (found != null) {
                endpoints.add(found);
            }
        }
        return new Answer(endpoints, config.interval());
    }

    private Map<String, String> authorization() {
        String username = config.username();
        return username == null
                ? Map.of()
                : Map.of("Authorization", "Basic " + Base64.getEncoder()
                        .encodeToString((username + ":" + config.password()).getBytes(StandardCharsets.UTF_8)));
    }

    private @Nullable Found endpoint(JsonTree instance) {
        JsonTree port = instance.get(scheme.secure() ? "securePort" : "port");
        int number = port.get("$").number(0);
        String name = instance.get("hostName").text();
        String host = name == null ? instance.get("ipAddr").text() : name;
        if (!"UP".equals(instance.get("status").text()) || !port.get("@enabled").flag(false) || host == null
                || number < 1 || number > 65535) {
            return null;
        }
        return Found.of(scheme, host, number, 1, instance.get("metadata").get("zone").text());
    }

    @Override
    public void close() {
        client.close();
    }
}
