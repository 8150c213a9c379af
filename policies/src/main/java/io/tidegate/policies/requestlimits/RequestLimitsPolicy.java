package io.tidegate.policies.requestlimits;

import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.Fault;
import io.tidegate.api.Field;
import io.tidegate.api.Headers;
import io.tidegate.api.Policy;
import io.tidegate.api.Request;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Refuses what is beyond its limits, the cheapest check first. Every decision is made beforehand.
final class RequestLimitsPolicy implements Policy {

    private final long maxBody;
    private final long maxGrpcMessage;
    private final int maxHeaderFields;
    private final int maxQueryParameters;
    private final int maxPathSegments;
    private final @Nullable Set<String> methods;
    private final MediaRange[] contentTypes;
    private final boolean requireContentLength;
    private final Decision methodNotAllowed;
    private final Decision mediaTypeUnsupported;
    private final Decision bodyTooLarge = Decision.fail(Fault.BODY_TOO_LARGE);
    private final Decision lengthRequired = Decision.fail(Fault.LENGTH_REQUIRED);
    private final Decision tooManyFields = Decision.fail(Fault.HEADERS_TOO_MANY);
    private final Decision tooManySegments = beyond("The path has too many segments");
    private final Decision tooManyParameters = beyond("The query has too many parameters");

    RequestLimitsPolicy(RequestLimitsConfig config) {
        this.maxBody = config.maxBody().bytes();
        this.maxGrpcMessage = config.maxGrpcMessage().bytes();
        this.maxHeaderFields = orUnlimited(config.maxHeaderFields());
        this.maxQueryParameters = orUnlimited(config.maxQueryParameters());
        this.maxPathSegments = orUnlimited(config.maxPathSegments());
        Set<String> allowed = new LinkedHashSet<>();
        for (String method : config.methods()) {
            allowed.add(method);
            if (method.equals("GET")) {
                allowed.add("HEAD");
            }
        }
        this.methods = allowed.isEmpty() ? null : allowed;
        this.methodNotAllowed = Decision.fail(Fault.METHOD_NOT_ALLOWED,
                List.of(new Field("allow", String.join(", ", allowed))));
        this.contentTypes = config.contentTypes().stream().map(MediaRange::of).toArray(MediaRange[]::new);
        this.mediaTypeUnsupported = Decision.fail(Fault.MEDIA_TYPE_UNSUPPORTED,
                List.of(new Field("accept", String.join(", ", config.contentTypes()))));
        this.requireContentLength = config.requireContentLength();
    }

    /// The fault of its kind that says to the client which limit it was.
    private static Decision beyond(String title) {
        Fault limit = Fault.LIMIT_EXCEEDED;
        return Decision.fail(new Fault(limit.code(), limit.status(), title, limit.blame()));
    }

    private static int orUnlimited(@Nullable Integer limit) {
        return limit == null ? Integer.MAX_VALUE : limit;
    }

    @Override
    public Decision onRequest(Exchange exchange) {
        Request request = exchange.request();
        if (methods != null && !methods.contains(request.method())) {
            return methodNotAllowed;
        }
        if (maxPathSegments != Integer.MAX_VALUE && segments(request.path()) > maxPathSegments) {
            return tooManySegments;
        }
        if (maxQueryParameters != Integer.MAX_VALUE && parameters(request.query()) > maxQueryParameters) {
            return tooManyParameters;
        }
        if (maxHeaderFields != Integer.MAX_VALUE && fields(request.headers()) > maxHeaderFields) {
            return tooManyFields;
        }
        long length = request.contentLength();
        return length == 0 ? Decision.next() : checkBody(request, length);
    }

    private Decision checkBody(Request request, long length) {
        if (length < 0 && requireContentLength) {
            return lengthRequired;
        }
        boolean call = request.isGrpc();
        if (!call && length > maxBody) {
            return bodyTooLarge;
        }
        if (contentTypes.length > 0 && !isAllowed(request.headers().get("content-type"))) {
            return mediaTypeUnsupported;
        }
        request.limitBody(call ? maxGrpcMessage : maxBody);
        return Decision.next();
    }

    private boolean isAllowed(@Nullable String contentType) {
        if (contentType != null) {
            for (MediaRange range : contentTypes) {
                if (range.holds(contentType)) {
                    return true;
                }
            }
        }
        return false;
    }

    /// Number of segments; `/` has none, and a slash at the end begins none.
    private static int segments(String path) {
        int count = 0;
        for (int i = 0; i + 1 < path.length(); i++) {
            if (path.charAt(i) == '/') {
                count++;
            }
        }
        return count;
    }

    /// Number of parameters; an empty one is none.
    private static int parameters(@Nullable String query) {
        int count = 0;
        char before = '&';
        for (int i = 0; query != null && i < query.length(); i++) {
            char c = query.charAt(i);
            if (before == '&' && c != '&') {
                count++;
            }
            before = c;
        }
        return count;
    }

    private static int fields(Headers headers) {
        int[] count = new int[1];
        headers.forEach((_, _) -> count[0]++);
        return count[0];
    }
}
