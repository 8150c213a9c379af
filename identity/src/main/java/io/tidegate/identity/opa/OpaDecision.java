package io.tidegate.identity.opa;

import io.tidegate.api.Field;
import io.tidegate.api.FieldSyntax;
import io.tidegate.identity.remote.UnusableAnswerException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What an agent has decided.
///
/// @param allow
///            whether the request passes
/// @param status
///            what the client is answered where it does not
/// @param fields
///            what goes into the request where it passes, else into the answer
record OpaDecision(boolean allow, int status, List<Field> fields) {

    private static final OpaDecision ALLOW = new OpaDecision(true, 200, List.of());
    private static final OpaDecision DENY = new OpaDecision(false, 403, List.of());

    /// Reads a decision.
    ///
    /// @param result
    ///            null where the agent has none
    /// @param request
    ///            fields that may go into a request, in lower case
    /// @param response
    ///            fields that may go into an answer, in lower case
    /// @throws UnusableAnswerException
    ///             where it is none
    static OpaDecision read(@Nullable Object result, Set<String> request, Set<String> response) {
        if (result == null) {
            return DENY;
        }
        if (result instanceof Boolean allow) {
            return allow ? ALLOW : DENY;
        }
        if (!(result instanceof Map<?, ?> said) || !(said.get("allow") instanceof Boolean allow)) {
            throw new UnusableAnswerException("the result is no truth value and no object with 'allow'");
        }
        return new OpaDecision(allow, allow ? 200 : status(said.get("status")),
                fields(said.get("headers"), allow ? request : response));
    }

    private static int status(@Nullable Object status) {
        if (status == null) {
            return 403;
        }
        if (!(status instanceof Long number) || number < 300 || number > 499 || number == 304) {
            throw new UnusableAnswerException("'status' is none of 3xx and 4xx");
        }
        return number.intValue();
    }

    private static List<Field> fields(@Nullable Object headers, Set<String> allowed) {
        if (headers == null) {
            return List.of();
        }
        if (!(headers instanceof Map<?, ?> map)) {
            throw new UnusableAnswerException("'headers' is no object");
        }
        List<Field> fields = new ArrayList<>();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            String name = String.valueOf(entry.getKey()).toLowerCase(Locale.ROOT);
            if (allowed.contains(name)) {
                for (Object value : entry.getValue() instanceof List<?> list ? list : List.of(entry.getValue())) {
                    if (!(value instanceof String text) || !FieldSyntax.isValue(text)) {
                        throw new UnusableAnswerException("a value of 'headers' can't go on");
                    }
                    fields.add(new Field(name, text));
                }
            }
        }
        return List.copyOf(fields);
    }
}
