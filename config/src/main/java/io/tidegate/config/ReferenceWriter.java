package io.tidegate.config;

import io.tidegate.api.Fault;
import io.tidegate.api.GrpcStatus;
import io.tidegate.api.PolicyFactory;
import io.tidegate.config.RecordShape.Component;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Writes the reference: a Markdown page for the file, one for each of its parts, one for each kind of policy, and one
/// for every error that a client can see.
///
/// Made of the same records as the loader, so a page can't say what isn't so; a test fails while a page is
/// [#stale(Path)].
public final class ReferenceWriter {

    private static final String GENERATED = "<!-- Generated from the records of the configuration. Change those, then"
            + " write the pages again. -->\n\n";

    private final Plugins plugins;
    private final Shapes shapes = new Shapes();

    /// A reference of what can be configured with these plugins.
    public ReferenceWriter(Plugins plugins) {
        this.plugins = plugins;
    }

    /// Writes every page into `folder`, and removes those that are no longer made.
    ///
    /// @throws UncheckedIOException
    ///             where one can't be written
    public void write(Path folder) {
        Map<String, String> pages = pages();
        try {
            for (Path old : existing(folder)) {
                if (!pages.containsKey(name(folder, old))) {
                    Files.delete(old);
                }
            }
            for (Map.Entry<String, String> page : pages.entrySet()) {
                Path file = folder.resolve(page.getKey());
                Files.createDirectories(file.getParent());
                Files.writeString(file, page.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The pages in `folder` that are not as they would be written now: changed, missing, or no longer made.
    ///
    /// @throws UncheckedIOException
    ///             where one can't be read
    public List<Path> stale(Path folder) {
        Map<String, String> pages = pages();
        List<Path> stale = new ArrayList<>();
        try {
            for (Path old : existing(folder)) {
                if (!pages.containsKey(name(folder, old))) {
                    stale.add(old);
                }
            }
            for (Map.Entry<String, String> page : pages.entrySet()) {
                Path file = folder.resolve(page.getKey());
                if (!Files.exists(file) || !Files.readString(file).equals(page.getValue())) {
                    stale.add(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        stale.sort(null);
        return stale;
    }

    /// Only pages with the generator's mark are its own to judge.
    private static List<Path> existing(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(folder, 2)) {
            List<Path> found = new ArrayList<>();
            for (Path file : files.filter(path -> path.toString().endsWith(".md")).toList()) {
                if (Files.readString(file).startsWith(GENERATED)) {
                    found.add(file);
                }
            }
            return found;
        }
    }

    private static String name(Path folder, Path file) {
        return folder.relativize(file).toString().replace('\\', '/');
    }

    // Pages.

    private Map<String, String> pages() {
        Map<String, String> pages = new TreeMap<>();
        RecordShape top = shapes.of(GatewayConfig.class);
        ReferenceTables tables = new ReferenceTables(shapes);
        for (Component component : top.components().values()) {
            Class<? extends Record> record = ReferenceTables.record(component.type());
            if (record != null) {
                String title = title(component, record);
                pages.put(component.key() + ".md",
                        GENERATED + "# " + title + "\n\n" + intro(component, shapes.of(record))
                                + tables.of(record, ""));
            }
        }
        pages.put("policies.md", GENERATED + policies());
        for (PolicyFactory<?> factory : plugins.policies().values()) {
            pages.put("policies/" + factory.type() + ".md", GENERATED
                    + policy(factory, tables).replace("](policies.md)", "](../policies.md)"));
        }
        pages.put("errors.md", GENERATED + errors());
        pages.put("README.md", GENERATED + index(top, tables));
        return pages;
    }

    /// `upstreams.<name>` for a map of names, `telemetry` for a record.
    private static String title(Component component, Class<? extends Record> record) {
        boolean named = component.type() instanceof ValueType.Mapping;
        return "`" + component.key() + (named ? ".<name>" : "") + "`"
                + (record == PolicyConfig.class ? " (policies)" : "");
    }

    private static String intro(Component component, RecordShape shape) {
        String doc = component.doc().equals(shape.doc()) || shape.doc().isEmpty()
                ? component.doc()
                : component.doc() + "\n\n" + shape.doc();
        return doc + "\n\n";
    }

    private static String index(RecordShape top, ReferenceTables tables) {
        StringBuilder page = new StringBuilder("# Reference of the configuration\n\n")
                .append("How a file is written, what may stand in it and in which forms: ")
                .append("[the guide](../guide/configuration.md).\n\n")
                .append("## Keys of the file\n\n");
        page.append(tables.rows(top, component -> {
            Class<? extends Record> record = ReferenceTables.record(component.type());
            boolean policies = component.key().startsWith("polic");
            return policies ? "policies.md" : record == null ? "" : component.key() + ".md";
        }));
        page.append(tables.words(top));
        return page.append("## More\n\n- [Policies](policies.md), one page for each kind\n")
                .append("- [Errors](errors.md) that the gateway itself answers\n").toString();
    }

    private String policies() {
        StringBuilder page = new StringBuilder("# Policies\n\n")
                .append("Steps on the way of a request, in the order written: those of every route (`policies` at the ")
                .append("top of the file), then those of the route. Responses pass them in reverse.\n\n")
                .append("An entry of a list of policies is one of these:\n\n")
                .append("| Form | Means |\n| --- | --- |\n")
                .append("| `- cors: { … }` | a policy of the kind `cors`, with its configuration |\n")
                .append("| `- cors: false` | what every route has of that kind is switched off here |\n")
                .append("| `- use: partner` | the policies of the set `partner` |\n")
                .append("| `- { type: cors, config: { … } }` | the long form of the first |\n")
                .append("| `- { type: cors, enabled: false }` | the long form of the second |\n\n")
                .append("Beside the kind may stand:\n\n")
                .append("| Key | Type | Default | Meaning |\n| --- | --- | --- | --- |\n")
                .append("| `name` | text | – | A name for logs and metrics. |\n")
                .append("| `when` | text | – | A condition ([CEL](https://cel.dev)): the policy runs only where it ")
                .append("holds. |\n")
                .append("| `mode` | `enforce` or `observe` | `enforce` | `observe`: the policy decides, logs and ")
                .append("counts, but does not act. |\n")
                .append("| `locked` | `true` or `false` | `false` | Only in the list of every route: no route can ")
                .append("replace it or switch it off. |\n\n");
        if (!plugins.policies().isEmpty()) {
            page.append("## Kinds\n\n| Kind | What it does |\n| --- | --- |\n");
            for (PolicyFactory<?> factory : plugins.policies().values()) {
                page.append("| [`").append(factory.type()).append("`](policies/").append(factory.type())
                        .append(".md) | ").append(ReferenceTables.cell(factory.summary())).append(" |\n");
            }
        }
        return page.toString();
    }

    private static String policy(PolicyFactory<?> factory, ReferenceTables tables) {
        StringBuilder page = new StringBuilder("# `").append(factory.type()).append("`\n\n").append(factory.summary())
                .append("\n\n");
        List<String> facts = new ArrayList<>();
        factory.needs().forEach(trait -> facts.add("stands after a policy that finds out " + words(trait)));
        factory.provides().forEach(trait -> facts.add("finds out " + words(trait)));
        factory.precedes().forEach(trait -> facts.add("stands before every policy that finds out " + words(trait)));
        if (factory.answers()) {
            facts.add("answers by itself: a route with it needs no upstream");
        }
        facts.forEach(fact -> page.append("- It ").append(fact).append(".\n"));
        return page.append(facts.isEmpty() ? "" : "\n").append(tables.of(factory.configType(), "")).toString();
    }

    private static String words(PolicyFactory.Trait trait) {
        return switch (trait) {
            case CONSUMER -> "who calls";
        };
    }

    private static String errors() {
        StringBuilder page = new StringBuilder("# Errors\n\n")
                .append("Every error that the gateway itself answers, as `application/problem+json` (RFC 9457) with ")
                .append("`type`, `title`, `status` and the request id. The code is the last part of `type`, and stands ")
                .append("in the access log and the metrics. [`errorResponses`](errorResponses.md) replaces the body. ")
                .append("[gRPC calls](../guide/grpc.md) are answered with the gRPC status.")
                .append("\n\n| Code | Status | gRPC | Title | Whose it is |\n| --- | --- | --- | --- | --- |\n");
        for (Fault fault : Fault.all()) {
            page.append("| `").append(fault.code()).append("` | ").append(fault.status()).append(" | ")
                    .append(GrpcStatus.of(fault)).append(" | ").append(ReferenceTables.cell(fault.title()))
                    .append(" | ")
                    .append(fault.blame().name().toLowerCase(Locale.ROOT)).append(" |\n");
        }
        return page.toString();
    }
}
