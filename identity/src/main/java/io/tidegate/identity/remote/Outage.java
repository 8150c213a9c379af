package io.tidegate.identity.remote;

import java.time.InstantSource;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells the log that a server can't be asked, at most once a minute, whatever the number of requests that find out.
public final class Outage {

    private static final Logger LOG = LoggerFactory.getLogger("tidegate.policies");
    private static final long QUIET_MILLIS = 60_000;

    private final String path;
    private final String server;
    private final InstantSource clock;
    private final AtomicLong told = new AtomicLong(Long.MIN_VALUE);

    /// Nothing was told yet.
    ///
    /// @param path
    ///            where the policy stands
    /// @param server
    ///            who is asked
    public Outage(String path, String server, InstantSource clock) {
        this.path = path;
        this.server = server;
        this.clock = clock;
    }

    /// What a stage failed with.
    static Throwable cause(Throwable why) {
        return why instanceof CompletionException && why.getCause() != null ? why.getCause() : why;
    }

    /// It could not be asked.
    public void found(Throwable why) {
        Throwable cause = cause(why);
        long now = clock.millis();
        long before = told.get();
        if ((before == Long.MIN_VALUE || now - before >= QUIET_MILLIS) && told.compareAndSet(before, now)) {
            LOG.atWarn().addKeyValue("policy", path).addKeyValue("server", server)
                    .addKeyValue("cause",
                            cause instanceof TimeoutException
                                    ? "no answer in time"
                                    : String.valueOf(cause.getMessage()))
                    .log("a server that decides on requests can't be asked");
        }
    }
}
