package io.tidegate.control.source;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What a configuration's files are like at one moment.
final class Fingerprint {

    private Fingerprint() {
    }

    /// Whether `root` holds anything: a file with content, or a folder with a visible file. An empty file counts as
    /// missing, because it is what a writer leaves for a moment before it writes, and never a wish.
    static boolean exists(Path root) {
        try {
            return Files.isDirectory(root) ? !entries(root).isEmpty() : Files.size(root) > 0;
        } catch (IOException | UncheckedIOException e) {
            return false;
        }
    }

    /// What the file system tells of the files without reading them: real path, time, size, and which file it is.
    static String ofAttributes(Path root, Collection<Path> further) {
        StringBuilder text = new StringBuilder();
        for (Path path : paths(root, further)) {
            text.append(path).append('=');
            try {
                BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
                text.append(path.toRealPath()).append(' ')
                        .append(attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS)).append(' ')
                        .append(attributes.size()).append(' ').append(attributes.fileKey());
            } catch (IOException e) {
                text.append(e.getClass().getSimpleName());
            }
            text.append('\n');
        }
        return text.toString();
    }

    /// A hash of all names and contents.
    static String ofContents(Path root, Collection<Path> further) {
        MessageDigest digest = sha256();
        for (Path path : paths(root, further)) {
            digest.update(path.toString().getBytes(StandardCharsets.UTF_8));
            byte[] content = content(path);
            digest.update((byte) (content == null ? 0 : 1));
            if (content != null) {
                digest.update(content);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    // The hash of one file, so that all of them together are told apart by more than their concatenation.
    private static byte @Nullable [] content(Path path) {
        if (!Files.isRegularFile(path)) {
            return null;
        }
        MessageDigest digest = sha256();
        byte[] chunk = new byte[16384];
        try (InputStream in = Files.newInputStream(path)) {
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                digest.update(chunk, 0, read);
            }
            return digest.digest();
        } catch (IOException e) {
            return null;
        }
    }

    private static List<Path> paths(Path root, Collection<Path> further) {
        List<Path> paths = new ArrayList<>();
        paths.add(root);
        try {
            if (Files.isDirectory(root)) {
                paths.addAll(entries(root));
            }
        } catch (IOException | UncheckedIOException e) {
            // The folder went away just now: it shows as a path that is missing.
            return paths;
        }
        further.stream().sorted().filter(path -> !paths.contains(path)).forEach(paths::add);
        return paths;
    }

    // Names with a dot are Kubernetes' and editors' own.
    private static List<Path> entries(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(path -> !path.getFileName().toString().startsWith(".") && Files.isRegularFile(path))
                    .sorted().toList();
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
