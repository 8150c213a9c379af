package io.tidegate.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Every block of YAML in the guide is a configuration that loads without a warning.
final class GuideTest {

    private static final Pattern BLOCK = Pattern.compile("(?s)```yaml\n(.*?)```");

    @TestFactory
    Stream<DynamicTest> loadsEveryBlock() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        Matcher blocks = BLOCK.matcher(Files.readString(Path.of("../docs/guide/configuration.md")));
        while (blocks.find()) {
            String yaml = blocks.group(1);
            tests.add(DynamicTest.dynamicTest(yaml.lines().findFirst().orElse(""), () -> {
                Loaded loaded = new ConfigLoader(SamplePolicies.plugins(), name -> null).loadText("guide.yaml", yaml);
                assertThat(loaded).isInstanceOfSatisfying(Loaded.Accepted.class,
                        accepted -> assertThat(accepted.warnings()).isEmpty());
            }));
        }
        assertThat(tests).hasSizeGreaterThan(2);
        return tests.stream();
    }
}
