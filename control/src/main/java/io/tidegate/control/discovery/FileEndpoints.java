package io.tidegate.control.discovery;

import io.tidegate.config.EndpointConfig;
import io.tidegate.config.EndpointFile;
import io.tidegate.config.EndpointUrl;
import io.tidegate.config.Problem;
import io.tidegate.config.discovery.EndpointSource;
import io.tidegate.config.discovery.Found;
import io.tidegate.control.source.FileSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Endpoints in a file, read when it has changed and come to rest, and now and then.
final class FileEndpoints implements EndpointSource {

    private static final long READ_EVERY_SECONDS = 30;

    private final Path file;
    private final EndpointUrl.Scheme scheme;
    private final Semaphore changes = new Semaphore(0);
    private final FileSource watching;
    private boolean started;
    private volatile boolean closed;

    FileEndpoints(Path file, EndpointUrl.Scheme scheme) {
        this.file = file;
        this.scheme = scheme;
        this.watching = new FileSource(file, changes::release);
    }

    @Override
    public Answer next() throws IOException, InterruptedException {
        if (started) {
            boolean changed = changes.tryAcquire(READ_EVERY_SECONDS, TimeUnit.SECONDS);
            if (changed) {
                changes.drainPermits();
            }
        } else {
            started = true;
            watching.start();
        }
        if (closed) {
            throw new IOException("closed");
        }
        if (!Files.exists(file)) {
            throw new IOException(file + " is not there");
        }
        EndpointFile.Content content = EndpointFile.read(file);
        List<Problem> problems = content.problems();
        if (!problems.isEmpty()) {
            throw new IOException(problems.getFirst()
                    + (problems.size() == 1 ? "" : " (and " + (problems.size() - 1) + " more)"));
        }
        for (EndpointConfig endpoint : content.endpoints()) {
            check(endpoint.url());
        }
        return new Answer(content.endpoints().stream().map(Found::of).toList(), Duration.ZERO);
    }

    private void check(EndpointUrl url) throws IOException {
        if (scheme.speaksHttp() ? !url.speaksHttp() : !url.speaksBytes()) {
            throw new IOException(file + ": its upstream is " + (scheme.speaksHttp() ? "" : "not ")
                    + "for HTTP, and " + url + " is " + (url.speaksHttp() ? "" : "not"));
        }
        if (scheme.secure() && !url.secure()) {
            throw new IOException(file + ": " + url + " is reached without TLS, but its upstream has 'tls'");
        }
    }

    @Override
    public void close() {
        closed = true;
        watching.close();
        changes.release();
    }
}
