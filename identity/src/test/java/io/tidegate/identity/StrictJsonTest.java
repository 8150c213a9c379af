package io.tidegate.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.identity.StrictJson.MalformedException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StrictJsonTest {

    @Test
    void valuesAreWhatTheySay() throws Exception {
        assertThat(StrictJson
                .object(" { \"a\" : [ 1 , -0.5, 2e3, true, false, null, {} ] , \"b\":\"\\u00e4\\n\\\\\\/\\\"\" ,"
                        + "\"c\":{\"d\":123456789012345678}, \"e\":null, \"f\":\"\\ud83d\\ude00\", \"g\":10000000000000000000 } "))
                .isEqualTo(Map.of("a", List.of(1L, -0.5, 2000.0, true, false, Map.of()), "b", "ä\n\\/\"", "c",
                        Map.of("d", 123_456_789_012_345_678L), "f", "😀", "g", 1e19));
        assertThat(StrictJson.object("{\"x\":" + "[".repeat(15) + "]".repeat(15) + "}")).hasSize(1);
    }

    @Test
    void whatWasReadCantBeChanged() throws Exception {
        Map<String, Object> read = StrictJson.object("{\"a\":1}");

        assertThatThrownBy(() -> read.put("b", 2)).isInstanceOf(UnsupportedOperationException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "1", "[]", "{", "}", "{}}", "{}x", "{,}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}",
        "{a:1}",
        "{'a':1}", "{\"a\":1 \"b\":2}", "{\"a\":tru}", "{\"a\":nul}", "{\"a\":-}", "{\"a\":+1}", "{\"a\":.5}",
        "{\"a\":1.}",
        "{\"a\":1e}", "{\"a\":01}", "{\"a\":0x1}", "{\"a\":Infinity}", "{\"a\":1e400}", "{\"a\":[1,]}", "{\"a\":[,]}",
        "{\"a\":[1 2]}", "{\"a\":\"\\x\"}", "{\"a\":\"\\u12\"}", "{\"a\":\"\\u12g4\"}", "{\"a\":\"\t\"}", "{\"a\":\"",
        "{\"a\":\"\\", "{\"a\":\"\\udc00\"}", "{\"a\":\"\\ud800x\"}", "{\"a\":\"\\ud800\\ud800\"}", "{\"a\":1,\"a\":1}",
        "{\"a\":null,\"a\":null}", "{\"a\":null,\"a\":1}", "{\"a\":1,\"\\u0061\":2}", "{\"a\":{\"b\":1,\"b\":1}}",
        "{\"a\":1}//", "\u00a0{}", "{\"a\":11111111111111111111111111111111111111111}"})
    void whatReadersCouldDisagreeOnIsRefused(String text) {
        assertThatThrownBy(() -> StrictJson.object(text)).isInstanceOf(MalformedException.class)
                .hasMessageNotContaining("\"");
    }
}
