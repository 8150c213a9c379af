package io.tidegate.config;

import io.tidegate.api.ByteSize;
import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.Range;
import java.util.List;

/// What of two answers must be the same.
@Doc("What of both answers is compared, beside the status: as the services sent it, before policies change it.")
public record MirrorCompareConfig(
        @Doc("Fields whose values must be the same. A `Content-Type` is the same whatever its case and blanks.") @Default("[content-type]") List<String> headers,

        @Doc("How bodies are compared.") @Default("auto") Bodies body,

        @Doc("Longest body that is compared, 1MiB at most.") @Default("64KiB") ByteSize maxBody,

        @Doc("How JSON is compared: the order of keys never matters, numbers are compared by value.") @Default("{}") Json json,

        @Doc("Examples of differences that are kept for `GET /mirrors`, the last ones; 0 for none.") @Default("20") @Range(min = 0, max = 100) int examples,

        @Doc("Whether examples hold the values that differ, cut off after 80 characters. `false`: their kind and length only. Values whose names tell of secrets are never held.") @Default("false") boolean showValues) {

    /// Copies what it is given.
    public MirrorCompareConfig {
        headers = List.copyOf(headers);
    }

    /// How bodies are compared.
    public enum Bodies {
        @Doc("As JSON where both say by their `Content-Type` that they are, byte by byte else.")
        AUTO, @Doc("Byte by byte.")
        EXACT, @Doc("Not at all.")
        NONE
    }

    /// How JSON is compared.
    @Doc("How JSON is compared. Places are written `$.order.items[*].id`, or `/order/items/*/id`; `$..id` and `/**/id` mean any depth.")
    public record Json(
            @Doc("Places that may differ, with all that is below.") @Default("[]") List<String> ignore,

            @Doc("Places of arrays whose order does not matter.") @Default("[]") List<String> unordered) {

        /// Copies what it is given.
        public Json {
            ignore = List.copyOf(ignore);
            unordered = List.copyOf(unordered);
        }
    }
}
