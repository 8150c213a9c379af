package io.tidegate.engine.exchange;

import io.netty.buffer.ByteBuf;
import io.tidegate.api.Fault;
import io.tidegate.api.GrpcStatus;
import io.tidegate.engine.wire.BodySink;
import io.tidegate.engine.wire.GrpcFields;
import io.tidegate.engine.wire.RequestHead;
import io.tidegate.engine.wire.ResponseHead;
import io.tidegate.engine.wire.Trailers;
import io.tidegate.engine.worker.Deadlines;
import org.jspecify.annotations.Nullable;

/// What is special about an exchange that is a gRPC call over HTTP/2: its deadline, the size of its messages, and the
/// status that it never ends without. Reused from request to request; one that is no call costs a look at its head.
///
/// As the body of the request it follows the prefixes of messages (gRPC over HTTP/2, "Length-Prefixed-Message"); nothing
/// is copied or held for that.
final class GrpcCall implements BodySink {

    /// Largest message where no policy says otherwise: what services of gRPC take where nobody tells them.
    static final long DEFAULT_MAX_MESSAGE = 4L << 20;

    private static final long SETTLED_NANOS = 100_000_000;
    private static final int PREFIX = 5;
    private static final String NO_STATUS = "The service ended the call without a status";

    private final HttpExchange exchange;
    private final Deadlines deadlines;
    private final Downstream client;
    private final RequestHead request;
    private final Relay body;
    private boolean active;
    private boolean answered;
    private @Nullable Trailers behind;
    private boolean told;
    private int status;
    private long begunAt;
    private long maxMessage;
    /// Bytes of the prefix that have come, the length in them so far, and what is left of the message behind it.
    private int prefix;
    private long length;
    private long left;

    GrpcCall(HttpExchange exchange, Downstream client, RequestHead request, Relay body) {
        this.exchange = exchange;
        this.deadlines = client.worker().deadlines();
        this.client = client;
        this.request = request;
        this.body = body;
    }

    /// Looks whether the request is a call.
    void begin() {
        active = client.framing() == Downstream.Framing.FRAMES && GrpcFields.isPlain(request);
        if (active) {
            answered = false;
            behind = null;
            told = false;
            status = -1;
            begunAt = deadlines.now();
            maxMessage = DEFAULT_MAX_MESSAGE;
            prefix = 0;
            length = 0;
            left = 0;
            body.limit(Long.MAX_VALUE);
        }
    }

    boolean isActive() {
        return active;
    }

    /// Whether it has been running for long enough that giving it up is no attack: streams that are opened and reset at
    /// once cost work without end, those that live for a while are bounded by how many there may be.
    boolean isSettled() {
        return active && deadlines.now() - begunAt >= SETTLED_NANOS;
    }

    // Its time.

    /// How long the call may take, in nanoseconds from now on, where the route gives it so much; negative where it
    /// can't be told.
    long limit(long routeNanos) {
        if (!isActive()) {
            return routeNanos;
        }
        long own = GrpcFields.timeout(request);
        if (own == GrpcFields.MALFORMED) {
            return own;
        }
        return Math.min(own, routeNanos);
    }

    // The messages of the request.

    /// Changes how large a message may be.
    void limitBody(long maxBytes) {
        if (isActive()) {
            maxMessage = maxBytes;
        } else {
            body.limit(maxBytes);
        }
    }

    @Override
    public void range(ByteBuf in, int start, int count, int data) {
        if (follow(in, start, start + count)) {
            body.range(in, start, count, data);
        } else {
            exchange.fail(Fault.GRPC_MESSAGE_TOO_LARGE);
        }
    }

    /// Goes on from prefix to prefix.
    ///
    /// @return whether no message is too large
    private boolean follow(ByteBuf in, int start, int end) {
        int at = start;
        while (at < end) {
            if (left >= end - at) {
                left -= end - at;
                return true;
            }
            at += (int) left;
            left = 0;
            while (at < end && prefix < PREFIX) {
                // The first byte says whether the message is compressed, which is for the service to look at.
                length = prefix == 0 ? 0 : length << 8 | in.getUnsignedByte(at);
                prefix++;
                at++;
            }
            if (prefix == PREFIX) {
                prefix = 0;
                left = length;
                if (length > maxMessage) {
                    return false;
                }
            }
        }
        return true;
    }

    @Override
    public void literal(byte[] bytes, int start, int count) {
        body.literal(bytes, start, count);
    }

    @Override
    public void trailers(Trailers trailers) {
        body.trailers(trailers);
    }

    @Override
    public void end() {
        body.end();
    }

    // The response.

    /// A head is there, of the service or made here.
    ///
    /// @param complete
    ///            whether nothing comes behind it
    /// @return false where it should carry a status and does not, so that one has been added
    boolean answer(ResponseHead head, boolean complete) {
        if (!isActive()) {
            return true;
        }
        answered = GrpcFields.isPlain(head) && head.contentLength() < 0;
        status = GrpcFields.status(head);
        if (complete && status < 0 && head.status() == 200 && GrpcFields.isPlain(head)) {
            GrpcFields.end(head, GrpcStatus.INTERNAL, NO_STATUS);
            status = GrpcStatus.INTERNAL.code();
            return false;
        }
        return true;
    }

    /// How the call has ended where nothing comes behind this head; -1 where it goes on, or is none.
    int statusOf(ResponseHead head, boolean complete) {
        if (!active) {
            return -1;
        }
        if (!GrpcFields.isPlain(head)) {
            return GrpcStatus.ofHttp(head.status()).code();
        }
        return complete ? GrpcFields.status(head) : -1;
    }

    /// How the call has ended, once the service has said all; -1 where it is none.
    int endStatus() {
        return !active ? -1 : answered && status < 0 ? GrpcStatus.INTERNAL.code() : status;
    }

    /// The fields behind the response.
    void ends(Trailers trailers) {
        if (!isActive()) {
            return;
        }
        behind = trailers;
        status = GrpcFields.status(trailers);
    }

    /// What is to be sent behind a response that ends without a status; null where it has one.
    @Nullable
    Trailers missing() {
        if (!answered || status >= 0) {
            return null;
        }
        ends(GrpcFields.end(GrpcStatus.INTERNAL, NO_STATUS));
        return behind;
    }

    /// The fields behind the response are on their way to the client.
    void told() {
        told = true;
    }

    /// The fields behind the response where they did not go with its body, since a policy has rewritten that: without
    /// them the call would have no end.
    @Nullable
    Trailers owed() {
        return active && answered && !told ? behind : null;
    }

    /// What is to be sent behind a response that breaks off; null where it is none of a call.
    @Nullable
    Trailers broken(Fault fault) {
        if (!active || !answered) {
            return null;
        }
        GrpcStatus reason = GrpcStatus.of(fault);
        status = reason.code();
        told = true;
        return GrpcFields.end(reason, fault.title());
    }

    /// The status of a call that is over, as its client has it or would have it.
    GrpcStatus outcome(@Nullable Fault fault, int httpStatus) {
        if (status >= 0) {
            return GrpcStatus.of(status);
        }
        return fault == null ? GrpcStatus.ofHttp(httpStatus) : GrpcStatus.of(fault);
    }
}
