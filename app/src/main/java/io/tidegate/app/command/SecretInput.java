package io.tidegate.app.command;

import io.tidegate.identity.basicauth.PasswordHash;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.BooleanSupplier;

/// Secrets from standard input: one line, or, without a line end, all of it. On a terminal it is asked for and not
/// shown.
final class SecretInput {

    private static final int MOST = 4096;

    private final InputStream in;
    private final BooleanSupplier terminal;

    /// @param terminal
    ///            whether somebody sits there who can be asked; looked at only where something is read
    SecretInput(InputStream in, BooleanSupplier terminal) {
        this.in = in;
        this.terminal = terminal;
    }

    /// That of the process. Where its output is no terminal either nobody can be asked: the JDK has no console then.
    @SuppressWarnings("SystemConsoleNull") // it never is in Java 22 to 24, and may be in 25
    static SecretInput ofProcess() {
        return new SecretInput(System.in, () -> {
            Console console = System.console();
            return console != null && console.isTerminal();
        });
    }

    /// A line.
    ///
    /// @throws WrongInputException
    ///             where there is none, or it can't be one
    String line() {
        byte[] bytes = read("Key: ");
        try {
            return decoded(bytes).toString();
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /// The argon2id hash of a password.
    ///
    /// @throws WrongInputException
    ///             where there is none, or it can't be one
    String passwordHash() {
        byte[] password = read("Password: ");
        try {
            CharBuffer text = decoded(password);
            if (text.chars().anyMatch(Character::isISOControl)) {
                throw new WrongInputException("a password has no control characters (RFC 7617 section 2)");
            }
            return PasswordHash.argon2id(password, new SecureRandom());
        } finally {
            Arrays.fill(password, (byte) 0);
        }
    }

    private static CharBuffer decoded(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT).decode(ByteBuffer.wrap(bytes));
        } catch (CharacterCodingException e) {
            throw new WrongInputException("standard input is not UTF-8");
        }
    }

    private byte[] read(String prompt) {
        byte[] read = terminal.getAsBoolean() ? asked(prompt) : piped();
        if (read.length == 0) {
            throw new WrongInputException("standard input is empty");
        }
        return read;
    }

    private static byte[] asked(String prompt) {
        char[] typed = Objects.requireNonNull(System.console(), "who is asked has one").readPassword("%s", prompt);
        if (typed == null) {
            return new byte[0];
        }
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(CharBuffer.wrap(typed));
        Arrays.fill(typed, '\0');
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy).rewind();
        while (bytes.hasRemaining()) {
            bytes.put((byte) 0);
        }
        return copy;
    }

    private byte[] piped() {
        byte[] all;
        try {
            all = in.readNBytes(MOST + 1);
        } catch (IOException e) {
            throw new WrongInputException("standard input can't be read: " + e.getMessage());
        }
        if (all.length > MOST) {
            throw new WrongInputException("standard input must be at most " + MOST + " bytes");
        }
        int end = all.length;
        if (end > 0 && all[end - 1] == '\n') {
            end -= end > 1 && all[end - 2] == '\r' ? 2 : 1;
        }
        for (int i = 0; i < end; i++) {
            if (all[i] == '\n') {
                throw new WrongInputException("standard input must be one line");
            }
        }
        byte[] line = Arrays.copyOf(all, end);
        Arrays.fill(all, (byte) 0);
        return line;
    }
}
