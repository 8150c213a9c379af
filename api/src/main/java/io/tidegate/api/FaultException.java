package io.tidegate.api;

/// Ends the exchange at hand with a [Fault]. Carries no stack trace: it is thrown on the data path.
public final class FaultException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Fault fault;

    /// Ends the exchange with `fault`.
    public FaultException(Fault fault) {
        super(fault.code(), null, false, false);
        this.fault = fault;
    }

    /// Why.
    public Fault fault() {
        return fault;
    }
}
