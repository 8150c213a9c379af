package io.tidegate.api;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/// One request and its response. Confined to the event loop of the client's connection, and gone with the end of
/// [Policy#onEnd]: what is called later throws [IllegalStateException].
public interface Exchange {

    /// The id of the request: from `X-Request-Id` where the peer is trusted, else made here. Safe in a header and
    /// a log.
    String id();

    /// Its head may be changed until the first attempt.
    Request request();

    /// Present from `onResponse` on.
    ///
    /// @throws IllegalStateException
    ///             before that
    Response response();

    /// Where the request came from: address, TLS, listener.
    Client client();

    /// The name of the route that matched, or null for an answer made before one did.
    @Nullable
    String route();

    /// Who was found to be calling, or null.
    @Nullable
    Principal principal();

    /// This is who calls. Said by a policy that has checked it; what an earlier one said is replaced.
    void identify(Principal principal);

    /// The value kept under `key`, or null.
    <T> @Nullable T get(Key<T> key);

    /// Keeps a value for the rest of this exchange.
    <T> void put(Key<T> key, T value);

    /// Runs `work` on a virtual thread, where it may block but must not touch this exchange.
    Decision offload(Callable<? extends Decision> work);

    /// Rewrites the request's body as it passes. Only during `onRequest`; several apply in the order of the policies.
    void transformRequest(BodyTransform transform);

    /// Rewrites the response's body as it passes. Only during `onResponse`; several apply in the order of the calls.
    void transformResponse(BodyTransform transform);
}
