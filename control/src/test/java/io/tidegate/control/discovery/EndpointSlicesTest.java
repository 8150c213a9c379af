package io.tidegate.control.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.config.EndpointUrl;
import io.tidegate.control.json.JsonTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Which endpoints follow from the EndpointSlices of a service.
class EndpointSlicesTest {

    private static final String PORTS = "[{\"name\": \"http\", \"port\": 8080}, {\"name\": \"admin\", \"port\": 9090}]";

    private static List<String> endpoints(@Nullable String port, String... slices) throws IOException {
        EndpointSlices all = new EndpointSlices(EndpointUrl.Scheme.HTTP, port);
        for (String slice : slices) {
            all.put(JsonTree.read(slice.getBytes(StandardCharsets.UTF_8)));
        }
        return all.endpoints().stream().map(found -> found.config().url().toString()).toList();
    }

    private static String slice(String name, String type, String ports, String endpoints) {
        return "{\"metadata\": {\"name\": \"" + name + "\"}, \"addressType\": \"" + type + "\", \"ports\": " + ports
                + ", \"endpoints\": [" + endpoints + "]}";
    }

    private static String at(String... addresses) {
        return "{\"addresses\": [\"" + String.join("\", \"", addresses) + "\"]}";
    }

    @Test
    void aPortIsMeantByNameOrNumber() throws IOException {
        String slice = slice("a", "IPv4", PORTS, at("10.0.0.1"));
        assertThat(endpoints("http", slice)).containsExactly("http://10.0.0.1:8080");
        assertThat(endpoints("9090", slice)).containsExactly("http://10.0.0.1:9090");
        assertThat(endpoints("other", slice)).isEmpty();
        assertThatThrownBy(() -> endpoints(null, slice)).hasMessage("the service has 2 ports: say which by 'port'");
        assertThat(endpoints(null, slice("a", "IPv4", "[{\"name\": \"\", \"port\": 80}]", at("10.0.0.1"))))
                .containsExactly("http://10.0.0.1:80");
    }

    @Test
    void aPodWithAddressesOfBothKindsCountsOnce() throws IOException {
        String four = slice("a", "IPv4", PORTS, at("10.0.0.1"));
        String six = slice("b", "IPv6", PORTS, at("fd00::1"));
        assertThat(endpoints("http", four, six)).containsExactly("http://10.0.0.1:8080");
        assertThat(endpoints("http", slice("a", "IPv4", PORTS, ""), six)).containsExactly("http://[fd00::1]:8080");
        assertThat(endpoints("http", slice("c", "IPv4", PORTS, at("10.0.0.3", "10.0.0.4"))))
                .containsExactly("http://10.0.0.3:8080");
    }

    @Test
    void whatSaysNothingOfItsConditionsIsReady() throws IOException {
        assertThat(endpoints("http", slice("a", "IPv4", PORTS, at("10.0.0.1") + ", {\"addresses\": [\"10.0.0.2\"],"
                + " \"conditions\": {\"ready\": false, \"serving\": true, \"terminating\": true}}")))
                .containsExactly("http://10.0.0.1:8080");
    }

    @Test
    void whatIsNoSliceIsNothing() throws IOException {
        assertThat(endpoints("http", "{}", "[]", "7", "null", "{\"endpoints\": [7, {\"addresses\": 3}, {}]}"))
                .isEmpty();
        assertThatThrownBy(() -> endpoints("http", "{\"metadata\":")).isInstanceOf(IOException.class)
                .hasMessageStartingWith("its answer is not JSON");
    }
}
