package io.tidegate.engine.observe;

import io.tidegate.engine.observe.SeriesTable.Series;
import java.io.IOException;
import java.util.Collection;
import java.util.function.Function;

/// Writes what is counted of copies of requests.
final class MirrorExposition {

    private final PrometheusWriter out;
    private final Exposition exposition;

    MirrorExposition(PrometheusWriter out, Exposition exposition) {
        this.out = out;
        this.exposition = exposition;
    }

    void write(Collection<Series<MirrorCells>> routes) throws IOException {
        codes(routes, "tidegate_mirror_requests_total",
                "Copies sent to a mirror, by route and what became of them.",
                "result", MirrorCells::results);
        codes(routes, "tidegate_mirror_skipped_total",
                "Requests that were not copied to the mirror though it was their turn, by route and cause.", "cause",
                MirrorCells::skipped);
        codes(routes, "tidegate_mirror_uncompared_total",
                "Answers of mirrors that could not be compared, by route and cause.", "cause",
                MirrorCells::uncompared);
        codes(routes, "tidegate_mirror_faults_total", "Copies that were not answered, by route and fault.",
                "code", MirrorCells::faults);
        out.family("tidegate_mirror_latency_difference_seconds", SeriesType.HISTOGRAM,
                "How much longer one of the two took to the head of its answer, by route and which.");
        for (Series<MirrorCells> route : routes) {
            exposition.histogram("tidegate_mirror_latency_difference_seconds",
                    new Series<>(route.labels() + ",slower=\"mirror\"", route.cells(), route.end()),
                    MirrorCells::slower);
            exposition.histogram("tidegate_mirror_latency_difference_seconds",
                    new Series<>(route.labels() + ",slower=\"service\"", route.cells(), route.end()),
                    MirrorCells::faster);
        }
    }

    private void codes(Collection<Series<MirrorCells>> routes, String name, String help, String label,
            Function<MirrorCells, CodeCounts> counts) throws IOException {
        out.family(name, SeriesType.COUNTER, help);
        for (Series<MirrorCells> route : routes) {
            exposition.codes(name, route.labels() + ',', label, route.cells(), counts);
        }
    }
}
