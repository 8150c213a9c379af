package io.tidegate.engine.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.api.ByteSize;
import io.tidegate.config.MirrorCompareConfig;
import io.tidegate.config.MirrorCompareConfig.Bodies;
import io.tidegate.engine.mirror.Comparison.Outcome;
import io.tidegate.engine.mirror.MirrorReport.Difference;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonComparisonTest {

    private static @Nullable Outcome compared(String one, String other, List<String> ignore, List<String> unordered) {
        CompareRules rules = new CompareRules(new MirrorCompareConfig(List.of(), Bodies.AUTO, new ByteSize(1 << 16),
                new MirrorCompareConfig.Json(ignore, unordered), 20, true));
        return new JsonComparison(rules).run(one.getBytes(StandardCharsets.UTF_8),
                other.getBytes(StandardCharsets.UTF_8));
    }

    private static String differences(String one, String other, List<String> ignore, List<String> unordered) {
        Outcome outcome = Objects.requireNonNull(compared(one, other, ignore, unordered));
        StringBuilder text = new StringBuilder();
        for (Difference each : outcome.differences()) {
            text.append(text.isEmpty() ? "" : "; ").append(each.place()).append(' ').append(each.service())
                    .append(" -> ").append(each.mirror());
        }
        return text.toString();
    }

    private static String differences(String one, String other) {
        return differences(one, other, List.of(), List.of());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{\"a\":1,\"b\":2}          | {\"b\":2.00,\"a\":10e-1}",
        "[1, [true, null], \"ä\"]   | [1.0,[true,null],\"\\u00e4\"]",
        "{}                         | { }",
        "123456789012345678901.5    | 123456789012345678901.50",
        "{\"a\":1,\"a\":2}          | {\"a\":2}"})
    void areTheSame(String one, String other) {
        assertThat(differences(one, other)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{\"a\":1}                | {\"a\":2}                  | $.a 1 -> 2",
        "{\"a\":1}                | {\"a\":\"1\"}              | $.a 1 -> \"1\"",
        "{\"a\":null}             | {}                         | $.a null -> nothing",
        "{}                       | {\"a b\":[]}               | $['a b'] nothing -> array of 0",
        "[1,2]                    | [2,1]                      | $[0] 1 -> 2; $[1] 2 -> 1",
        "[1]                      | [1,2]                      | $[1] nothing -> 2",
        "{\"a\":{\"b\":[{}]}}     | {\"a\":{\"b\":[[]]}}       | $.a.b[0] object of 0 keys -> array of 0",
        "true                     | false                      | $ true -> false"})
    void differ(String one, String other, String expected) {
        assertThat(differences(one, other)).isEqualTo(expected);
    }

    @Test
    void whatIsIgnoredMayDifferWithAllBelow() {
        String one = "{\"at\":1,\"items\":[{\"id\":1,\"x\":{\"y\":1}},{\"id\":2}],\"id\":5}";
        String other = "{\"items\":[{\"id\":9,\"x\":{\"y\":2,\"z\":3}},{\"id\":8}],\"id\":6}";
        assertThat(differences(one, other, List.of("$.at", "/items/*/x", "$..id"), List.of())).isEmpty();
        assertThat(differences(one, other, List.of("$.at", "$.items[0]"), List.of()))
                .isEqualTo("$.items[1].id 2 -> 8; $.id 5 -> 6");
        assertThat(differences(one, other, List.of("$.items", "/**/at"), List.of())).isEqualTo("$.id 5 -> 6");
    }

    @Test
    void anArrayWithoutOrderIsComparedAsASetThatMayHoldAThingTwice() {
        List<String> tags = List.of("$.tags");
        assertThat(differences("{\"tags\":[1,2,2,{\"a\":1}]}", "{\"tags\":[2,{\"a\":1.0},1,2]}", List.of(), tags))
                .isEmpty();
        assertThat(differences("{\"tags\":[1,2,2]}", "{\"tags\":[2,1,1]}", List.of(), tags))
                .isEqualTo("$.tags[2] 2 -> nothing; $.tags[*] nothing -> 1");
        assertThat(differences("{\"tags\":[{\"id\":1,\"v\":1},{\"id\":2,\"v\":2}]}",
                "{\"tags\":[{\"id\":7,\"v\":2},{\"id\":8,\"v\":1}]}", List.of("$.tags[*].id"), tags)).isEmpty();
    }

    @Test
    void theFirstTenDifferencesAreTold() {
        Outcome outcome = Objects
                .requireNonNull(compared("[1,1,1,1,1,1,1,1,1,1,1,1,1]", "[]", List.of(), List.of()));
        assertThat(outcome.differences()).hasSize(10);
        assertThat(outcome.more()).isEqualTo(3);
    }

    @Test
    void longValuesAreCutAndSecretsHidden() {
        assertThat(differences("{\"apiKey\":\"a\",\"text\":\"" + "x".repeat(200) + "\"}",
                "{\"apiKey\":\"b\",\"text\":\"\"}"))
                .isEqualTo("$.apiKey *** -> ***; $.text \"" + "x".repeat(80) + "…\" -> \"\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{} {}", "nul", "{\"a\":}", "[1,]", "1e9999999999999"})
    void whatIsNoJsonIsNotCompared(String text) {
        assertThat(compared("{}", text, List.of(), List.of())).isNull();
    }

    @Test
    void depthIsBounded() {
        assertThat(compared("[".repeat(5000) + "]".repeat(5000), "[]", List.of(), List.of())).isNull();
    }
}
