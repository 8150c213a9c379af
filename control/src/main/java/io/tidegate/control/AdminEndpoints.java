package io.tidegate.control;

import io.tidegate.config.Loaded;
import io.tidegate.config.Problem;
import io.tidegate.config.TelemetryConfig.Log.Level;
import io.tidegate.control.Status.Last;
import io.tidegate.control.admin.AdminAnswer;
import io.tidegate.control.admin.AdminHandler;
import io.tidegate.control.admin.AdminRequest;
import io.tidegate.control.admin.AdminResource;
import io.tidegate.control.admin.ProblemException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JsonGenerator;

/// Everything that can be asked of the admin listener, one method per resource.
final class AdminEndpoints {

    private static final Logger LOG = LoggerFactory.getLogger("io.tidegate.admin");
    private static final String METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";
    private static final long RELOAD_BODY_LIMIT = 16L << 20;

    private final ControlOptions options;
    private final GatewayView view;
    private final Reconciler reconciler;
    private final Supplier<List<String>> degraded;
    private final long started = System.nanoTime();

    /// @param degraded
    ///            what the control plane itself has to complain of
    AdminEndpoints(ControlOptions options, GatewayView view, Reconciler reconciler, Supplier<List<String>> degraded) {
        this.options = options;
        this.view = view;
        this.reconciler = reconciler;
        this.degraded = degraded;
    }

    /// The resources of the admin listener. The metrics come last, so that they can't take the place of another.
    List<AdminResource> all() {
        List<AdminResource> all = new ArrayList<>(List.of(AdminResource.open(() -> "/live", request -> live()),
                AdminResource.open(() -> "/ready", request -> ready(true)),
                AdminResource.of("/status", get(request -> status())),
                AdminResource.of("/config", get(request -> config())),
                AdminResource.of("/reload", Map.of("POST", this::reload)),
                AdminResource.of("/log/level", Map.of("GET", request -> logLevel(), "PUT", this::changeLogLevel)),
                AdminResource.of("/explain", get(this::explain))));
        all.addAll(new UpstreamEndpoints(view).all());
        all.addAll(new MirrorEndpoints(view).all());
        all.add(AdminResource.open(this::metricsPath, request -> metrics()));
        return all;
    }

    /// The resources of the listener for probes, which may be public: no word of what is in the configuration.
    List<AdminResource> probes() {
        return List.of(AdminResource.open(() -> "/live", request -> live()),
                AdminResource.open(() -> "/ready", request -> ready(false)));
    }

    private static Map<String, AdminHandler> get(AdminHandler handler) {
        return Map.of("GET", handler);
    }

    private AdminAnswer live() {
        return AdminAnswer.json(200, json -> json.writeStringProperty("status", "live"));
    }

    private AdminAnswer ready(boolean detailed) {
        boolean configured = view.configured();
        boolean warm = view.warm();
        boolean draining = view.draining();
        boolean ready = configured && warm && !draining;
        String state = draining ? "draining" : !configured ? "starting" : warm ? "ready" : "warming";
        Status status = reconciler.status();
        return AdminAnswer.json(ready ? 200 : 503, json -> {
            json.writeStringProperty("status", state);
            json.writeBooleanProperty("configured", configured);
            json.writeBooleanProperty("warm", warm);
            json.writeBooleanProperty("draining", draining);
            json.writeNumberProperty("revision", status.revision());
            if (detailed) {
                json.writeStringProperty("hash", status.hash());
                texts(json, "degraded", allDegraded(status));
                texts(json, "waitsForRestart", status.waitsForRestart());
                lastReload(json, status.last());
            }
        });
    }

    private List<String> allDegraded(Status status) {
        List<String> all = new ArrayList<>(view.degraded());
        all.addAll(degraded.get());
        if (status.rejected()) {
            all.add("the last configuration was rejected");
        }
        return all;
    }

    private static void lastReload(JsonGenerator json, @Nullable Last last) {
        if (last == null) {
            json.writeNullProperty("lastReload");
            return;
        }
        json.writeObjectPropertyStart("lastReload");
        json.writeStringProperty("state", name(last.state()));
        json.writeStringProperty("time", last.time().toString());
        json.writeStringProperty("reason", last.reason());
        texts(json, "problems", last.problems().stream().map(Problem::toString).toList());
        json.writeEndObject();
    }

    private AdminAnswer status() {
        GatewayView.Serving serving = view.serving();
        Status status = reconciler.status();
        return AdminAnswer.json(200, json -> {
            json.writeStringProperty("version", options.version());
            json.writeNumberProperty("uptimeSeconds", Duration.ofNanos(System.nanoTime() - started).toSeconds());
            json.writeStringProperty("transport", serving.transport());
            json.writeNumberProperty("workers", serving.workers());
            json.writeNumberProperty("connections", serving.connections());
            json.writeNumberProperty("pressure", Math.round(serving.pressure() * 1000) / 1000.0);
            json.writeBooleanProperty("acceptsPaused", serving.acceptsPaused());
            json.writeNumberProperty("revision", status.revision());
            json.writeStringProperty("hash", status.hash());
            json.writeBooleanProperty("draining", view.draining());
            json.writeStringProperty("logLevel", name(view.logLevel()));
            texts(json, "waitsForRestart", status.waitsForRestart());
        });
    }

    private String metricsPath() {
        Loaded.Accepted running = reconciler.running();
        return running == null ? "" : running.config().telemetry().metrics().path();
    }

    private AdminAnswer metrics() {
        return new AdminAnswer(200, METRICS_TYPE, ReloadMetrics.appendedTo(view.metrics(), reconciler.status()),
                Map.of());
    }

    private AdminAnswer config() {
        Loaded.Accepted running = reconciler.running();
        if (running == null) {
            throw new ProblemException(503, "no configuration runs yet");
        }
        return AdminAnswer.json(200, options.writer().apply(running));
    }

    private AdminAnswer reload(AdminRequest request) throws IOException {
        request.discardBody(RELOAD_BODY_LIMIT);
        ReloadResult result;
        try {
            result = reconciler.reload("asked for by " + request.client().getHostAddress()).get();
        } catch (ExecutionException e) {
            LOG.warn("a reload that was asked for came to nothing", e);
            throw new ProblemException(503, "the configuration could not be loaded now; the log says why");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ProblemException(503, "the gateway is being stopped");
        }
        return switch (result) {
            case ReloadResult.Applied applied -> AdminAnswer.json(200, json -> {
                json.writeStringProperty("state", "applied");
                json.writeBooleanProperty("changed", applied.changed());
                json.writeNumberProperty("revision", applied.revision());
                json.writeStringProperty("hash", applied.hash());
                problems(json, "warnings", applied.warnings());
                texts(json, "waitsForRestart", applied.waitsForRestart());
            });
            case ReloadResult.Rejected rejected ->
                AdminAnswer.problem(422, "the configuration was rejected; what ran before goes on running", json -> {
                    json.writeStringProperty("state", "rejected");
                    json.writeNumberProperty("revision", reconciler.status().revision());
                    problems(json, "problems", rejected.problems());
                });
        };
    }

    private AdminAnswer logLevel() {
        return AdminAnswer.json(200, json -> json.writeStringProperty("level", name(view.logLevel())));
    }

    private AdminAnswer changeLogLevel(AdminRequest request) throws IOException {
        Level level = LogLevelRequest.read(request);
        Level before = view.logLevel();
        view.logLevel(level);
        LOG.warn("log level changed from {} to {} by {}", name(before), name(level),
                request.client().getHostAddress());
        return logLevel();
    }

    private AdminAnswer explain(AdminRequest request) {
        Map<String, List<String>> query = request.query();
        for (String name : query.keySet()) {
            if (!List.of("method", "url", "header").contains(name)) {
                throw new ProblemException(400, "parameters must be method, url and header (was '" + name + "')");
            }
        }
        List<String> urls = query.getOrDefault("url", List.of());
        List<String> methods = query.getOrDefault("method", List.of("GET"));
        if (urls.size() != 1 || methods.size() != 1) {
            throw new ProblemException(400, "there must be one url and at most one method (there were " + urls.size()
                    + " and " + methods.size() + ")");
        }
        try {
            String text = view.explain(methods.getFirst(), urls.getFirst(), query.getOrDefault("header", List.of()));
            if (text == null) {
                throw new ProblemException(404, "this gateway can't explain requests");
            }
            return AdminAnswer.json(200, text);
        } catch (IllegalArgumentException e) {
            throw new ProblemException(400, String.valueOf(e.getMessage()));
        }
    }

    private static void problems(JsonGenerator json, String name, List<Problem> problems) {
        json.writeArrayPropertyStart(name);
        for (Problem problem : problems) {
            json.writeStartObject();
            json.writeStringProperty("severity", name(problem.severity()));
            json.writeStringProperty("place", problem.place().toString());
            json.writeStringProperty("file", problem.place().file());
            json.writeNumberProperty("line", problem.place().line());
            json.writeNumberProperty("column", problem.place().column());
            json.writeStringProperty("path", problem.path());
            json.writeStringProperty("message", problem.message());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void texts(JsonGenerator json, String name, List<String> texts) {
        json.writeArrayPropertyStart(name);
        texts.forEach(json::writeString);
        json.writeEndArray();
    }

    /// The name of a constant as it is written in configurations.
    static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /// The names of all levels, for messages.
    static String levels() {
        return Arrays.stream(Level.values()).map(AdminEndpoints::name).collect(Collectors.joining(", "));
    }
}
