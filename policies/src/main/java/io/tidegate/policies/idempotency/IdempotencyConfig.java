package io.tidegate.policies.idempotency;

import io.tidegate.api.ByteSize;
import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.FieldSyntax;
import io.tidegate.api.Range;
import io.tidegate.policies.FieldRules;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/// Configuration of `idempotency`.
@Doc("Answers the repeats of a request from what the first was answered. Needs a key that the client gives each request and keeps for its repeats.")
public record IdempotencyConfig(
        @Doc("Field with the key.") @Default("Idempotency-Key") String header,

        @Doc("Methods for which keys mean something. Others pass.") @Default("[POST, PATCH]") @Range(min = 1) List<String> methods,

        @Doc("Whether a request of these methods must have a key; one without is answered 400. Otherwise it passes.") @Default("false") boolean required,

        @Doc("Most characters of a key; more is answered 400.") @Default("255") @Range(min = 1, max = 1000) int maxKeyLength,

        @Doc("Whose keys are told apart: by `authorization` (who was found to be calling; where nobody was, the credentials in `Authorization`, and without them the client's address), by `address`, or by a field, such as `header.x-tenant`.") @Default("authorization") String scope,

        @Doc("How long an answer is kept.") @Default("24h") Duration ttl,

        @Doc("How long a key is held for a request that is being served, where it is not heard of again. Longer than the service may take.") @Default("60s") Duration lockTimeout,

        @Doc("Statuses of the service that are kept and given to repeats: `2xx` or `201`. With others the key is free again. 408, 425 and 429 ask for a repeat, so they are kept only where they stand here by number.") @Default("[2xx, 3xx, 4xx]") @Range(min = 1) List<String> statuses,

        @Doc("Largest body of a request with a key; more is answered 413. It is held, since its repeats must be the same. At most 4MiB.") @Default("1MiB") ByteSize maxRequestBody,

        @Doc("Largest body of an answer that is kept, at most 1MiB. One that is larger passes, and the key is free again.") @Default("256KiB") ByteSize maxResponseBody,

        @Doc("Fields of an answer that are not kept, beside those that belong to one connection or one answer (`Date`, `Set-Cookie`, `X-Request-Id`).") @Default("[]") List<String> withoutHeaders) {

    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS", "TRACE", "CONNECT");
    private static final long MOST_BYTES = 1L << 20;
    private static final long MOST_REQUEST_BYTES = 4L << 20;
    private static final String FIELD = "header.";

    /// Refuses what is no method, no scope and no status, and bounds that are too wide.
    public IdempotencyConfig {
        FieldRules.checkName(header);
        for (String method : methods) {
            if (!FieldSyntax.isName(method) || !method.equals(method.toUpperCase(java.util.Locale.ROOT))) {
                throw new IllegalArgumentException(
                        "'methods' must hold methods in upper case such as POST (was '" + method + "')");
            }
            if (SAFE.contains(method)) {
                throw new IllegalArgumentException(
                        "'methods' must hold methods that change something (was '" + method + "')");
            }
        }
        if (!scope.equals("authorization") && !scope.equals("address")
                && !(scope.startsWith(FIELD) && FieldSyntax.isName(scope.substring(FIELD.length())))) {
            throw new IllegalArgumentException(
                    "'scope' must be authorization, address, or a field such as header.x-tenant (was '" + scope + "')");
        }
        for (String status : statuses) {
            if (!status.matches("[2-5](xx|[0-9]{2})")) {
                throw new IllegalArgumentException(
                        "'statuses' must hold statuses such as 201 or 2xx (was '" + status + "')");
            }
        }
        if (ttl.toMillis() < 1000 || ttl.toDays() > 365) {
            throw new IllegalArgumentException("'ttl' must be 1s to 365d (was " + ttl.toMillis() + "ms)");
        }
        if (lockTimeout.toMillis() < 1000 || lockTimeout.compareTo(ttl) > 0) {
            throw new IllegalArgumentException(
                    "'lockTimeout' must be at least 1s and at most 'ttl' (was " + lockTimeout.toMillis() + "ms)");
        }
        if (maxRequestBody.bytes() > MOST_REQUEST_BYTES) {
            throw new IllegalArgumentException("'maxRequestBody' must be at most 4MiB (was " + maxRequestBody + ")");
        }
        if (maxResponseBody.bytes() > MOST_BYTES) {
            throw new IllegalArgumentException("'maxResponseBody' must be at most 1MiB (was " + maxResponseBody + ")");
        }
        withoutHeaders.forEach(FieldRules::checkName);
    }

    /// Whether an answer of the service with this status is kept.
    boolean keeps(int status) {
        if (statuses.contains(Integer.toString(status))) {
            return true;
        }
        return status != 408 && status != 425 && status != 429 && statuses.contains(status / 100 + "xx");
    }
}
