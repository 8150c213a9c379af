package io.tidegate.api;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// How a policy calls a server of its own: for keys, tokens, decisions. To be put into a policy's configuration as
/// `http`, and handed to [PolicyContext#http].
///
/// @param connectTimeout
///            longest wait for a connection
/// @param timeout
///            longest wait for the whole answer
/// @param maxBody
///            largest body of an answer; a larger one is a failed call
/// @param maxCalls
///            most calls of one server at a time; what comes beyond them fails at once
/// @param ca
///            whom certificates of servers are trusted from, a PEM file
/// @param cert
///            what is shown to servers that ask for a certificate, a PEM file
/// @param key
///            its private key, a PEM file
public record HttpClientConfig(
        @Doc("Longest wait for a connection.") @Default("1s") Duration connectTimeout,

        @Doc("Longest wait for the whole answer.") @Default("2s") Duration timeout,

        @Doc("Largest body of an answer; a larger one is a failed call.") @Default("256KiB") ByteSize maxBody,

        @Doc("Most calls of one server at a time; what comes beyond them fails at once.") @Default("64") @Range(min = 1, max = 10_000) int maxCalls,

        @Doc("PEM file of the authorities that certificates of servers are trusted from; those that the JDK trusts where it is left out.") @Nullable FilePath ca,

        @Doc("PEM file of the certificate that is shown to servers that ask for one.") @Nullable FilePath cert,

        @Doc("PEM file of its private key.") @Nullable FilePath key) {

    /// Refuses times and sizes that can't be meant, and half of a pair.
    public HttpClientConfig {
        positive("connectTimeout", connectTimeout);
        positive("timeout", timeout);
        if (maxBody.bytes() < 1 || maxBody.bytes() > 16 << 20) {
            throw new ConfigException("maxBody", "must be 1B to 16MiB (was " + maxBody + ")");
        }
        if ((cert == null) != (key == null)) {
            throw new ConfigException(cert == null ? "cert" : "key", "is required beside '"
                    + (cert == null ? "key" : "cert") + "'");
        }
    }

    /// Stands for what the files hold now ([FilePath#version]).
    public String filesVersion() {
        return version(ca) + '\n' + version(cert) + '\n' + version(key);
    }

    private static String version(@Nullable FilePath file) {
        return file == null ? "" : file.version();
    }

    private static void positive(String component, Duration time) {
        if (time.isZero() || time.compareTo(Duration.ofMinutes(1)) > 0) {
            throw new ConfigException(component, "must be longer than 0s and at most 1m");
        }
    }
}
