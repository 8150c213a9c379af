package io.tidegate.testkit;

import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.Policy;
import java.util.function.Consumer;
import java.util.function.Function;

/// A policy of functions.
record Steps(Function<Exchange, Decision> request, Function<Exchange, Decision> response)
        implements
            Policy {

    static Steps request(Function<Exchange, Decision> request) {
        return new Steps(request, _ -> Decision.next());
    }

    static Steps response(Function<Exchange, Decision> response) {
        return new Steps(_ -> Decision.next(), response);
    }

    static Steps change(Consumer<Exchange> change) {
        return request(exchange -> {
            change.accept(exchange);
            return Decision.next();
        });
    }

    @Override
    public Decision onRequest(Exchange exchange) {
        return request.apply(exchange);
    }

    @Override
    public Decision onResponse(Exchange exchange) {
        return response.apply(exchange);
    }
}
