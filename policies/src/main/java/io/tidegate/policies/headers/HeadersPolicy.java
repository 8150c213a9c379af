package io.tidegate.policies.headers;

import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.Headers;
import io.tidegate.api.Policy;
import io.tidegate.policies.FieldRules;
import io.tidegate.policies.Template;
import java.util.ArrayList;
import java.util.List;

/// Changes header fields as told. Constant values are compiled to themselves: such a change allocates nothing here.
final class HeadersPolicy implements Policy {

    private final Change[] request;
    private final Change[] response;

    HeadersPolicy(HeadersConfig config) {
        this.request = compile(config.request());
        this.response = compile(config.response());
    }

    /// One change to one field.
    private sealed interface Change {

        /// Takes away every value.
        record Remove(String name) implements Change {
        }

        /// Replaces every value.
        record Set(String name, Template value) implements Change {
        }

        /// Adds a value.
        record Add(String name, Template value) implements Change {
        }
    }

    private static Change[] compile(HeadersConfig.Changes changes) {
        List<Change> list = new ArrayList<>();
        changes.set().forEach((name, value) -> list.add(new Change.Set(name, FieldRules.value(name, value))));
        changes.add().forEach((name, values) -> values
                .forEach(value -> list.add(new Change.Add(name, FieldRules.value(name, value)))));
        // Last, so that a field can be renamed: its value is still there to be put under the new name.
        changes.remove().forEach(name -> list.add(new Change.Remove(name)));
        return list.toArray(new Change[0]);
    }

    @Override
    public Decision onRequest(Exchange exchange) {
        if (request.length > 0) {
            apply(request, exchange, exchange.request().headers());
        }
        return Decision.next();
    }

    @Override
    public Decision onResponse(Exchange exchange) {
        if (response.length > 0) {
            apply(response, exchange, exchange.response().headers());
        }
        return Decision.next();
    }

    private static void apply(Change[] changes, Exchange exchange, Headers headers) {
        for (Change change : changes) {
            switch (change) {
                case Change.Remove remove -> headers.remove(remove.name());
                case Change.Set set -> headers.set(set.name(), set.value().expand(exchange));
                case Change.Add add -> headers.add(add.name(), add.value().expand(exchange));
            }
        }
    }
}
