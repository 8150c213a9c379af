package io.tidegate.control.admin;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A file that holds the admin token for whoever may read it: its owner alone.
///
/// It is written beside its place and then renamed, so that nobody ever sees half of it, and whatever was put in its
/// place before, a link for instance, is replaced and not written through.
public final class TokenFile implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TokenFile.class);
    private static final int TOKEN_BYTES = 32;

    private final Path file;
    private final String token;

    private TokenFile(Path file, String token) {
        this.file = file;
        this.token = token;
    }

    /// Makes a token of 256 random bits and writes it to `file`. Its folder is made if it is missing.
    ///
    /// @throws IOException
    ///             if it can't be written, or its folder is a link, belongs to somebody else or can be written by others
    public static TokenFile create(Path file) throws IOException {
        SecureRandom random = new SecureRandom();
        byte[] bytes = new byte[TOKEN_BYTES];
        random.nextBytes(bytes);
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        Path absolute = file.toAbsolutePath();
        Path folder = absolute.getParent();
        if (folder == null || absolute.getFileName() == null) {
            throw new IOException("must be a file in a folder (was " + file + ")");
        }
        UserPrincipal owner = folder(folder);
        Path beside = folder.resolve("." + absolute.getFileName() + "." + Long.toHexString(random.nextLong()));
        try {
            write(beside, token, owner);
            Files.move(beside, absolute, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(beside);
        }
        return new TokenFile(absolute, token);
    }

    private static UserPrincipal folder(Path folder) throws IOException {
        try {
            Files.createDirectory(folder,
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (FileAlreadyExistsException e) {
            LOG.debug("{} exists", folder);
        }
        PosixFileAttributes attributes = Files.readAttributes(folder, PosixFileAttributes.class, NOFOLLOW_LINKS);
        if (!attributes.isDirectory()) {
            throw new IOException(folder + " must be a folder (is a link or a file)");
        }
        Set<PosixFilePermission> permissions = attributes.permissions();
        if (permissions.contains(PosixFilePermission.GROUP_WRITE)
                || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new IOException(folder + " must be writable by its owner alone (is "
                    + PosixFilePermissions.toString(permissions) + ")");
        }
        return attributes.owner();
    }

    private static void write(Path beside, String token, UserPrincipal owner) throws IOException {
        try (FileChannel channel = FileChannel.open(beside,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, NOFOLLOW_LINKS),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            // The file is ours, whoever we are; so must be the folder, or its owner could put another in its place.
            UserPrincipal self = Files.getOwner(beside, NOFOLLOW_LINKS);
            if (!self.equals(owner)) {
                throw new IOException(
                        beside.getParent() + " must belong to " + self.getName() + " (belongs to " + owner.getName()
                                + ")");
            }
            ByteBuffer bytes = StandardCharsets.US_ASCII.encode(token + "\n");
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    /// The token.
    public String token() {
        return token;
    }

    /// Where it is.
    public Path path() {
        return file;
    }

    /// Removes the file, unless another gateway has put its own there since.
    @Override
    public void close() {
        try {
            if (Files.isRegularFile(file, NOFOLLOW_LINKS) && Files.readString(file).strip().equals(token)) {
                Files.delete(file);
            }
        } catch (IOException e) {
            LOG.warn("the file with the admin token {} could not be removed: {}", file, e.getMessage());
        }
    }

    /// Never the token.
    @Override
    public String toString() {
        return file.toString();
    }
}
