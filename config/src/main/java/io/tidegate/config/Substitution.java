package io.tidegate.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Replaces `${NAME}`, `${NAME:-default}`, `${file:/path}` and those of other sources in the scalar values of one load.
final class Substitution {

    private static final int LARGEST_FILE = 1 << 20;

    private final Function<String, @Nullable String> environment;
    private final List<SecretSource> sources;
    private final Secrets.Collector secrets;
    private final Map<String, String> read = new HashMap<>();
    private final Map<Path, String> contents = new HashMap<>();
    private final Set<Path> files = new LinkedHashSet<>();

    Substitution(Function<String, @Nullable String> environment, Secrets.Collector secrets) {
        this(environment, List.of(), secrets);
    }

    Substitution(Function<String, @Nullable String> environment, List<SecretSource> sources,
            Secrets.Collector secrets) {
        this.environment = environment;
        this.sources = sources;
        this.secrets = secrets;
    }

    /// The result of one.
    ///
    /// @param text
    ///            with everything replaced
    /// @param replaced
    ///            whether anything was, other than `$${` by `${`
    /// @param hidden
    ///            whether something came from a file
    record Result(String text, boolean replaced, boolean hidden) {
    }

    /// Takes what must never be shown.
    Secrets.Collector secrets() {
        return secrets;
    }

    /// Every file that was read, or that could not be.
    Set<Path> files() {
        return files;
    }

    /// Replaces what is in `text`.
    ///
    /// @param folder
    ///            what a relative path starts from
    /// @throws IllegalArgumentException
    ///             where it can't be: names the variable or the file
    Result apply(String text, Path folder) {
        StringBuilder out = new StringBuilder(text.length());
        boolean replaced = false;
        boolean hidden = false;
        int at = 0;
        while (true) {
            int start = text.indexOf("${", at);
            if (start < 0) {
                return new Result(out.append(text, at, text.length()).toString(), replaced, hidden);
            }
            if (start > at && text.charAt(start - 1) == '$') {
                out.append(text, at, start - 1).append("${");
                at = start + 2;
                continue;
            }
            int end = text.indexOf('}', start);
            if (end < 0) {
                throw new IllegalArgumentException("has '${' without '}' (write '$${' for a literal '${')");
            }
            String inner = text.substring(start + 2, end);
            out.append(text, at, start);
            SecretSource source = source(inner);
            if (inner.startsWith("file:")) {
                out.append(file(inner.substring(5), folder));
                hidden = true;
            } else if (source != null) {
                out.append(secret(source, inner.substring(source.scheme().length() + 1)));
                hidden = true;
            } else {
                out.append(variable(inner));
            }
            replaced = true;
            at = end + 1;
        }
    }

    private @Nullable SecretSource source(String inner) {
        for (SecretSource source : sources) {
            if (inner.startsWith(source.scheme() + ":") && !inner.startsWith(source.scheme() + ":-")) {
                return source;
            }
        }
        return null;
    }

    /// Each once for a load, however often it stands there.
    private String secret(SecretSource source, String reference) {
        String key = source.scheme() + ":" + reference;
        String known = read.get(key);
        if (known == null) {
            known = source.read(reference);
            read.put(key, known);
            secrets.add(known);
        }
        return known;
    }

    private String variable(String inner) {
        int colon = inner.indexOf(":-");
        String name = colon < 0 ? inner : inner.substring(0, colon);
        if (!name.matches("[A-Za-z_][A-Za-z0-9_]*")) {
            throw new IllegalArgumentException("has '${" + inner
                    + "}': expected ${NAME}, ${NAME:-default} or ${file:/path}" + others()
                    + " (write '$${' for a literal '${')");
        }
        if (inner.contains("${")) {
            throw new IllegalArgumentException("has a substitution within the default of ${" + name + "}");
        }
        String value = environment.apply(name);
        if (value == null || (value.isEmpty() && colon >= 0)) {
            if (colon < 0) {
                throw new IllegalArgumentException("the environment variable " + name
                        + " is not set (a default can be given: ${" + name + ":-…})");
            }
            return inner.substring(colon + 2);
        }
        return value;
    }

    private String others() {
        StringBuilder others = new StringBuilder();
        sources.forEach(source -> others.append(" or ${").append(source.scheme()).append(":…}"));
        return others.toString();
    }

    private String file(String name, Path folder) {
        Path path;
        try {
            path = folder.resolve(name);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("has '${file:…}' with something that is no path", e);
        }
        if (name.isEmpty()) {
            throw new IllegalArgumentException("has '${file:}' without a path");
        }
        files.add(path);
        String known = contents.get(path);
        if (known == null) {
            known = read(path);
            contents.put(path, known);
            secrets.add(known);
        }
        return known;
    }

    private static String read(Path path) {
        byte[] bytes;
        if (Files.isDirectory(path)) {
            throw new IllegalArgumentException("can't read the file " + path + ": it is a directory");
        }
        try (InputStream in = Files.newInputStream(path)) {
            bytes = in.readNBytes(LARGEST_FILE + 1);
        } catch (IOException e) {
            throw new IllegalArgumentException("can't read the file " + path + ": " + FileText.reason(e), e);
        }
        if (bytes.length > LARGEST_FILE) {
            throw new IllegalArgumentException("can't take the file " + path + ": it has more than 1MiB");
        }
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            return text.endsWith("\r\n")
                    ? text.substring(0, text.length() - 2)
                    : text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("can't take the file " + path + ": it is not UTF-8", e);
        }
    }
}
