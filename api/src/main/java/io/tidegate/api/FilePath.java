package io.tidegate.api;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/// A file that the configuration of a policy names. Users write its path; a relative one starts from the folder of the
/// configuration file. A configuration is loaded anew when such a file changes.
///
/// @param name
///            its path, as it is found from where the gateway runs
@Doc("A file. A relative path starts from the folder of the configuration file.")
public record FilePath(String name) {

    /// Reads one.
    @Shorthand
    public static FilePath of(String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("must be the path of a file (was '" + text + "')");
        }
        try {
            return new FilePath(Path.of(text).toString());
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("must be the path of a file (was '" + text + "')", e);
        }
    }

    /// Where it is.
    public Path path() {
        return Path.of(name);
    }

    /// Stands for what the file holds now: another text once it was written or replaced; empty where there is none. For
    /// what is made of a file and shared over reloads.
    public String version() {
        try {
            BasicFileAttributes is = Files.readAttributes(path(), BasicFileAttributes.class);
            return is.size() + " " + is.lastModifiedTime() + " " + is.fileKey();
        } catch (IOException e) {
            return "";
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
