package io.tidegate.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OverloadConfigTest {

    private static OverloadConfig load(String gateway) {
        Loaded loaded = new ConfigLoader(Plugins.none(), name -> null).loadText("test.yaml", gateway + """

                upstreams: { a: { endpoints: ["http://10.0.0.1:80"] } }
                routes: { a: { upstream: a } }
                """);
        assertThat(loaded).isInstanceOf(Loaded.Accepted.class);
        return ((Loaded.Accepted) loaded).config().gateway().overload();
    }

    @Test
    void theShortFormHasTheDefaults() {
        assertThat(load("gateway: { overload: true }")).isEqualTo(load("")).isEqualTo(OverloadConfig.of(true));
        assertThat(load("gateway: { overload: false }")).isEqualTo(load("gateway: { overload: { enabled: false } }"))
                .isEqualTo(OverloadConfig.of(false));
    }
}
