package io.tidegate.control.discovery;

import io.tidegate.control.json.JsonClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Lines that come as something happens. Who is quiet for too long is taken for dead.
final class EventLines implements AutoCloseable {

    private final InputStream in;
    private final Duration quiet;
    private final byte[] chunk = new byte[16_384];
    private int at;
    private int end;

    EventLines(InputStream in, Duration quiet) {
        this.in = in;
        this.quiet = quiet;
    }

    /// The next line, without its end; null where there are no more.
    ///
    /// @throws IOException
    ///             where it is too long or does not come
    byte @Nullable [] next() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        while (true) {
            for (int i = at; i < end; i++) {
                if (chunk[i] == '\n') {
                    line.write(chunk, at, i - at);
                    at = i + 1;
                    return line.toByteArray();
                }
            }
            line.write(chunk, at, end - at);
            at = 0;
            end = 0;
            if (line.size() > JsonClient.LARGEST) {
                throw new IOException("an event is larger than " + (JsonClient.LARGEST >> 20) + " MiB");
            }
            int read = read();
            if (read < 0) {
                return null;
            }
            end = read;
        }
    }

    private int read() throws IOException {
        CompletableFuture<Void> watch = new CompletableFuture<>();
        watch.orTimeout(quiet.toMillis(), TimeUnit.MILLISECONDS).whenComplete((over, late) -> {
            if (late != null) {
                close();
            }
        });
        try {
            return in.read(chunk);
        } finally {
            watch.complete(null);
        }
    }

    /// Whoever waits for a line gets an [IOException].
    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException e) {
            // There is nothing left to close.
            return;
        }
    }
}
