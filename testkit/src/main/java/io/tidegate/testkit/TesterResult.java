package io.tidegate.testkit;

import io.tidegate.api.Decision;
import io.tidegate.api.Fault;
import io.tidegate.api.Field;
import io.tidegate.api.Outcome;
import io.tidegate.api.Principal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What came of a request to policies under test.
public final class TesterResult {

    /// Which call of a policy came to a decision.
    public enum Moment {
        /// [io.tidegate.api.Policy#onRequest].
        REQUEST,
        /// [io.tidegate.api.Policy#onResponse].
        RESPONSE
    }

    /// A decision that a policy came to. One that waits is followed by what came of it.
    ///
    /// @param policy
    ///            place of the policy, from 0
    public record Step(int policy, Moment moment, Decision decision) {
    }

    /// What the upstream got.
    ///
    /// @param query
    ///            null where there is none
    /// @param authority
    ///            what `Host` says
    /// @param headers
    ///            without `Host`, hop-by-hop fields and framing, and without what the gateway adds of its own
    /// @param body
    ///            as the policies left it
    /// @param trailers
    ///            the fields behind the body, where the service speaks HTTP/2
    /// @param acceptsTrailers
    ///            whether a policy told it that fields behind the response's body are welcome
    @SuppressWarnings("ArrayRecordComponent") // read by tests, compared as text
    public record Sent(String method, String path, @Nullable String query, String authority, List<Field> headers,
            byte[] body, List<Field> trailers, boolean acceptsTrailers) {

        /// All values of the field joined by `, `, or null.
        public @Nullable String header(String name) {
            return join(headers, name);
        }

        /// The body as UTF-8.
        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    /// What the client got.
    @SuppressWarnings("ArrayRecordComponent") // read by tests, compared as text
    record Got(int status, List<Field> headers, byte[] body, List<Field> trailers) {
    }

    private final @Nullable Sent sent;
    private final int status;
    private final List<Field> headers;
    private final byte[] body;
    private final List<Field> trailers;
    private final List<Step> steps;
    private final Outcome outcome;
    private final @Nullable Principal principal;
    private final @Nullable Throwable exception;

    TesterResult(@Nullable Sent sent, Got got, List<Step> steps, Outcome outcome, @Nullable Principal principal,
            @Nullable Throwable exception) {
        this.principal = principal;
        this.sent = sent;
        this.status = got.status();
        this.headers = got.headers();
        this.body = got.body();
        this.trailers = got.trailers();
        this.steps = List.copyOf(steps);
        this.outcome = outcome;
        this.exception = exception;
    }

    private static @Nullable String join(List<Field> fields, String name) {
        List<String> values = values(fields, name);
        return values.isEmpty() ? null : String.join(", ", values);
    }

    private static List<String> values(List<Field> fields, String name) {
        return fields.stream().filter(field -> field.name().equalsIgnoreCase(name)).map(Field::value)
                .collect(Collectors.toUnmodifiableList());
    }

    /// Whether the request went upstream.
    public boolean reachedUpstream() {
        return sent != null;
    }

    /// What the upstream got.
    ///
    /// @throws IllegalStateException
    ///             where the request did not get there
    public Sent sent() {
        if (sent == null) {
            throw new IllegalStateException(
                    "the request did not reach the upstream: it was answered " + status + " " + text(), exception);
        }
        return sent;
    }

    /// Status that the client got; 0 where a policy has ended the exchange without an answer.
    public int status() {
        return status;
    }

    /// All values of a field that the client got, joined by `, `, or null.
    public @Nullable String header(String name) {
        return join(headers, name);
    }

    /// Every value of a field that the client got, in its order.
    public List<String> headerValues(String name) {
        return values(headers, name);
    }

    /// The header fields that the client got, without framing and what the gateway adds of its own.
    public List<Field> headers() {
        return headers;
    }

    /// The body that the client got; empty for HEAD.
    public byte[] body() {
        return body.clone();
    }

    /// The body that the client got, as UTF-8.
    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /// The fields behind the body, as a client that speaks HTTP/2 gets them.
    public List<Field> trailers() {
        return trailers;
    }

    /// Every decision in the order in which they were made.
    public List<Step> steps() {
        return steps;
    }

    /// What [io.tidegate.api.Policy#onEnd] was told.
    public Outcome outcome() {
        return outcome;
    }

    /// Why the request could not be served as asked, or null.
    public @Nullable Fault fault() {
        return outcome.fault();
    }

    /// Who was found to be calling, or null.
    public @Nullable Principal principal() {
        return principal;
    }

    /// What a policy threw, [io.tidegate.api.FaultException] excepted, or null. The client only sees
    /// [Fault#POLICY_FAILED].
    public @Nullable Throwable exception() {
        return exception;
    }

    @Override
    public String toString() {
        return status + " " + headers + " " + text() + (exception == null ? "" : " after " + exception);
    }
}
