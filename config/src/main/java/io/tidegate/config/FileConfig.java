package io.tidegate.config;

import io.tidegate.api.Doc;
import io.tidegate.api.Shorthand;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/// A file that the configuration names. A relative path starts from the folder of the configuration file that names it.
///
/// @param name
///            its path, as it is found from where the gateway runs
@Doc("A file. A relative path starts from the folder of the configuration file.")
public record FileConfig(String name) {

    /// Reads one.
    @Shorthand
    public static FileConfig of(String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("must be the path of a file (was '" + text + "')");
        }
        try {
            return new FileConfig(Path.of(text).toString());
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
