package io.tidegate.api;

/// The configuration of a policy cannot be what it is. The message says what was found and what was expected; the
/// place in the file is added by whoever loads it.
public final class ConfigException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String component;

    /// Something is wrong with the whole.
    public ConfigException(String message) {
        this("", message);
    }

    /// Something is wrong with one component.
    ///
    /// @param component
    ///            its path within the policy, as `request.set`
    public ConfigException(String component, String message) {
        super(message);
        this.component = component;
    }

    /// The component's path within the policy; empty for the whole.
    public String component() {
        return component;
    }
}
