package io.tidegate.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// JSON that is written.
class JsonWriterTest {

    @Test
    void whatIsWrittenIsReadAsItWas() throws StrictJson.MalformedException {
        Map<String, Object> value = Map.of("te\"xt", "a\"b\\c\u0001\n\u007f😀", "list",
                List.of(1L, 2.5, true, Map.of(), List.of()), "more", Map.of("a", List.of("b")));

        assertThat(StrictJson.object(JsonWriter.write(value))).isEqualTo(value);
    }

    @Test
    void nothingAndWhatIsNoNumberAreNull() {
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("a", Arrays.asList(null, Double.NaN));

        assertThat(new String(JsonWriter.write(value), StandardCharsets.UTF_8)).isEqualTo("{\"a\":[null,null]}");
    }
}
