package io.tidegate.api;

import java.util.Set;

/// Who calls, as whoever runs the gateway knows them: an entry of `consumers`.
///
/// @param name
///            the key under which they are declared
/// @param groups
///            what they belong to
public record Consumer(String name, Set<String> groups) {

    /// Copies what it is given.
    public Consumer {
        groups = Set.copyOf(groups);
    }
}
