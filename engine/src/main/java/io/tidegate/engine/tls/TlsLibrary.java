package io.tidegate.engine.tls;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;
import org.jspecify.annotations.Nullable;

/// What encrypts: BoringSSL where it can be loaded, else what comes with the JDK.
public enum TlsLibrary {
    /// Google's BoringSSL, by way of a native library.
    BORINGSSL,
    /// The JDK's own: slower, staples no OCSP responses, and shares no keys of session tickets.
    JDK;

    private static final String RENEGOTIATION = "jdk.tls.rejectClientInitiatedRenegotiation";

    static {
        // BoringSSL never lets clients negotiate anew; the JDK must be told, before its first connection.
        if (System.getProperty(RENEGOTIATION) == null) {
            System.setProperty(RENEGOTIATION, "true");
        }
    }

    /// The one that is used in this process.
    public static TlsLibrary current() {
        return OpenSsl.isAvailable() ? BORINGSSL : JDK;
    }

    /// Which one is used, and why, in words.
    public static String description() {
        return switch (current()) {
            case BORINGSSL -> OpenSsl.versionString();
            case JDK -> "the JDK's, because BoringSSL is not available: " + root(OpenSsl.unavailabilityCause());
        };
    }

    SslProvider provider() {
        return this == BORINGSSL ? SslProvider.OPENSSL_REFCNT : SslProvider.JDK;
    }

    /// What is at the bottom of a failure, in words.
    static String root(@Nullable Throwable thrown) {
        Throwable deepest = thrown;
        while (deepest != null && deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        return deepest == null ? "for no stated reason" : String.valueOf(deepest.getMessage());
    }
}
