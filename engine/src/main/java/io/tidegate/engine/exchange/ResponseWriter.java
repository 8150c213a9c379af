package io.tidegate.engine.exchange;

import io.tidegate.engine.exchange.Downstream.Framing;
import io.tidegate.engine.wire.Ascii;
import io.tidegate.engine.wire.HeadWriter;
import io.tidegate.engine.wire.ResponseHead;
import io.tidegate.engine.worker.Worker;

/// Writes the head that a client gets.
final class ResponseWriter {

    /// Length of a body whose end is told as the client's protocol does it.
    static final long CHUNKED = -1;
    /// The fields say of the length what there is to say.
    static final long AS_RECEIVED = -2;

    private static final byte[] CHUNKED_LINE = Ascii.bytes("transfer-encoding: chunked\r\n");
    private static final byte[] CLOSE_LINE = Ascii.bytes("connection: close\r\n");
    private static final byte[] KEEP_ALIVE_LINE = Ascii.bytes("connection: keep-alive\r\n");
    private static final byte[] UPGRADE_LINES = Ascii.bytes("connection: upgrade\r\nupgrade: websocket\r\n");
    private static final byte[] LENGTH = Ascii.bytes("content-length: ");
    private static final int UPGRADE_REQUIRED = 426;

    private ResponseWriter() {
    }

    /// Writes the head of a response that was received.
    ///
    /// @param length
    ///            of the body, [#CHUNKED] or [#AS_RECEIVED]
    static HeadWriter write(HeadWriter out, ResponseHead head, Downstream client, long length) {
        out.clear();
        head.writeTo(out);
        if (length == CHUNKED && client.framing() == Framing.CHUNKS) {
            out.bytes(CHUNKED_LINE);
        } else if (length >= 0 && head.status() != 204) {
            writeLength(out, length);
        }
        writeConnection(out, client);
        out.crlf();
        return out;
    }

    /// Writes the head of an answer made here.
    ///
    /// @param length
    ///            of the body; -1 where the status has none
    static HeadWriter writeMade(Worker worker, ResponseHead head, Downstream client, int length) {
        HeadWriter out = worker.heads();
        out.clear();
        head.writeTo(out);
        if (!head.hasAdded("date")) {
            // RFC 9110 section 6.6.1.
            out.bytes(worker.dates().line(System.currentTimeMillis()));
        }
        if (length >= 0) {
            writeLength(out, length);
        }
        writeConnection(out, client);
        if (head.status() == UPGRADE_REQUIRED && client.framing() == Framing.CHUNKS) {
            // RFC 9110 section 15.5.22; WebSocket is what the gateway can change to.
            out.bytes(UPGRADE_LINES);
        }
        out.crlf();
        return out;
    }

    private static void writeLength(HeadWriter out, long length) {
        out.bytes(LENGTH);
        out.decimal(length);
        out.crlf();
    }

    /// Says where else the client may come (RFC 7838), and what becomes of the connection, where that is not what the
    /// version of the client takes for granted (RFC
    /// 9112 section 9.3).
    private static void writeConnection(HeadWriter out, Downstream client) {
        out.bytes(client.peer().altSvcLine());
        if (client.closesAfterResponse()) {
            out.bytes(CLOSE_LINE);
        } else if (client.framing() == Framing.CLOSE) {
            out.bytes(KEEP_ALIVE_LINE);
        }
    }
}
