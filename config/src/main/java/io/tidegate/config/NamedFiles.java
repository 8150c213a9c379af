package io.tidegate.config;

import io.tidegate.api.FilePath;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;

/// The files that one configuration names: of each, a relative path starts from the folder of the file that names it.
final class NamedFiles {

    private final Set<Path> ofPolicies = new LinkedHashSet<>();

    /// What a configuration file says there, where that is a file; else the record itself.
    Record placed(Record made, Place place) {
        Path folder = Path.of(place.file()).getParent();
        return switch (made) {
            case FileConfig file when folder != null -> new FileConfig(folder.resolve(file.name()).toString());
            case FilePath file -> {
                FilePath found = folder == null ? file : new FilePath(folder.resolve(file.name()).toString());
                ofPolicies.add(found.path());
                yield found;
            }
            default -> made;
        };
    }

    /// Those that policies want, those of broken policies included.
    Set<Path> ofPolicies() {
        return ofPolicies;
    }
}
