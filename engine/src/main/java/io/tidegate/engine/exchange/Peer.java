package io.tidegate.engine.exchange;

import io.tidegate.api.Client;
import io.tidegate.api.TlsClient;
import io.tidegate.config.CidrConfig;
import io.tidegate.engine.observe.LogLabel;
import io.tidegate.engine.tls.TlsConnection;
import io.tidegate.engine.tls.TlsHosts;
import io.tidegate.engine.upstream.ClientConnection;
import io.tidegate.engine.wire.Ascii;
import io.tidegate.engine.wire.HeadWriter;
import io.tidegate.engine.wire.KnownHeader;
import io.tidegate.engine.wire.RequestHead;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Who holds a client connection, and whose request it carries at the moment.
///
/// Nothing that a peer says of others is believed unless the peer is one of the listener's `trustedProxies`: then the
/// client is the last address of `X-Forwarded-For` that no trusted proxy has.
public final class Peer {

    private static final byte[] FOR = Ascii.bytes("x-forwarded-for: ");
    private static final byte[] PROTO = Ascii.bytes("x-forwarded-proto: ");
    private static final byte[] HOST = Ascii.bytes("x-forwarded-host: ");
    private static final byte[] FORWARDED = Ascii.bytes("forwarded: ");
    private static final byte[] SEPARATOR = Ascii.bytes(", ");
    private static final byte[] NOTHING = {};
    private static final int LONGEST_ADDRESS = 45;

    private final ClientConnection connection;
    private final String listener;
    private final String address;
    private final int port;
    private final boolean trusted;
    private final List<CidrConfig> trustedProxies;
    private final byte[] forLine;
    private final byte[] protoLine;
    private final byte[] forwardedElement;
    private final byte[] viaLine;
    private final byte[] certificateLine;
    private final byte[] lines;
    private final byte[] altSvcLine;
    private final @Nullable TlsConnection secured;
    private final @Nullable TlsHosts hosts;
    private String clientAddress;
    private @Nullable LogLabel peerLabel;
    private @Nullable LogLabel clientLabel;

    /// The peer at the other end of `connection`.
    ///
    /// @param secured
    ///            what was agreed on with it; null without TLS
    /// @param version
    ///            of HTTP that it speaks, as `Via` names it (RFC 9110 §7.6.3): `1.1`, `2`, `3`
    public Peer(ListenerSnapshot listener, ClientConnection connection, @Nullable TlsConnection secured,
            String version) {
        this.connection = connection;
        this.secured = secured;
        this.hosts = listener.tls();
        this.listener = listener.name();
        this.trustedProxies = listener.config().trustedProxies();
        String node;
        SocketAddress remote = connection.origin().client();
        if (remote instanceof InetSocketAddress inet) {
            String text = inet.getAddress().getHostAddress();
            int zone = text.indexOf('%');
            address = zone < 0 ? text : text.substring(0, zone);
            port = inet.getPort();
            node = address.indexOf(':') < 0 ? address : "\"[" + address + "]\"";
        } else {
            address = "unix:";
            port = 0;
            node = "_unix";
        }
        trusted = listener.isTrusted(remote);
        clientAddress = address;
        forLine = Ascii.bytes((address.equals("unix:") ? "unknown" : address) + "\r\n");
        String scheme = secured == null ? "http" : "https";
        protoLine = Ascii.bytes("x-forwarded-proto: " + scheme + "\r\n");
        forwardedElement = Ascii.bytes("for=" + node + ";proto=" + scheme);
        certificateLine = secured == null || hosts == null || !hosts.tellsServices()
                ? NOTHING
                : CertificateLine.of(secured.client().certificate());
        altSvcLine = listener.altSvc().isEmpty() || version.equals("3")
                ? NOTHING
                : Ascii.bytes("alt-svc: " + listener.altSvc() + "\r\n");
        viaLine = Ascii.bytes("via: " + version + " " + listener.config().via() + "\r\n");
        lines = Ascii.bytes("x-forwarded-for: " + Ascii.text(forLine, 0, forLine.length)
                + Ascii.text(protoLine, 0, protoLine.length) + "forwarded: "
                + Ascii.text(forwardedElement, 0, forwardedElement.length) + "\r\n"
                + Ascii.text(viaLine, 0, viaLine.length)
                + Ascii.text(certificateLine, 0, certificateLine.length));
    }

    private boolean isTrusted(byte[] raw) {
        for (CidrConfig network : trustedProxies) {
            if (network.contains(raw)) {
                return true;
            }
        }
        return false;
    }

    /// Finds out whose request this is.
    void show(RequestHead head) {
        if (trusted) {
            String client = client(head);
            if (!client.equals(clientAddress)) {
                clientAddress = client;
                clientLabel = null;
            }
        }
    }

    /// Nothing is known of a request that could not be read.
    void forget() {
        if (!clientAddress.equals(address)) {
            clientAddress = address;
            clientLabel = null;
        }
    }

    private String client(RequestHead head) {
        String found = address;
        // From the nearest on: the first that is no proxy of ours is the client, whatever stands before it.
        for (int i = head.fieldCount() - 1; i >= 0; i--) {
            if (!head.is(i, KnownHeader.X_FORWARDED_FOR)) {
                continue;
            }
            String[] hops = Ascii.text(head.bytes(), head.valueStart(i), head.valueEnd(i)).split(",", -1);
            for (int hop = hops.length - 1; hop >= 0; hop--) {
                String text = hops[hop].trim();
                byte[] raw = literal(text);
                if (raw == null) {
                    return found;
                }
                found = canonical(raw);
                if (!isTrusted(raw)) {
                    return found;
                }
            }
        }
        return found;
    }

    /// The bytes of an address literal, or null where it is none: no name is ever looked up.
    private static byte @Nullable [] literal(String text) {
        if (text.length() > LONGEST_ADDRESS || text.indexOf('/') >= 0) {
            return null;
        }
        try {
            return HexFormat.of().parseHex(CidrConfig.of(text).network());
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /// One spelling for each address, so that nobody has two names.
    private static String canonical(byte[] raw) {
        try {
            return InetAddress.getByAddress(raw).getHostAddress();
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address has 4 or 16 bytes", e);
        }
    }

    /// Writes `X-Forwarded-For`, `-Proto`, `-Host`, `Forwarded` and `Via`.
    void write(RequestHead head, HeadWriter out) {
        if (!trusted && !head.hasAdded()) {
            out.bytes(lines);
            writeHost(head, out);
            return;
        }
        if (!head.hasAdded("x-forwarded-for")) {
            out.bytes(FOR);
            writeReceived(head, KnownHeader.X_FORWARDED_FOR, out);
            out.bytes(forLine);
        }
        if (!head.hasAdded("x-forwarded-proto")) {
            writeProto(head, out);
        }
        if (!head.hasAdded("forwarded")) {
            out.bytes(FORWARDED);
            writeReceived(head, KnownHeader.FORWARDED, out);
            out.bytes(forwardedElement);
            out.crlf();
        }
        out.bytes(viaLine);
        if (!head.hasAdded("x-forwarded-client-cert")) {
            out.bytes(certificateLine);
        }
        if (!head.hasAdded("x-forwarded-host")) {
            int received = trusted ? head.find(KnownHeader.X_FORWARDED_HOST) : -1;
            if (received < 0) {
                writeHost(head, out);
            } else {
                out.bytes(HOST);
                out.bytes(head.bytes(), head.valueStart(received), head.valueEnd(received));
                out.crlf();
            }
        }
    }

    private void writeReceived(RequestHead head, KnownHeader header, HeadWriter out) {
        if (!trusted || !head.has(header)) {
            return;
        }
        for (int i = 0; i < head.fieldCount(); i++) {
            if (head.is(i, header) && head.valueEnd(i) > head.valueStart(i)) {
                out.bytes(head.bytes(), head.valueStart(i), head.valueEnd(i));
                out.bytes(SEPARATOR);
            }
        }
    }

    private void writeProto(RequestHead head, HeadWriter out) {
        int received = trusted ? head.find(KnownHeader.X_FORWARDED_PROTO) : -1;
        if (received < 0) {
            out.bytes(protoLine);
            return;
        }
        out.bytes(PROTO);
        out.bytes(head.bytes(), head.valueStart(received), head.valueEnd(received));
        out.crlf();
    }

    private static void writeHost(RequestHead head, HeadWriter out) {
        if (head.hostEnd() > head.hostStart()) {
            out.bytes(HOST);
            head.writeAuthority(out);
            out.crlf();
        }
    }

    /// The connection that it holds.
    public ClientConnection connection() {
        return connection;
    }

    /// The client's address.
    String clientAddress() {
        return clientAddress;
    }

    /// Whether it came by TLS.
    boolean isSecured() {
        return secured != null;
    }

    /// The client's address, as it is logged.
    public LogLabel clientLabel() {
        LogLabel known = clientLabel;
        if (known == null) {
            known = clientAddress.equals(address) ? ownLabel() : LogLabel.of(clientAddress);
            clientLabel = known;
        }
        return known;
    }

    /// The peer's address where it is another than the client's, as it is logged.
    @Nullable
    LogLabel otherLabel() {
        return clientAddress.equals(address) ? null : ownLabel();
    }

    private LogLabel ownLabel() {
        LogLabel known = peerLabel;
        if (known == null) {
            known = LogLabel.of(address);
            peerLabel = known;
        }
        return known;
    }

    /// What it is told of HTTP/3 in every response, as a line; empty for nothing.
    byte[] altSvcLine() {
        return altSvcLine;
    }

    /// Whether what it says of others is believed.
    public boolean isTrusted() {
        return trusted;
    }

    /// What policies see of it at the moment: behind a proxy, the next request may be another client's.
    Client seen() {
        return new Seen(clientAddress, address, port, trusted, listener, secured == null ? null : secured.client());
    }

    private record Seen(String address, String peerAddress, int peerPort, boolean trusted, String listener,
            @Nullable TlsClient tls) implements Client {

        @Override
        public boolean secure() {
            return tls != null;
        }
    }

    /// Whether a request for this host must not come on this connection: clients of its name have to show other
    /// certificates than the one that the handshake was made for asked for.
    boolean isMisdirected(RequestHead head) {
        if (secured == null || hosts == null || !hosts.hasSeveralPolicies()) {
            return false;
        }
        return !secured.policy().equals(hosts.policy(Ascii.text(head.hostBytes(), head.hostStart(), head.hostEnd())));
    }
}
