package io.tidegate.app.gateway;

import io.tidegate.acme.AcmeCertificates;
import io.tidegate.app.explain.ExplanationJson;
import io.tidegate.app.log.LogSink;
import io.tidegate.config.DiscoveryConfig;
import io.tidegate.config.Loaded;
import io.tidegate.config.ProcessConfig;
import io.tidegate.config.Secrets;
import io.tidegate.config.TelemetryConfig.Log.Level;
import io.tidegate.config.UpstreamConfig;
import io.tidegate.control.GatewayView;
import io.tidegate.engine.Engine;
import io.tidegate.engine.EngineStatus;
import io.tidegate.engine.Explainer;
import io.tidegate.engine.discovery.Knowledge;
import io.tidegate.engine.health.UpstreamHealth;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The engine as the admin listener sees it.
final class EngineView implements GatewayView {

    private final Engine engine;
    private final AcmeCertificates certificates;
    private final LogSink log;
    private final WarmUp warmUp;
    private volatile Loaded.@Nullable Accepted running;

    EngineView(Engine engine, WarmUp warmUp, AcmeCertificates certificates, LogSink log) {
        this.engine = engine;
        this.certificates = certificates;
        this.warmUp = warmUp;
        this.log = log;
    }

    /// Tells which configuration runs from now on.
    void running(Loaded.Accepted loaded) {
        running = loaded;
        certificates.apply(loaded.config());
    }

    /// What is declared of the process now; null before the first configuration.
    @Nullable
    ProcessConfig process() {
        Loaded.Accepted loaded = running;
        return loaded == null ? null : loaded.config().gateway();
    }

    @Override
    public boolean configured() {
        return engine.status().configured();
    }

    @Override
    public boolean warm() {
        return warmUp.isOver();
    }

    @Override
    public boolean draining() {
        return engine.status().draining();
    }

    @Override
    public List<String> degraded() {
        return certificates.degraded();
    }

    @Override
    public Serving serving() {
        EngineStatus status = engine.status();
        return new Serving(status.transport(), status.workers(), status.connections(), status.pressure(),
                status.acceptsPaused());
    }

    @Override
    public String metrics() {
        return engine.metrics() + certificates.metrics();
    }

    @Override
    public Map<String, UpstreamState> upstreams() {
        Map<String, UpstreamState> upstreams = new TreeMap<>();
        Map<String, Knowledge> found = engine.found();
        Loaded.Accepted loaded = running;
        engine.upstreams().forEach((name, health) -> {
            Knowledge known = found.get(name);
            UpstreamConfig declared = loaded == null ? null : loaded.config().upstreams().get(name);
            upstreams.put(name,
                    new UpstreamState(health.selection().panic(),
                            health.states().stream().map(EngineView::state).toList(),
                            known == null || loaded == null || declared == null || declared.discovery() == null
                                    ? null
                                    : state(declared.discovery(), known, loaded.secrets())));
        });
        return upstreams;
    }

    private static DiscoveryState state(DiscoveryConfig declared, Knowledge known, Secrets secrets) {
        return new DiscoveryState(secrets.hide(declared.toString()), known.endpoints().size(), known.ageSeconds(),
                known.failure() == null ? null : secrets.hide(known.failure()));
    }

    private static EndpointState state(io.tidegate.engine.health.EndpointState of) {
        return new EndpointState(of.endpoint(), of.usable(), of.unhealthy(), of.ejected(), of.ejectedForMillis(),
                of.draining());
    }

    @Override
    public boolean drain(String upstream, String endpoint, boolean on) {
        UpstreamHealth health = engine.upstreams().get(upstream);
        return health != null && health.drain(endpoint, on);
    }

    @Override
    public Level logLevel() {
        return switch (log.level()) {
            case ERROR -> Level.ERROR;
            case WARN -> Level.WARN;
            case INFO -> Level.INFO;
            case DEBUG, TRACE -> Level.DEBUG;
        };
    }

    @Override
    public void logLevel(Level level) {
        log.level(switch (level) {
            case ERROR -> org.slf4j.event.Level.ERROR;
            case WARN -> org.slf4j.event.Level.WARN;
            case INFO -> org.slf4j.event.Level.INFO;
            case DEBUG -> org.slf4j.event.Level.DEBUG;
        });
    }

    @Override
    public @Nullable String explain(String method, String url, List<String> headers) {
        Loaded.Accepted loaded = running;
        return loaded == null
                ? null
                : ExplanationJson.write(
                        new Explainer(loaded.config(), engine.found()).explain(method, url, headers, null),
                        loaded.secrets());
    }
}
