package io.tidegate.engine.exchange;

import io.netty.buffer.ByteBuf;
import io.tidegate.api.Fault;
import io.tidegate.config.RouteConfig;
import io.tidegate.config.UpstreamConfig;
import io.tidegate.engine.upstream.Endpoint;
import io.tidegate.engine.upstream.Pool;
import io.tidegate.engine.upstream.Upstream;
import io.tidegate.engine.upstream.UpstreamEvents;
import io.tidegate.engine.upstream.UpstreamStream;
import io.tidegate.engine.wire.Ascii;
import io.tidegate.engine.wire.HeadWriter;
import io.tidegate.engine.wire.RequestHead;
import io.tidegate.engine.wire.ResponseHead;
import io.tidegate.engine.worker.Worker;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// One request and its response, from the head to the end. Confined to its client's event loop, reused for the next
/// request of the connection.
///
/// ```
/// IDLE ─ begin ─▶ CONNECTING ─ onConnected ─▶ RELAYING ─ end ─▶ IDLE
///   └──── answer ────────┴── fail (before a response head) ──▶ IDLE, or the connection is broken off
/// ```
///
public final class HttpExchange implements UpstreamEvents {

    private enum State {
        IDLE, CONNECTING, RELAYING
    }

    private static final byte[] VERSION_AND_HOST = Ascii.bytes(" HTTP/1.1\r\nhost: ");
    private static final byte[] CHUNKED_LINE = Ascii.bytes("transfer-encoding: chunked\r\n");
    private static final byte[] CLOSE_LINE = Ascii.bytes("connection: close\r\n");
    private static final byte[] REQUEST_ID = Ascii.bytes("x-request-id: ");
    private static final byte[] FORWARDED_HOST = Ascii.bytes("x-forwarded-host: ");
    private static final byte[] LAST_CHUNK = Ascii.bytes("0\r\n\r\n");
    private static final byte[] CRLF = Ascii.bytes("\r\n");
    private static final int MAX_ATTEMPTS = 3;

    private final Downstream client;
    private final Worker worker;
    private final HeadWriter chunkLine = new HeadWriter();
    private State state = State.IDLE;
    private @Nullable RequestHead request;
    private @Nullable Route route;
    private @Nullable Upstream upstream;
    private @Nullable Endpoint endpoint;
    private @Nullable UpstreamStream stream;
    private boolean reused;
    private int attempts;
    private long idHigh;
    private long idLow;
    private boolean bodyBegun;
    private boolean requestComplete;
    private boolean responseBegun;
    private boolean encodeChunks;

    /// An exchange for the requests of one client connection (or stream).
    public HttpExchange(Downstream client) {
        this.client = client;
        this.worker = client.worker();
    }

    /// Whether a request is being served.
    public boolean isActive() {
        return state != State.IDLE;
    }

    /// Serves a request.
    public void begin(RequestHead head, @Nullable Router router) {
        assert worker.inLoop();
        request = head;
        attempts = 0;
        bodyBegun = false;
        requestComplete = head.contentLength() == 0;
        responseBegun = false;
        encodeChunks = false;
        endpoint = null;
        stream = null;
        idHigh = worker.random().nextLong();
        idLow = worker.random().nextLong();
        state = State.CONNECTING;
        if (head.asterisk()) {
            answer(200);
            return;
        }
        if (router == null) {
            fail(Fault.NOT_CONFIGURED);
            return;
        }
        Route matched = router.match(head);
        if (matched == null) {
            fail(Fault.NO_ROUTE);
            return;
        }
        if (head.encodedSlash() && matched.config().encodedSlash() == RouteConfig.EncodedSlash.REJECT) {
            fail(Fault.PATH_ENC_SLASH);
            return;
        }
        if (matched.config().methodOverride()) {
            head.letMethodOverridePass();
        }
        route = matched;
        upstream = matched.target(worker.random());
        attempt();
    }

    private void attempt() {
        Upstream target = upstream;
        Endpoint chosen = target == null ? null : target.pick(worker, endpoint);
        if (chosen == null) {
            fail(Fault.UPSTREAM_UNAVAILABLE);
            return;
        }
        endpoint = chosen;
        attempts++;
        state = State.CONNECTING;
        chosen.pool(worker).acquire(this);
    }

    @Override
    public void onConnected(UpstreamStream connected, boolean again) {
        RequestHead head = request;
        Route matched = route;
        Upstream target = upstream;
        if (state != State.CONNECTING || head == null || matched == null || target == null) {
            connected.cancel();
            return;
        }
        stream = connected;
        reused = again;
        state = State.RELAYING;
        HeadWriter out = worker.heads();
        writeRequest(head, matched, out);
        connected.sendHead(out, requestComplete, head.method().equals("HEAD"), 0);
        if (requestComplete) {
            connected.deadline(responseNanos(matched.config(), target.config()));
            connected.flush();
        } else {
            bodyBegun = true;
            connected.deadline(target.config().timeouts().idle().toNanos());
            client.readBody(true);
        }
    }

    private void writeRequest(RequestHead head, Route matched, HeadWriter out) {
        out.clear();
        out.text(head.method());
        out.one(' ');
        head.writePath(out);
        if (head.queryStart() >= 0) {
            out.one('?');
            out.bytes(head.bytes(), head.queryStart(), head.queryEnd());
        }
        out.bytes(VERSION_AND_HOST);
        Endpoint chosen = endpoint;
        boolean hasHost = head.hostEnd() > head.hostStart();
        if ((hasHost && matched.config().preserveHost()) || chosen == null) {
            head.writeAuthority(out);
        } else {
            out.text(chosen.authority());
        }
        out.crlf();
        head.writeForwardedFields(out);
        if (head.contentLength() == RequestHead.CHUNKED) {
            out.bytes(CHUNKED_LINE);
        }
        out.bytes(client.forwardedLines());
        if (hasHost) {
            out.bytes(FORWARDED_HOST);
            head.writeAuthority(out);
            out.crlf();
        }
        out.bytes(REQUEST_ID);
        writeId(out);
        out.crlf();
        out.crlf();
    }

    private void writeId(HeadWriter out) {
        writeHex(out, idHigh);
        writeHex(out, idLow);
    }

    private static void writeHex(HeadWriter out, long value) {
        for (int shift = 60; shift >= 0; shift -= 4) {
            int nibble = (int) (value >>> shift) & 15;
            out.one((char) (nibble < 10 ? '0' + nibble : 'a' + nibble - 10));
        }
    }

    private static long responseNanos(RouteConfig config, UpstreamConfig target) {
        if (config.streaming()) {
            return target.timeouts().idle().toNanos();
        }
        Duration own = config.timeouts().response();
        return (own == null ? target.timeouts().response() : own).toNanos();
    }

    /// A part of the request's body, framing and all, as the client sent it. The buffer stays the caller's.
    public void onRequestBody(ByteBuf in, int start, int length) {
        UpstreamStream to = stream;
        if (to != null) {
            to.sendBody(in, start, length);
            if (!to.isWritable()) {
                client.readBody(false);
            }
        }
    }

    /// Framing of the request's body, written anew.
    public void onRequestBytes(byte[] bytes, int start, int length) {
        UpstreamStream to = stream;
        if (to != null) {
            to.sendBytes(bytes, start, length);
        }
    }

    /// The request is complete.
    public void onRequestEnd() {
        requestComplete = true;
        UpstreamStream to = stream;
        Route matched = route;
        Upstream target = upstream;
        if (to != null && matched != null && target != null) {
            to.endRequest();
            to.deadline(responseNanos(matched.config(), target.config()));
        }
    }

    /// All that the client sent at once has been handed on.
    public void onClientReadComplete() {
        UpstreamStream to = stream;
        if (to != null) {
            to.flush();
        }
    }

    /// More of the response can be given.
    public void onClientWritable() {
        UpstreamStream from = stream;
        if (from != null) {
            from.reading(true);
        }
    }

    /// The client is gone, or what it sends can't be a request's body. Whatever runs is given up.
    public void abandon() {
        release();
        state = State.IDLE;
    }

    @Override
    public void onUpstreamWritable() {
        if (bodyBegun && !requestComplete) {
            client.readBody(true);
        }
    }

    @Override
    public void onConnectFailed(Fault fault) {
        if (state != State.CONNECTING) {
            return;
        }
        Upstream target = upstream;
        if (!fault.equals(Fault.UPSTREAM_BUSY) && target != null && target.size() > 1 && attempts < MAX_ATTEMPTS) {
            attempt();
        } else {
            fail(fault);
            client.flush();
        }
    }

    @Override
    public void onUpstreamFault(Fault fault, boolean untouched) {
        stream = null;
        // RFC 9112 section 9.3.1: a service may close an idle connection just as it is used again. Sent once more when
        // nothing came back and sending it twice does no harm.
        if (untouched && reused && !fault.equals(Fault.UPSTREAM_TIMEOUT) && !bodyBegun && isIdempotent()
                && attempts < MAX_ATTEMPTS) {
            attempt();
            return;
        }
        fail(fault);
        client.flush();
    }

    private boolean isIdempotent() {
        RequestHead head = request;
        return head != null && switch (head.method()) {
            case "GET", "HEAD", "OPTIONS", "PUT", "DELETE" -> true;
            default -> false;
        };
    }

    @Override
    public void onResponseHead(ResponseHead head, ByteBuf in, int start, int end, boolean bodiless) {
        UpstreamStream from = stream;
        RequestHead asked = request;
        if (from == null || asked == null) {
            return;
        }
        responseBegun = true;
        boolean chunked = head.contentLength() == ResponseHead.CHUNKED;
        boolean unknownLength = !bodiless && head.contentLength() < 0;
        if ((unknownLength && !client.understandsChunked()) || !requestComplete) {
            client.closeAfterResponse();
        }
        boolean keepFraming = chunked && client.understandsChunked();
        encodeChunks = unknownLength && !chunked && client.understandsChunked();
        if (!bodiless && chunked) {
            from.keepFraming(keepFraming);
        }
        if (head.isPlain() && end > start && !client.closesAfterResponse() && !encodeChunks
                && (keepFraming || !chunked)) {
            client.sendRange(in, start, end - start);
            return;
        }
        HeadWriter out = worker.heads();
        out.clear();
        head.writeTo(out);
        if ((unknownLength && client.understandsChunked()) || (bodiless && chunked)) {
            out.bytes(CHUNKED_LINE);
        }
        if (client.closesAfterResponse()) {
            out.bytes(CLOSE_LINE);
        }
        out.crlf();
        client.sendHead(out, in.readableBytes());
    }

    @Override
    public void range(ByteBuf in, int start, int length, int data) {
        if (encodeChunks) {
            chunkLine.clear();
            chunkLine.hex(length);
            chunkLine.crlf();
            client.sendBytes(chunkLine.array(), 0, chunkLine.length());
        }
        client.sendRange(in, start, length);
        if (encodeChunks) {
            client.sendBytes(CRLF, 0, CRLF.length);
        }
        UpstreamStream from = stream;
        if (from != null && !client.isWritable()) {
            from.reading(false);
        }
    }

    @Override
    public void literal(byte[] bytes, int start, int length) {
        client.sendBytes(bytes, start, length);
    }

    @Override
    public void end() {
        if (encodeChunks) {
            client.sendBytes(LAST_CHUNK, 0, LAST_CHUNK.length);
        }
        stream = null;
        finish();
    }

    @Override
    public void onUpstreamReadComplete() {
        client.flush();
    }

    private void finish() {
        release();
        state = State.IDLE;
        client.endResponse();
    }

    private void release() {
        UpstreamStream open = stream;
        stream = null;
        Endpoint chosen = endpoint;
        if (open != null) {
            open.cancel();
        } else if (state == State.CONNECTING && chosen != null) {
            Pool pool = chosen.pool(worker);
            pool.forget(this);
        }
        request = null;
        route = null;
        upstream = null;
        endpoint = null;
    }

    /// Ends the exchange because of `fault`: a problem answer where no response has begun, a broken one else.
    public void fail(Fault fault) {
        if (responseBegun) {
            release();
            state = State.IDLE;
            client.abort();
            return;
        }
        if (!requestComplete) {
            client.closeAfterResponse();
        }
        boolean toHead = request != null && request.method().equals("HEAD");
        Answers.problem(worker.heads(), fault, idHigh, idLow, client.closesAfterResponse(), toHead);
        client.sendHead(worker.heads(), 0);
        finish();
    }

    private void answer(int status) {
        Answers.empty(worker.heads(), status, client.closesAfterResponse());
        client.sendHead(worker.heads(), 0);
        finish();
    }
}
