package io.tidegate.engine.wire;

import io.tidegate.api.Fault;
import org.jspecify.annotations.Nullable;

/// Reads the target and the host of a request (RFC 9112 §3.2, §3.3) and brings both to the one form in which they are
/// matched, authorised, logged and forwarded.
final class RequestTarget {

    private static final byte[] HTTP_SCHEME = Ascii.bytes("http://");
    private static final byte[] HTTPS_SCHEME = Ascii.bytes("https://");

    private RequestTarget() {
    }

    static @Nullable Fault read(RequestHead head) {
        byte[] bytes = head.bytes;
        int start = head.targetStart;
        int end = head.targetEnd;
        if (head.method.equals("CONNECT") || head.method.equals("TRACE")) {
            return Fault.METHOD_UNSUPPORTED;
        }
        if (head.has(KnownHeader.HOST)) {
            if (head.hasTwice(KnownHeader.HOST)) {
                return Fault.HOST_DUP;
            }
            int host = head.find(KnownHeader.HOST);
            Fault fault = host(head, head.valueStart(host), head.valueEnd(host));
            if (fault != null) {
                return fault;
            }
        } else if (head.minor == 1) {
            return Fault.HOST_MISSING;
        }
        if (bytes[start] == '/') {
            return path(head, start, end);
        }
        if (end - start == 1 && bytes[start] == '*') {
            head.asterisk = true;
            head.pathStart = start;
            head.pathEnd = end;
            return head.method.equals("OPTIONS") ? null : Fault.TARGET_FORM;
        }
        int scheme = startsWith(bytes, start, end, HTTP_SCHEME)
                ? HTTP_SCHEME.length
                : startsWith(bytes, start, end, HTTPS_SCHEME) ? HTTPS_SCHEME.length : 0;
        return scheme == 0 ? Fault.TARGET_FORM : absolute(head, start + scheme, end);
    }

    private static @Nullable Fault absolute(RequestHead head, int start, int end) {
        byte[] bytes = head.bytes;
        int slash = start;
        while (slash < end && bytes[slash] != '/' && bytes[slash] != '?') {
            slash++;
        }
        if (slash == start) {
            return Fault.TARGET_FORM;
        }
        if (head.has(KnownHeader.HOST)) {
            int host = head.find(KnownHeader.HOST);
            if (!Ascii.equalsIgnoreCase(bytes, start, slash, bytes, head.valueStart(host), head.valueEnd(host))) {
                return Fault.TARGET_AUTHORITY;
            }
        } else {
            Fault fault = host(head, start, slash);
            if (fault != null) {
                return fault.equals(Fault.HOST_SYNTAX) ? Fault.TARGET_FORM : fault;
            }
            head.hostFromTarget = true;
        }
        if (slash == end || bytes[slash] == '?') {
            head.pathBytes = head.pathScratch(1);
            head.pathBytes[0] = '/';
            head.pathStart = 0;
            head.pathEnd = 1;
            return slash == end ? null : query(head, slash + 1, end);
        }
        return path(head, slash, end);
    }

    private static boolean startsWith(byte[] bytes, int start, int end, byte[] lowerCase) {
        return end - start >= lowerCase.length
                && Ascii.equalsIgnoreCase(bytes, start, start + lowerCase.length, lowerCase);
    }

    private static @Nullable Fault path(RequestHead head, int start, int end) {
        int pathEnd = start;
        while (pathEnd < end && head.bytes[pathEnd] != '?') {
            pathEnd++;
        }
        Fault fault = PathCanonicaliser.canonicalise(head, head.bytes, start, pathEnd);
        return fault != null || pathEnd == end ? fault : query(head, pathEnd + 1, end);
    }

    private static @Nullable Fault query(RequestHead head, int start, int end) {
        for (int i = start; i < end; i++) {
            if (!Ascii.isQuery(head.bytes[i])) {
                return Fault.TARGET_CHAR;
            }
        }
        head.queryBytes = head.bytes;
        head.queryStart = start;
        head.queryEnd = end;
        return null;
    }

    /// Reads `host[:port]` (RFC 3986 §3.2.2) into lower case, without a dot at its end.
    static @Nullable Fault host(RequestHead head, int start, int end) {
        byte[] bytes = head.bytes;
        if (start == end || end - start > 255 + 6) {
            return Fault.HOST_SYNTAX;
        }
        int hostEnd = start;
        if (bytes[start] == '[') {
            while (hostEnd < end && bytes[hostEnd] != ']') {
                boolean inside = Ascii.hex(bytes[hostEnd]) >= 0 || bytes[hostEnd] == ':' || bytes[hostEnd] == '.';
                if (hostEnd > start && !inside) {
                    return Fault.HOST_SYNTAX;
                }
                hostEnd++;
            }
            if (hostEnd == end || hostEnd - start < 3) {
                return Fault.HOST_SYNTAX;
            }
            hostEnd++;
        } else {
            while (hostEnd < end && Ascii.isHost(bytes[hostEnd])) {
                hostEnd++;
            }
            if (hostEnd == start || bytes[start] == '.') {
                return Fault.HOST_SYNTAX;
            }
        }
        if (hostEnd < end && !isPort(bytes, hostEnd, end)) {
            return Fault.HOST_SYNTAX;
        }
        normaliseHost(head, start, hostEnd, end);
        return null;
    }

    private static boolean isPort(byte[] bytes, int colon, int end) {
        if (bytes[colon] != ':' || end - colon < 2 || end - colon > 6) {
            return false;
        }
        int port = 0;
        for (int i = colon + 1; i < end; i++) {
            int digit = bytes[i] - '0';
            if (digit < 0 || digit > 9) {
                return false;
            }
            port = port * 10 + digit;
        }
        return port > 0 && port <= 65535;
    }

    private static void normaliseHost(RequestHead head, int start, int hostEnd, int end) {
        byte[] bytes = head.bytes;
        boolean plain = bytes[hostEnd - 1] != '.';
        for (int i = start; plain && i < hostEnd; i++) {
            plain = bytes[i] < 'A' || bytes[i] > 'Z';
        }
        if (plain) {
            head.hostBytes = bytes;
            head.hostStart = start;
            head.hostEnd = hostEnd;
            head.authorityEnd = end;
            return;
        }
        byte[] copy = head.hostScratch(end - start);
        int length = 0;
        int stop = bytes[hostEnd - 1] == '.' ? hostEnd - 1 : hostEnd;
        for (int i = start; i < stop; i++) {
            copy[length++] = Ascii.lower(bytes[i]);
        }
        head.hostBytes = copy;
        head.hostStart = 0;
        head.hostEnd = length;
        System.arraycopy(bytes, hostEnd, copy, length, end - hostEnd);
        head.authorityEnd = length + end - hostEnd;
    }
}
