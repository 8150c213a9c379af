package io.tidegate.control;

import io.tidegate.control.admin.AdminAnswer;
import io.tidegate.control.admin.AdminRequest;
import io.tidegate.control.admin.AdminResource;
import io.tidegate.control.admin.ProblemException;
import java.util.List;
import java.util.Map;

/// What can be asked about mirrors at the admin listener.
final class MirrorEndpoints {

    private static final String TEXT = "text/plain; charset=utf-8";

    private final GatewayView view;

    MirrorEndpoints(GatewayView view) {
        this.view = view;
    }

    List<AdminResource> all() {
        return List.of(AdminResource.of("/mirrors", Map.of("GET", this::mirrors)));
    }

    private AdminAnswer mirrors(AdminRequest request) {
        Map<String, List<String>> query = request.query();
        for (String name : query.keySet()) {
            if (!name.equals("format")) {
                throw new ProblemException(400, "the parameter must be format (was '" + name + "')");
            }
        }
        List<String> formats = query.getOrDefault("format", List.of("json"));
        if (formats.size() != 1 || !List.of("json", "text").contains(formats.getFirst())) {
            throw new ProblemException(400, "format must be json or text (was '" + String.join(", ", formats) + "')");
        }
        boolean text = formats.getFirst().equals("text");
        String report = view.mirrors(text);
        if (report == null) {
            throw new ProblemException(404, "this gateway has no mirrors to tell of");
        }
        return text ? new AdminAnswer(200, TEXT, report, Map.of()) : AdminAnswer.json(200, report);
    }
}
