package io.tidegate.engine.mirror;

import io.netty.buffer.ByteBuf;
import io.tidegate.api.Fault;
import io.tidegate.api.UpstreamFaults;
import io.tidegate.engine.mirror.BodyCopy.State;
import io.tidegate.engine.mirror.RouteMirror.Lane;
import io.tidegate.engine.observe.MirrorCells.Result;
import io.tidegate.engine.observe.MirrorCells.Skipped;
import io.tidegate.engine.observe.MirrorCells.Uncompared;
import io.tidegate.engine.upstream.ClientConnection;
import io.tidegate.engine.upstream.Endpoint;
import io.tidegate.engine.upstream.Progress;
import io.tidegate.engine.upstream.UpstreamEvents;
import io.tidegate.engine.upstream.UpstreamStream;
import io.tidegate.engine.wire.HeadWriter;
import io.tidegate.engine.wire.Origin;
import io.tidegate.engine.wire.ResponseHead;
import io.tidegate.engine.wire.Trailers;
import io.tidegate.engine.worker.Deadlines.Deadline;
import io.tidegate.engine.worker.Worker;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// A copy of one request on its way to a mirror: it is gathered while the request goes to its service, then sent by
/// itself, and its answer is compared once both are there. The exchange tells it what happens, and never hears of it
/// again. Confined to its event loop.
///
/// ```
/// COPYING ─ the request is complete ─▶ QUEUED ─ the loop has time ─▶ SENDING ─ answered, or failed ─▶ DONE
///    └ too long, no room, no end: it is not sent ─▶ DONE
/// ```
///
public final class Mirror implements UpstreamEvents {

    /// What is read of an answer, in bytes, beyond which the mirror is given up.
    private static final int MOST_READ = 1 << 20;

    private enum Step {
        COPYING, QUEUED, SENDING, DONE
    }

    private final RouteMirror route;
    private final Lane lane;
    private final Worker worker;
    private final BodyCopy request;
    private final Deadline deadline = new Deadline(this::late);
    private Step step = Step.COPYING;
    private String id = "";
    private Origin origin = Origin.ofSocket(null, null);
    private @Nullable CopiedHead head;
    private @Nullable ClientConnection client;
    private @Nullable Endpoint endpoint;
    private @Nullable UpstreamStream stream;
    private @Nullable Answer service;
    private @Nullable Answer answer;
    private boolean toHead;
    private boolean takesTrailers;
    private boolean serviceOver;
    private boolean reused;
    private long serviceNanos = -1;
    private long began;
    private long nanos = -1;
    private int read;
    private int held;

    Mirror(RouteMirror route, Lane lane, Worker worker) {
        this.route = route;
        this.lane = lane;
        this.worker = worker;
        this.request = new BodyCopy(worker, (int) Math.min(route.config().maxBody().bytes(), MOST_READ));
    }

    // What the exchange tells.

    /// The head has been written.
    ///
    /// @param keepsHost
    ///            whether `Host` goes to every endpoint alike
    /// @param trailers
    ///            whether the client takes fields behind the body
    public void head(HeadWriter written, boolean keepsHost, boolean isHead, boolean trailers) {
        if (head == null && step == Step.COPYING) {
            CopiedHead copied = CopiedHead.of(written, keepsHost);
            if (!worker.holdSpare(copied.size())) {
                skip(Skipped.MEMORY);
                return;
            }
            held = copied.size();
            head = copied;
            toHead = isHead;
            takesTrailers = trailers;
        }
    }

    /// Which request it is, and who sent it.
    public void of(String requestId, Origin from) {
        id = requestId;
        origin = from;
    }

    /// Takes the body.
    public BodyCopy body() {
        return request;
    }

    /// The request is complete. It is sent when the loop has done what it is at.
    public void complete() {
        if (step != Step.COPYING || head == null) {
            return;
        }
        request.complete();
        switch (request.state()) {
            case TOO_LONG -> skip(Skipped.LENGTH);
            case NO_ROOM -> skip(Skipped.MEMORY);
            case OPEN, COMPLETE -> {
                step = Step.QUEUED;
                worker.loop().execute(this::start);
            }
        }
    }

    /// The client gets this answer.
    ///
    /// @param took
    ///            nanoseconds from the start of the try to the head
    /// @return takes its body; null where nothing is compared
    public @Nullable BodyCopy answered(ResponseHead of, long took) {
        serviceNanos = took;
        CompareRules rules = route.rules();
        if (rules == null || (step == Step.DONE && nanos < 0)) {
            return null;
        }
        BodyCopy body = new BodyCopy(worker, rules.maxBody());
        service = Answer.of(of, took, rules.headers(), body);
        return body;
    }

    /// The exchange is over.
    public void over() {
        serviceOver = true;
        if (step == Step.COPYING) {
            skip(Skipped.INCOMPLETE);
        } else if (step == Step.DONE && nanos >= 0) {
            settle();
        }
    }

    // The way to the mirror.

    private void start() {
        CopiedHead copied = head;
        if (step != Step.QUEUED || copied == null) {
            return;
        }
        if (worker.pressure().isRaised()) {
            skip(Skipped.OVERLOAD);
            return;
        }
        Endpoint chosen = route.target(worker, origin);
        if (chosen == null) {
            skip(Skipped.UNAVAILABLE);
            return;
        }
        step = Step.SENDING;
        endpoint = chosen;
        began = worker.deadlines().refresh();
        worker.deadlines().set(deadline, route.config().timeout().toNanos());
        chosen.pool(worker).acquire(this, 0);
    }

    @Override
    public ClientConnection clientConnection() {
        ClientConnection own = client;
        if (own == null) {
            own = new ClientConnection(origin);
            client = own;
        }
        return own;
    }

    @Override
    public void onConnected(UpstreamStream made, boolean again, int ticket) {
        CopiedHead copied = head;
        Endpoint to = endpoint;
        if (step != Step.SENDING || copied == null || to == null) {
            made.giveBack();
            return;
        }
        stream = made;
        reused = again;
        int length = request.length();
        if (takesTrailers) {
            made.takeTrailers();
        }
        copied.write(worker.heads(), to.host(), route.field(), length);
        made.sendHead(worker.heads(), length == 0, toHead, length);
        if (length > 0) {
            made.sendBytes(request.bytes(), 0, length);
            made.endRequest();
        }
        // The time of the copy bounds all of it.
        made.expect(Long.MAX_VALUE, Long.MAX_VALUE);
        made.flush();
    }

    @Override
    public void onConnectFailed(Fault fault, int ticket) {
        if (step == Step.SENDING) {
            if (endpoint != null) {
                endpoint.connectFailed(worker, fault);
            }
            endpoint = null;
            fail(fault);
        }
    }

    @Override
    public void onResponseHead(ResponseHead of, ByteBuf in, int start, int end, boolean bodiless) {
        UpstreamStream on = stream;
        Endpoint from = endpoint;
        if (on == null || from == null) {
            return;
        }
        on.keepFraming(false);
        nanos = worker.deadlines().now() - began;
        route.answered(worker, from, of, nanos);
        CompareRules rules = route.rules();
        if (rules != null) {
            answer = Answer.of(of, nanos, rules.headers(), new BodyCopy(worker, rules.maxBody()));
        }
    }

    @Override
    public void range(ByteBuf in, int start, int length, int data) {
        read += length;
        if (answer != null) {
            answer.body().add(in, start, length);
        }
        if (read > MOST_READ) {
            done();
        }
    }

    @Override
    public void literal(byte[] bytes, int start, int length) {
        // Framing is not kept.
    }

    @Override
    public void trailers(Trailers trailers) {
        // What stands behind bodies is not compared.
    }

    @Override
    public void end() {
        stream = null;
        if (answer != null) {
            answer.body().complete();
        }
        done();
    }

    @Override
    public void onUpstreamFault(Fault fault, Progress progress) {
        stream = null;
        if (endpoint != null) {
            endpoint.failed(worker, fault, progress, reused);
        }
        fail(fault);
    }

    @Override
    public void onUpstreamWritable() {
        // What is sent was given at once.
    }

    @Override
    public void onUpstreamReadComplete() {
        // Nothing waits to go out.
    }

    private void late() {
        if (step == Step.SENDING) {
            if (stream != null && endpoint != null && nanos < 0) {
                endpoint.failed(worker, UpstreamFaults.TIMEOUT, Progress.UNANSWERED, reused);
            }
            fail(UpstreamFaults.TIMEOUT);
        }
    }

    // The end.

    private void skip(Skipped cause) {
        lane.cells.skipped(cause);
        leave();
        release();
    }

    private void fail(Fault fault) {
        lane.cells.failed(fault.code());
        leave();
        nanos = -1;
        release();
    }

    /// It was answered.
    private void done() {
        leave();
        if (serviceOver) {
            settle();
        }
    }

    /// Lets go of the service.
    private void leave() {
        step = Step.DONE;
        worker.deadlines().remove(deadline);
        UpstreamStream open = stream;
        stream = null;
        if (open != null) {
            open.cancel();
        } else if (endpoint != null) {
            endpoint.pool(worker).forget(this);
        }
        endpoint = null;
        if (client != null) {
            client.end();
        }
        request.free();
    }

    /// Both are over.
    private void settle() {
        if (serviceNanos >= 0) {
            lane.cells.difference(nanos - serviceNanos);
        }
        CompareRules rules = route.rules();
        Answer theirs = service;
        Answer ours = answer;
        nanos = -1;
        if (rules == null || ours == null) {
            lane.cells.result(Result.ANSWERED);
            release();
        } else if (theirs == null || (theirs.body().state() == State.OPEN && rules.maxBody() > 0)) {
            uncompared(Uncompared.UNANSWERED);
        } else if (lane.comparing >= RouteMirror.MOST_COMPARISONS) {
            uncompared(Uncompared.BUSY);
        } else {
            compare(new Comparison(rules, theirs, ours));
        }
    }

    private void uncompared(Uncompared cause) {
        lane.cells.uncompared(cause);
        release();
    }

    private void compare(Comparison comparison) {
        CompletableFuture<Comparison.Outcome> future = worker.offload(comparison::run);
        if (future == null) {
            uncompared(Uncompared.BUSY);
            return;
        }
        lane.comparing++;
        future.whenComplete((outcome, failure) -> worker.loop().execute(() -> compared(outcome)));
    }

    private void compared(Comparison.@Nullable Outcome outcome) {
        lane.comparing--;
        Uncompared cause = outcome == null ? Uncompared.FAILED : outcome.uncompared();
        if (outcome == null || cause != null) {
            uncompared(cause == null ? Uncompared.FAILED : cause);
            return;
        }
        lane.cells.result(outcome.result());
        Answer theirs = service;
        Answer ours = answer;
        CopiedHead copied = head;
        if (outcome.result() != Result.SAME && theirs != null && ours != null && copied != null) {
            route.log().differs(id, copied.subject(), outcome, theirs, ours);
        }
        release();
    }

    /// Gives everything back that it holds.
    private void release() {
        worker.unhold(held);
        held = 0;
        head = null;
        if (service != null) {
            service.body().free();
        }
        if (answer != null) {
            answer.body().free();
        }
        lane.running--;
    }
}
