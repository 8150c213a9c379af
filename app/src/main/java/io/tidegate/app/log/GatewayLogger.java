package io.tidegate.app.log;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.event.LoggingEvent;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.spi.LoggingEventAware;

/// A logger of the process.
final class GatewayLogger extends LegacyAbstractLogger implements LoggingEventAware {

    private static final long serialVersionUID = 1L;

    private final transient LogSink sink;
    private final boolean own;

    GatewayLogger(String name, LogSink sink) {
        this.name = name;
        this.sink = sink;
        this.own = name.startsWith("io.tidegate.") || name.startsWith("tidegate.");
    }

    @Override
    public void log(LoggingEvent event) {
        if (!sink.takes(event.getLevel(), own)) {
            return;
        }
        var filled = MessageFormatter.arrayFormat(event.getMessage(), event.getArgumentArray());
        Throwable thrown = event.getThrowable() != null ? event.getThrowable() : filled.getThrowable();
        var pairs = event.getKeyValuePairs();
        sink.write(new LogEvent(Instant.now(), event.getLevel(), name, String.valueOf(filled.getMessage()),
                pairs == null ? List.of() : pairs, thrown));
    }

    @Override
    protected void handleNormalizedLoggingCall(Level level, @Nullable Marker marker, String message,
            Object @Nullable [] arguments, @Nullable Throwable thrown) {
        var filled = MessageFormatter.arrayFormat(message, arguments);
        sink.write(new LogEvent(Instant.now(), level, name, String.valueOf(filled.getMessage()), List.of(),
                thrown != null ? thrown : filled.getThrowable()));
    }

    @Override
    protected @Nullable String getFullyQualifiedCallerName() {
        return null;
    }

    @Override
    public boolean isTraceEnabled() {
        return sink.takes(Level.TRACE, own);
    }

    @Override
    public boolean isDebugEnabled() {
        return sink.takes(Level.DEBUG, own);
    }

    @Override
    public boolean isInfoEnabled() {
        return sink.takes(Level.INFO, own);
    }

    @Override
    public boolean isWarnEnabled() {
        return sink.takes(Level.WARN, own);
    }

    @Override
    public boolean isErrorEnabled() {
        return sink.takes(Level.ERROR, own);
    }
}
