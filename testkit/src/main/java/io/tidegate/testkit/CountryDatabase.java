package io.tidegate.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Writes databases of countries in the format of MaxMind (its specification, version 2.0): a tree of 24 bits a record
/// for IPv6, in which IPv4 addresses are those with 96 zeros before them, and a map `country.iso_code` for each country.
public final class CountryDatabase {

    private static final byte[] MARK = {(byte) 0xAB, (byte) 0xCD, (byte) 0xEF, 'M', 'a', 'x', 'M', 'i', 'n', 'd', '.',
        'c', 'o', 'm'};
    private static final int SEPARATOR = 16;
    private static final int RECORD_BITS = 24;

    /// A node of the tree: what the next bit leads to, another node or where its data begins, as `-1 - offset`; 0 for
    /// nothing, as nothing leads to the root.
    private final List<int[]> nodes = new ArrayList<>(List.of(new int[2]));
    private final Map<String, Integer> offsets = new LinkedHashMap<>();
    private final ByteArrayOutputStream data = new ByteArrayOutputStream();

    /// Says in which country a network is: one that lies in another comes after it.
    public CountryDatabase network(String address, int prefix, String country) {
        Integer offset = offsets.get(country);
        if (offset == null) {
            offset = data.size();
            offsets.put(country, offset);
            map(data, 1);
            text(data, "country");
            if (country.isEmpty()) {
                map(data, 0);
            } else {
                map(data, 1);
                text(data, "iso_code");
                text(data, country);
            }
        }
        byte[] bytes = bytes(address);
        int skipped = (16 - bytes.length) * 8;
        int node = 0;
        for (int bit = 0; bit < skipped + prefix; bit++) {
            int at = bit - skipped;
            int way = at < 0 ? 0 : bytes[at / 8] >> 7 - at % 8 & 1;
            int next = nodes.get(node)[way];
            if (bit == skipped + prefix - 1) {
                nodes.get(node)[way] = -1 - offset;
            } else if (next > 0) {
                node = next;
            } else {
                nodes.add(new int[]{next, next});
                nodes.get(node)[way] = nodes.size() - 1;
                node = nodes.size() - 1;
            }
        }
        return this;
    }

    private static byte[] bytes(String address) {
        try {
            return InetAddress.getByName(address).getAddress();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Writes the file.
    public void write(Path file) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int[] node : nodes) {
            for (int way : node) {
                number(out, way < 0 ? nodes.size() + SEPARATOR - 1 - way : way == 0 ? nodes.size() : way, 3);
            }
        }
        out.writeBytes(new byte[SEPARATOR]);
        out.writeBytes(data.toByteArray());
        out.writeBytes(MARK);
        map(out, 9);
        sized(out, "binary_format_major_version", 5, 2, 2);
        sized(out, "binary_format_minor_version", 5, 2, 0);
        text(out, "build_epoch");
        out.write(8);
        out.write(9 - 7);
        number(out, 1_700_000_000L, 8);
        text(out, "database_type");
        text(out, "Tidegate-Test-Country");
        text(out, "description");
        map(out, 0);
        sized(out, "ip_version", 5, 2, 6);
        text(out, "languages");
        out.write(0);
        out.write(11 - 7);
        sized(out, "node_count", 6, 4, nodes.size());
        sized(out, "record_size", 5, 2, RECORD_BITS);
        try {
            Files.write(file, out.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void sized(ByteArrayOutputStream out, String name, int type, int bytes, long value) {
        text(out, name);
        out.write(type << 5 | bytes);
        number(out, value, bytes);
    }

    private static void map(ByteArrayOutputStream out, int size) {
        out.write(7 << 5 | size);
    }

    private static void text(ByteArrayOutputStream out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length >= 29) {
            throw new IllegalArgumentException("no text of this writer is as long as '" + text + "'");
        }
        out.write(2 << 5 | bytes.length);
        out.writeBytes(bytes);
    }

    private static void number(ByteArrayOutputStream out, long value, int bytes) {
        for (int i = bytes - 1; i >= 0; i--) {
            out.write((int) (value >>> 8 * i));
        }
    }
}
