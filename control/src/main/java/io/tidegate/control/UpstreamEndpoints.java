package io.tidegate.control;

import io.tidegate.control.GatewayView.ConcurrencyState;
import io.tidegate.control.GatewayView.DiscoveryState;
import io.tidegate.control.GatewayView.EndpointState;
import io.tidegate.control.admin.AdminAnswer;
import io.tidegate.control.admin.AdminRequest;
import io.tidegate.control.admin.AdminResource;
import io.tidegate.control.admin.ProblemException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JsonGenerator;

/// What can be asked about upstreams, and done to them, at the admin listener.
final class UpstreamEndpoints {

    private static final Logger LOG = LoggerFactory.getLogger("io.tidegate.admin");
    private static final long BODY_LIMIT = 1024;

    private final GatewayView view;

    UpstreamEndpoints(GatewayView view) {
        this.view = view;
    }

    List<AdminResource> all() {
        return List.of(AdminResource.of("/upstreams", Map.of("GET", request -> upstreams())),
                AdminResource.of("/upstreams/drain", Map.of("POST", request -> drain(request, true), "DELETE",
                        request -> drain(request, false))));
    }

    private AdminAnswer upstreams() {
        return AdminAnswer.json(200, json -> {
            json.writeObjectPropertyStart("upstreams");
            view.upstreams().forEach((name, upstream) -> {
                json.writeObjectPropertyStart(name);
                json.writeBooleanProperty("panic", upstream.panic());
                if (upstream.declared() > upstream.endpoints().size()) {
                    json.writeNumberProperty("subsetOf", upstream.declared());
                }
                DiscoveryState discovery = upstream.discovery();
                if (discovery != null) {
                    discovery(json, discovery);
                }
                if (upstream.circuitBreaker() != null) {
                    json.writeStringProperty("circuitBreaker", upstream.circuitBreaker());
                }
                ConcurrencyState concurrency = upstream.concurrency();
                if (concurrency != null) {
                    json.writeObjectPropertyStart("concurrency");
                    json.writeNumberProperty("running", concurrency.running());
                    json.writeNumberProperty("limit", concurrency.limit());
                    json.writeNumberProperty("waiting", concurrency.waiting());
                    json.writeEndObject();
                }
                json.writeArrayPropertyStart("endpoints");
                upstream.endpoints().forEach(endpoint -> endpoint(json, endpoint));
                json.writeEndArray();
                json.writeEndObject();
            });
            json.writeEndObject();
        });
    }

    private static void discovery(JsonGenerator json, DiscoveryState discovery) {
        json.writeObjectPropertyStart("discovery");
        json.writeStringProperty("source", discovery.source());
        json.writeNumberProperty("endpoints", discovery.endpoints());
        if (!Double.isNaN(discovery.ageSeconds())) {
            json.writeNumberProperty("ageSeconds", (long) discovery.ageSeconds());
        }
        if (discovery.failure() != null) {
            json.writeStringProperty("failure", discovery.failure());
        }
        json.writeEndObject();
    }

    private static void endpoint(JsonGenerator json, EndpointState endpoint) {
        json.writeStartObject();
        json.writeStringProperty("endpoint", endpoint.endpoint());
        json.writeBooleanProperty("healthy", endpoint.usable());
        json.writeBooleanProperty("draining", endpoint.draining());
        if (endpoint.unhealthy() != null) {
            json.writeStringProperty("unhealthy", endpoint.unhealthy());
        }
        if (endpoint.ejected() != null) {
            json.writeStringProperty("ejected", endpoint.ejected());
            json.writeNumberProperty("ejectedForMillis", endpoint.ejectedForMillis());
        }
        if (endpoint.zone() != null) {
            json.writeStringProperty("zone", endpoint.zone());
        }
        if (endpoint.starting() != null) {
            json.writeNumberProperty("startingPercent", endpoint.starting());
        }
        if (endpoint.circuitBreaker() != null) {
            json.writeStringProperty("circuitBreaker", endpoint.circuitBreaker());
        }
        json.writeEndObject();
    }

    private AdminAnswer drain(AdminRequest request, boolean on) throws IOException {
        request.discardBody(BODY_LIMIT);
        Map<String, List<String>> query = request.query();
        for (String name : query.keySet()) {
            if (!List.of("upstream", "endpoint").contains(name)) {
                throw new ProblemException(400, "parameters must be upstream and endpoint (was '" + name + "')");
            }
        }
        String upstream = one(query, "upstream");
        String endpoint = one(query, "endpoint");
        if (!view.drain(upstream, endpoint, on)) {
            throw new ProblemException(404, "there must be an upstream '" + upstream + "' with an endpoint '" + endpoint
                    + "'; GET /upstreams lists all");
        }
        LOG.warn("endpoint {} of upstream {} {} by {}", endpoint, upstream, on ? "drained" : "taken in again",
                request.client().getHostAddress());
        return upstreams();
    }

    private static String one(Map<String, List<String>> query, String name) {
        List<String> values = query.getOrDefault(name, List.of());
        if (values.size() != 1) {
            throw new ProblemException(400, "there must be one " + name + " (there were " + values.size() + ")");
        }
        return values.getFirst();
    }
}
