package io.tidegate.config.pem;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// Reads what goes with certificates: OCSP responses and the keys of session tickets.
public final class TlsFiles {

    /// Length of a key of session tickets, in bytes: its name, then one key for HMAC and one for AES.
    public static final int TICKET_KEY = 48;

    private static final int LARGEST_OCSP = 64 * 1024;
    private static final int SEQUENCE = 0x30;
    private static final int ENUMERATED = 0x0a;

    private TlsFiles() {
    }

    /// A successful OCSP response in DER (RFC 6960 section 4.2.1).
    public static byte[] readOcsp(Path file) throws UnusableFileException {
        byte[] bytes = PemFile.bytes(file);
        if (bytes.length > LARGEST_OCSP) {
            throw new UnusableFileException("is larger than 64KiB");
        }
        int length = bytes.length > 1 ? bytes[1] & 0xff : 0;
        int at = length > 0x80 ? 2 + length - 0x80 : 2;
        if (bytes.length < at + 3 || bytes[0] != SEQUENCE || bytes[at] != ENUMERATED || bytes[at + 1] != 1) {
            throw new UnusableFileException("is no OCSP response in DER");
        }
        if (bytes[at + 2] != 0) {
            throw new UnusableFileException("is an OCSP response that reports a failure (" + bytes[at + 2] + ")");
        }
        return bytes;
    }

    /// The keys of session tickets of a file, in their order; at least one, each of [#TICKET_KEY] bytes.
    public static List<byte[]> readTicketKeys(Path file) throws UnusableFileException {
        List<byte[]> keys = new ArrayList<>();
        String text = new String(PemFile.bytes(file), StandardCharsets.ISO_8859_1);
        int number = 0;
        for (String line : text.split("\n", -1)) {
            number++;
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            byte[] key;
            try {
                key = Base64.getDecoder().decode(line.strip());
            } catch (IllegalArgumentException e) {
                throw new UnusableFileException("has no Base64 on line " + number);
            }
            if (key.length != TICKET_KEY) {
                throw new UnusableFileException("has a key of " + key.length + " bytes on line " + number
                        + ", where each must have " + TICKET_KEY + " (openssl rand -base64 48)");
            }
            keys.add(key);
        }
        if (keys.isEmpty()) {
            throw new UnusableFileException("has no key");
        }
        return keys;
    }
}
