package io.tidegate.tests.attacks;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One case of the corpus; `attacks/README.md` says what each key means.
record AttackCase(String id, String title, Map<String, List<String>> entries) {

    private static final Set<String> KEYS = Set.of("send", "respond", "ending", "expect", "connection", "upstream",
            "has", "lacks", "body", "finish", "broken", "route", "service", "dropped", "limit");

    /// What one response must be.
    ///
    /// @param statuses
    ///            any of these; empty where the connection ends without an answer
    /// @param faults
    ///            the fault told is any of these; empty where none is told
    record Expectation(List<Integer> statuses, List<String> faults) {

        boolean refuses() {
            return !faults.isEmpty();
        }
    }

    /// The cases of `attacks/<name>.txt`.
    static List<AttackCase> load(String name) {
        List<AttackCase> cases = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        AttackCase current = null;
        int number = 0;
        for (String line : text(name).split("\n", -1)) {
            number++;
            if (line.startsWith("[")) {
                int end = line.indexOf(']');
                current = new AttackCase(line.substring(1, end), line.substring(end + 1).strip(),
                        new LinkedHashMap<>());
                cases.add(current);
                require(ids.add(current.id()), name, number, "the id occurs twice");
            } else if (!line.isBlank() && !line.startsWith("#")) {
                int colon = line.indexOf(':');
                require(current != null && colon > 0 && KEYS.contains(line.substring(0, colon)), name, number,
                        "no known key");
                if (current != null) {
                    String value = line.substring(colon + 1);
                    current.entries().computeIfAbsent(line.substring(0, colon), key -> new ArrayList<>())
                            .add(value.startsWith(" ") ? value.substring(1) : value);
                }
            }
        }
        return cases;
    }

    private static void require(boolean holds, String name, int line, String message) {
        if (!holds) {
            throw new IllegalArgumentException(name + ".txt:" + line + ": " + message);
        }
    }

    private static String text(String name) {
        try (InputStream in = AttackCase.class.getResourceAsStream("/attacks/" + name + ".txt")) {
            if (in == null) {
                throw new IllegalArgumentException("no such file: attacks/" + name + ".txt");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<String> all(String key) {
        return entries.getOrDefault(key, List.of());
    }

    @Nullable
    String one(String key) {
        List<String> values = all(key);
        return values.isEmpty() ? null : values.getFirst();
    }

    boolean yes(String key) {
        return "yes".equals(one(key));
    }

    /// The bytes of all lines of this key.
    byte[] bytes(String key) {
        return unescape(String.join("", all(key))).getBytes(StandardCharsets.ISO_8859_1);
    }

    List<Expectation> expectations() {
        List<Expectation> expectations = new ArrayList<>();
        for (String line : all("expect")) {
            String[] parts = line.strip().split(" ", 2);
            List<Integer> statuses = new ArrayList<>();
            if (!parts[0].equals("none")) {
                for (String status : parts[0].split("\\|", -1)) {
                    statuses.add(Integer.parseInt(status));
                }
            }
            expectations.add(
                    new Expectation(statuses, parts.length == 1 ? List.of() : List.of(parts[1].split("\\|", -1))));
        }
        return expectations;
    }

    /// Whether the last thing that happens is a refusal.
    boolean refused() {
        return expectations().getLast().refuses();
    }

    static String unescape(String text) {
        StringBuilder out = new StringBuilder();
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i++);
            if (c != '\\') {
                out.append(c);
                continue;
            }
            char kind = text.charAt(i++);
            switch (kind) {
                case 'r' -> out.append('\r');
                case 'n' -> out.append('\n');
                case 't' -> out.append('\t');
                case '0' -> out.append('\0');
                case '\\' -> out.append('\\');
                case 'x' -> {
                    out.append((char) Integer.parseInt(text.substring(i, i + 2), 16));
                    i += 2;
                }
                case '{' -> {
                    int end = closing(text, i);
                    out.append(expand(text.substring(i, end)));
                    i = end + 1;
                }
                default -> throw new IllegalArgumentException("no such escape: \\" + kind + " in '" + text + "'");
            }
        }
        return out.toString();
    }

    /// Where the brace that was opened before `from` is closed.
    private static int closing(String text, int from) {
        int depth = 1;
        int i = from;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (c == '\\') {
                depth += text.charAt(i + 1) == '{' ? 1 : 0;
                i++;
            } else if (c == '}' && --depth == 0) {
                return i;
            }
            i++;
        }
        throw new IllegalArgumentException("a brace is not closed in '" + text + "'");
    }

    private static String expand(String inside) {
        return switch (inside) {
            case "P" -> "POST /p HTTP/1.1\r\nHost: a\r\n";
            case "G" -> "GET /p HTTP/1.1\r\nHost: a\r\n";
            case "C" -> "POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
            default -> {
                int star = inside.indexOf('*');
                yield unescape(inside.substring(star + 1)).repeat(Integer.parseInt(inside.substring(0, star)));
            }
        };
    }

    @Override
    public String toString() {
        return id + " " + title;
    }
}
