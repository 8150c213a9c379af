package io.tidegate.engine.upstream;

import io.netty.buffer.ByteBuf;
import io.tidegate.api.Fault;
import io.tidegate.engine.wire.BodySink;
import io.tidegate.engine.wire.ResponseHead;

/// What comes of a stream. The response's body comes through the [BodySink].
public interface UpstreamEvents extends BodySink {

    /// Whose request it is. Asked for only where services are told.
    default ClientConnection clientConnection() {
        throw new UnsupportedOperationException("no service is told of clients");
    }

    /// A connection stands; the head can be sent.
    ///
    /// @param reused
    ///            whether it has served before, so that the service may have closed it meanwhile
    /// @param ticket
    ///            what [Pool#acquire] was called with: a connection that comes late is for a request that is over
    void onConnected(UpstreamStream stream, boolean reused, int ticket);

    /// No connection could be had. Nothing was sent.
    ///
    /// @param ticket
    ///            what [Pool#acquire] was called with
    void onConnectFailed(Fault fault, int ticket);

    /// A response head, interim ones too. `in` holds the received bytes of the head from `start` to `end` where `end`
    /// is more than `start`; elsewhere they came in pieces.
    ///
    /// @param bodiless
    ///            whether the response is complete with it
    void onResponseHead(ResponseHead head, ByteBuf in, int start, int end, boolean bodiless);

    /// The stream broke. No more events.
    ///
    /// @param progress
    ///            how far it had come, which decides whether the request can be sent once more
    void onUpstreamFault(Fault fault, Progress progress);

    /// More of the request's body can be given.
    void onUpstreamWritable();

    /// All that was received at once has been handed on; time to flush.
    void onUpstreamReadComplete();
}
