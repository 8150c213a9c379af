package io.tidegate.testkit;

import io.tidegate.api.BodyTransform;
import io.tidegate.api.Fault;
import io.tidegate.api.FaultException;
import io.tidegate.api.Field;
import io.tidegate.api.Reply;
import io.tidegate.api.Response;
import java.util.ArrayList;
import java.util.List;

/// The response that policies under test see and change.
final class TesterHttpResponse implements Response {

    private final Confinement confinement;
    private final TesterHeaders headers;
    private final boolean fromUpstream;
    private final List<BodyTransform> transforms = new ArrayList<>();
    private int status;
    private final long declaredLength;
    private byte[] body;
    private List<Field> trailers;
    private boolean collected;

    /// An answer made here.
    TesterHttpResponse(Confinement confinement, Reply reply) {
        this(confinement, reply, false, false, List.of());
    }

    /// What the upstream sends.
    TesterHttpResponse(Confinement confinement, Reply reply, boolean streamed, List<Field> trailers) {
        this(confinement, reply, true, streamed, trailers);
    }

    private TesterHttpResponse(Confinement confinement, Reply reply, boolean fromUpstream, boolean streamed,
            List<Field> trailers) {
        this.trailers = trailers;
        this.confinement = confinement;
        this.headers = new TesterHeaders(confinement, reply.headers());
        this.fromUpstream = fromUpstream;
        this.declaredLength = streamed ? -1 : reply.bodyLength();
        this.status = reply.status();
        this.body = reply.body();
    }

    @Override
    public int status() {
        confinement.check();
        return status;
    }

    @Override
    public void setStatus(int status) {
        confinement.check();
        if (status < 200 || status > 599 || status == 204 || status == 304) {
            throw new IllegalArgumentException("status must be 200 to 599, not 204 or 304 (was " + status + ")");
        }
        this.status = status;
    }

    @Override
    public TesterHeaders headers() {
        return headers;
    }

    @Override
    public long contentLength() {
        confinement.check();
        return fromUpstream ? declaredLength : body.length;
    }

    @Override
    public boolean fromUpstream() {
        confinement.check();
        return fromUpstream;
    }

    @Override
    public void replaceBody(byte[] body) {
        confinement.check();
        if (!collected) {
            throw new IllegalStateException("only a body that withBody has collected can be replaced");
        }
        this.body = body;
        this.trailers = List.of();
    }

    void addTransform(BodyTransform transform) {
        transforms.add(transform);
    }

    TesterBody collect(long maxBytes) {
        if (body.length > maxBytes) {
            throw new FaultException(Fault.BODY_TOO_LARGE);
        }
        collected = true;
        return new TesterBody(body, trailers);
    }

    /// The body as the client gets it, and what is behind it.
    TesterBody.Whole send(int chunkSize) {
        TesterBody.Whole whole = new TesterBody.Whole(body, trailers);
        // A body of unknown length passes the transforms even if it turns out to be empty, unless it was collected.
        if (body.length > 0 || (declaredLength < 0 && !collected)) {
            for (BodyTransform transform : transforms) {
                whole = TesterBody.transform(whole, chunkSize, transform);
            }
        }
        return whole;
    }
}
