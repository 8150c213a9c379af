package io.tidegate.api;

/// A condition within the configuration of a policy: users write its source, as they do behind `when`. It is compiled
/// when the file is loaded, so one that is wrong is reported there. It has no `@Default`: a component that may be left
/// out is nullable.
///
/// @param source
///            what was written; two conditions of the same source are equal
/// @param condition
///            what it was compiled to
public record ConditionConfig(String source, Condition condition) {

    /// Whether it holds.
    ///
    /// @throws FaultException
    ///             with [Fault#CONDITION_FAILED] where it can't be evaluated for this exchange
    public boolean test(Exchange exchange) {
        return condition.test(exchange);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ConditionConfig that && source.equals(that.source);
    }

    @Override
    public int hashCode() {
        return source.hashCode();
    }

    @Override
    public String toString() {
        return source;
    }
}
