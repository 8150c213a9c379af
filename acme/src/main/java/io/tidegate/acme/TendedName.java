package io.tidegate.acme;

import io.tidegate.config.AcmeConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One name, what the store has for it, and when something is to be done. For one thread.
final class TendedName {

    private final String name;
    private final Instant started;
    private @Nullable FileTime stamp;
    private @Nullable StoredCertificate certificate;
    private @Nullable Failure failure;
    /// What the store could not be told of.
    private @Nullable Failure untold;
    private long failures;
    private String told = "";

    /// @param started
    ///            when the process began to tend it
    TendedName(String name, Instant started) {
        this.name = name;
        this.started = started;
    }

    String name() {
        return name;
    }

    /// Looks into the store, where this gateway or another may have put something.
    void look(AcmeConfig config, Store store, Instant now) throws IOException {
        Path file = config.file(name).path();
        FileTime written = FileStore.written(file);
        if (!Objects.equals(written, stamp)) {
            stamp = written;
            untold = null;
            certificate = written == null ? null : FileStore.certificate(file);
        }
        StoredCertificate read = certificate;
        if (read != null && read.fault(name, now) != null) {
            certificate = null;
        }
        Failure kept = store.failure(name);
        if (kept != null) {
            untold = null;
        }
        failure = kept == null ? untold : kept;
    }

    /// When a certificate is to be asked for.
    Instant due(AcmeConfig config) {
        StoredCertificate stored = certificate;
        Instant wanted = stored == null ? started : Schedule.renewal(stored.certificate(), config.renewBefore());
        Failure last = failure;
        if (last == null) {
            return wanted;
        }
        Instant allowed = last.at().isBefore(started) ? last.nextAfterStart() : last.next();
        return allowed.isAfter(wanted) ? allowed : wanted;
    }

    /// Takes note of an attempt of this process that failed.
    ///
    /// @return what to keep of it
    Failure failed(Instant now, IssueException reason) {
        failures++;
        failure = Failure.after(failure, now, reason);
        return failure;
    }

    /// Takes note that the store could not be told how the last attempt failed: it counts here all the same.
    void untold() {
        untold = failure;
    }

    /// Takes note of an attempt of this process that did not fail.
    void succeeded() {
        failure = null;
        untold = null;
        told = "";
    }

    /// Whether this reason has not been told yet.
    boolean isNews(String kind) {
        boolean news = !told.equals(kind);
        told = kind;
        return news;
    }

    NameStatus status(AcmeConfig config) {
        StoredCertificate stored = certificate;
        FileTime written = stamp;
        return new NameStatus(name, stored == null || written == null ? null : written.toInstant(),
                stored == null ? null : stored.certificate().getNotAfter().toInstant(), due(config), failure,
                failures);
    }
}
