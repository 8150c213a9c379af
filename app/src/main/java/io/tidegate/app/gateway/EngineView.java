package io.tidegate.app.gateway;

import io.tidegate.app.log.LogSink;
import io.tidegate.config.TelemetryConfig.Log.Level;
import io.tidegate.control.GatewayView;
import io.tidegate.engine.Engine;
import io.tidegate.engine.EngineStatus;
import java.util.List;

/// The engine as the admin listener sees it.
final class EngineView implements GatewayView {

    private final Engine engine;
    private final LogSink log;

    EngineView(Engine engine, LogSink log) {
        this.engine = engine;
        this.log = log;
    }

    @Override
    public boolean configured() {
        return engine.status().configured();
    }

    @Override
    public boolean warm() {
        return true;
    }

    @Override
    public boolean draining() {
        return engine.status().draining();
    }

    @Override
    public List<String> degraded() {
        return List.of();
    }

    @Override
    public Serving serving() {
        EngineStatus status = engine.status();
        return new Serving(status.transport(), status.workers(), status.connections());
    }

    @Override
    public String metrics() {
        return engine.metrics();
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
}
