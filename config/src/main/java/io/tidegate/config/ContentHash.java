package io.tidegate.config;

import io.tidegate.config.Node.Entry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;

/// A hash of what was read: the same for the same content, whatever its layout and its comments.
final class ContentHash {

    private final MessageDigest digest;
    private final byte[] front = new byte[Integer.BYTES + 1];

    private ContentHash() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /// SHA-256 in hexadecimal digits, of the content of the files that it names too. What can't be read counts as such.
    static String of(Node node, Collection<Path> files) {
        ContentHash hash = new ContentHash();
        hash.add(node);
        for (Path file : files) {
            try {
                hash.bytes('f', Files.readAllBytes(file));
            } catch (IOException e) {
                hash.bytes('n', new byte[0]);
            }
        }
        return HexFormat.of().formatHex(hash.digest.digest());
    }

    private void add(Node node) {
        switch (node) {
            case Node.Scalar scalar -> text(scalar.kind() == Node.Scalar.Kind.TEXT ? 't' : 's', scalar.text());
            case Node.Items items -> {
                text('[', Integer.toString(items.items().size()));
                items.items().forEach(this::add);
            }
            case Node.Fields fields -> {
                text('{', Integer.toString(fields.entries().size()));
                for (Map.Entry<String, Entry> entry : fields.entries().entrySet()) {
                    text('k', entry.getKey());
                    add(entry.getValue().value());
                }
            }
        }
    }

    /// Kind and length in front, so that no two contents give the same bytes.
    private void text(char kind, String text) {
        bytes(kind, text.getBytes(StandardCharsets.UTF_8));
    }

    private void bytes(char kind, byte[] bytes) {
        for (int i = 0; i < Integer.BYTES; i++) {
            front[i] = (byte) (bytes.length >>> (24 - 8 * i));
        }
        front[Integer.BYTES] = (byte) kind;
        digest.update(front);
        digest.update(bytes);
    }
}
