package io.tidegate.identity.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.api.ClaimPath;
import io.tidegate.identity.StrictJson;
import io.tidegate.identity.StrictJson.MalformedException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClaimPathTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            a               | {"a":"x"}                           | x
            a               | {"b":"x"}                           | -
            a.b             | {"a":{"b":"x"}}                     | x
            a.b             | {"a":{"b":"x"},"a.b":"y"}           | y
            a.b             | {"a":{"c":"x"}}                     | -
            a.b             | {"a":"x"}                           | -
            a.b.c           | {"a":{"b":{"c":"x"}}}               | x
            a.b.c           | {"a.b":{"c":"x"}}                   | x
            a.b.c           | {"a":{"b.c":"x"}}                   | x
            a.b.c           | {"a":{"d":1},"a.b":{"c":"x"}}       | x
            a.b.c           | {"a":{"b.c":"y","b":{"c":"x"}}}     | x
            https://e.org/r | {"https://e.org/r":"x"}             | x
            https://e.org.r | {"https://e.org":{"r":"x"}}         | x
            .a              | {"a":"x"}                           | -
            a.              | {"a":{"b":"x"}}                     | -
            """)
    void leadsToAClaimOfThatNameOrAlongThePath(String path, String claims, @Nullable String found)
            throws MalformedException {
        assertThat(ClaimPath.of(path).in(StrictJson.object(claims))).isEqualTo(found);
    }
}
