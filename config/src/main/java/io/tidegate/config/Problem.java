package io.tidegate.config;

/// Something in a configuration that is wrong, or at least doubtful.
///
/// @param severity
///            whether it keeps the configuration from being used
/// @param place
///            where, in the file
/// @param path
///            where, in the configuration: `routes.orders.policies[0].rateLimit.requests`; empty for the whole
/// @param message
///            what was found and what was expected: `must be at least 1 (was 0)`
public record Problem(Severity severity, Place place, String path, String message) {

    /// How bad a problem is.
    public enum Severity {
        /// The configuration can't be used.
        ERROR,
        /// It can be used; something is insecure or has no effect.
        WARNING
    }

    /// `tidegate.yaml:41:9 routes.orders.upstream: no upstream is named 'ordres' (did you mean 'orders'?)`.
    @Override
    public String toString() {
        String where = place.toString();
        String what = path.isEmpty() ? message : path + ": " + message;
        return where.isEmpty() ? what : where + (path.isEmpty() ? ": " : " ") + what;
    }
}
