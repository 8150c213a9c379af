package io.tidegate.acme;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Lets one of the gateways that share a store write to it at a time.
///
/// Locks are files with a number, `lock-42`. The highest number is the lock. Whoever wants it makes the file with the
/// next number, which the file system lets only one do, once the highest is given back, or stale. So a lock that was
/// taken over is never the one of before, and who had it finds out, however late, by looking for a higher number.
///
/// ```
///            free ─ make the next ─▶ held ─ give back ─▶ free
///                                      │ nothing written into it for a lease, or its process is gone: stale
///                                      └─ somebody else makes the next ─▶ lost
/// ```
///
/// Whether a lock is stale is found out by watching it for a lease: clocks of machines are not compared. A process on
/// the same machine that is gone is seen at once. For one thread.
final class StoreLock {

    private static final String PREFIX = "lock-";
    private static final String FREE = "free";
    private static final int KEPT = 2;
    private static final FileAttribute<?> OWN = PosixFilePermissions
            .asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path folder;
    private final Duration lease;
    private final LongSupplier nanos;
    private final String owner;
    private String seen = "";
    private long seenAt;

    /// @param lease
    ///            how long nothing may be heard of one who has it
    /// @param nanos
    ///            the time, in nanoseconds
    StoreLock(Path folder, Duration lease, LongSupplier nanos) {
        this.folder = folder;
        this.lease = lease;
        this.nanos = nanos;
        this.owner = ProcessIdentity.own() + " " + UUID.randomUUID();
    }

    /// The lock, as long as one has it.
    final class Held implements Store.Held {

        private final long number;
        private long beats;

        private Held(long number) {
            this.number = number;
        }

        @Override
        public boolean beat() throws IOException {
            if (highest().orElse(-1) != number) {
                return false;
            }
            beats++;
            try {
                write(file(number), owner + " " + beats);
                return true;
            } catch (NoSuchFileException e) {
                return false;
            }
        }

        @Override
        public void close() throws IOException {
            if (highest().orElse(-1) == number) {
                try {
                    write(file(number), FREE);
                } catch (NoSuchFileException e) {
                    // Taken over and cleared away since the look.
                    seen = "";
                }
            }
        }
    }

    /// Takes the lock where it is free or stale; null where another one has it.
    @Nullable
    Held take() throws IOException {
        OptionalLong highest = highest();
        if (highest.isPresent() && !isFree(highest.getAsLong())) {
            return null;
        }
        long number = highest.orElse(0) + 1;
        try {
            Files.createFile(file(number), OWN);
        } catch (FileAlreadyExistsException e) {
            return null;
        }
        try {
            write(file(number), owner + " 0");
        } catch (NoSuchFileException e) {
            // It was one of long ago, and somebody who has a higher one has cleared it away already.
            return null;
        }
        // Who looked long ago may make a file that was cleared away since: there is a higher one then.
        if (highest().orElse(-1) != number) {
            Files.deleteIfExists(file(number));
            return null;
        }
        for (long older : numbers()) {
            if (older <= number - KEPT) {
                Files.deleteIfExists(file(older));
            }
        }
        return new Held(number);
    }

    private boolean isFree(long number) throws IOException {
        String content;
        try {
            content = Files.readString(file(number));
        } catch (NoSuchFileException e) {
            return false;
        }
        if (content.equals(FREE) || ProcessIdentity.isGone(content)) {
            return true;
        }
        String now = number + " " + content;
        if (!Objects.equals(now, seen)) {
            seen = now;
            seenAt = nanos.getAsLong();
        }
        return nanos.getAsLong() - seenAt >= lease.toNanos();
    }

    /// Writes into a file that is there. Not by a channel: who is asked to end by an interrupt could not give back what
    /// he has.
    private static void write(Path file, String text) throws IOException {
        try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    private OptionalLong highest() throws IOException {
        return numbers().stream().mapToLong(Long::longValue).max();
    }

    private List<Long> numbers() throws IOException {
        List<Long> numbers = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches(PREFIX + "[0-9]{1,18}"))
                    .forEach(name -> numbers.add(Long.parseLong(name.substring(PREFIX.length()))));
        }
        return numbers;
    }

    private Path file(long number) {
        return folder.resolve(PREFIX + number);
    }
}
