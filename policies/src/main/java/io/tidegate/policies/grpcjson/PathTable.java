package io.tidegate.policies.grpcjson;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Finds the method that a request means: a tree of the segments of paths. A text goes before `*`, which goes before
/// `**`; a path with a verb before one without.
final class PathTable {

    /// What a request means.
    ///
    /// @param binding
    ///            the method and how it is called
    /// @param segments
    ///            of the path as received, the verb left out
    record Match(Binding binding, List<String> segments) {
    }

    /// A place in the tree.
    private static final class Node {

        private final Map<String, Node> next = new HashMap<>();
        /// By verb, then by method of HTTP.
        private final Map<String, Map<String, Binding>> ends = new HashMap<>();
    }

    private final Node root = new Node();

    /// Whether nothing can be found.
    boolean isEmpty() {
        return root.next.isEmpty() && root.ends.isEmpty();
    }

    /// One more way to call a method.
    ///
    /// @throws IllegalArgumentException
    ///             where another method is called in this way
    void add(Binding binding) {
        Node node = root;
        for (String segment : binding.path().segments()) {
            node = node.next.computeIfAbsent(segment, _ -> new Node());
        }
        Map<String, Binding> byMethod = node.ends.computeIfAbsent(binding.path().verb(), _ -> new TreeMap<>());
        Binding other = byMethod.putIfAbsent(binding.http(), binding);
        if (other != null) {
            throw new IllegalArgumentException("is called by " + binding.http() + " "
                    + "/" + String.join("/", binding.path().segments())
                    + (binding.path().verb().isEmpty() ? "" : ":" + binding.path().verb())
                    + ", as is " + other.method().getFullName() + ": no request could tell them apart");
        }
    }

    /// What a request means, null where no method has this path and method of HTTP.
    @Nullable
    Match find(String http, String path) {
        List<String> segments = segments(path);
        String last = segments.getLast();
        int colon = last.lastIndexOf(':');
        if (colon >= 0) {
            List<String> shorter = new ArrayList<>(segments);
            shorter.set(segments.size() - 1, last.substring(0, colon));
            Map<String, Binding> found = find(root, shorter, 0, last.substring(colon + 1), http);
            if (found != null) {
                return new Match(of(found, http), shorter);
            }
        }
        Map<String, Binding> found = find(root, segments, 0, "", http);
        return found == null ? null : new Match(of(found, http), segments);
    }

    private static Binding of(Map<String, Binding> byMethod, String http) {
        Binding binding = byMethod.get(http);
        return binding == null ? Objects.requireNonNull(byMethod.get("*")) : binding;
    }

    /// The methods of HTTP that a path has.
    List<String> methods(String path) {
        return List.of("GET", "PUT", "POST", "DELETE", "PATCH").stream().filter(http -> find(http, path) != null)
                .toList();
    }

    private static List<String> segments(String path) {
        return List.of(path.substring(1).split("/", -1));
    }

    private static @Nullable Map<String, Binding> find(Node node, List<String> path, int at, String verb, String http) {
        Node rest = node.next.get(PathTemplate.REST);
        if (at == path.size()) {
            Map<String, Binding> end = node.ends.get(verb);
            boolean ends = end != null && (end.containsKey(http) || end.containsKey("*"));
            // Of segments that are left there may be none.
            return ends ? end : rest == null ? null : find(rest, path, at, verb, http);
        }
        Node literal = node.next.get(path.get(at));
        Map<String, Binding> found = literal == null ? null : find(literal, path, at + 1, verb, http);
        Node one = node.next.get(PathTemplate.ONE);
        if (found == null && one != null && !path.get(at).isEmpty()) {
            found = find(one, path, at + 1, verb, http);
        }
        return found == null && rest != null ? find(rest, path, path.size(), verb, http) : found;
    }
}
