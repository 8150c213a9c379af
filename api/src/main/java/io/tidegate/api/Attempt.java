package io.tidegate.api;

/// One try to have the request answered by an endpoint.
public interface Attempt {

    /// 1 for the first, counting up.
    int number();

    /// Name of the upstream.
    String upstream();

    /// Address of the endpoint, as `host:port` or `unix:/path`.
    String endpoint();
}
