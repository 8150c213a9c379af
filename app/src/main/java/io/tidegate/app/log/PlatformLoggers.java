package io.tidegate.app.log;

import java.text.MessageFormat;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Leads what the JDK says about itself to SLF4J. Found with [java.util.ServiceLoader]; not for other use.
public final class PlatformLoggers extends System.LoggerFinder {

    /// For [java.util.ServiceLoader].
    public PlatformLoggers() {
    }

    @Override
    public System.Logger getLogger(String name, Module module) {
        return new PlatformLogger(LoggerFactory.getLogger(name));
    }

    private record PlatformLogger(Logger logger) implements System.Logger {

        @Override
        public String getName() {
            return logger.getName();
        }

        @Override
        public boolean isLoggable(Level level) {
            return level != Level.OFF && logger.isEnabledForLevel(translate(level));
        }

        @Override
        public void log(Level level, @Nullable ResourceBundle bundle, String message, @Nullable Throwable thrown) {
            if (isLoggable(level)) {
                logger.atLevel(translate(level)).setCause(thrown).log(message);
            }
        }

        @Override
        public void log(Level level, @Nullable ResourceBundle bundle, String format, @Nullable Object... arguments) {
            if (isLoggable(level)) {
                logger.atLevel(translate(level))
                        .log(arguments == null || arguments.length == 0
                                ? format
                                : MessageFormat.format(format, arguments));
            }
        }

        private static org.slf4j.event.Level translate(Level level) {
            return switch (level) {
                case ALL, TRACE -> org.slf4j.event.Level.TRACE;
                case DEBUG -> org.slf4j.event.Level.DEBUG;
                case INFO -> org.slf4j.event.Level.INFO;
                case WARNING -> org.slf4j.event.Level.WARN;
                case ERROR, OFF -> org.slf4j.event.Level.ERROR;
            };
        }
    }
}
