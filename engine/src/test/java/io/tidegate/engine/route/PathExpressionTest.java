package io.tidegate.engine.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.regex.PatternSyntaxException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathExpressionTest {

    @ParameterizedTest
    @CsvSource(delimiter = '>', textBlock = """
            /api/v1/.*              > /api/v1/
            ^/api/v1$               > /api/v1
            /api/(v1|v2)/[^/]+      > /api/
            /api/[(|]x              > /api/
            /a\\.b/\\d+             > /a.b/
            /ab*                    > /a
            /ab+                    > /a
            /ab?c                   > /a
            /ab{2}                  > /a
            /a\\.?b                 > /a
            /a|/b                   > ''
            (/a)|/b                 > ''
            /a\\(|/b                > ''
            /a[(]|/b                > ''
            /a[]|]b                 > ''
            /a[[(]]|/b              > ''
            /a\\Q(\\E|/b            > ''
            (?i)/a                  > ''
            .*/a                    > ''
            \\Q/a\\E                > ''
            """)
    void knowsTheTextThatEveryMatchBeginsWith(String source, String prefix) {
        assertThat(PathExpression.prefix(source)).isEqualTo(prefix);
    }

    @Test
    void whateverMatchesBeginsWithThePrefix() {
        Random random = new Random(11);
        String[] pieces = {"/", "a", "b", "|", "(", ")", "[", "]", "[^", "*", "+", "?", "\\", ".", "^", "$", "{2}", "-",
            "\\Q", "\\E", "(?i)", "(?:", "&&", "\\."};
        int matched = 0;
        for (int i = 0; i < 20_000; i++) {
            StringBuilder source = new StringBuilder();
            for (int length = 1 + random.nextInt(9); length > 0; length--) {
                source.append(pieces[random.nextInt(random.nextBoolean() ? 3 : pieces.length)]);
            }
            PathExpression expression;
            try {
                expression = new PathExpression(source.toString());
            } catch (PatternSyntaxException e) {
                continue;
            }
            String prefix = PathExpression.prefix(source.toString());
            for (int t = 0; t < 12; t++) {
                StringBuilder path = new StringBuilder();
                for (int length = random.nextInt(5); length > 0; length--) {
                    path.append("/abA(|.".charAt(random.nextInt(7)));
                }
                if (expression.matches(path.toString())) {
                    matched++;
                    assertThat(path.toString()).as(source.toString()).startsWith(prefix);
                }
            }
        }
        assertThat(matched).isGreaterThan(500);
    }

    @Test
    void comparesThePrefixInTheBytesOfThePath() {
        PathExpression expression = new PathExpression("/api/v[0-9]");
        RequestValues values = new RequestValues();

        assertThat(expression.matches(values, TextInput.get("h", "/api/v1"))).isTrue();
        values.clear();
        assertThat(expression.matches(values, TextInput.get("h", "/apx/v1"))).isFalse();
        assertThat(expression.matches(values, TextInput.get("h", "/api"))).isFalse();
    }
}
