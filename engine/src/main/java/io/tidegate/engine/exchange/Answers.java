package io.tidegate.engine.exchange;

import io.tidegate.api.Fault;
import io.tidegate.engine.wire.HeadWriter;
import io.tidegate.engine.wire.StatusLine;

/// Answers that the gateway makes itself, as HTTP/1.1 writes them.
public final class Answers {

    private Answers() {
    }

    /// Writes a problem answer (RFC 9457).
    ///
    /// @param close
    ///            whether the connection ends with it
    /// @param headOnly
    ///            whether the body is left out, as HEAD asks for
    public static void problem(HeadWriter out, Fault fault, long idHigh, long idLow, boolean close, boolean headOnly) {
        String id = String.format(java.util.Locale.ROOT, "%016x%016x", idHigh, idLow);
        String body = "{\"type\":\"urn:tidegate:" + fault.code() + "\",\"title\":\"" + fault.title() + "\",\"status\":"
                + fault.status() + ",\"requestId\":\"" + id + "\"}";
        out.clear();
        StatusLine.write(out, fault.status());
        out.text("content-type: application/problem+json\r\ncontent-length: ");
        out.decimal(body.length());
        out.crlf();
        if (fault.status() == 503) {
            out.text("retry-after: 1\r\n");
        }
        end(out, close);
        if (!headOnly) {
            out.text(body);
        }
    }

    /// Writes an answer without a body.
    static void empty(HeadWriter out, int status, boolean close) {
        out.clear();
        StatusLine.write(out, status);
        out.text("content-length: 0\r\n");
        end(out, close);
    }

    private static void end(HeadWriter out, boolean close) {
        if (close) {
            out.text("connection: close\r\n");
        }
        out.crlf();
    }
}
