package io.tidegate.engine.wire;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// The head of a request (RFC 9112 §3), with its target brought to canonical form.
public final class RequestHead extends MessageHead {

    /// Length of a body that is chunked.
    public static final long CHUNKED = -1;

    private static final byte[] TRAILERS = Ascii.bytes("trailers");

    int prefixLines;
    int methodEnd;
    int methodStart;
    String method = "";
    int targetStart;
    int targetEnd;
    int minor;

    byte[] pathBytes = bytes;
    int pathStart;
    int pathEnd;
    private byte[] pathScratch = new byte[0];
    byte[] queryBytes = bytes;
    int queryStart;
    int queryEnd;
    boolean encodedSlash;
    boolean pathParameter;

    byte[] hostBytes = bytes;
    int hostStart;
    int hostEnd;
    int authorityEnd;
    private byte[] hostScratch = new byte[0];

    long contentLength;
    boolean expectsContinue;
    boolean keepAlive;
    boolean asterisk;
    boolean hostFromTarget;
    int droppedAliases;
    private @Nullable String sentAuthority;
    private boolean handshake;
    private byte @Nullable [] serviceKey;
    private @Nullable String sentMethod;
    private boolean acceptsTrailers;

    @Override
    public void reset() {
        super.reset();
        prefixLines = 0;
        pathBytes = bytes;
        hostBytes = bytes;
        pathStart = 0;
        pathEnd = 0;
        queryBytes = bytes;
        queryStart = -1;
        queryEnd = -1;
        hostStart = 0;
        hostEnd = 0;
        authorityEnd = 0;
        targetStart = 0;
        targetEnd = 0;
        method = "";
        minor = 1;
        contentLength = 0;
        expectsContinue = false;
        keepAlive = true;
        asterisk = false;
        encodedSlash = false;
        pathParameter = false;
        hostFromTarget = false;
        droppedAliases = 0;
        sentAuthority = null;
        handshake = false;
        serviceKey = null;
        sentMethod = null;
        acceptsTrailers = false;
    }

    byte[] pathScratch(int size) {
        if (pathScratch.length < size || pathScratch.length > 4096) {
            pathScratch = new byte[Math.max(256, size)];
        }
        return pathScratch;
    }

    byte[] hostScratch(int size) {
        if (hostScratch.length < size) {
            hostScratch = new byte[Math.max(64, size)];
        }
        return hostScratch;
    }

    /// The method; a standard one is always the same object.
    public String method() {
        return method;
    }

    /// The method that the service gets: the client's, unless a policy put another in its place.
    public String sentMethod() {
        String sent = sentMethod;
        return sent == null ? method : sent;
    }

    /// Puts another method in place of the client's, for the service to see. The caller answers for its syntax.
    public void replaceMethod(String other) {
        sentMethod = other;
    }

    /// Minor version: 0 or 1.
    public int minor() {
        return minor;
    }

    /// Whether the client asked for the connection to be kept (RFC 9112 §9.3).
    public boolean keepAlive() {
        return keepAlive;
    }

    /// Whether the target is `*`.
    public boolean asterisk() {
        return asterisk;
    }

    /// Declared length of the body, 0 for none, [#CHUNKED] for one of unknown length.
    public long contentLength() {
        return contentLength;
    }

    /// Whether the client waits for a 100 before it sends the body.
    public boolean expectsContinue() {
        return expectsContinue;
    }

    /// Whether the client says that it takes fields behind a body (RFC 9110 §10.1.4).
    public boolean takesTrailers() {
        int field = find(KnownHeader.TE);
        return field >= 0 && valueHasToken(field, TRAILERS);
    }

    /// Whether a policy takes fields behind the response's body, whatever the client says.
    public boolean acceptsTrailers() {
        return acceptsTrailers;
    }

    /// A policy takes fields behind the response's body.
    public void acceptTrailers() {
        acceptsTrailers = true;
    }

    /// The client was told to go on.
    public void continued() {
        expectsContinue = false;
    }

    /// Whether the path holds an encoded slash or backslash.
    public boolean encodedSlash() {
        return encodedSlash;
    }

    /// Whether the path holds a semicolon, which some services take for the end of a segment.
    public boolean pathParameter() {
        return pathParameter;
    }

    /// Number of fields dropped because their names held an underscore.
    public int droppedAliases() {
        return droppedAliases;
    }

    /// The bytes that the canonical path is in.
    public byte[] pathBytes() {
        return pathBytes;
    }

    /// Where the canonical path begins.
    public int pathStart() {
        return pathStart;
    }

    /// Where the canonical path ends.
    public int pathEnd() {
        return pathEnd;
    }

    /// The bytes that the query is in.
    public byte[] queryBytes() {
        return queryBytes;
    }

    /// Where the query begins in [#queryBytes], behind its question mark; -1 where there is none.
    public int queryStart() {
        return queryStart;
    }

    /// Where the query ends.
    public int queryEnd() {
        return queryEnd;
    }

    /// The target as received: where it begins in [#bytes].
    public int targetStart() {
        return targetStart;
    }

    /// The target as received: where it ends.
    public int targetEnd() {
        return targetEnd;
    }

    /// The bytes that the canonical host is in.
    public byte[] hostBytes() {
        return hostBytes;
    }

    /// Where the host begins.
    public int hostStart() {
        return hostStart;
    }

    /// Where the host ends, without a port; equal to its start where there is no host.
    public int hostEnd() {
        return hostEnd;
    }

    /// Where the port behind the host ends.
    public int authorityEnd() {
        return authorityEnd;
    }

    /// The text of the canonical path.
    public String path() {
        return Ascii.text(pathBytes, pathStart, pathEnd);
    }

    /// Puts a path that is canonical already in place of this one.
    void replacePath(byte[] path, int end) {
        pathBytes = path;
        pathStart = 0;
        pathEnd = end;
    }

    /// Puts another query in place of this one; null for none.
    ///
    /// @return whether it is one
    public boolean replaceQuery(@Nullable String query) {
        if (query == null) {
            queryStart = -1;
            queryEnd = -1;
            return true;
        }
        byte[] replaced = Ascii.bytes(query);
        for (int i = 0; i < replaced.length; i++) {
            if (query.charAt(i) > 0xFF || !Ascii.isQuery(replaced[i])) {
                return false;
            }
        }
        queryBytes = replaced;
        queryStart = 0;
        queryEnd = replaced.length;
        return true;
    }

    /// Puts another authority in place of the client's, for the service to see.
    ///
    /// @return whether it is one
    public boolean replaceAuthority(String authority) {
        RequestHead other = new RequestHead();
        other.bytes = Ascii.bytes(authority);
        boolean ascii = authority.chars().allMatch(c -> c < 0x7F);
        if (!ascii || RequestTarget.host(other, 0, other.bytes.length) != null) {
            return false;
        }
        sentAuthority = authority;
        return true;
    }

    /// The authority that a policy put in place of the client's, or null.
    public @Nullable String sentAuthority() {
        return sentAuthority;
    }

    /// The first bytes of the message as received, at most `max`, for a log of what was refused.
    public byte[] prefix(int max) {
        return Arrays.copyOf(bytes, Math.min(max, length));
    }

    /// It is a handshake of WebSocket, by whatever protocol it came.
    void asksForWebSocket() {
        handshake = true;
        // The client's key is answered here.
        drop(KnownHeader.SEC_WEBSOCKET_KEY);
    }

    /// Whether it is a handshake of WebSocket, so that bytes of both sides may follow it and its response.
    public boolean isHandshake() {
        return handshake;
    }

    /// Makes the key of another handshake with a service, which is written with the forwarded fields from here on.
    public byte[] makeServiceKey(SplittableRandom random) {
        byte[] key = WebSocketHandshake.newKey(random);
        serviceKey = key;
        return key;
    }

    /// Writes the forwarded header fields, without the start line, without `Host` and without the empty line.
    public void writeForwardedFields(HeadWriter out) {
        writeFields(out);
        if (serviceKey != null) {
            WebSocketHandshake.writeRequest(out, serviceKey);
        }
    }

    /// Writes the canonical path.
    public void writePath(HeadWriter out) {
        out.bytes(pathBytes, pathStart, pathEnd);
    }

    /// Writes host and port.
    public void writeAuthority(HeadWriter out) {
        out.bytes(hostBytes, hostStart, hostEnd);
        if (authorityEnd > hostEnd) {
            out.bytes(hostBytes, hostEnd, authorityEnd);
        }
    }

    /// Forwards the fields that make a service treat a request as one of another method.
    public void letMethodOverridePass() {
        for (int i = 0; i < count; i++) {
            KnownHeader header = known[i];
            if (header != null && header.overridesMethod()) {
                flags[i] &= (byte) ~DROPPED;
            }
        }
    }
}
