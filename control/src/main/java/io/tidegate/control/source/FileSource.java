package io.tidegate.control.source;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Watches a configuration file, or a folder of them, and the files that it refers to.
///
/// Two things tell of a change: the system, for every folder in which a link or a file of the chain may be replaced; and
/// a look at all of them every two seconds, because the system does not tell of everything. A change counts when the
/// files have come to rest ([Debounce]) and their contents differ from what they were: touching a file does nothing.
///
/// A configuration that is gone, or empty, is no change: it is waited for, and said once.
///
/// ```
///  system tells ──┐
///                 ├─▶ changed ─▶ at rest? ─▶ there? ─▶ other contents? ─▶ onChange
///  look differs ──┘                            └ no: wait for it
/// ```
///
public final class FileSource implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(FileSource.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(2);

    private final Path root;
    private final Runnable onChange;
    private final FolderWatch folders;
    private final long lookEvery;
    private final Debounce debounce = new Debounce();
    private final Thread thread;

    private volatile Set<Path> further = Set.of();
    private volatile boolean missing;
    private volatile boolean closed;
    private final AtomicLong settled = new AtomicLong();

    private Set<Path> lookedAt = Set.of();
    private String attributes = "";
    private String contents = "";

    /// A source; nothing is watched before [#start].
    ///
    /// @param root
    ///            the configuration file, or the folder of them
    /// @param onChange
    ///            called on the source's own thread when contents have changed; once at the start too, and whenever
    ///            other files are to be watched, because what changed before is not known
    public FileSource(Path root, Runnable onChange) {
        this(root, onChange, FolderWatch.open(), LOOK_EVERY);
    }

    FileSource(Path root, Runnable onChange, FolderWatch folders, Duration lookEvery) {
        this.folders = folders;
        this.lookEvery = lookEvery.toNanos();
        this.root = root.toAbsolutePath();
        this.onChange = onChange;
        this.thread = Thread.ofPlatform().daemon().name("config-files").unstarted(this::run);
    }

    /// Begins to watch.
    public void start() {
        thread.start();
    }

    /// Says which files the configuration refers to besides its own; those that are watched from now on.
    public void watch(Collection<Path> files) {
        Set<Path> absolute = new TreeSet<>();
        files.forEach(file -> absolute.add(file.toAbsolutePath()));
        further = absolute;
    }

    /// Whether the configuration is gone, or empty.
    public boolean missing() {
        return missing;
    }

    /// How often files came to rest after a change.
    long settled() {
        return settled.get();
    }

    private void run() {
        long looked = System.nanoTime() - lookEvery;
        while (!closed) {
            try {
                long now = System.nanoTime();
                if (now - looked >= lookEvery) {
                    looked = now;
                    look(now);
                }
                if (debounce.remaining(now) <= 0) {
                    debounce.clear();
                    settle();
                }
                now = System.nanoTime();
                long wait = Math.min(looked + lookEvery - now, debounce.remaining(now));
                if (folders.await(Math.max(wait, 0))) {
                    debounce.changed(System.nanoTime());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (RuntimeException e) {
                LOG.error("looking for changes of {} failed; it will be tried again", root, e);
            }
        }
    }

    private void look(long now) {
        Set<Path> files = further;
        String seen = Fingerprint.ofAttributes(root, files);
        if (!seen.equals(attributes) || !files.equals(lookedAt)) {
            attributes = seen;
            lookedAt = files;
            debounce.changed(now);
            follow(files);
        }
    }

    // Links may lead elsewhere by now, so what is to be watched is found anew.
    private void follow(Set<Path> files) {
        Set<Path> steps = new HashSet<>(SymlinkChain.steps(root));
        files.forEach(file -> steps.addAll(SymlinkChain.steps(file)));
        folders.watch(steps);
    }

    private void settle() {
        Set<Path> files = further;
        // Watched before they are read: what is written in between is told of, and read then.
        follow(files);
        attributes = Fingerprint.ofAttributes(root, files);
        lookedAt = files;
        boolean gone = !Fingerprint.exists(root);
        if (gone != missing) {
            missing = gone;
            if (gone) {
                LOG.warn("{} is gone or empty; the running configuration stays until it is back", root);
            } else {
                LOG.info("{} is back", root);
            }
        }
        if (!gone) {
            String now = Fingerprint.ofContents(root, files);
            if (!Objects.equals(now, contents)) {
                contents = now;
                onChange.run();
            }
        }
        settled.incrementAndGet();
    }

    /// Ends watching. A call of `onChange` that runs comes to its end.
    @Override
    public void close() {
        closed = true;
        // Not by an interrupt: that would close whatever file the thread writes its log to.
        folders.close();
    }
}
