package io.tidegate.acme;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Tells one process from all others, on this machine and elsewhere, for as long as machines run.
final class ProcessIdentity {

    private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
    private static final Path NAMESPACE = Path.of("/proc/self/ns/pid");
    private static final Pattern TEXT = Pattern.compile("(\\S+) (\\d+) (\\d+) .*", Pattern.DOTALL);

    private ProcessIdentity() {
    }

    /// This process: where process numbers mean the same, its number, and when it began.
    static String own() {
        ProcessHandle self = ProcessHandle.current();
        return place() + " " + self.pid() + " " + began(self);
    }

    /// Whether a text that begins with a process is of one that ran here and has ended.
    static boolean isGone(String text) {
        Matcher found = TEXT.matcher(text);
        if (!found.matches() || !found.group(1).equals(place())) {
            return false;
        }
        return ProcessHandle.of(Long.parseLong(found.group(2)))
                .map(process -> began(process) != Long.parseLong(found.group(3))).orElse(true);
    }

    private static long began(ProcessHandle process) {
        return process.info().startInstant().map(java.time.Instant::toEpochMilli).orElse(0L);
    }

    /// One start of one machine, and in it one set of process numbers, as each container has its own.
    private static String place() {
        try {
            return Files.readString(BOOT).strip() + Files.readSymbolicLink(NAMESPACE);
        } catch (IOException | UnsupportedOperationException e) {
            // Never the same twice, so that nobody is taken for gone.
            return "unknown-" + UUID.randomUUID();
        }
    }
}
