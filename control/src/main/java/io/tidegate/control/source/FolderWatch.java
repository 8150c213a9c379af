package io.tidegate.control.source;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Wakes up when something in one of several folders changes, as far as the system tells. Where it does not, as over
/// network mounts or when inotify's watches are used up, it only sleeps.
final class FolderWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(FolderWatch.class);

    private final @Nullable WatchService service;
    private final Map<Path, WatchKey> keys = new HashMap<>();
    private Set<Path> files = Set.of();
    private final CountDownLatch closed = new CountDownLatch(1);
    private boolean failed;

    private FolderWatch(@Nullable WatchService service) {
        this.service = service;
    }

    /// One that is told by the system, if the system tells.
    static FolderWatch open() {
        try {
            return new FolderWatch(FileSystems.getDefault().newWatchService());
        } catch (IOException | UnsupportedOperationException e) {
            LOG.warn("changes of files are noticed late, because the system does not tell of them: {}",
                    e.getMessage());
            return untold();
        }
    }

    /// One that is told of nothing.
    static FolderWatch untold() {
        return new FolderWatch(null);
    }

    /// Watches these files and no others, in their folders; of a folder among them, everything that is in it.
    void watch(Set<Path> files) {
        this.files = files;
        Set<Path> folders = new HashSet<>();
        for (Path file : files) {
            Path folder = file.getParent();
            if (folder != null) {
                folders.add(folder);
            }
            if (Files.isDirectory(file)) {
                folders.add(file);
            }
        }
        keys.entrySet().removeIf(entry -> {
            boolean gone = !folders.contains(entry.getKey()) || !entry.getValue().isValid();
            if (gone) {
                entry.getValue().cancel();
            }
            return gone;
        });
        for (Path folder : folders) {
            if (service != null && !keys.containsKey(folder)) {
                register(service, folder);
            }
        }
    }

    private void register(WatchService service, Path folder) {
        try {
            keys.put(folder, folder.register(service, StandardWatchEventKinds.ENTRY_CREATE,
                    StandardWatchEventKinds.ENTRY_MODIFY, StandardWatchEventKinds.ENTRY_DELETE));
        } catch (ClosedWatchServiceException e) {
            LOG.debug("{} is not watched any more", folder);
        } catch (IOException e) {
            if (!failed) {
                failed = true;
                LOG.warn("changes in {} are noticed late, because the system does not tell of them: {}", folder,
                        e.getMessage());
            }
        }
    }

    /// Waits until the system tells something; true if it is about a watched file. Closing ends it.
    boolean await(long nanos) throws InterruptedException {
        if (service == null) {
            closed.await(nanos, TimeUnit.NANOSECONDS);
            return false;
        }
        try {
            WatchKey key = service.poll(nanos, TimeUnit.NANOSECONDS);
            boolean changed = false;
            while (key != null) {
                Path folder = (Path) key.watchable();
                changed |= key.pollEvents().stream().anyMatch(event -> matters(folder, event));
                // What is no longer valid has lost its folder.
                changed |= !key.reset();
                key = service.poll();
            }
            return changed;
        } catch (ClosedWatchServiceException e) {
            return false;
        }
    }

    private boolean matters(Path folder, WatchEvent<?> event) {
        return !(event.context() instanceof Path name) || files.contains(folder)
                || files.contains(folder.resolve(name));
    }

    @Override
    public void close() {
        closed.countDown();
        if (service != null) {
            try {
                service.close();
            } catch (IOException e) {
                LOG.debug("watching could not be ended", e);
            }
        }
    }
}
