package io.tidegate.engine.route;

import org.jspecify.annotations.Nullable;

/// What a request is matched by, whatever protocol brought it. Ranges stay as they are during a look-up and for as
/// long as the parameters of its result are read.
public interface RouteInput {

    /// The bytes that the canonical path is in.
    byte[] pathBytes();

    /// Where the path begins, with its slash.
    int pathStart();

    /// Where the path ends.
    int pathEnd();

    /// The bytes that the host is in: lower case, without port and without a dot at its end.
    byte[] hostBytes();

    /// Where the host begins.
    int hostStart();

    /// Where the host ends; equal to its start where there is none.
    int hostEnd();

    /// The method, in the case in which it was sent.
    String method();

    /// The values of all fields of this name, joined by `, ` (RFC 9110 §5.3), or null where there is none.
    ///
    /// @param lowerCaseName
    ///            in lower case
    @Nullable
    String header(String lowerCaseName);

    /// Whether it is a call of gRPC, in any of its encodings.
    boolean isGrpc();

    /// The bytes that the query is in.
    byte[] queryBytes();

    /// Where the query begins, behind its question mark; -1 where there is none.
    int queryStart();

    /// Where the query ends.
    int queryEnd();
}
