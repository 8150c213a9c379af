package io.tidegate.config;

import io.tidegate.config.pem.UnusableFileException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// Reads files of API keys, for consumers with more of them than a configuration should hold. A line for each key: its
/// SHA-256 in 64 hexadecimal digits and, behind spaces, `name=`, `notBefore=` and `expires=` where there is something to
/// say. Empty lines and those that begin with `#` say nothing.
///
/// ```
/// 50d858e0985ecc7f60418aaf0cc5ab587f42c2570a884095a9e8ccacd0f6545c name=web expires=2028-01-31
/// ```
///
public final class KeyFile {

    /// Most keys of a file.
    public static final int MOST = 10_000_000;

    private static final int LONGEST_LINE = 512;
    private static final int DIGITS = 64;

    private KeyFile() {
    }

    /// What is said of a key.
    ///
    /// @param name
    ///            empty for nothing
    /// @param notBefore
    ///            from when on it is good; null for always
    /// @param expires
    ///            from when on it is not good any more; null for never
    public record Terms(String name, @Nullable Instant notBefore, @Nullable Instant expires) {

        /// Nothing is said.
        public static final Terms NONE = new Terms("", null, null);
    }

    /// Takes keys.
    @FunctionalInterface
    public interface Receiver {

        /// The next key of the file.
        ///
        /// @param sha256
        ///            32 bytes; the receiver's
        void key(byte[] sha256, Terms terms);
    }

    /// Reads a file, a line at a time.
    ///
    /// @throws UnusableFileException
    ///             where it can't be read: the message names the line, and nothing that stands there
    public static void read(Path file, Receiver receiver) throws UnusableFileException {
        int number = 0;
        int keys = 0;
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                number++;
                if (!line.isBlank() && line.charAt(0) != '#') {
                    read(line, receiver);
                    keys++;
                }
                if (keys > MOST) {
                    throw new IllegalArgumentException("is one key more than a file can have, " + MOST);
                }
            }
        } catch (IOException e) {
            throw new UnusableFileException("can't be read: " + FileText.reason(e), e);
        } catch (IllegalArgumentException e) {
            throw new UnusableFileException("line " + number + " " + e.getMessage(), e);
        }
    }

    private static void read(String line, Receiver receiver) {
        if (line.length() > LONGEST_LINE) {
            throw new IllegalArgumentException("is longer than " + LONGEST_LINE + " characters");
        }
        int end = line.indexOf(' ');
        String hash = end < 0 ? line : line.substring(0, end);
        if (hash.length() != DIGITS || !hash.chars().allMatch(Character::isLetterOrDigit)) {
            throw new IllegalArgumentException("must begin with the SHA-256 of a key, in 64 hexadecimal digits");
        }
        byte[] sha256;
        try {
            sha256 = HexFormat.of().parseHex(hash);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("must begin with the SHA-256 of a key, in 64 hexadecimal digits", e);
        }
        receiver.key(sha256, end < 0 ? Terms.NONE : terms(line.substring(end)));
    }

    private static Terms terms(String rest) {
        String name = "";
        Instant notBefore = null;
        Instant expires = null;
        for (String part : rest.strip().split(" +", -1)) {
            int equals = part.indexOf('=');
            String value = part.substring(equals + 1);
            switch (equals < 0 ? "" : part.substring(0, equals)) {
                case "name" -> name = value;
                case "notBefore" -> notBefore = TimestampConfig.of(value).time();
                case "expires" -> expires = TimestampConfig.of(value).time();
                default -> throw new IllegalArgumentException(
                        "can have name=, notBefore= and expires= behind the SHA-256, and nothing else");
            }
        }
        if (notBefore != null && expires != null && !expires.isAfter(notBefore)) {
            throw new IllegalArgumentException("has a key that is never good: it expires before it begins");
        }
        return new Terms(name, notBefore, expires);
    }
}
