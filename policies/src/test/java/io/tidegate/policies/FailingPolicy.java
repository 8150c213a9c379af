package io.tidegate.policies;

import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.Fault;
import io.tidegate.api.Policy;

/// Refuses every request.
public record FailingPolicy(Fault fault) implements Policy {

    @Override
    public Decision onRequest(Exchange exchange) {
        return Decision.fail(fault);
    }
}
