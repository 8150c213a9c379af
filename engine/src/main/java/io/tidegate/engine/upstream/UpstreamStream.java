package io.tidegate.engine.upstream;

import io.netty.buffer.ByteBuf;
import io.tidegate.engine.wire.HeadWriter;
import io.tidegate.engine.wire.Trailers;

/// One request on its way to an endpoint, whatever protocol carries it. Confined to its event loop.
public interface UpstreamStream {

    /// Sends the head. Once per stream, before anything else.
    ///
    /// @param head
    ///            the whole head, as HTTP/1.1 writes it
    /// @param withoutBody
    ///            whether the request is complete with it
    /// @param toHead
    ///            whether the request's method is HEAD, so that the response has no body
    /// @param expected
    ///            bytes of body that are at hand
    void sendHead(HeadWriter head, boolean withoutBody, boolean toHead, int expected);

    /// Says that the request is a handshake of WebSocket, whose head is written as HTTP/1.1 has it. Before the head. A
    /// service that agrees answers 101, in [UpstreamEvents#onResponseHead], whatever its protocol says for it; what goes
    /// both ways from then on has no framing, and [#endRequest] is the end of that from the client.
    ///
    /// @param key
    ///            that the head holds
    void askForTunnel(byte[] key);

    /// Whether the protocol tells by itself where a body ends, so that it is given without framing.
    boolean framesBodies();

    /// Sends a part of the body; the buffer stays the caller's.
    void sendBody(ByteBuf in, int start, int length);

    /// Sends framing that was made here.
    void sendBytes(byte[] bytes, int start, int length);

    /// Says that the client takes fields behind the body (RFC 9110 §10.1.4). Before the head.
    default void takeTrailers() {
        // Where the protocol has none, they end here.
    }

    /// Sends fields behind the body, where the protocol has them. Before the end.
    default void sendTrailers(Trailers trailers) {
        // Where the protocol has none, they end here.
    }

    /// The request is complete.
    void endRequest();

    /// Sends what is waiting.
    void flush();

    /// Whether more of the body should be given.
    boolean isWritable();

    /// Says whether a chunked response's framing is handed on. Only during [UpstreamEvents#onResponseHead].
    void keepFraming(boolean framing);

    /// Stops or goes on reading the response.
    void reading(boolean on);

    /// Says how long the service may take from now on; beyond it
    /// [io.tidegate.api.UpstreamFaults#TIMEOUT][io.tidegate.api.UpstreamFaults#TIMEOUT] strikes. Time in which the
    /// response is not read because the client does not take it doesn't count.
    ///
    /// @param responseNanos
    ///            to the end of the response, [Long#MAX_VALUE] for no limit
    /// @param idleNanos
    ///            to the next read, and between two of them
    void expect(long responseNanos, long idleNanos);

    /// Gives the stream back, nothing having been sent on it.
    void giveBack();

    /// Gives the stream up; no more events.
    void cancel();
}
