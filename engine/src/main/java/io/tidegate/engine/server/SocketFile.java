package io.tidegate.engine.server;

import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// The file of a Unix socket on which a [Listener] listens.
///
/// It is made beside its place and moved there: whoever had the place before deletes its own file by the name under
/// which it was made, and never this one.
final class SocketFile {

    private final Path file;

    SocketFile(Path file) {
        this.file = file;
    }

    /// Where to bind at first. What a process that died has left is taken out of the way.
    SocketAddress toBind() {
        removeStale();
        return new DomainSocketAddress(beside().toFile());
    }

    private Path beside() {
        return Path.of(file + "." + ProcessHandle.current().pid());
    }

    /// Puts what was bound in its place.
    SocketAddress moveInPlace() {
        try {
            Files.move(beside(), file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new DomainSocketAddress(file.toString());
    }

    private void removeStale() {
        if (!Files.exists(file)) {
            return;
        }
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.connect(UnixDomainSocketAddress.of(file));
        } catch (ConnectException e) {
            remove();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Takes it away.
    void remove() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
