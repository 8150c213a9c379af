package io.tidegate.app.gateway;

import io.tidegate.acme.AcmeCertificates;
import io.tidegate.app.explain.ExplanationJson;
import io.tidegate.app.log.LogSink;
import io.tidegate.app.mirror.MirrorJson;
import io.tidegate.app.mirror.MirrorText;
import io.tidegate.config.DiscoveryConfig;
import io.tidegate.config.Loaded;
import io.tidegate.config.ProcessConfig;
import io.tidegate.config.Secrets;
import io.tidegate.config.TelemetryConfig.Log.Level;
import io.tidegate.config.UpstreamConfig;
import io.tidegate.control.GatewayView;
import io.tidegate.engine.BoundState;
import io.tidegate.engine.Engine;
import io.tidegate.engine.EngineStatus;
import io.tidegate.engine.Explainer;
import io.tidegate.engine.discovery.Knowledge;
import io.tidegate.engine.health.UpstreamHealth;
import io.tidegate.engine.upstream.BalanceState;
import java.util.ArrayList;
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
        List<String> all = new ArrayList<>(engine.status().degraded());
        all.addAll(certificates.degraded());
        return List.copyOf(all);
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
        Map<String, BoundState> bounds = engine.bounds();
        Map<String, BalanceState> balance = engine.balance();
        Map<String, Knowledge> found = engine.found();
        engine.upstreams().forEach((name, health) -> {
            BoundState bound = bounds.get(name);
            BalanceState shares = balance.getOrDefault(name, new BalanceState(0, Map.of(), Map.of()));
            upstreams.put(name,
                    new UpstreamState(health.selection().panic(), shares.declared(),
                            bound == null ? null : bound.breaker(),
                            bound == null || bound.limit() < 0
                                    ? null
                                    : new ConcurrencyState(bound.running(), bound.limit(), bound.waiting()),
                            health.states().stream().map(state -> state(state, shares, bound)).toList(),
                            discovery(name, found.get(name))));
        });
        return upstreams;
    }

    private @Nullable DiscoveryState discovery(String upstream, @Nullable Knowledge known) {
        Loaded.Accepted loaded = running;
        UpstreamConfig declared = loaded == null ? null : loaded.config().upstreams().get(upstream);
        return known == null || loaded == null || declared == null || declared.discovery() == null
                ? null
                : state(declared.discovery(), known, loaded.secrets());
    }

    private static DiscoveryState state(DiscoveryConfig declared, Knowledge known, Secrets secrets) {
        return new DiscoveryState(secrets.hide(declared.toString()), known.endpoints().size(), known.ageSeconds(),
                known.failure() == null ? null : secrets.hide(known.failure()));
    }

    @Override
    public String mirrors(boolean text) {
        return text ? MirrorText.write(engine.mirrors()) : MirrorJson.write(engine.mirrors());
    }

    private static EndpointState state(io.tidegate.engine.health.EndpointState of, BalanceState shares,
            @Nullable BoundState bound) {
        return new EndpointState(of.endpoint(), of.usable(), of.unhealthy(), of.ejected(), of.ejectedForMillis(),
                of.draining(), shares.zones().get(of.endpoint()), shares.starting().get(of.endpoint()),
                bound == null ? null : bound.endpointBreakers().get(of.endpoint()));
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
