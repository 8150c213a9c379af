package io.tidegate.policies.idempotency;

import io.tidegate.api.Counter;
import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.Fault;
import io.tidegate.api.Field;
import io.tidegate.api.Key;
import io.tidegate.api.Outcome;
import io.tidegate.api.Policy;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.Request;
import io.tidegate.api.Response;
import io.tidegate.api.StateStore;
import io.tidegate.api.UpstreamFaults;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Serves a request once: the first with a key takes the key, and what it is answered is given to those that come with
/// the same key (draft-ietf-httpapi-idempotency-key-header).
final class IdempotencyPolicy implements Policy {

    private static final Key<Claim> CLAIM = Key.of("idempotency");
    private static final Key<Copy> COPY = Key.of("idempotency.copy");
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0).asReadOnlyBuffer();

    /// Fields that belong to one connection, one answer or one client.
    private static final Set<String> NEVER = Set.of("connection", "keep-alive", "proxy-connection", "te", "trailer",
            "transfer-encoding", "upgrade", "content-length", "proxy-authenticate", "date", "set-cookie",
            "x-request-id", "alt-svc", "idempotent-replayed");

    private final IdempotencyConfig config;
    private final Requests requests;
    private final StateStore store;
    private final Set<String> methods;
    private final Set<String> without = new HashSet<>(NEVER);
    private final AtomicLong copied = new AtomicLong();
    private final Counter kept;
    private final Counter notKept;
    private final Counter replayed;
    private final Counter conflicts;
    private final Counter mismatches;
    private final Decision missing = Decision.fail(Fault.IDEMPOTENCY_KEY_MISSING);
    private final Decision malformed = Decision.fail(Fault.IDEMPOTENCY_KEY_SYNTAX);
    private final Decision reused = Decision.fail(Fault.IDEMPOTENCY_KEY_REUSED);
    private final Decision inProgress = Decision.fail(Fault.IDEMPOTENCY_IN_PROGRESS,
            List.of(new Field("retry-after", "1")));

    IdempotencyPolicy(IdempotencyConfig config, PolicyContext context) {
        this.config = config;
        this.requests = new Requests(config);
        this.store = context.state();
        this.methods = Set.copyOf(config.methods());
        config.withoutHeaders().forEach(name -> without.add(name.toLowerCase(Locale.ROOT)));
        this.kept = context.counter("kept");
        this.notKept = context.counter("not_kept");
        this.replayed = context.counter("replayed");
        this.conflicts = context.counter("in_progress");
        this.mismatches = context.counter("key_reused");
    }

    @Override
    public Decision onRequest(Exchange exchange) {
        Request request = exchange.request();
        if (!methods.contains(request.method()) || request.isGrpc()) {
            return Decision.next();
        }
        List<String> values = request.headers().all(config.header());
        if (values.isEmpty()) {
            return config.required() ? missing : Decision.next();
        }
        String key = requests.key(values);
        if (key == null) {
            return malformed;
        }
        return request.contentLength() == 0
                ? claim(exchange, key, NOTHING)
                : Decision.withBody((int) config.maxRequestBody().bytes(), body -> claim(exchange, key, body.bytes()));
    }

    private Decision claim(Exchange exchange, String key, ByteBuffer body) {
        byte[] fingerprint = requests.fingerprint(exchange.request(), body);
        String place = requests.place(exchange, key);
        Claim claim = new Claim(store, place, Kept.lock(fingerprint));
        exchange.put(CLAIM, claim);
        return Decision.await(store.putIfAbsent(place, claim.lock(), config.lockTimeout()).thenApply(there -> {
            if (there.isEmpty()) {
                claim.taken();
                return Decision.next();
            }
            return repeat(Kept.read(there.get()), fingerprint);
        }));
    }

    private Decision repeat(Kept first, byte[] fingerprint) {
        if (first.isOther(fingerprint)) {
            mismatches.add();
            return reused;
        }
        if (first.answer() == null) {
            conflicts.add();
            return inProgress;
        }
        replayed.add();
        return Decision.respond(first.answer());
    }

    @Override
    public Decision onResponse(Exchange exchange) {
        Claim claim = exchange.get(CLAIM);
        if (claim == null || !claim.isHeld()) {
            return Decision.next();
        }
        Response response = exchange.response();
        if (!response.fromUpstream()) {
            // Whether the service may be at work all the same is known in the end.
            notKept.add();
            return Decision.next();
        }
        int most = (int) config.maxResponseBody().bytes();
        long length = response.contentLength();
        if (!config.keeps(response.status()) || length > most
                || isStream(response.headers().get("content-type"))) {
            return dropped(claim);
        }
        int status = response.status();
        List<Field> fields = fields(response);
        if (fields.stream().anyMatch(field -> field.value().length() > Kept.MOST_FIELD)) {
            return dropped(claim);
        }
        if (length == 0) {
            return keep(claim, Kept.answer(claim.lock(), status, fields, NOTHING));
        }
        if (length > 0) {
            return Decision.withBody(most,
                    body -> keep(claim, Kept.answer(claim.lock(), status, fields, body.bytes())));
        }
        Copy copy = new Copy(most, copied, body -> counted(claim, Kept.answer(claim.lock(), status, fields, body)),
                () -> dropped(claim));
        exchange.put(COPY, copy);
        exchange.transformResponse(copy);
        return Decision.next();
    }

    /// The answer goes out once it is kept: a client that has it and asks again gets it again.
    private Decision keep(Claim claim, byte[] answer) {
        return Decision.await(counted(claim, answer).handle((_, _) -> Decision.next()));
    }

    private CompletionStage<Boolean> counted(Claim claim, byte[] answer) {
        return claim.keep(answer, config.ttl()).thenApply(done -> {
            (done ? kept : notKept).add();
            return done;
        });
    }

    private Decision dropped(Claim claim) {
        claim.release();
        notKept.add();
        return Decision.next();
    }

    private static boolean isStream(@Nullable String contentType) {
        return contentType != null && contentType.regionMatches(true, 0, "text/event-stream", 0, 17);
    }

    private List<Field> fields(Response response) {
        List<Field> fields = new ArrayList<>();
        response.headers().forEach((name, value) -> {
            if (!without.contains(name.toLowerCase(Locale.ROOT))) {
                fields.add(new Field(name, value));
            }
        });
        return fields;
    }

    @Override
    public void onEnd(Exchange exchange, Outcome outcome) {
        Claim claim = exchange.get(CLAIM);
        if (claim == null) {
            return;
        }
        claim.leave();
        Copy copy = exchange.get(COPY);
        if (copy != null) {
            copy.letGo();
        }
        Fault fault = outcome.fault();
        // The service may still be at work for a client that has gone, or that was told that it takes too long: a repeat
        // must not reach it beside the first.
        boolean leftAlone = fault != null && (fault.status() == Fault.CLIENT_CLOSED.status()
                || fault.equals(UpstreamFaults.TIMEOUT) || fault.equals(UpstreamFaults.CLOSED)
                || fault.equals(UpstreamFaults.RESET) || fault.equals(Fault.GRPC_DEADLINE));
        if (!leftAlone || outcome.attempts() == 0) {
            claim.release();
        }
    }
}
