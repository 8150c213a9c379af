package io.tidegate.identity.forwardauth;

import io.tidegate.api.Field;
import io.tidegate.api.FieldSyntax;
import io.tidegate.api.HttpCaller.Answer;
import io.tidegate.identity.remote.UnusableAnswerException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads what the service has answered.
final class VerdictReader {

    /// Most bytes of all fields that are taken over from an answer.
    private static final int MOST_FIELDS = 32_768;

    private static final Set<Integer> REFUSALS = Set.of(301, 302, 303, 307, 308, 401, 403);

    private final ForwardAuthConfig config;
    private final Set<String> passed;
    private final Set<String> refused;

    VerdictReader(ForwardAuthConfig config) {
        this.config = config;
        this.passed = lower(config.responseHeaders());
        this.refused = lower(config.refusalHeaders());
    }

    private static Set<String> lower(List<String> names) {
        Set<String> lower = new LinkedHashSet<>();
        names.forEach(name -> lower.add(name.toLowerCase(Locale.ROOT)));
        return Set.copyOf(lower);
    }

    /// What was decided.
    ///
    /// @throws UnusableAnswerException
    ///             where that is nothing
    Verdict read(Answer answer) {
        int status = answer.status();
        if (status >= 200 && status < 300) {
            String groups = single(answer, config.groups());
            return new Verdict(status, fields(answer, passed), null, single(answer, config.consumer()),
                    groups == null ? Set.of() : split(groups));
        }
        if (!REFUSALS.contains(status)) {
            throw new UnusableAnswerException("answered with " + status, status >= 400 && status < 500);
        }
        List<Field> fields = new ArrayList<>(fields(answer, refused));
        if (status < 400 && fields.stream().noneMatch(field -> field.name().equals("location"))) {
            throw new UnusableAnswerException("answered with " + status + " without a place that may be told");
        }
        boolean body = config.refusalBody() && status >= 400;
        String type = answer.header("content-type");
        if (body && type != null && FieldSyntax.isValue(type) && !refused.contains("content-type")) {
            fields.add(new Field("content-type", type));
        }
        return new Verdict(status, List.copyOf(fields), body ? answer.body() : null, null, Set.of());
    }

    private static List<Field> fields(Answer answer, Set<String> names) {
        List<Field> fields = new ArrayList<>();
        int bytes = 0;
        for (Field field : answer.headers()) {
            String name = field.name().toLowerCase(Locale.ROOT);
            if (names.contains(name)) {
                bytes += name.length() + field.value().length();
                if (!FieldSyntax.isValue(field.value()) || bytes > MOST_FIELDS) {
                    throw new UnusableAnswerException("answered with fields that can't go on");
                }
                fields.add(new Field(name, field.value()));
            }
        }
        return List.copyOf(fields);
    }

    /// The value of a field that must not come twice.
    private static @Nullable String single(Answer answer, @Nullable String name) {
        String found = null;
        for (Field field : answer.headers()) {
            if (name != null && field.name().equalsIgnoreCase(name)) {
                if (found != null) {
                    throw new UnusableAnswerException("answered with '" + name + "' twice");
                }
                found = field.value().strip();
            }
        }
        return found == null || found.isEmpty() ? null : found;
    }

    private static Set<String> split(String list) {
        Set<String> items = new LinkedHashSet<>();
        for (String item : list.split(",", -1)) {
            items.add(item.strip());
        }
        items.remove("");
        return Set.copyOf(items);
    }
}
