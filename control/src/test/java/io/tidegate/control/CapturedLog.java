package io.tidegate.control;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/// Everything the gateway logs while this is open.
public final class CapturedLog extends Handler implements AutoCloseable {

    private static final Logger ROOT = Logger.getLogger("io.tidegate");

    private final List<String> lines = new CopyOnWriteArrayList<>();

    /// Begins to capture.
    public CapturedLog() {
        setLevel(Level.ALL);
        ROOT.setLevel(Level.ALL);
        ROOT.addHandler(this);
    }

    /// One entry per event: level, message, and the exception's text if there is one.
    public List<String> lines() {
        return lines;
    }

    @Override
    public void publish(LogRecord event) {
        StringWriter text = new StringWriter();
        text.append(event.getLevel().getName()).append(' ').append(new SimpleFormatter().formatMessage(event));
        if (event.getThrown() != null) {
            event.getThrown().printStackTrace(new PrintWriter(text, true));
        }
        lines.add(text.toString());
    }

    @Override
    public void flush() {
        // Nothing is buffered.
    }

    @Override
    public void close() {
        ROOT.removeHandler(this);
    }
}
