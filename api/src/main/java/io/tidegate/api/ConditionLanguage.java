package io.tidegate.api;

/// Compiles conditions. Found with [java.util.ServiceLoader]; one is enough.
public interface ConditionLanguage {

    /// Compiles `source` and checks its types. Runs off the event loop.
    ///
    /// @throws ConfigException
    ///             where it is no condition: the message says what and at which column
    Condition compile(String source);
}
