package io.tidegate.policies.headers;

import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.policies.FieldRules;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Configuration of `headers`.
@Doc("Sets, adds and removes header fields of requests and responses.")
public record HeadersConfig(
        @Doc("What changes in the request before it goes upstream.") @Default("{}") Changes request,

        @Doc("What changes in the response before it goes to the client.") @Default("{}") Changes response) {

    /// Refuses what would change nothing, and what the gateway itself writes into requests.
    public HeadersConfig {
        if (request.isEmpty() && response.isEmpty()) {
            throw new IllegalArgumentException("must change something: 'request' or 'response' has to be given");
        }
        request.set().keySet().forEach(name -> FieldRules.checkRequestName(name, true));
        request.add().keySet().forEach(name -> FieldRules.checkRequestName(name, false));
        request.remove().forEach(name -> FieldRules.checkRequestName(name, false));
    }

    /// Changes to the header fields of one message, made in this order: set, add, remove.
    @Doc("Changes to the header fields of one message: first `set`, then `add`, then `remove`.")
    public record Changes(
            @Doc("Fields and the value that replaces all of theirs. Placeholders such as `{client.address}` stand for what is known of the request.") @Default("{}") Map<String, String> set,

            @Doc("Fields and values that are added to theirs. Placeholders as in `set`.") @Default("{}") Map<String, List<String>> add,

            @Doc("Fields that are removed.") @Default("[]") List<String> remove) {

        /// Refuses names and values that can't be, and changes that undo each other.
        public Changes {
            set.forEach((name, value) -> {
                FieldRules.checkName(name);
                FieldRules.value(name, value);
            });
            add.forEach((name, values) -> {
                FieldRules.checkName(name);
                if (values.isEmpty()) {
                    throw new IllegalArgumentException("'" + name + "' must have at least one value to add");
                }
                values.forEach(value -> FieldRules.value(name, value));
            });
            remove.forEach(FieldRules::checkName);
            FieldRules.checkDistinct(set.keySet());
            FieldRules.checkDistinct(add.keySet());
            FieldRules.checkDistinct(remove);
            for (String name : remove) {
                if (names(set).anyMatch(name::equalsIgnoreCase) || names(add).anyMatch(name::equalsIgnoreCase)) {
                    throw new IllegalArgumentException(
                            "'" + name + "' is both given a value and removed: 'set' alone replaces every value");
                }
            }
        }

        private static Stream<String> names(Map<String, ?> fields) {
            return fields.keySet().stream();
        }

        boolean isEmpty() {
            return set.isEmpty() && add.isEmpty() && remove.isEmpty();
        }
    }
}
