package io.tidegate.engine.tls;

import io.netty.handler.codec.quic.Quic;

/// What carries HTTP/3: quiche and a BoringSSL of its own, by way of a native library that not every machine can load.
public final class QuicLibrary {

    private QuicLibrary() {
    }

    /// Whether this machine has it.
    public static boolean isAvailable() {
        return Quic.isAvailable();
    }

    /// Whether this machine has it, and if not why, in words.
    public static String description() {
        return isAvailable() ? "available" : "not available: " + TlsLibrary.root(Quic.unavailabilityCause());
    }
}
