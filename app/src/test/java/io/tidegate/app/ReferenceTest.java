package io.tidegate.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.config.PluginLoader;
import io.tidegate.config.ReferenceWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// The pages of `docs/reference`, those of the policies too. `-Dgolden.rewrite=true` writes them anew.
class ReferenceTest {

    @Test
    void isAsCommitted() {
        Path committed = Path.of("").toAbsolutePath().resolveSibling("docs/reference");
        ReferenceWriter writer = new ReferenceWriter(PluginLoader.load());
        if (Boolean.getBoolean("golden.rewrite")) {
            writer.write(committed);
        }

        assertThat(writer.stale(committed)).as("pages to be written anew with -Dgolden.rewrite=true").isEmpty();
    }
}
