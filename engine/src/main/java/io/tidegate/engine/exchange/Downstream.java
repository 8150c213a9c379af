package io.tidegate.engine.exchange;

import io.netty.buffer.ByteBuf;
import io.tidegate.engine.wire.HeadWriter;
import io.tidegate.engine.worker.Worker;

/// The client's side of an exchange, whatever protocol carries it. Confined to its event loop.
public interface Downstream {

    /// The worker whose loop this is on.
    Worker worker();

    /// `X-Forwarded-For` and its like for this connection, ready to be written: complete lines, without those that
    /// depend on the request.
    byte[] forwardedLines();

    /// Whether the client understands chunked bodies.
    boolean understandsChunked();

    /// Sends a head made here.
    ///
    /// @param expected
    ///            bytes of body that are at hand
    void sendHead(HeadWriter head, int expected);

    /// Sends a range of a received buffer; the buffer stays the caller's.
    void sendRange(ByteBuf in, int start, int length);

    /// Sends bytes made here.
    void sendBytes(byte[] bytes, int start, int length);

    /// Sends what is waiting.
    void flush();

    /// Whether more of the response should be given.
    boolean isWritable();

    /// Lets the request's body come (or not): [HttpExchange#onRequestBody] takes it.
    void readBody(boolean on);

    /// Whether a response's end must close the connection, so that its head has to say so.
    boolean closesAfterResponse();

    /// The response ends with the connection: close it then.
    void closeAfterResponse();

    /// The response is complete.
    void endResponse();

    /// The response can't be completed: the client must see that it is broken.
    void abort();
}
