package io.tidegate.identity.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Parameters of forms.
class FormTest {

    @Test
    void parametersStandInTheirOrder() {
        Form one = Form.EMPTY.with("a", "1 2").with("a", "&=\u00e4");

        assertThat(one.with(Map.of("b", "")).with(Form.EMPTY.with("c", "3")).bytes())
                .asString().isEqualTo("a=1+2&a=%26%3D%C3%A4&b=&c=3");
        assertThat(one.bytes()).asString().isEqualTo("a=1+2&a=%26%3D%C3%A4");
        assertThat(Form.EMPTY.with(Form.EMPTY).bytes()).isEmpty();
    }

    @Test
    void theyGoBehindThoseThatAUrlHas() {
        Form form = Form.EMPTY.with("a", "1");

        assertThat(form.behind(URI.create("https://id.example.com/"))).isEqualTo("https://id.example.com/?a=1");
        assertThat(form.behind(URI.create("https://id.example.com/?b"))).isEqualTo("https://id.example.com/?b&a=1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "b=1", "a", "a=1&a=2", "a=%zz", "a=1&%6=2"})
    void whatIsNotThereOnceIsNotRead(String form) {
        assertThat(Form.only(form, "a")).isNull();
    }

    @Test
    void whatIsThereOnceIsRead() {
        assertThat(Form.only("b=2&%61=1+%2B&c", "a")).isEqualTo("1 +");
    }

    @Test
    void whatMayBeSecretIsNotInItsText() {
        assertThat(Form.EMPTY.with("client_secret", "s3cret")).hasToString("Form");
    }
}
