package io.tidegate.engine.observe;

import io.tidegate.config.TelemetryConfig;
import io.tidegate.engine.worker.Watchdog;
import java.io.FileDescriptor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// One line per request, written by a thread of its own, so that no event loop ever waits for a disk or a pipe.
///
/// Each worker has a lane; lines of one lane keep their order. Memory is bounded by `accessLog.buffer`, shared out
/// evenly, at least 128 KiB a worker. What finds no room is dropped and counted in `tidegate_access_log_dropped_total`.
public final class AccessLog implements AutoCloseable {

    /// How long [#close] waits for what is left to be written.
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);
    /// And how long for the thread to end after it was told to give up.
    private static final Duration GIVE_UP_LIMIT = Duration.ofMillis(200);
    private static final int LEAST_CHUNKS = 2;
    private static final int MOST_CHUNKS = 1 << 14;

    private final List<AccessLane> lanes;
    private final @Nullable AccessLogWriter writer;
    private final @Nullable Thread thread;

    private AccessLog(TelemetryConfig.AccessLog config, int workers, Metrics metrics,
            @Nullable LogDestination destination, LongSupplier clock) {
        int limit = Math.clamp(config.buffer().bytes() / workers / AccessLane.CHUNK, LEAST_CHUNKS, MOST_CHUNKS);
        AccessLogWriter made = destination == null ? null : new AccessLogWriter(destination);
        List<AccessLane> all = new ArrayList<>(workers);
        for (int i = 0; i < workers; i++) {
            all.add(made == null
                    ? new AccessLane(null, metrics.worker(i), limit, () -> {}, clock)
                    : new AccessLane(format(config.format()), metrics.worker(i), limit, made::wake, clock));
        }
        lanes = List.copyOf(all);
        writer = made;
        thread = made == null ? null : Watchdog.daemon("tidegate-access-log", () -> made.run(lanes));
    }

    /// Opens the access log that `config` declares.
    ///
    /// @throws IllegalArgumentException
    ///             where it can't be written to, saying why
    public static AccessLog open(TelemetryConfig.AccessLog config, int workers, Metrics metrics) {
        LogDestination destination = switch (config.to()) {
            case "none" -> null;
            case "stdout" -> new StreamDestination("stdout", FileDescriptor.out);
            case "stderr" -> new StreamDestination("stderr", FileDescriptor.err);
            default -> new FileDestination(Path.of(config.to()));
        };
        return new AccessLog(config, workers, metrics, destination, System::currentTimeMillis);
    }

    static AccessLog open(TelemetryConfig.AccessLog config, int workers, Metrics metrics, LogDestination destination,
            LongSupplier clock) {
        return new AccessLog(config, workers, metrics, destination, clock);
    }

    private static LineFormat format(TelemetryConfig.AccessLog.Format format) {
        return switch (format) {
            case JSON -> new JsonFormat();
            case TEXT -> new TextFormat();
        };
    }

    /// Where the event loop of one worker puts its lines, by its index. There even where the log is off.
    public AccessLane lane(int worker) {
        return lanes.get(worker);
    }

    /// Opens the file anew, for those who move it away to keep it. Returns at once; on failure the file before is kept.
    public void reopen() {
        AccessLogWriter running = writer;
        if (running != null) {
            running.reopen();
        }
    }

    /// Writes what is left, for two seconds at most. What loops log from now on is dropped and counted; close it after
    /// the last exchange.
    @Override
    public void close() {
        lanes.forEach(AccessLane::close);
        AccessLogWriter running = writer;
        Thread waited = thread;
        if (running == null || waited == null) {
            return;
        }
        running.finish();
        try {
            if (!waited.join(CLOSE_LIMIT)) {
                running.giveUp();
                waited.join(GIVE_UP_LIMIT);
            }
        } catch (InterruptedException e) {
            running.giveUp();
            Thread.currentThread().interrupt();
        }
    }

    /// Lines that [#close] could not write any more.
    long lost() {
        AccessLogWriter running = writer;
        return running == null ? 0 : running.lost();
    }
}
