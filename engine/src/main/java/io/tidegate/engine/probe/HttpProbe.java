package io.tidegate.engine.probe;

import io.netty.buffer.ByteBuf;
import io.tidegate.api.Fault;
import io.tidegate.api.UpstreamFaults;
import io.tidegate.engine.health.Checking.Verdict;
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
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// One check by HTTP, over whatever the upstream speaks: a request of the gateway's own. Confined to its event loop.
final class HttpProbe implements UpstreamEvents {

    /// What is read of a body that says nothing, so that the connection ends in good order.
    private static final int MOST_BODY = 64 * 1024;

    private final Endpoint endpoint;
    private final Worker worker;
    private final Question question;
    private final Duration limit;
    private final Deadline deadline = new Deadline(this::late);
    /// Where services are told of clients, they are told that this is none.
    private final ClientConnection client = new ClientConnection(Origin.ofSocket(null, null));
    private @Nullable Verdict over;
    private @Nullable UpstreamStream stream;
    private int ticket;
    private int read;
    private boolean decided;

    /// @param over
    ///            takes what came of it
    HttpProbe(Endpoint endpoint, Worker worker, Question question, Duration limit, Verdict over) {
        this.endpoint = endpoint;
        this.worker = worker;
        this.question = question;
        this.limit = limit;
        this.over = over;
    }

    void start() {
        worker.deadlines().refresh();
        worker.deadlines().set(deadline, limit.toNanos());
        endpoint.pool(worker).acquire(this, ++ticket);
    }

    @Override
    public ClientConnection clientConnection() {
        return client;
    }

    @Override
    public void onConnected(UpstreamStream made, boolean again, int given) {
        if (given != ticket || over == null) {
            made.giveBack();
            return;
        }
        stream = made;
        HeadWriter head = worker.heads();
        head.clear();
        question.write(head);
        byte[] body = question.body();
        made.takeTrailers();
        made.sendHead(head, body.length == 0, false, body.length);
        if (body.length > 0) {
            made.sendBytes(body, 0, body.length);
            made.endRequest();
        }
        // The time of the check bounds all of it.
        made.expect(Long.MAX_VALUE, Long.MAX_VALUE);
        made.flush();
    }

    @Override
    public void onConnectFailed(Fault fault, int given) {
        if (given == ticket) {
            // The gateway itself has no connection left.
            end(fault.code(), fault.equals(UpstreamFaults.BUSY));
        }
    }

    @Override
    public void onResponseHead(ResponseHead head, ByteBuf in, int start, int end, boolean bodiless) {
        UpstreamStream on = stream;
        if (on != null) {
            on.keepFraming(false);
        }
        decided = !question.head(head);
    }

    @Override
    public void range(ByteBuf in, int start, int length, int data) {
        question.data(in, start, length);
        read += length;
        if (read > MOST_BODY) {
            end(question.verdict());
        }
    }

    @Override
    public void literal(byte[] bytes, int start, int length) {
        // Framing is not kept.
    }

    @Override
    public void trailers(Trailers trailers) {
        question.trailers(trailers);
    }

    @Override
    public void end() {
        stream = null;
        end(question.verdict());
    }

    @Override
    public void onUpstreamFault(Fault fault, Progress progress) {
        stream = null;
        end(decided ? question.verdict() : fault.code());
    }

    private void late() {
        if (stream == null && endpoint.isShort(worker)) {
            end(null, true);
            return;
        }
        end(decided ? question.verdict() : "no answer within " + limit.toMillis() + " ms");
    }

    private void end(@Nullable String failure) {
        end(failure, false);
    }

    private void end(@Nullable String failure, boolean undecided) {
        Verdict told = over;
        if (told == null) {
            return;
        }
        over = null;
        ticket++;
        worker.deadlines().remove(deadline);
        UpstreamStream open = stream;
        stream = null;
        if (open != null) {
            open.cancel();
        } else {
            endpoint.pool(worker).forget(this);
        }
        client.end();
        // The next check is to find out again whether a connection can be made.
        endpoint.closeIdle(worker);
        if (undecided) {
            told.undecided();
        } else {
            told.over(failure);
        }
    }

    @Override
    public void onUpstreamWritable() {
        // What is asked fits in at once.
    }

    @Override
    public void onUpstreamReadComplete() {
        // Nothing waits to go out.
    }
}
