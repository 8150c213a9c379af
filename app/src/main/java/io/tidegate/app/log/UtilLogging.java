package io.tidegate.app.log;

import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.slf4j.LoggerFactory;

/// Leads what libraries say by `java.util.logging` to SLF4J.
///
/// The JDK makes one when that logging is used for the first time, because the system property
/// `java.util.logging.config.class` names this class; so nothing of it is loaded where nobody uses it.
public final class UtilLogging {

    /// Puts the handler in place. For the JDK.
    public UtilLogging() {
        Logger root = Logger.getLogger("");
        root.setLevel(Level.INFO);
        root.addHandler(new ToSlf4j());
    }

    /// Has the JDK make one of these when it needs it.
    public static void announce() {
        System.setProperty("java.util.logging.config.class", UtilLogging.class.getName());
    }

    private static final class ToSlf4j extends Handler {

        private final SimpleFormatter messages = new SimpleFormatter();

        @Override
        public void publish(LogRecord entry) {
            int severity = entry.getLevel().intValue();
            var level = severity >= Level.SEVERE.intValue()
                    ? org.slf4j.event.Level.ERROR
                    : severity >= Level.WARNING.intValue()
                            ? org.slf4j.event.Level.WARN
                            : severity >= Level.INFO.intValue()
                                    ? org.slf4j.event.Level.INFO
                                    : org.slf4j.event.Level.DEBUG;
            String name = entry.getLoggerName() == null ? "java.util.logging" : entry.getLoggerName();
            LoggerFactory.getLogger(name).atLevel(level).setCause(entry.getThrown())
                    .log(messages.formatMessage(entry));
        }

        @Override
        public void flush() {
            // Every line is written at once.
        }

        @Override
        public void close() {
            // Standard error is not ours to close.
        }
    }
}
