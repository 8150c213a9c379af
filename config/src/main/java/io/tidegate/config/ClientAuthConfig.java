package io.tidegate.config;

import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.FilePath;
import org.jspecify.annotations.Nullable;

/// Certificates of clients.
@Doc("Certificates of clients (mutual TLS).")
public record ClientAuthConfig(
        @Doc("The authorities that clients' certificates must come from, in PEM. Needed unless `mode` is `off`.") @Nullable FilePath ca,

        @Doc("Lists of certificates that are withdrawn, in PEM or DER. Each authority needs one that is not out of date, or its clients are refused.") @Nullable FilePath crl,

        @Doc("Whether clients must show a certificate.") @Default("required") Mode mode) {

    /// Whether clients must show a certificate.
    public enum Mode {
        @Doc("They are not asked for one.")
        OFF, @Doc("They are asked; who shows none is let in as well, who shows a wrong one is not.")
        OPTIONAL, @Doc("Who shows none that is valid is refused.")
        REQUIRED
    }

    /// Whether clients are asked for a certificate.
    public boolean asks() {
        return mode != Mode.OFF;
    }
}
