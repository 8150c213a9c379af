package io.tidegate.config;

import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import java.time.Duration;

/// How long a client may take.
@Doc("How long a client may take.")
public record ClientTimeoutsConfig(
        @Doc("From accepting a connection to the first byte of its first request.") @Default("10s") Duration firstByte,

        @Doc("From the first byte of a request to the end of its head, however it drips; then 408.") @Default("10s") Duration requestHead,

        @Doc("Between two reads of a request body; then 408.") @Default("30s") Duration bodyIdle,

        @Doc("Between two writes that the client accepts; then the connection is cut.") @Default("30s") Duration writeIdle,

        @Doc("Between two requests on one connection.") @Default("60s") Duration idle,

        @Doc("Age at which a connection is closed with its response, give or take a tenth.") @Default("1h") Duration connectionAge) {
}
