package io.tidegate.engine.observe;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A file that is appended to, made with mode 0640 (less what the process' mask takes). A pipe or a device is opened by
/// the writer when it first writes, since that may wait for a reader.
final class FileDestination implements LogDestination {

    private static final Set<OpenOption> APPEND = Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE,
            StandardOpenOption.APPEND);
    private static final Set<OpenOption> WRITE = Set.of(StandardOpenOption.WRITE);
    private static final FileAttribute<Set<PosixFilePermission>> MODE = PosixFilePermissions
            .asFileAttribute(PosixFilePermissions.fromString("rw-r-----"));

    private final Path path;
    private @Nullable FileChannel channel;

    /// Opens the file, unless it is a pipe or a device.
    ///
    /// @throws IllegalArgumentException
    ///             where that can't be done, saying why
    FileDestination(Path path) {
        this.path = path.toAbsolutePath();
        Path folder = this.path.getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new IllegalArgumentException("folder of the access log must exist (was '" + folder + "')");
        }
        if (Files.isDirectory(this.path)) {
            throw new IllegalArgumentException("access log must be a file (was a folder, '" + path + "')");
        }
        if (!isSpecial()) {
            try {
                channel = open();
            } catch (IOException e) {
                throw new IllegalArgumentException("access log '" + path + "' must be writable (was refused: "
                        + e.getClass().getSimpleName() + ' ' + e.getMessage() + ')', e);
            }
        }
    }

    private boolean isSpecial() {
        return Files.exists(path) && !Files.isRegularFile(path);
    }

    private FileChannel open() throws IOException {
        if (isSpecial()) {
            return FileChannel.open(path, WRITE);
        }
        return path.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? FileChannel.open(path, APPEND, MODE)
                : FileChannel.open(path, APPEND);
    }

    @Override
    public String name() {
        return path.toString();
    }

    @Override
    public int write(ByteBuffer lines) throws IOException {
        FileChannel to = channel;
        if (to == null || !to.isOpen()) {
            to = open();
            channel = to;
        }
        return to.write(lines);
    }

    @Override
    public void reopen() throws IOException {
        FileChannel fresh = open();
        FileChannel before = channel;
        channel = fresh;
        if (before != null) {
            before.close();
        }
    }

    @Override
    public void interrupt(Thread writer) {
        writer.interrupt();
    }

    @Override
    public void close() throws IOException {
        FileChannel open = channel;
        if (open != null) {
            open.close();
        }
    }
}
