package io.tidegate.control;

import io.tidegate.config.Loaded;
import java.nio.file.Path;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What a control plane works with; none of it changes while it runs.
///
/// @param root
///            the configuration file or the folder of them, which is watched; null if there is none
/// @param loader
///            reads the configuration; called on a virtual thread, may block
/// @param writer
///            writes a configuration as JSON text, without its secrets: `ConfigWriter::json`
/// @param tokenFolder
///            where the file with the admin token goes if none is configured ([ControlPlane#tokenFolder])
/// @param version
///            of the gateway
public record ControlOptions(@Nullable Path root, Supplier<Loaded> loader, Function<Loaded.Accepted, String> writer,
        Path tokenFolder, String version) {
}
