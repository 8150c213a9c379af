package io.tidegate.app.log;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.slf4j.ILoggerFactory;

/// Makes the loggers of a process, one per name.
final class LogFactory implements ILoggerFactory {

    private final LogSink sink;
    private final ConcurrentMap<String, GatewayLogger> loggers = new ConcurrentHashMap<>();

    LogFactory(LogSink sink) {
        this.sink = sink;
    }

    LogSink sink() {
        return sink;
    }

    @Override
    public GatewayLogger getLogger(String name) {
        GatewayLogger known = loggers.get(name);
        return known != null ? known : loggers.computeIfAbsent(name, added -> new GatewayLogger(added, sink));
    }
}
