package io.tidegate.tests.discovery;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A server that lists and watches EndpointSlices as the documentation of Kubernetes' API has it: resource versions,
/// bookmarks, 410 for what is too old. Not Kubernetes.
final class KubernetesServer extends Registry {

    private static final String PATH = "/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices";

    private final Map<String, String> slices = new LinkedHashMap<>();
    private final List<String> events = new ArrayList<>();
    private int version = 1;
    private int oldest;
    private int cut;
    private boolean quiet;

    /// A slice as it stands in the API, without its `metadata`.
    static String slice(String... endpoints) {
        return "\"addressType\": \"IPv4\", \"ports\": [{\"name\": \"http\", \"port\": %d, \"protocol\": \"TCP\"}],"
                + " \"endpoints\": [" + String.join(",", List.of(endpoints)) + "]";
    }

    /// An endpoint with these conditions.
    static String endpoint(String address, boolean ready, boolean serving, boolean terminating) {
        return "{\"addresses\": [\"" + address + "\"], \"zone\": \"eu-1a\", \"conditions\": {\"ready\": " + ready
                + ", \"serving\": " + serving + ", \"terminating\": " + terminating + "}}";
    }

    private static String object(String name, int at, String content) {
        return "{\"metadata\": {\"name\": \"" + name + "\", \"resourceVersion\": \"" + at + "\"}, " + content + "}";
    }

    /// Writes a slice, in place of the one of its name.
    synchronized void put(String name, String content) {
        version++;
        String type = slices.containsKey(name) ? "MODIFIED" : "ADDED";
        slices.put(name, content);
        happens(type, object(name, version, content));
    }

    /// Takes a slice away.
    synchronized void delete(String name) {
        version++;
        String content = slices.remove(name);
        happens("DELETED", object(name, version, String.valueOf(content)));
    }

    /// Only says how far it is.
    synchronized void bookmark() {
        version++;
        happens("BOOKMARK", "{\"metadata\": {\"resourceVersion\": \"" + version + "\"}}");
    }

    private void happens(String type, String object) {
        if (!quiet) {
            events.add("{\"type\": \"" + type + "\", \"object\": " + object + "}");
        } else {
            events.add("");
        }
        changed();
    }

    /// Ends all watches.
    synchronized void cut() {
        cut++;
        changed();
    }

    /// Forgets what has happened so far: whoever asks for it gets 410. What `meanwhile` does is not told to anybody.
    synchronized void forget(Runnable meanwhile) {
        quiet = true;
        meanwhile.run();
        quiet = false;
        oldest = version;
        cut();
    }

    @Override
    void answer(Question question) throws IOException, InterruptedException {
        if (!question.path().equals(PATH)) {
            send(question, 404, "{}");
        } else if (question.query().containsKey("watch")) {
            watch(question);
        } else {
            send(question, 200, list());
        }
    }

    private synchronized String list() {
        List<String> items = new ArrayList<>();
        slices.forEach((name, content) -> items.add(object(name, version, content)));
        return "{\"kind\": \"EndpointSliceList\", \"metadata\": {\"resourceVersion\": \"" + version
                + "\"}, \"items\": [" + String.join(",", items) + "]}";
    }

    private synchronized void watch(Question question) throws IOException, InterruptedException {
        int at = Integer.parseInt(question.query().getOrDefault("resourceVersion", "0"));
        int cuts = cut;
        question.exchange().sendResponseHeaders(200, 0);
        OutputStream out = question.exchange().getResponseBody();
        if (at < oldest) {
            out.write(
                    "{\"type\": \"ERROR\", \"object\": {\"kind\": \"Status\", \"code\": 410, \"message\": \"too old\"}}\n"
                            .getBytes(StandardCharsets.UTF_8));
            return;
        }
        // So that who asks has the head of the answer.
        out.flush();
        while (cut == cuts && !isClosed()) {
            while (at < version) {
                // The first event is that of version 2.
                out.write((events.get(at - 1) + "\n").getBytes(StandardCharsets.UTF_8));
                at++;
            }
            out.flush();
            wait();
        }
    }
}
