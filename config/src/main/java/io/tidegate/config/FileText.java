package io.tidegate.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Reads the text of a configuration file.
final class FileText {

    /// Largest configuration file, in bytes.
    static final int LARGEST = 16 << 20;

    private FileText() {
    }

    /// The text of a file, or null with a problem.
    static @Nullable String read(Path file, ProblemList problems) {
        Place place = new Place(file.toString(), 0, 0);
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(LARGEST + 1);
        } catch (IOException e) {
            problems.error(place, Where.ROOT, "can't be read: " + reason(e));
            return null;
        }
        if (bytes.length > LARGEST) {
            problems.error(place, Where.ROOT, "is larger than 16MiB");
            return null;
        }
        return decode(file.toString(), bytes, problems);
    }

    private static @Nullable String decode(String file, byte[] bytes, ProblemList problems) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length + 1);
        CoderResult result = decoder.decode(in, out, true);
        out.flip();
        if (!result.isUnderflow()) {
            String before = out.toString();
            problems.error(place(file, before, before.length()), Where.ROOT,
                    "is not UTF-8 (byte 0x%02X)".formatted(bytes[in.position()]));
            return null;
        }
        return out.toString();
    }

    /// The place of a character.
    static Place place(String file, String text, int offset) {
        int line = 1;
        int start = 0;
        for (int i = text.indexOf('\n'); i >= 0 && i < offset; i = text.indexOf('\n', start)) {
            line++;
            start = i + 1;
        }
        return new Place(file, line, text.codePointCount(start, Math.max(start, offset)) + 1);
    }

    /// Why a file could not be read, in words.
    static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "there is no such file";
        }
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }
}
