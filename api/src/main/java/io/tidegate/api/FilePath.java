package io.tidegate.api;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;

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

    @Override
    public String toString() {
        return name;
    }
}
