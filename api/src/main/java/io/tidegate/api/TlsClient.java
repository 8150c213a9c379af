package io.tidegate.api;

import org.jspecify.annotations.Nullable;

/// What was agreed on in the handshake of a connection.
///
/// @param version
///            `TLSv1.3` or `TLSv1.2`
/// @param cipher
///            the cipher suite by its name at IANA: `TLS_AES_128_GCM_SHA256`
/// @param serverName
///            the name that the client asked for (SNI), in lower case; null where it asked for none
/// @param protocol
///            what ALPN came to: `http/1.1`; null where the client offered nothing
/// @param certificate
///            what the client showed; null where it showed none
public record TlsClient(String version, String cipher, @Nullable String serverName, @Nullable String protocol,
        @Nullable ClientCertificate certificate) {
}
