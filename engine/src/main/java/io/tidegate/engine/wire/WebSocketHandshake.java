package io.tidegate.engine.wire;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.SplittableRandom;

/// The handshake of WebSocket over HTTP/1.1 (RFC 6455 §4): keys, what they are answered, and the fields that carry
/// them. Every connection on the way has one of its own, so the gateway makes keys as a client and answers them as a
/// server.
public final class WebSocketHandshake {

    /// The status with which HTTP/1.1 changes to another protocol.
    public static final int SWITCHING_PROTOCOLS = 101;

    private static final int NONCE_LENGTH = 16;
    private static final int KEY_LENGTH = 24;
    private static final int ACCEPT_LENGTH = 28;
    private static final byte[] WEBSOCKET = Ascii.bytes("websocket");
    private static final byte[] UPGRADE = Ascii.bytes("upgrade");
    private static final byte[] VERSION = Ascii.bytes("13");
    /// RFC 6455 section 1.3.
    private static final byte[] GUID = Ascii.bytes("258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    private static final byte[] FIELDS = Ascii.bytes("upgrade: websocket\r\nconnection: Upgrade\r\n");
    private static final byte[] KEY_FIELD = Ascii.bytes("sec-websocket-key: ");
    private static final byte[] ACCEPT_FIELD = Ascii.bytes("sec-websocket-accept: ");

    private WebSocketHandshake() {
    }

    /// A key that nobody has used before, as far as chance goes.
    static byte[] newKey(SplittableRandom random) {
        byte[] nonce = new byte[NONCE_LENGTH];
        random.nextBytes(nonce);
        return Base64.getEncoder().encode(nonce);
    }

    /// Whether the range is 16 bytes in Base64.
    static boolean isKey(byte[] bytes, int start, int end) {
        if (end - start != KEY_LENGTH) {
            return false;
        }
        try {
            return Base64.getDecoder().decode(Arrays.copyOfRange(bytes, start, end)).length == NONCE_LENGTH;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /// What a key is answered.
    static byte[] accept(byte[] key, int start, int end) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-1");
            digest.update(key, start, end - start);
            return Base64.getEncoder().encode(digest.digest(GUID));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }

    /// Whether a field that lists protocols names this one.
    static boolean isAskedFor(MessageHead head) {
        return head.valueHasToken(head.find(KnownHeader.UPGRADE), WEBSOCKET);
    }

    /// Whether `Connection` says that `Upgrade` is meant (RFC 9110 §7.8).
    static boolean upgradesConnection(MessageHead head) {
        for (int i = 0; i < head.count; i++) {
            if (head.known[i] == KnownHeader.CONNECTION && head.valueHasToken(i, UPGRADE)) {
                return true;
            }
        }
        return false;
    }

    /// Whether a request asks for the one version that there is.
    public static boolean isOfKnownVersion(RequestHead head) {
        int field = head.find(KnownHeader.SEC_WEBSOCKET_VERSION);
        return field >= 0 && !head.hasTwice(KnownHeader.SEC_WEBSOCKET_VERSION)
                && Ascii.equalsIgnoreCase(head.bytes, head.valueStart(field), head.valueEnd(field), VERSION);
    }

    /// Whether this is how a service agrees to what was asked for with `key` (RFC 6455 §4.1).
    public static boolean isAnswered(ResponseHead head, byte[] key) {
        int upgrade = head.find(KnownHeader.UPGRADE);
        int accept = head.find(KnownHeader.SEC_WEBSOCKET_ACCEPT);
        boolean told = head.status == SWITCHING_PROTOCOLS && head.minor == 1 && upgrade >= 0 && accept >= 0
                && !head.hasTwice(KnownHeader.UPGRADE) && !head.hasTwice(KnownHeader.SEC_WEBSOCKET_ACCEPT)
                && !head.has(KnownHeader.CONTENT_LENGTH) && !head.has(KnownHeader.TRANSFER_ENCODING);
        return told && upgradesConnection(head)
                && Ascii.equalsIgnoreCase(head.bytes, head.valueStart(upgrade), head.valueEnd(upgrade), WEBSOCKET)
                && Arrays.equals(head.bytes, head.valueStart(accept), head.valueEnd(accept), accept(key, 0, key.length),
                        0, ACCEPT_LENGTH);
    }

    /// Writes the fields that ask for it.
    static void writeRequest(HeadWriter out, byte[] key) {
        out.bytes(FIELDS);
        out.bytes(KEY_FIELD);
        out.bytes(key);
        out.crlf();
    }

    /// Writes the fields that agree to it, for the client whose request this is.
    public static void writeAnswer(HeadWriter out, RequestHead request) {
        int key = request.find(KnownHeader.SEC_WEBSOCKET_KEY);
        out.bytes(FIELDS);
        out.bytes(ACCEPT_FIELD);
        out.bytes(accept(request.bytes, request.valueStart(key), request.valueEnd(key)));
        out.crlf();
    }
}
