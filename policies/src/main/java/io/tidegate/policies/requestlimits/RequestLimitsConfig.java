package io.tidegate.policies.requestlimits;

import io.tidegate.api.ByteSize;
import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.FieldSyntax;
import io.tidegate.api.Range;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Configuration of `requestLimits`.
@Doc("Bounds what a request may be. What is beyond them is refused before anything goes upstream.")
public record RequestLimitsConfig(
        @Doc("Largest body; more is answered 413. `unlimited` for no limit.") @Default("10MiB") ByteSize maxBody,

        @Doc("Largest message of a gRPC call, which has no `maxBody`: its body is a stream; a larger one is answered `RESOURCE_EXHAUSTED`. `unlimited` for no limit.") @Default("4MiB") ByteSize maxGrpcMessage,

        @Doc("Most header fields; more is answered 431. Left out: the listener's limit alone.") @Range(min = 1, max = 10000) @Nullable Integer maxHeaderFields,

        @Doc("Most query parameters; more is answered 400. Left out: no limit.") @Range(min = 0, max = 10000) @Nullable Integer maxQueryParameters,

        @Doc("Most segments of the path; more is answered 400. Left out: no limit.") @Range(min = 0, max = 10000) @Nullable Integer maxPathSegments,

        @Doc("Methods that are let through; others are answered 405. `GET` includes `HEAD`. Left out: all.") @Default("[]") List<String> methods,

        @Doc("Media types of bodies that are let through: `application/json`, `image/*`; others, and bodies without one, are answered 415. Left out: all.") @Default("[]") List<String> contentTypes,

        @Doc("Whether a body must declare its length; one that does not is answered 411.") @Default("false") boolean requireContentLength) {

    /// Refuses methods and media types that are none.
    public RequestLimitsConfig {
        for (String method : methods) {
            if (!FieldSyntax.isName(method)) {
                throw new IllegalArgumentException("'methods' must hold methods such as GET (was '" + method + "')");
            }
            if (!method.equals(method.toUpperCase(java.util.Locale.ROOT))) {
                throw new IllegalArgumentException("'methods' must hold methods in upper case, as they are sent (was '"
                        + method + "')");
            }
        }
        for (String type : contentTypes) {
            if (!MediaRange.isOne(type)) {
                throw new IllegalArgumentException(
                        "'contentTypes' must hold media types such as application/json or image/*, without parameters (was '"
                                + type + "')");
            }
        }
    }
}
