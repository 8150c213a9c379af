package io.tidegate.control.admin;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/// Something that can be asked for under one path.
///
/// @param path
///            its path, compared byte for byte; asked for with every request, because it may be configured
/// @param open
///            whether it is served without the token
/// @param handlers
///            who answers, by method; HEAD is answered by GET's
public record AdminResource(Supplier<String> path, boolean open, Map<String, AdminHandler> handlers) {

    /// A resource that needs the token.
    public static AdminResource of(String path, Map<String, AdminHandler> handlers) {
        return new AdminResource(() -> path, false, handlers);
    }

    /// A resource that everybody who reaches the listener may read.
    public static AdminResource open(Supplier<String> path, AdminHandler get) {
        return new AdminResource(path, true, Map.of("GET", get));
    }

    /// Answers the request, or says which methods there are.
    AdminAnswer answer(AdminRequest request) throws IOException {
        AdminHandler handler = handlers.get(request.isHead() ? "GET" : request.method());
        if (handler != null) {
            return handler.handle(request);
        }
        List<String> methods = new ArrayList<>(new TreeMap<>(handlers).keySet());
        if (handlers.containsKey("GET")) {
            methods.add(methods.indexOf("GET") + 1, "HEAD");
        }
        String allow = String.join(", ", methods);
        return AdminAnswer.problem(405, "the method must be one of " + allow + " (was " + request.method() + ")")
                .with(Map.of("Allow", allow));
    }
}
