package io.tidegate.engine.worker;

/// What is sent to a client, and how far it has been taken.
public interface Delivery {

    /// Bytes that the client, or the operating system on its behalf, has taken so far; less a constant for each write
    /// that it has not.
    long delivered();

    /// Whether everything was taken.
    boolean isDelivered();
}
