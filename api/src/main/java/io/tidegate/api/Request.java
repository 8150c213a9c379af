package io.tidegate.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The head of a request. It may be changed until the first attempt.
///
/// What is seen here is what is sent: the path is canonical (RFC 3986 §6.2.2, dot segments removed, slashes merged)
/// before anything is matched, and that form goes upstream.
public interface Request {

    /// The method, with regard to case (RFC 9110 §9.1).
    String method();

    /// `http` or `https`, as the client used it: with a trusted proxy in front, what that says in `X-Forwarded-Proto`.
    String scheme();

    /// The host the client asked for, lower case, without port; empty for an HTTP/1.0 request without one.
    String host();

    /// `host` with its port where the client gave one.
    String authority();

    /// The canonical path, with its percent escapes, starting with a slash.
    String path();

    /// The query without its question mark, or null where there is none.
    @Nullable
    String query();

    /// Every value of a query parameter, percent-decoded; only `&` separates parameters.
    List<String> queryParameter(String name);

    /// The part of the path that the route's `{name}` stood for, percent-decoded; null where it has no such part.
    @Nullable
    String pathParameter(String name);

    /// The header fields.
    Headers headers();

    /// Declared length of the body in bytes, 0 for no body, -1 for one of unknown length.
    long contentLength();

    /// Replaces the method sent upstream. The route was chosen by the one that the client used, which is also what is
    /// logged; policies see the new one from here on.
    ///
    /// @param method
    ///            a token, in upper case by custom; not HEAD or CONNECT, whose responses are framed otherwise
    /// @throws IllegalStateException
    ///             where the client's method is HEAD
    void setMethod(String method);

    /// Tells the service that fields behind its response's body are welcome (`TE: trailers`, RFC 9110 §10.1.4) whatever
    /// the client said, because this policy has a use for them. They come from services that speak HTTP/2.
    void acceptTrailers();

    /// Replaces the path. `path` starts with a slash, may hold percent escapes, no query; it is made canonical again.
    ///
    /// @throws FaultException
    ///             where it is no path or climbs above the root
    void setPath(String path);

    /// Replaces the query; null removes it.
    ///
    /// @throws FaultException
    ///             with [Fault#EMIT_CTL] where it holds what a query cannot
    void setQuery(@Nullable String query);

    /// Replaces the authority sent upstream in `Host`.
    ///
    /// @throws FaultException
    ///             with [Fault#EMIT_CTL] where it is none
    void setAuthority(String authority);

    /// Whether it is a gRPC call, by its `Content-Type`, over a protocol that can carry one: HTTP/2.
    default boolean isGrpc() {
        return false;
    }

    /// Largest body let through from here on; a larger one ends the exchange with [Fault#BODY_TOO_LARGE].
    /// [Long#MAX_VALUE] for no limit. A gRPC call is a stream of messages: of one, it is the largest message, and a
    /// larger one ends it with [Fault#GRPC_MESSAGE_TOO_LARGE].
    void limitBody(long maxBytes);

    /// Replaces a body that [Decision#withBody] has collected, an empty one included. The array is not copied.
    void replaceBody(byte[] body);
}
