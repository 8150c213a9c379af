package io.tidegate.engine.mirror;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/// What came of the copies of a route's requests.
///
/// @param upstream
///            that gets them
/// @param results
///            how many came to what: `same`, `status`, `headers`, `body`, `uncompared`, `answered`, `failed`
/// @param skipped
///            requests that were not copied, by cause
/// @param uncompared
///            answers that could not be compared, by cause
/// @param faults
///            copies that were not answered, by code of the fault
/// @param slower
///            how many mirrors took longer than the service to the head of the answer, and by how much on average
/// @param faster
///            how many took no longer
/// @param examples
///            answers that differ, the last one first
public record MirrorReport(String upstream, Map<String, Long> results, Map<String, Long> skipped,
        Map<String, Long> uncompared, Map<String, Long> faults, Latency slower, Latency faster,
        List<Example> examples) {

    /// How often, and by how much.
    ///
    /// @param seconds
    ///            on average
    public record Latency(long count, double seconds) {
    }

    /// Two answers that differ.
    ///
    /// @param time
    ///            of the comparison
    /// @param requestId
    ///            that both services were told, as access logs have it
    /// @param request
    ///            its method and path, without a query
    /// @param result
    ///            what differs first
    /// @param differences
    ///            what differs, the first ones
    /// @param more
    ///            number of those that are left out
    public record Example(Instant time, String requestId, String request, String result, Side service, Side mirror,
            List<Difference> differences, int more) {
    }

    /// One of the answers.
    ///
    /// @param seconds
    ///            until its head came
    public record Side(int status, double seconds) {
    }

    /// One difference.
    ///
    /// @param place
    ///            `status`, `header content-type`, a place in JSON such as `$.items[0].id`, or `body from byte 7`
    /// @param service
    ///            what the service has there, or what that is
    /// @param mirror
    ///            what the mirror has there
    public record Difference(String place, String service, String mirror) {
    }
}
