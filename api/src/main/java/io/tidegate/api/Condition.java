package io.tidegate.api;

/// A compiled `when`: decides for one exchange. Cheap, without side effects, safe on every event loop at once.
@FunctionalInterface
public interface Condition {

    /// Whether it holds. A condition that can't be evaluated for this exchange throws [FaultException] with
    /// [Fault#CONDITION_FAILED].
    boolean test(Exchange exchange);
}
