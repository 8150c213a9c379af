package io.tidegate.engine.wire;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Header fields that the gateway itself has to do with, told apart while a head is parsed.
public enum KnownHeader {
    /// RFC 9110 §7.2.
    HOST("host", Kind.MANAGED),
    /// RFC 9110 §7.6.1.
    CONNECTION("connection", Kind.HOP),
    /// RFC 9112 §C.2.2.
    KEEP_ALIVE("keep-alive", Kind.HOP),
    /// Never standard, still sent.
    PROXY_CONNECTION("proxy-connection", Kind.HOP),
    /// RFC 9110 §10.1.4.
    TE("te", Kind.HOP),
    /// RFC 9110 §6.6.2; trailers do not pass to HTTP/1.1.
    TRAILER("trailer", Kind.HOP),
    /// RFC 9112 §6.1.
    TRANSFER_ENCODING("transfer-encoding", Kind.HOP),
    /// RFC 9110 §7.8.
    UPGRADE("upgrade", Kind.HOP),
    /// RFC 7540 §3.2.1, obsolete.
    HTTP2_SETTINGS("http2-settings", Kind.HOP),
    /// RFC 9110 §11.7.1.
    PROXY_AUTHENTICATE("proxy-authenticate", Kind.HOP),
    /// RFC 9110 §11.7.2.
    PROXY_AUTHORIZATION("proxy-authorization", Kind.HOP),
    /// RFC 9110 §8.6.
    CONTENT_LENGTH("content-length", Kind.FRAMING),
    /// RFC 9110 §10.1.1; answered here, never forwarded.
    EXPECT("expect", Kind.HOP),
    /// Set here.
    X_FORWARDED_FOR("x-forwarded-for", Kind.FORWARDED),
    /// Set here.
    X_FORWARDED_PROTO("x-forwarded-proto", Kind.FORWARDED),
    /// Set here.
    X_FORWARDED_HOST("x-forwarded-host", Kind.FORWARDED),
    /// Removed.
    X_FORWARDED_PORT("x-forwarded-port", Kind.FORWARDED),
    /// Removed.
    X_FORWARDED_PREFIX("x-forwarded-prefix", Kind.FORWARDED),
    /// Removed.
    X_FORWARDED_SERVER("x-forwarded-server", Kind.FORWARDED),
    /// Removed.
    X_FORWARDED_SCHEME("x-forwarded-scheme", Kind.FORWARDED),
    /// Removed.
    X_FORWARDED_CLIENT_CERT("x-forwarded-client-cert", Kind.FORWARDED),
    /// Removed.
    X_REAL_IP("x-real-ip", Kind.FORWARDED),
    /// RFC 7239. Set here.
    FORWARDED("forwarded", Kind.FORWARDED),
    /// Set here.
    X_REQUEST_ID("x-request-id", Kind.FORWARDED),
    /// Removed: it makes some services serve another path.
    X_ORIGINAL_URL("x-original-url", Kind.FORWARDED),
    /// Removed: it makes some services serve another path.
    X_REWRITE_URL("x-rewrite-url", Kind.FORWARDED),
    /// Removed unless the route lets it pass.
    X_HTTP_METHOD_OVERRIDE("x-http-method-override", Kind.OVERRIDE),
    /// Removed unless the route lets it pass.
    X_HTTP_METHOD("x-http-method", Kind.OVERRIDE),
    /// Removed unless the route lets it pass.
    X_METHOD_OVERRIDE("x-method-override", Kind.OVERRIDE),
    /// RFC 9110 §7.6.3. Added to.
    VIA("via", Kind.PLAIN),
    /// RFC 9110 §11.6.2.
    AUTHORIZATION("authorization", Kind.PROTECTED),
    /// RFC 6265 §5.4.
    COOKIE("cookie", Kind.PROTECTED),
    /// RFC 9110 §8.3.
    CONTENT_TYPE("content-type", Kind.SINGLETON),
    /// RFC 9110 §10.1.5.
    USER_AGENT("user-agent", Kind.PLAIN),
    /// RFC 9110 §14.2. More than a few ranges are an attack on the service.
    RANGE("range", Kind.PLAIN),
    /// RFC 9110 §10.1.3.
    REFERER("referer", Kind.PLAIN),
    /// RFC 6454 §7.
    ORIGIN("origin", Kind.PLAIN),
    /// Fetch standard, CORS protocol.
    ACCESS_CONTROL_REQUEST_METHOD("access-control-request-method", Kind.PLAIN),
    /// RFC 6455 §11.3.1.
    SEC_WEBSOCKET_KEY("sec-websocket-key", Kind.PLAIN),
    /// RFC 6455 §11.3.5.
    SEC_WEBSOCKET_VERSION("sec-websocket-version", Kind.PLAIN),
    /// RFC 6455 §11.3.3.
    SEC_WEBSOCKET_ACCEPT("sec-websocket-accept", Kind.PLAIN),
    /// How long a gRPC call may take (gRPC over HTTP/2, "Requests").
    GRPC_TIMEOUT("grpc-timeout", Kind.PLAIN),
    /// Says that a request may be sent twice (draft-ietf-httpapi-idempotency-key-header).
    IDEMPOTENCY_KEY("idempotency-key", Kind.PLAIN),
    /// RFC 9110 §6.6.1.
    DATE("date", Kind.PLAIN);

    private enum Kind {
        PLAIN, SINGLETON, PROTECTED, MANAGED, FRAMING, HOP, FORWARDED, OVERRIDE
    }

    private static final KnownHeader[] ALL = values();
    private static final int TABLE = 1024;
    private static final KnownHeader[][] BUCKETS = buckets();

    private final byte[] lowerName;
    private final Kind kind;

    KnownHeader(String name, Kind kind) {
        this.lowerName = Ascii.bytes(name);
        this.kind = kind;
    }

    private static KnownHeader[][] buckets() {
        List<List<KnownHeader>> lists = new ArrayList<>();
        for (int i = 0; i < TABLE; i++) {
            lists.add(new ArrayList<>());
        }
        for (KnownHeader header : ALL) {
            lists.get(hash(header.lowerName, 0, header.lowerName.length)).add(header);
        }
        KnownHeader[][] buckets = new KnownHeader[TABLE][];
        for (int i = 0; i < TABLE; i++) {
            buckets[i] = lists.get(i).toArray(new KnownHeader[0]);
        }
        return buckets;
    }

    private static int hash(byte[] bytes, int start, int end) {
        int length = end - start;
        int first = Ascii.lower(bytes[start]);
        int middle = Ascii.lower(bytes[start + (length >> 1)]);
        int last = Ascii.lower(bytes[end - 1]);
        return (length * 37 + first * 5 + middle * 11 + last * 3) & (TABLE - 1);
    }

    /// The known header of this name, or null. The range is not empty.
    static @Nullable KnownHeader find(byte[] bytes, int start, int end) {
        for (KnownHeader header : BUCKETS[hash(bytes, start, end)]) {
            if (Ascii.equalsIgnoreCase(bytes, start, end, header.lowerName)) {
                return header;
            }
        }
        return null;
    }

    static @Nullable KnownHeader find(String name) {
        byte[] bytes = Ascii.bytes(name);
        return bytes.length == 0 ? null : find(bytes, 0, bytes.length);
    }

    /// Whether a request's field of this name is never forwarded as it came.
    boolean droppedFromRequest() {
        return kind == Kind.HOP || kind == Kind.FORWARDED || kind == Kind.OVERRIDE;
    }

    /// Whether a response's field of this name is never forwarded as it came.
    boolean droppedFromResponse() {
        return kind == Kind.HOP && this != PROXY_AUTHENTICATE;
    }

    /// Whether `Connection` must not name it: removing it would change what the message means.
    boolean protectedFromConnection() {
        return kind == Kind.MANAGED || kind == Kind.FRAMING || kind == Kind.FORWARDED || kind == Kind.PROTECTED
                || kind == Kind.SINGLETON || this == TRANSFER_ENCODING || this == EXPECT;
    }

    /// Whether a name that differs from it only by `_` for `-` is an attack, not an accident.
    boolean guardedFromAliases() {
        return kind != Kind.PLAIN;
    }

    /// Whether it may occur once only.
    boolean singleton() {
        return kind == Kind.SINGLETON || this == AUTHORIZATION;
    }

    /// Whether policies may not set it.
    boolean ownedByGateway() {
        return kind == Kind.MANAGED || kind == Kind.FRAMING || kind == Kind.HOP;
    }

    /// Whether policies don't see it where it is not forwarded.
    boolean hiddenWhereDropped() {
        return kind == Kind.FORWARDED || kind == Kind.OVERRIDE;
    }

    boolean overridesMethod() {
        return kind == Kind.OVERRIDE;
    }
}
