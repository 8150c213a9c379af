package io.tidegate.config;

import io.tidegate.api.ByteSize;
import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.Range;

/// Bounds of what one connection and one request may cost.
@Doc("Bounds of what one connection and one request may cost.")
public record LimitsConfig(
        @Doc("Longest request target; more is answered 414.") @Default("8KiB") ByteSize requestTarget,

        @Doc("Largest request head in all; more is answered 431.") @Default("16KiB") ByteSize requestHead,

        @Doc("Most header fields of a request; more is answered 431.") @Default("100") @Range(min = 1, max = 10000) int requestFields,

        @Doc("Most connections of one client address, or with IPv6 of one network of 64 bits. Loopback and private addresses and `trustedProxies` are not counted.") @Default("256") @Range(min = 1) int connectionsPerAddress,

        @Doc("Requests after which a connection is closed with its response.") @Default("10000") @Range(min = 1) int requestsPerConnection,

        @Doc("Bytes per second below which a body that is waited for is cut off. Streams may be quiet: the rate counts only while bytes wait to be moved.") @Default("256B") ByteSize minimumRate) {
}
