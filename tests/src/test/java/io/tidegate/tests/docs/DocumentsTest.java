package io.tidegate.tests.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.config.ConfigLoader;
import io.tidegate.config.Loaded;
import io.tidegate.config.PluginLoader;
import io.tidegate.config.ReferenceWriter;
import io.tidegate.tests.Project;
import io.tidegate.tests.tls.Authority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// Every configuration that the documents show loads; what is only a part of one says so: ` ```yaml fragment`.
class DocumentsTest {

    @TempDir
    private static Path folder;

    private static final String BLOCK = "```yaml";
    private static final String FRAGMENT = "```yaml fragment";

    private static List<Path> documents() {
        List<Path> files = new ArrayList<>(Project.files(Project.root().resolve("docs"), ".md"));
        files.addAll(Project.files(Project.root().resolve("examples"), ".md"));
        for (String name : List.of("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md")) {
            if (Files.exists(Project.root().resolve(name))) {
                files.add(Project.root().resolve(name));
            }
        }
        return files;
    }

    /// Makes the files that the documents name, in the folder where their configurations are loaded.
    @BeforeAll
    static void makeFiles() throws IOException {
        Files.copy(Project.root().resolve("examples/library.pb"), folder.resolve("library.pb"));
        Files.createDirectories(folder.resolve("certs"));
        Authority authority = new Authority(folder.resolve("certs"), "Documents");
        authority.write("api", authority.server(false, "api.example.com"));
        authority.write("partners", authority.server(false, "partners.example.com"));
        authority.write("localhost", authority.server(false, "localhost"));
        authority.ca("clients-ca.pem");
        authority.ca("services-ca.pem");
        authority.crl("clients.crl");
        authority.replace("tickets.key", Base64.getEncoder().encodeToString(new byte[48]) + "\n");
    }

    private static void assertLoads(String where, String yaml) {
        Loaded loaded = new ConfigLoader(PluginLoader.load(), name -> null)
                .loadText(folder.resolve(where.replaceAll("[/:]", "-")).toString(), yaml);
        assertThat(loaded).as("%s:%n%s%n%s", where, loaded, yaml).isInstanceOf(Loaded.Accepted.class);
    }

    @TestFactory
    Stream<DynamicTest> everyBlockOfYamlLoads() {
        List<DynamicTest> tests = new ArrayList<>();
        for (Path document : documents()) {
            String name = Project.root().relativize(document).toString();
            List<String> lines = Project.read(document).lines().toList();
            for (int i = 0; i < lines.size(); i++) {
                if (!lines.get(i).strip().equals(BLOCK)) {
                    assertThat(lines.get(i).strip()).as(name + ":" + (i + 1)).matches("(?s)(?!```yaml).*|" + FRAGMENT);
                    continue;
                }
                int end = i + 1;
                while (!lines.get(end).strip().equals("```")) {
                    end++;
                }
                String yaml = String.join("\n", lines.subList(i + 1, end)) + "\n";
                String where = name + ":" + (i + 1);
                tests.add(DynamicTest.dynamicTest(where, () -> assertLoads(where, yaml)));
            }
        }
        assertThat(tests).isNotEmpty();
        return tests.stream();
    }

    @TestFactory
    Stream<DynamicTest> everyExampleLoads() {
        List<Path> examples = Project.files(Project.root().resolve("examples"), ".yaml");
        assertThat(examples).isNotEmpty();
        return examples.stream()
                .map(file -> DynamicTest.dynamicTest(Project.root().relativize(file).toString(),
                        () -> assertLoads(Project.root().relativize(file).toString(), Project.read(file))));
    }

    @Test
    void theReferenceSaysWhatTheRecordsSay() {
        List<Path> stale = new ReferenceWriter(PluginLoader.load()).stale(Project.root().resolve("docs/reference"));

        assertThat(stale).as("pages to be written anew").isEmpty();
    }

    @Test
    void everyLinkBetweenDocumentsLeadsToAFile() {
        List<String> broken = new ArrayList<>();
        for (Path document : documents()) {
            java.util.regex.Matcher link = java.util.regex.Pattern.compile("\\]\\(([^)#\\s]+)(#[^)]*)?\\)")
                    .matcher(Project.read(document));
            while (link.find()) {
                boolean outside = link.group(1).contains("://");
                if (!outside && !Files.exists(document.resolveSibling(link.group(1)))) {
                    broken.add(Project.root().relativize(document) + ": " + link.group(1));
                }
            }
        }
        assertThat(broken).isEmpty();
    }
}
