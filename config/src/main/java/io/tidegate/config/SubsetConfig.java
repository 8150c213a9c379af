package io.tidegate.config;

import io.tidegate.api.Doc;
import io.tidegate.api.Range;

/// How many of the endpoints a gateway uses.
@Doc("How many of the endpoints a gateway uses. Which ones follows from `gateway.id` and from nothing else, so that a restart changes nothing; gateways whose ids end in numbers that follow on each other use all evenly.")
public record SubsetConfig(
        @Doc("Endpoints that it uses; of those of its own zone and of the others so many each, where requests prefer the zone.") @Range(min = 1, max = 100000) int size) {
}
