package io.tidegate.api;

import java.util.List;
import java.util.stream.Stream;

/// Why a request could not be served as asked: every error a client can see that the gateway itself makes. Those of
/// who calls and what they may do stand in [AccessFaults], those of services in [UpstreamFaults].
///
/// Answered as `application/problem+json` (RFC 9457) with the status, the title and the request id; the code goes to
/// the access log and the metrics and is the last part of the problem's `type`.
///
/// @param code
///            a stable dotted name, `framing.cl_te`
/// @param status
///            the status the client gets
/// @param title
///            what happened, for people; the same for every occurrence
/// @param blame
///            who has to do something about it
public record Fault(String code, int status, String title, Party blame) {

    /// Who has to do something about a fault.
    public enum Party {
        /// The one who sent the request.
        CLIENT,
        /// The service behind the gateway.
        UPSTREAM,
        /// The gateway, or who runs it.
        GATEWAY
    }

    // Framing of requests (RFC 9112 section 6).

    /// Both Content-Length and Transfer-Encoding were sent.
    public static final Fault FRAMING_CL_TE = new Fault("framing.cl_te", 400,
            "Both Content-Length and Transfer-Encoding were sent",
            Party.CLIENT);

    /// Transfer-Encoding was sent with HTTP/1.0.
    public static final Fault FRAMING_TE_HTTP10 = new Fault("framing.te_http10", 400,
            "Transfer-Encoding was sent with HTTP/1.0",
            Party.CLIENT);

    /// The last transfer coding must be chunked.
    public static final Fault FRAMING_TE_FINAL = new Fault("framing.te_final", 400,
            "The last transfer coding must be chunked",
            Party.CLIENT);

    /// The transfer coding is not supported.
    public static final Fault FRAMING_TE_UNKNOWN = new Fault("framing.te_unknown", 501,
            "The transfer coding is not supported",
            Party.CLIENT);

    /// Transfer-Encoding was sent more than once.
    public static final Fault FRAMING_TE_DUP = new Fault("framing.te_dup", 400,
            "Transfer-Encoding was sent more than once",
            Party.CLIENT);

    /// A header line begins with white space.
    public static final Fault FRAMING_FOLD = new Fault("framing.fold", 400, "A header line begins with white space",
            Party.CLIENT);

    /// Content-Length was sent more than once.
    public static final Fault FRAMING_CL_DUP = new Fault("framing.cl_dup", 400,
            "Content-Length was sent more than once",
            Party.CLIENT);

    /// Content-Length must be a number of decimal digits.
    public static final Fault FRAMING_CL_SYNTAX = new Fault("framing.cl_syntax", 400,
            "Content-Length must be a number of decimal digits",
            Party.CLIENT);

    /// Content-Length is out of range.
    public static final Fault FRAMING_CL_RANGE = new Fault("framing.cl_range", 400, "Content-Length is out of range",
            Party.CLIENT);

    /// This method has no body in HTTP/1.0.
    public static final Fault FRAMING_BODY_HTTP10 = new Fault("framing.body_http10", 400,
            "This method has no body in HTTP/1.0",
            Party.CLIENT);

    /// The expectation is not supported.
    public static final Fault FRAMING_EXPECT = new Fault("framing.expect", 417, "The expectation is not supported",
            Party.CLIENT);

    /// Bytes stand where a request should begin.
    public static final Fault FRAMING_STRAY = new Fault("framing.stray", 400,
            "Bytes stand where a request should begin",
            Party.CLIENT);

    // Chunked bodies (RFC 9112 section 7.1).

    /// A chunk line is malformed.
    public static final Fault CHUNK_LINE = new Fault("chunk.line", 400, "A chunk line is malformed", Party.CLIENT);

    /// A chunk size must be hexadecimal digits.
    public static final Fault CHUNK_SIZE = new Fault("chunk.size", 400, "A chunk size must be hexadecimal digits",
            Party.CLIENT);

    /// Chunk extensions are too long.
    public static final Fault CHUNK_EXT_SIZE = new Fault("chunk.ext_size", 400, "Chunk extensions are too long",
            Party.CLIENT);

    /// A chunk is longer than its size.
    public static final Fault CHUNK_DATA = new Fault("chunk.data", 400, "A chunk is longer than its size",
            Party.CLIENT);

    /// A trailer field is not allowed there.
    public static final Fault TRAILER_FORBIDDEN = new Fault("trailer.forbidden", 400,
            "A trailer field is not allowed there",
            Party.CLIENT);

    /// The trailer fields are too large.
    public static final Fault TRAILER_SIZE = new Fault("trailer.size", 431, "The trailer fields are too large",
            Party.CLIENT);

    // Request line and target (RFC 9112 section 3).

    /// Control bytes stand before the request.
    public static final Fault PARSE_PREFIX = new Fault("parse.prefix", 400, "Control bytes stand before the request",
            Party.CLIENT);

    /// A line must end with CR LF.
    public static final Fault PARSE_BARE_LF = new Fault("parse.bare_lf", 400, "A line must end with CR LF",
            Party.CLIENT);

    /// CR must be followed by LF.
    public static final Fault PARSE_BARE_CR = new Fault("parse.bare_cr", 400, "CR must be followed by LF",
            Party.CLIENT);

    /// The request line is malformed.
    public static final Fault PARSE_REQLINE = new Fault("parse.reqline", 400, "The request line is malformed",
            Party.CLIENT);

    /// The HTTP version is malformed.
    public static final Fault PARSE_VERSION = new Fault("parse.version", 400, "The HTTP version is malformed",
            Party.CLIENT);

    /// The HTTP version is not supported.
    public static final Fault VERSION_UNSUPPORTED = new Fault("parse.version_unsupported", 505,
            "The HTTP version is not supported",
            Party.CLIENT);

    /// The method is not a token.
    public static final Fault PARSE_METHOD = new Fault("parse.method", 400, "The method is not a token", Party.CLIENT);

    /// The request target holds a character that must be encoded.
    public static final Fault TARGET_CHAR = new Fault("target.char", 400,
            "The request target holds a character that must be encoded",
            Party.CLIENT);

    /// The request target has no valid form.
    public static final Fault TARGET_FORM = new Fault("target.form", 400, "The request target has no valid form",
            Party.CLIENT);

    /// The request target and Host do not agree.
    public static final Fault TARGET_AUTHORITY = new Fault("target.authority", 400,
            "The request target and Host do not agree",
            Party.CLIENT);

    /// The request target is too long.
    public static final Fault TARGET_TOO_LONG = new Fault("target.too_long", 414, "The request target is too long",
            Party.CLIENT);

    /// The path holds a malformed percent escape.
    public static final Fault PATH_ESCAPE = new Fault("path.escape", 400, "The path holds a malformed percent escape",
            Party.CLIENT);

    /// The path holds an encoded slash.
    public static final Fault PATH_ENC_SLASH = new Fault("path.enc_slash", 400, "The path holds an encoded slash",
            Party.CLIENT);

    /// The path is not valid UTF-8.
    public static final Fault PATH_UTF8 = new Fault("path.utf8", 400, "The path is not valid UTF-8", Party.CLIENT);

    /// The path climbs above its root.
    public static final Fault PATH_ABOVE_ROOT = new Fault("path.above_root", 400, "The path climbs above its root",
            Party.CLIENT);

    /// A dot segment has a path parameter.
    public static final Fault PATH_DOT_PARAMETER = new Fault("path.dot_parameter", 400,
            "A dot segment has a path parameter",
            Party.CLIENT);

    /// A segment of the path has a parameter, which some services read and others don't.
    public static final Fault PATH_PARAMETER = new Fault("path.parameter", 400, "The path holds a path parameter",
            Party.CLIENT);

    /// The path is encoded twice.
    public static final Fault PATH_DOUBLE_ESCAPE = new Fault("path.double_escape", 400, "The path is encoded twice",
            Party.CLIENT);

    /// The method is not supported.
    public static final Fault METHOD_UNSUPPORTED = new Fault("method.unsupported", 405, "The method is not supported",
            Party.CLIENT);

    // Header fields (RFC 9110 section 5).

    /// The Host header is missing.
    public static final Fault HOST_MISSING = new Fault("host.missing", 400, "The Host header is missing", Party.CLIENT);

    /// Host was sent more than once.
    public static final Fault HOST_DUP = new Fault("host.dup", 400, "Host was sent more than once", Party.CLIENT);

    /// The Host header is malformed.
    public static final Fault HOST_SYNTAX = new Fault("host.syntax", 400, "The Host header is malformed", Party.CLIENT);

    /// A header name is malformed.
    public static final Fault HEADER_NAME = new Fault("header.name", 400, "A header name is malformed", Party.CLIENT);

    /// A header value holds control characters.
    public static final Fault HEADER_CTL = new Fault("header.ctl", 400, "A header value holds control characters",
            Party.CLIENT);

    /// A header name imitates one that the gateway sets.
    public static final Fault HEADER_ALIAS = new Fault("header.alias", 400,
            "A header name imitates one that the gateway sets",
            Party.CLIENT);

    /// Connection names a header that must not be removed.
    public static final Fault HEADER_HOP = new Fault("header.hop", 400,
            "Connection names a header that must not be removed",
            Party.CLIENT);

    /// A header that may occur once was sent more than once.
    public static final Fault HEADER_DUP = new Fault("header.dup", 400,
            "A header that may occur once was sent more than once",
            Party.CLIENT);

    /// The request header is too large.
    public static final Fault HEADERS_TOO_LARGE = new Fault("header.too_large", 431, "The request header is too large",
            Party.CLIENT);

    /// The request has too many header fields.
    public static final Fault HEADERS_TOO_MANY = new Fault("header.too_many", 431,
            "The request has too many header fields",
            Party.CLIENT);

    /// The upgrade request is malformed.
    public static final Fault UPGRADE_INVALID = new Fault("upgrade.invalid", 400, "The upgrade request is malformed",
            Party.CLIENT);

    /// The protocol that the request asks to change to is not known.
    public static final Fault UPGRADE_UNSUPPORTED = new Fault("upgrade.unsupported", 501,
            "The protocol asked for is not supported", Party.CLIENT);

    /// The request would put control characters into a header.
    public static final Fault EMIT_CTL = new Fault("emit.ctl", 400,
            "The request would put control characters into a header",
            Party.CLIENT);

    // HTTP/2 (RFC 9113 section 8). The stream is reset where the status says 400.

    /// A header name is not in lower case, or no name.
    public static final Fault H2_NAME = new Fault("h2.name", 400, "A header name is not in lower case, or no name",
            Party.CLIENT);

    /// A header value holds characters that HTTP/2 does not allow there.
    public static final Fault H2_VALUE = new Fault("h2.value", 400,
            "A header value holds characters that HTTP/2 does not allow there",
            Party.CLIENT);

    /// A header speaks of the connection, which HTTP/2 does not allow.
    public static final Fault H2_CONNECTION = new Fault("h2.connection", 400,
            "A header speaks of the connection, which HTTP/2 does not allow",
            Party.CLIENT);

    /// The pseudo-header fields are malformed.
    public static final Fault H2_PSEUDO = new Fault("h2.pseudo", 400, "The pseudo-header fields are malformed",
            Party.CLIENT);

    /// The body is not as long as Content-Length says.
    public static final Fault H2_LENGTH = new Fault("h2.length", 400,
            "The body is not as long as Content-Length says",
            Party.CLIENT);

    /// The stream broke a rule of the protocol.
    public static final Fault H2_STREAM = new Fault("h2.stream", 400, "The stream broke a rule of the protocol",
            Party.CLIENT);

    /// The connection broke a rule of the protocol.
    public static final Fault H2_PROTOCOL = new Fault("h2.protocol", 400,
            "The connection broke a rule of the protocol",
            Party.CLIENT);

    /// The connection asks for work without use.
    public static final Fault H2_FLOOD = new Fault("h2.flood", 429, "The connection asks for work without use",
            Party.CLIENT);

    // What the client asked for.

    /// The request does not belong on this connection: its host asks clients for other certificates than the one that
    /// the connection was made for (RFC 9110 section 15.5.20).
    public static final Fault MISDIRECTED = new Fault("tls.misdirected", 421,
            "The request does not belong on this connection",
            Party.CLIENT);

    /// No route matches this request.
    public static final Fault NO_ROUTE = new Fault("route.not_found", 404, "No route matches this request",
            Party.CLIENT);

    /// The method is not allowed here.
    public static final Fault METHOD_NOT_ALLOWED = new Fault("route.method_not_allowed", 405,
            "The method is not allowed here",
            Party.CLIENT);

    /// The request body is too large.
    public static final Fault BODY_TOO_LARGE = new Fault("body.too_large", 413, "The request body is too large",
            Party.CLIENT);

    /// The request exceeds a limit of this route.
    public static final Fault LIMIT_EXCEEDED = new Fault("limit.exceeded", 400,
            "The request exceeds a limit of this route",
            Party.CLIENT);

    /// The body has no declared length.
    public static final Fault LENGTH_REQUIRED = new Fault("body.length_required", 411,
            "The body has no declared length",
            Party.CLIENT);

    /// The media type of the body is not allowed here.
    public static final Fault MEDIA_TYPE_UNSUPPORTED = new Fault("body.media_type", 415,
            "The media type of the body is not allowed here",
            Party.CLIENT);

    /// The request took too long to arrive.
    public static final Fault REQUEST_TIMEOUT = new Fault("request.timeout", 408, "The request took too long to arrive",
            Party.CLIENT);

    /// The request body arrived too slowly.
    public static final Fault BODY_TOO_SLOW = new Fault("request.too_slow", 408, "The request body arrived too slowly",
            Party.CLIENT);

    /// The client closed the connection.
    public static final Fault CLIENT_CLOSED = new Fault("client.closed", 499, "The client closed the connection",
            Party.CLIENT);

    /// The client read the response too slowly.
    public static final Fault CLIENT_TOO_SLOW = new Fault("client.too_slow", 499,
            "The client read the response too slowly",
            Party.CLIENT);

    /// The origin is not allowed.
    public static final Fault CORS_REFUSED = new Fault("cors.refused", 403, "The origin is not allowed", Party.CLIENT);

    /// The request has no key that tells its repeats from others.
    public static final Fault IDEMPOTENCY_KEY_MISSING = new Fault("idempotency.key_missing", 400,
            "The request has no idempotency key", Party.CLIENT);

    /// The idempotency key is none.
    public static final Fault IDEMPOTENCY_KEY_SYNTAX = new Fault("idempotency.key_syntax", 400,
            "The idempotency key is malformed", Party.CLIENT);

    /// A request with this idempotency key is being served.
    public static final Fault IDEMPOTENCY_IN_PROGRESS = new Fault("idempotency.in_progress", 409,
            "A request with this idempotency key is being served", Party.CLIENT);

    /// The idempotency key was used for another request.
    public static final Fault IDEMPOTENCY_KEY_REUSED = new Fault("idempotency.key_reused", 422,
            "The idempotency key was used for another request", Party.CLIENT);

    /// The body must be base64.
    public static final Fault GRPC_WEB_TEXT = new Fault("grpc.web_text", 400, "The body must be base64", Party.CLIENT);

    /// The body must be messages of gRPC.
    public static final Fault GRPC_FRAME = new Fault("grpc.frame", 400, "The body must be messages of gRPC",
            Party.CLIENT);

    /// A message of a gRPC call is too large.
    public static final Fault GRPC_MESSAGE_TOO_LARGE = new Fault("grpc.message_too_large", 413,
            "A message of the call is too large", Party.CLIENT);

    /// No method is called by this path.
    public static final Fault GRPC_JSON_PATH = new Fault("grpc_json.path", 404, "No method is called by this path",
            Party.CLIENT);

    /// The request does not fit the method.
    public static final Fault GRPC_JSON_REQUEST = new Fault("grpc_json.request", 400,
            "The request does not fit the method", Party.CLIENT);

    /// Too many connections from this address.
    public static final Fault TOO_MANY_CONNECTIONS = new Fault("connection.too_many", 429,
            "Too many connections from this address",
            Party.CLIENT);

    // WebSocket (RFC 6455). What ends a connection that stands is told by its Close frame.

    /// WebSocket is not allowed here.
    public static final Fault WEBSOCKET_REFUSED = new Fault("websocket.refused", 403, "WebSocket is not allowed here",
            Party.CLIENT);

    /// The version of WebSocket is not supported.
    public static final Fault WEBSOCKET_VERSION = new Fault("websocket.version", 426,
            "The version of WebSocket is not supported", Party.CLIENT);

    /// A WebSocket frame is malformed.
    public static final Fault WEBSOCKET_INVALID = new Fault("websocket.invalid", 400,
            "A WebSocket frame is malformed", Party.CLIENT);

    /// A WebSocket message is too large.
    public static final Fault WEBSOCKET_TOO_LARGE = new Fault("websocket.too_large", 413,
            "A WebSocket message is too large", Party.CLIENT);

    /// WebSocket frames came too fast.
    public static final Fault WEBSOCKET_TOO_FAST = new Fault("websocket.too_fast", 429,
            "WebSocket frames came too fast", Party.CLIENT);

    /// The WebSocket connection was quiet for too long.
    public static final Fault WEBSOCKET_IDLE = new Fault("websocket.idle", 408,
            "The WebSocket connection was quiet for too long", Party.CLIENT);

    // gRPC.

    /// The timeout that a gRPC call declares can't be read.
    public static final Fault GRPC_TIMEOUT_SYNTAX = new Fault("grpc.timeout_syntax", 400,
            "The timeout of the call is malformed",
            Party.CLIENT);

    /// The deadline of a gRPC call has passed before its end.
    public static final Fault GRPC_DEADLINE = new Fault("grpc.deadline", 504, "The deadline of the call has passed",
            Party.UPSTREAM);

    // What the gateway did.

    /// The gateway is overloaded.
    public static final Fault OVERLOADED = new Fault("gateway.overloaded", 503, "The gateway is overloaded",
            Party.GATEWAY);

    /// The gateway is shutting down.
    public static final Fault DRAINING = new Fault("gateway.draining", 503, "The gateway is shutting down",
            Party.GATEWAY);

    /// The gateway has no configuration yet.
    public static final Fault NOT_CONFIGURED = new Fault("gateway.not_configured", 503,
            "The gateway has no configuration yet",
            Party.GATEWAY);

    /// The request could not be processed.
    public static final Fault POLICY_FAILED = new Fault("policy.failed", 500, "The request could not be processed",
            Party.GATEWAY);

    /// The request took too long to be processed.
    public static final Fault POLICY_TIMEOUT = new Fault("policy.timeout", 504,
            "The request took too long to be processed",
            Party.GATEWAY);

    /// The request was made to fail, to see what comes of it. The policy that does so may say another status.
    public static final Fault INJECTED = new Fault("fault.injected", 503, "The request was made to fail",
            Party.GATEWAY);

    /// The request could not be processed.
    public static final Fault CONDITION_FAILED = new Fault("policy.condition", 500,
            "The request could not be processed",
            Party.GATEWAY);

    /// The request could not be processed.
    public static final Fault INTERNAL = new Fault("gateway.internal", 500, "The request could not be processed",
            Party.GATEWAY);

    private static final List<Fault> OWN = List.of(
            FRAMING_CL_TE, FRAMING_TE_HTTP10, FRAMING_TE_FINAL, FRAMING_TE_UNKNOWN,
            FRAMING_TE_DUP, FRAMING_FOLD, FRAMING_CL_DUP, FRAMING_CL_SYNTAX,
            FRAMING_CL_RANGE, FRAMING_BODY_HTTP10, FRAMING_EXPECT, FRAMING_STRAY,
            CHUNK_LINE, CHUNK_SIZE, CHUNK_EXT_SIZE, CHUNK_DATA,
            TRAILER_FORBIDDEN, TRAILER_SIZE, PARSE_PREFIX, PARSE_BARE_LF,
            PARSE_BARE_CR, PARSE_REQLINE, PARSE_VERSION, VERSION_UNSUPPORTED,
            PARSE_METHOD, TARGET_CHAR, TARGET_FORM, TARGET_AUTHORITY,
            TARGET_TOO_LONG, PATH_ESCAPE, PATH_ENC_SLASH, PATH_UTF8,
            PATH_ABOVE_ROOT, PATH_DOT_PARAMETER, PATH_PARAMETER, PATH_DOUBLE_ESCAPE, METHOD_UNSUPPORTED,
            HOST_MISSING, HOST_DUP, HOST_SYNTAX, HEADER_NAME,
            HEADER_CTL, HEADER_ALIAS, HEADER_HOP, HEADER_DUP,
            HEADERS_TOO_LARGE, HEADERS_TOO_MANY, UPGRADE_INVALID, UPGRADE_UNSUPPORTED, EMIT_CTL,
            H2_NAME, H2_VALUE, H2_CONNECTION, H2_PSEUDO,
            H2_LENGTH, H2_STREAM, H2_PROTOCOL, H2_FLOOD,
            MISDIRECTED, NO_ROUTE, METHOD_NOT_ALLOWED, BODY_TOO_LARGE, LIMIT_EXCEEDED,
            LENGTH_REQUIRED, MEDIA_TYPE_UNSUPPORTED,
            REQUEST_TIMEOUT, BODY_TOO_SLOW, CLIENT_CLOSED, CLIENT_TOO_SLOW,
            CORS_REFUSED, IDEMPOTENCY_KEY_MISSING, IDEMPOTENCY_KEY_SYNTAX, IDEMPOTENCY_IN_PROGRESS,
            IDEMPOTENCY_KEY_REUSED, GRPC_WEB_TEXT, GRPC_FRAME, GRPC_TIMEOUT_SYNTAX, GRPC_MESSAGE_TOO_LARGE,
            GRPC_JSON_PATH,
            GRPC_JSON_REQUEST, TOO_MANY_CONNECTIONS, WEBSOCKET_REFUSED, WEBSOCKET_VERSION, WEBSOCKET_INVALID,
            WEBSOCKET_TOO_LARGE, WEBSOCKET_TOO_FAST, WEBSOCKET_IDLE, GRPC_DEADLINE,
            OVERLOADED,
            DRAINING, NOT_CONFIGURED, POLICY_FAILED, POLICY_TIMEOUT,
            INJECTED, CONDITION_FAILED, INTERNAL);

    /// Every fault the gateway itself knows; policies may have more of their own.
    public static List<Fault> all() {
        return Stream.of(OWN, UpstreamFaults.all(), AccessFaults.all()).flatMap(List::stream).toList();
    }

    /// Refuses a status that is no error.
    public Fault {
        if (status < 400 || status > 599) {
            throw new IllegalArgumentException("status must be 400 to 599 (was " + status + ")");
        }
    }
}
