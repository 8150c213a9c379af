package io.tidegate.control.discovery;

import io.tidegate.config.EndpointUrl;
import io.tidegate.config.discovery.Found;
import io.tidegate.control.json.JsonTree;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The EndpointSlices of one service, and the endpoints that follow from all of them together.
///
/// Endpoints that are ready are used; where none is, those that still serve while they terminate are, as Kubernetes'
/// own proxy has it. Of a service with addresses of both kinds, those of IPv4 are used, so that no pod counts twice.
final class EndpointSlices {

    private final EndpointUrl.Scheme scheme;
    private final @Nullable String port;
    private final Map<String, JsonTree> slices = new TreeMap<>();

    /// None yet.
    ///
    /// @param port
    ///            name or number of the port; null for the only one
    EndpointSlices(EndpointUrl.Scheme scheme, @Nullable String port) {
        this.scheme = scheme;
        this.port = port;
    }

    void clear() {
        slices.clear();
    }

    /// Takes one in, in place of the one of its name.
    void put(JsonTree slice) {
        slices.put(name(slice), slice);
    }

    void remove(JsonTree slice) {
        slices.remove(name(slice));
    }

    private static String name(JsonTree slice) {
        return String.valueOf(slice.get("metadata").get("name").text());
    }

    /// The endpoints of all of them.
    ///
    /// @throws IOException
    ///             where it can't be told which port is meant
    List<Found> endpoints() throws IOException {
        boolean four = slices.values().stream().anyMatch(EndpointSlices::isOfVersion4);
        List<Found> ready = new ArrayList<>();
        List<Found> last = new ArrayList<>();
        for (JsonTree slice : slices.values()) {
            List<JsonTree> endpoints = slice.get("endpoints").items();
            if (four != isOfVersion4(slice) || endpoints.isEmpty()) {
                continue;
            }
            int number = port(slice.get("ports").items());
            for (JsonTree endpoint : endpoints) {
                // All addresses of one lead to the same; the first stands for it.
                List<JsonTree> addresses = endpoint.get("addresses").items();
                String address = addresses.isEmpty() ? null : addresses.getFirst().text();
                if (number > 0 && address != null) {
                    Found found = Found.of(scheme, address, number, 1, endpoint.get("zone").text());
                    JsonTree conditions = endpoint.get("conditions");
                    if (conditions.get("ready").flag(true)) {
                        ready.add(found);
                    } else if (conditions.get("serving").flag(false) && conditions.get("terminating").flag(false)) {
                        last.add(found);
                    }
                }
            }
        }
        return ready.isEmpty() ? last : ready;
    }

    private static boolean isOfVersion4(JsonTree slice) {
        return "IPv4".equals(slice.get("addressType").text()) && !slice.get("endpoints").items().isEmpty();
    }

    /// The number of the port that is meant; 0 where this slice does not have it.
    private int port(List<JsonTree> ports) throws IOException {
        if (port == null) {
            if (ports.size() > 1) {
                throw new IOException("the service has " + ports.size() + " ports: say which by 'port'");
            }
            return ports.isEmpty() ? 0 : ports.getFirst().get("port").number(0);
        }
        for (JsonTree each : ports) {
            int number = each.get("port").number(0);
            if (port.equals(each.get("name").text()) || port.equals(Integer.toString(number))) {
                return number;
            }
        }
        return 0;
    }
}
