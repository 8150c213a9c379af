package io.tidegate.engine.route;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A request written down as text, each part somewhere inside an array of its own.
final class TextInput implements RouteInput {

    private static final int MARGIN = 3;

    private final String method;
    private final String host;
    private final String path;
    private final @Nullable String query;
    private final List<Map.Entry<String, String>> fields;
    private final byte[] pathBytes;
    private final byte[] hostBytes;
    private final byte[] queryBytes;

    private TextInput(String method, String host, String path, @Nullable String query,
            List<Map.Entry<String, String>> fields) {
        this.method = method;
        this.host = host;
        this.path = path;
        this.query = query;
        this.fields = fields;
        this.pathBytes = inside(path);
        this.hostBytes = inside(host);
        this.queryBytes = inside(query == null ? "" : query);
    }

    static TextInput of(String method, String host, String path, @Nullable String query,
            List<Map.Entry<String, String>> fields) {
        return new TextInput(method, host, path, query, fields);
    }

    /// Reads `METHOD host/path?query name:value name:value`.
    static TextInput parse(String text) {
        String[] words = text.trim().split(" ", -1);
        int slash = words[1].indexOf('/');
        String target = words[1].substring(slash);
        int mark = target.indexOf('?');
        List<Map.Entry<String, String>> fields = new ArrayList<>();
        for (String word : Arrays.asList(words).subList(2, words.length)) {
            int colon = word.indexOf(':');
            fields.add(Map.entry(word.substring(0, colon), word.substring(colon + 1)));
        }
        return of(words[0], words[1].substring(0, slash), mark < 0 ? target : target.substring(0, mark),
                mark < 0 ? null : target.substring(mark + 1), fields);
    }

    static TextInput get(String host, String path) {
        return of("GET", host, path, null, List.of());
    }

    private static byte[] inside(String text) {
        return ("/x/" + text + "/y").getBytes(StandardCharsets.ISO_8859_1);
    }

    String host() {
        return host;
    }

    String path() {
        return path;
    }

    @Nullable
    String query() {
        return query;
    }

    List<Map.Entry<String, String>> fields() {
        return fields;
    }

    @Override
    public String toString() {
        return method + " " + host + " " + path + (query == null ? "" : "?" + query) + " " + fields;
    }

    @Override
    public String method() {
        return method;
    }

    @Override
    public byte[] pathBytes() {
        return pathBytes;
    }

    @Override
    public byte[] hostBytes() {
        return hostBytes;
    }

    @Override
    public byte[] queryBytes() {
        return queryBytes;
    }

    @Override
    public int pathStart() {
        return MARGIN;
    }

    @Override
    public int pathEnd() {
        return MARGIN + path.length();
    }

    @Override
    public int hostStart() {
        return MARGIN;
    }

    @Override
    public int hostEnd() {
        return MARGIN + host.length();
    }

    @Override
    public int queryStart() {
        return query == null ? -1 : MARGIN;
    }

    @Override
    public int queryEnd() {
        return query == null ? -1 : MARGIN + query.length();
    }

    @Override
    public boolean isGrpc() {
        String type = header("content-type");
        return type != null && type.matches("application/grpc([^a-z0-9].*)?");
    }

    @Override
    public @Nullable String header(String lowerCaseName) {
        List<String> values = fields.stream().filter(field -> field.getKey().equalsIgnoreCase(lowerCaseName))
                .map(Map.Entry::getValue).toList();
        return values.isEmpty() ? null : values.stream().collect(Collectors.joining(", "));
    }
}
