package io.tidegate.engine.exchange;

import io.netty.buffer.ByteBuf;
import io.tidegate.engine.wire.HeadWriter;
import io.tidegate.engine.wire.Trailers;
import io.tidegate.engine.worker.Worker;

/// The client's side of an exchange, whatever protocol carries it. Confined to its event loop.
public interface Downstream {

    /// The worker whose loop this is on.
    Worker worker();

    /// Who holds the connection.
    Peer peer();

    /// How the end of a body is told to the client.
    enum Framing {
        /// By its length, or by the end of the connection: HTTP/1.0.
        CLOSE,
        /// By its length, or in chunks: HTTP/1.1.
        CHUNKS,
        /// By the protocol itself: HTTP/2, HTTP/3. The body is given without framing.
        FRAMES
    }

    /// How the end of a body is told to the client.
    Framing framing();

    /// The protocol as it is logged: `HTTP/1.1`.
    String protocol();

    /// Sends a head made here.
    ///
    /// @param expected
    ///            bytes of body that are at hand
    void sendHead(HeadWriter head, int expected);

    /// Sends a range of a received buffer; the buffer stays the caller's.
    void sendRange(ByteBuf in, int start, int length);

    /// Sends bytes made here.
    void sendBytes(byte[] bytes, int start, int length);

    /// Sends fields behind the body, where the protocol has them: HTTP/2 and HTTP/3.
    void sendTrailers(Trailers trailers);

    /// Sends what is waiting.
    void flush();

    /// Whether more of the response should be given.
    boolean isWritable();

    /// Says whether a chunked request's framing is handed on with it. Before the first byte of the body was asked for.
    void keepFraming(boolean framing);

    /// Lets the request's body come (or not): [HttpExchange#requestBody] takes it.
    void readBody(boolean on);

    /// The head that was sent opens a tunnel: from here on bytes go both ways, those of the client to
    /// [HttpExchange#requestBody], until either side ends.
    void openTunnel();

    /// Whether a response's end must close the connection, so that its head has to say so.
    boolean closesAfterResponse();

    /// The response ends with the connection: close it then.
    void closeAfterResponse();

    /// What the client sends behind the response is left unread for so many nanoseconds. Nothing comes of it where
    /// requests of others may be on the same connection: with [Framing#FRAMES].
    void restAfterResponse(long nanos);

    /// The response is answered before the request's body has come: it is taken and dropped if little is left of it,
    /// else the connection is closed with the response.
    void dropBody();

    /// The response is complete.
    void endResponse();

    /// The response can't be completed: the client must see that it is broken.
    void abort();

    /// Nothing is answered, and the client is to see that: the connection is reset (HTTP/1.1), or the stream (HTTP/2,
    /// HTTP/3).
    void reset();
}
