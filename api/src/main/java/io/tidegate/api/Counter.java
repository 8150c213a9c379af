package io.tidegate.api;

/// Counts something that a policy does. Called on any thread.
@FunctionalInterface
public interface Counter {

    /// One more.
    void add();
}
