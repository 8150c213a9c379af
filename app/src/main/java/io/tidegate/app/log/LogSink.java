package io.tidegate.app.log;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// Where log lines go. Each is one write, so lines of several threads do not mix.
///
/// The level holds for the gateway's own loggers. Those of libraries are never more talkative than `INFO`: their
/// details are about their own inside.
public final class LogSink {

    private final OutputStream out;
    private volatile LogFormat format;
    private volatile Level level = Level.INFO;

    LogSink(OutputStream out, LogFormat format) {
        this.out = out;
        this.format = format;
    }

    static LogSink onStandardError() {
        boolean terminal = "terminal".equals(System.getProperty("tidegate.stderr"));
        return new LogSink(new FileOutputStream(FileDescriptor.err), terminal ? LogFormat.TEXT : LogFormat.JSON);
    }

    /// The sink of this process.
    ///
    /// @throws IllegalStateException
    ///             where SLF4J found another provider than the gateway's
    public static LogSink ofProcess() {
        if (LoggerFactory.getILoggerFactory() instanceof LogFactory factory) {
            return factory.sink();
        }
        throw new IllegalStateException("SLF4J uses another provider than io.tidegate.app.log.LogProvider");
    }

    /// The least severity that is written.
    public Level level() {
        return level;
    }

    /// Sets the least severity that is written, from now on.
    public void level(Level least) {
        level = least;
    }

    /// Sets how lines are written, from now on.
    public void format(LogFormat wanted) {
        format = wanted;
    }

    boolean takes(Level wanted, boolean own) {
        Level least = own || level.toInt() > Level.INFO.toInt() ? level : Level.INFO;
        return wanted.toInt() >= least.toInt();
    }

    void write(LogEvent event) {
        StringBuilder line = new StringBuilder(160);
        format.write(event, line);
        byte[] bytes = line.toString().getBytes(StandardCharsets.UTF_8);
        try {
            out.write(bytes);
        } catch (IOException e) {
            // Standard error is gone: there is nobody left to tell.
        }
    }
}
