package io.tidegate.engine.exchange;

import io.tidegate.api.ClientCertificate;
import io.tidegate.engine.wire.Ascii;
import org.jspecify.annotations.Nullable;

/// What services are told of a client's certificate, in the form that Envoy has for it.
final class CertificateLine {

    /// Most alternative names that are told of each kind: a certificate may have thousands.
    private static final int MOST_NAMES = 16;

    private CertificateLine() {
    }

    /// The line of the head, its end included; empty where there is no certificate.
    static byte[] of(@Nullable ClientCertificate certificate) {
        if (certificate == null) {
            return new byte[0];
        }
        StringBuilder line = new StringBuilder("x-forwarded-client-cert: Hash=").append(certificate.sha256())
                .append(";Subject=").append(quoted(certificate.subject()));
        certificate.uris().stream().limit(MOST_NAMES).forEach(uri -> line.append(";URI=").append(element(uri)));
        certificate.dnsNames().stream().limit(MOST_NAMES).forEach(name -> line.append(";DNS=").append(element(name)));
        return Ascii.bytes(line.append("\r\n").toString());
    }

    /// Bare where nothing in it could be taken for the end of it.
    private static String element(String text) {
        boolean bare = !text.isEmpty() && text.chars().allMatch(c -> c > 0x20 && c < 0x7f && ",;=\"\\".indexOf(c) < 0);
        return bare ? text : quoted(text);
    }

    /// Between quotes; what could end them is escaped, and what no header may hold is left out.
    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.chars().forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append((char) c);
            } else if (c >= 0x20 && c < 0x7f) {
                quoted.append((char) c);
            } else {
                quoted.append('?');
            }
        });
        return quoted.append('"').toString();
    }
}
