package io.tidegate.app.gateway;

import io.tidegate.config.Loaded;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A configuration that can be run, and how to read it again.
///
/// @param loaded
///            as it was read first
/// @param root
///            the file or the folder to watch; null where there is none
/// @param loader
///            reads it again
public record Declared(Loaded.Accepted loaded, @Nullable Path root, Supplier<Loaded> loader) {
}
