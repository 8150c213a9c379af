package io.tidegate.config;

import io.tidegate.api.Doc;
import io.tidegate.config.PathPattern.Kind;
import io.tidegate.config.PathPattern.Segment;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A gRPC call to match, by its service and method.
@Doc("A gRPC call: a `POST` to `/service/method` whose `Content-Type` is `application/grpc`, or one of its kind.")
public record GrpcMatchConfig(
        @Doc("Full name of the service: `shop.Orders`. Left out: every service.") @Nullable String service,

        @Doc("Name of the method: `Get`. Left out: every method.") @Nullable String method) {

    /// What the `Content-Type` of a call is like.
    public static final ValueMatch CONTENT_TYPE = new ValueMatch(null, null,
            new RegexConfig("(?i)application/grpc([^a-z0-9].*)?"));

    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final Pattern FULL_NAME = Pattern.compile(NAME + "(\\." + NAME + ")*");

    /// Refuses names that are none.
    public GrpcMatchConfig {
        if (service != null && !FULL_NAME.matcher(service).matches()) {
            throw new IllegalArgumentException(
                    "'service' must be the full name of a service, such as shop.Orders (was '" + service + "')");
        }
        if (method != null && !NAME.matcher(method).matches()) {
            throw new IllegalArgumentException("'method' must be the name of a method, such as Get (was '" + method
                    + "')");
        }
    }

    /// The paths of the calls.
    public PathPattern path() {
        return new PathPattern(List.of(segment(service, "service"), segment(method, "method")));
    }

    private static Segment segment(@Nullable String name, String parameter) {
        return name == null ? new Segment(Kind.PARAMETER, parameter) : new Segment(Kind.LITERAL, name);
    }
}
