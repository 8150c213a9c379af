package io.tidegate.config;

import io.tidegate.api.Doc;
import io.tidegate.api.Named;

/// What a request is sent once more after.
public enum RetryCause {
    @Doc("No connection could be made: nothing was sent, so that every method is tried again.")
    CONNECT_FAILURE, @Doc("The connection or the stream broke before anything of the response came.")
    RESET, @Doc("The service did not answer within `perTry`, `response` or `idle` of `timeouts`.")
    TIMEOUT, @Doc("It answered with any status from 500 to 599.")
    @Named("5xx")
    SERVER_ERROR(500, 599), @Doc("Request Timeout.")
    @Named("408")
    HTTP_408(408), @Doc("Conflict.")
    @Named("409")
    HTTP_409(409), @Doc("Misdirected Request.")
    @Named("421")
    HTTP_421(421), @Doc("Locked.")
    @Named("423")
    HTTP_423(423), @Doc("Too Early.")
    @Named("425")
    HTTP_425(425), @Doc("Too Many Requests.")
    @Named("429")
    HTTP_429(429), @Doc("Internal Server Error.")
    @Named("500")
    HTTP_500(500), @Doc("Bad Gateway.")
    @Named("502")
    HTTP_502(502), @Doc("Service Unavailable.")
    @Named("503")
    HTTP_503(503), @Doc("Gateway Timeout.")
    @Named("504")
    HTTP_504(504), @Doc("A call of gRPC ended with `CANCELLED`, without a message.")
    CANCELLED(1), @Doc("A call of gRPC ended with `UNKNOWN`, without a message.")
    UNKNOWN(2), @Doc("A call of gRPC ended with `DEADLINE_EXCEEDED`, without a message.")
    DEADLINE_EXCEEDED(4), @Doc("A call of gRPC ended with `RESOURCE_EXHAUSTED`, without a message.")
    RESOURCE_EXHAUSTED(8), @Doc("A call of gRPC ended with `ABORTED`, without a message.")
    ABORTED(10), @Doc("A call of gRPC ended with `INTERNAL`, without a message.")
    INTERNAL(13), @Doc("A call of gRPC ended with `UNAVAILABLE`, without a message.")
    UNAVAILABLE(14), @Doc("A call of gRPC ended with `DATA_LOSS`, without a message.")
    DATA_LOSS(15);

    private static final int LEAST_HTTP = 100;

    private final int least;
    private final int most;

    RetryCause() {
        this(-1, -1);
    }

    RetryCause(int code) {
        this(code, code);
    }

    RetryCause(int least, int most) {
        this.least = least;
        this.most = most;
    }

    /// Whether it is a status of HTTP, or a class of them.
    public boolean isHttp() {
        return least >= LEAST_HTTP;
    }

    /// Whether it is a status of gRPC.
    public boolean isGrpc() {
        return least >= 0 && least < LEAST_HTTP;
    }

    /// The lowest number of the statuses that it stands for; -1 where it is none.
    public int least() {
        return least;
    }

    /// The highest number of the statuses that it stands for; -1 where it is none.
    public int most() {
        return most;
    }
}
