package io.tidegate.config.pem;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// Reads files of Base64 between lines that say what it is (RFC 7468).
final class PemFile {

    private static final int LARGEST = 4 << 20;
    private static final String BEGIN = "-----BEGIN ";
    private static final String END = "-----END ";
    private static final String DASHES = "-----";

    private PemFile() {
    }

    /// A part of a file.
    ///
    /// @param label
    ///            what it is: `CERTIFICATE`
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Block(String label, byte[] content) {
    }

    /// All of a file of at most 4 MiB.
    static byte[] bytes(Path file) throws UnusableFileException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(LARGEST + 1);
            if (bytes.length > LARGEST) {
                throw new UnusableFileException("is larger than 4MiB");
            }
            return bytes;
        } catch (NoSuchFileException e) {
            throw new UnusableFileException("there is no such file", e);
        } catch (AccessDeniedException e) {
            throw new UnusableFileException("permission denied", e);
        } catch (IOException e) {
            throw new UnusableFileException("can't be read: " + e.getMessage(), e);
        }
    }

    /// The parts of a file, in their order; text around them is left out.
    static List<Block> blocks(Path file) throws UnusableFileException {
        return blocks(bytes(file));
    }

    static List<Block> blocks(byte[] bytes) throws UnusableFileException {
        List<Block> blocks = new ArrayList<>();
        StringBuilder content = new StringBuilder();
        String label = null;
        boolean encrypted = false;
        for (String line : new String(bytes, StandardCharsets.ISO_8859_1).split("\r\n|\n|\r", -1)) {
            String text = line.strip();
            if (label == null) {
                if (text.startsWith(BEGIN) && text.endsWith(DASHES) && text.length() > BEGIN.length() + 5) {
                    label = text.substring(BEGIN.length(), text.length() - DASHES.length());
                    content.setLength(0);
                }
            } else if (text.startsWith(END)) {
                if (!text.equals(END + label + DASHES)) {
                    throw new UnusableFileException("has '" + BEGIN + label + DASHES + "' without its end");
                }
                blocks.add(new Block(encrypted ? "ENCRYPTED " + label : label, decode(label, content.toString())));
                label = null;
                encrypted = false;
            } else if (text.indexOf(':') >= 0) {
                encrypted |= text.startsWith("Proc-Type:") && text.contains("ENCRYPTED");
            } else {
                content.append(text);
            }
        }
        if (label != null) {
            throw new UnusableFileException("has '" + BEGIN + label + DASHES + "' without its end");
        }
        return blocks;
    }

    private static byte[] decode(String label, String content) throws UnusableFileException {
        try {
            return Base64.getDecoder().decode(content);
        } catch (IllegalArgumentException e) {
            // What the decoder says may hold characters of a key.
            throw new UnusableFileException("has a part '" + label + "' that is no Base64");
        }
    }
}
