package io.tidegate.app.command;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/// Which Tidegate this is.
///
/// @param number
///            as in the pom: `0.1.0`
record Version(String number) {

    static Version current() {
        try (InputStream in = Version.class.getResourceAsStream("version.txt")) {
            return new Version(in == null ? "unknown" : new String(in.readAllBytes(), StandardCharsets.UTF_8).strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
