package io.tidegate.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.api.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReferenceWriterTest {

    @TempDir
    Path folder;

    @Test
    void writesPagesThatAreNotStale() {
        ReferenceWriter writer = new ReferenceWriter(SamplePolicies.plugins());
        writer.write(folder);
        assertThat(writer.stale(folder)).isEmpty();
        assertThat(folder.resolve("policies/cors.md")).exists();
        assertThat(folder.resolve("upstreams.md")).exists();
    }

    @Test
    void noticesWhatWasChangedIsMissingOrIsNoLongerMade() throws IOException {
        new ReferenceWriter(SamplePolicies.plugins()).write(folder);
        Files.writeString(folder.resolve("routes.md"), "changed");
        Files.delete(folder.resolve("admin.md"));
        Files.writeString(folder.resolve("notes.md"), "written by hand");
        assertThat(new ReferenceWriter(Plugins.none()).stale(folder)).contains(folder.resolve("routes.md"),
                folder.resolve("admin.md"), folder.resolve("policies/cors.md"))
                .doesNotContain(folder.resolve("notes.md"));
        new ReferenceWriter(Plugins.none()).write(folder);
        assertThat(new ReferenceWriter(Plugins.none()).stale(folder)).isEmpty();
        assertThat(folder.resolve("policies/cors.md")).doesNotExist();
        assertThat(folder.resolve("notes.md")).exists();
    }

    @Test
    void namesEveryFault() throws IOException {
        new ReferenceWriter(Plugins.none()).write(folder);
        String errors = Files.readString(folder.resolve("errors.md"));
        assertThat(Fault.all()).allSatisfy(fault -> assertThat(errors)
                .contains("| `" + fault.code() + "` | " + fault.status() + " | "));
    }
}
