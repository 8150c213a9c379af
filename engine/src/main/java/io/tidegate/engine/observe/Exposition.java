package io.tidegate.engine.observe;

import io.tidegate.config.RouteConfig.Criticality;
import io.tidegate.engine.observe.SeriesTable.Series;
import io.tidegate.engine.worker.Pressure.Cause;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/// Adds the cells of all event loops up and names the sums.
final class Exposition {

    private static final String[] CLASSES = {"none", "1xx", "2xx", "3xx", "4xx", "5xx"};

    private final PrometheusWriter out;

    Exposition(PrometheusWriter out) {
        this.out = out;
    }

    void build(Metrics.BuildInfo build) throws IOException {
        out.family("tidegate_build_info", SeriesType.GAUGE, "What runs; always 1.");
        String labels = PrometheusWriter.label("version", build.version()) + ','
                + PrometheusWriter.label("java", String.valueOf(Runtime.version())) + ','
                + PrometheusWriter.label("transport", build.transport());
        out.sample("tidegate_build_info", labels, 1);
    }

    void routes(Collection<Series<RouteCells>> routes) throws IOException {
        out.family("tidegate_requests_total", SeriesType.COUNTER,
                "Requests by route and class of the status; none where no status was sent.");
        for (Series<RouteCells> route : routes) {
            classes("tidegate_requests_total", route, RouteCells::requests);
        }
        out.family("tidegate_request_duration_seconds", SeriesType.HISTOGRAM,
                "From the first byte of the request to the last of the response.");
        for (Series<RouteCells> route : routes) {
            durations(route);
        }
        out.family("tidegate_grpc_calls_total", SeriesType.COUNTER, "Calls of gRPC by route and status.");
        for (Series<RouteCells> route : routes) {
            calls(route);
        }
        out.family("tidegate_fallback_responses_total", SeriesType.COUNTER,
                "Requests for which a declared answer stood in for the service, by route.");
        for (Series<RouteCells> route : routes) {
            sum("tidegate_fallback_responses_total", route, RouteCells::fallbacks);
        }
        out.family("tidegate_split_conditions_failed_total", SeriesType.COUNTER,
                "Conditions of a route's upstreams that could not be evaluated, so that they did not hold, by route.");
        for (Series<RouteCells> route : routes) {
            sum("tidegate_split_conditions_failed_total", route, RouteCells::failedConditions);
        }
        out.family("tidegate_received_bytes_total", SeriesType.COUNTER, "Received from clients.");
        for (Series<RouteCells> route : routes) {
            sum("tidegate_received_bytes_total", route, RouteCells::received);
        }
        out.family("tidegate_sent_bytes_total", SeriesType.COUNTER, "Sent to clients.");
        for (Series<RouteCells> route : routes) {
            sum("tidegate_sent_bytes_total", route, RouteCells::sent);
        }
    }

    private void durations(Series<RouteCells> route) throws IOException {
        for (int statusClass = 0; statusClass < CLASSES.length; statusClass++) {
            List<Histogram> parts = new ArrayList<>(route.cells().size());
            for (RouteCells cells : route.cells()) {
                Histogram part = cells.durations(statusClass);
                if (part != null) {
                    parts.add(part);
                }
            }
            if (!parts.isEmpty()) {
                out.histogram("tidegate_request_duration_seconds",
                        route.labels() + ',' + PrometheusWriter.label("status_class", CLASSES[statusClass]), parts);
            }
        }
    }

    private void calls(Series<RouteCells> route) throws IOException {
        Map<String, Long> totals = new TreeMap<>();
        for (RouteCells cells : route.cells()) {
            cells.addCallsTo(totals);
        }
        for (Map.Entry<String, Long> total : totals.entrySet()) {
            out.sample("tidegate_grpc_calls_total", route.labels(), "grpc_status", total.getKey(), total.getValue());
        }
    }

    void endpoints(Collection<Series<EndpointCells>> endpoints) throws IOException {
        out.family("tidegate_upstream_responses_total", SeriesType.COUNTER,
                "Attempts that got a response, by endpoint and class of the status.");
        for (Series<EndpointCells> endpoint : endpoints) {
            classes("tidegate_upstream_responses_total", endpoint, EndpointCells::responses);
        }
        out.family("tidegate_upstream_faults_total", SeriesType.COUNTER,
                "Attempts that failed, by endpoint and fault.");
        for (Series<EndpointCells> endpoint : endpoints) {
            codes("tidegate_upstream_faults_total", endpoint.labels() + ',', "code", endpoint.cells(),
                    EndpointCells::faults);
        }
        out.family("tidegate_upstream_first_byte_seconds", SeriesType.HISTOGRAM,
                "From the start of an attempt to the head of the response.");
        for (Series<EndpointCells> endpoint : endpoints) {
            histogram("tidegate_upstream_first_byte_seconds", endpoint, EndpointCells::firstByte);
        }
        endpointSums(endpoints, "tidegate_upstream_connects_total", SeriesType.COUNTER,
                "Connections made to endpoints.",
                EndpointCells::connects);
        endpointSums(endpoints, "tidegate_upstream_connections_open", SeriesType.GAUGE,
                "Connections to endpoints, idle ones too.", EndpointCells::open);
        endpointSums(endpoints, "tidegate_upstream_connections_idle", SeriesType.GAUGE,
                "Connections that wait in a pool to be used.", EndpointCells::idle);
        endpointSums(endpoints, "tidegate_upstream_pool_waits_total", SeriesType.COUNTER,
                "Requests that had to wait for a connection.", EndpointCells::waits);
        endpointSums(endpoints, "tidegate_upstream_pool_waiting", SeriesType.GAUGE,
                "Requests that wait for a connection now.", EndpointCells::waiting);
    }

    void retries(Collection<Series<RetryCells>> upstreams) throws IOException {
        out.family("tidegate_retries_total", SeriesType.COUNTER,
                "Requests sent to a service once more, by upstream, reason and whether the client got the answer.");
        for (Series<RetryCells> upstream : upstreams) {
            Map<String, Long> totals = new TreeMap<>();
            upstream.cells().forEach(cells -> cells.addRepeatsTo(totals));
            for (Map.Entry<String, Long> total : totals.entrySet()) {
                String[] parts = total.getKey().split(String.valueOf(RetryCells.BETWEEN), 2);
                out.sample("tidegate_retries_total",
                        upstream.labels() + ',' + PrometheusWriter.label("reason", parts[0]) + ','
                                + PrometheusWriter.label("result", parts[parts.length - 1]),
                        total.getValue());
            }
        }
        out.family("tidegate_retries_refused_total", SeriesType.COUNTER,
                "Requests not sent once more though they failed in a way that is listed, by upstream and cause.");
        for (Series<RetryCells> upstream : upstreams) {
            codes("tidegate_retries_refused_total", upstream.labels() + ',', "cause", upstream.cells(),
                    RetryCells::refusals);
        }
    }

    /// Those that are 0 are left out, since most upstreams have nothing of it.
    void balance(Collection<Series<BalanceCells>> upstreams) throws IOException {
        out.family("tidegate_sticky_sessions_total", SeriesType.COUNTER,
                "Cookies that keep clients with endpoints, by upstream and what became of them.");
        for (Series<BalanceCells> upstream : upstreams) {
            for (BalanceCells.Cookie what : BalanceCells.Cookie.values()) {
                long sum = total(upstream, cells -> cells.cookies(what));
                if (sum > 0) {
                    out.sample("tidegate_sticky_sessions_total", upstream.labels(), "result", what.label(), sum);
                }
            }
        }
        out.family("tidegate_upstream_spilled_total", SeriesType.COUNTER,
                "Requests sent to another zone than the gateway's.");
        for (Series<BalanceCells> upstream : upstreams) {
            some("tidegate_upstream_spilled_total", upstream, BalanceCells::spills);
        }
        out.family("tidegate_upstream_ring_passed_total", SeriesType.COUNTER,
                "Requests sent to another endpoint than the one that their key belongs to, which had no room.");
        for (Series<BalanceCells> upstream : upstreams) {
            some("tidegate_upstream_ring_passed_total", upstream, BalanceCells::passes);
        }
    }

    private void some(String name, Series<BalanceCells> upstream, ToLongFunction<BalanceCells> value)
            throws IOException {
        long sum = total(upstream, value);
        if (sum > 0) {
            out.sample(name, upstream.labels(), sum);
        }
    }

    private static long total(Series<BalanceCells> upstream, ToLongFunction<BalanceCells> value) {
        return upstream.cells().stream().mapToLong(value).sum();
    }

    void hedges(Collection<Series<RetryCells>> upstreams) throws IOException {
        out.family("tidegate_hedges_total", SeriesType.COUNTER,
                "Requests sent a second time before the first was answered, by upstream and what came of that.");
        for (Series<RetryCells> upstream : upstreams) {
            codes("tidegate_hedges_total", upstream.labels() + ',', "result", upstream.cells(), RetryCells::hedges);
        }
    }

    private void endpointSums(Collection<Series<EndpointCells>> endpoints, String name, SeriesType type, String help,
            ToLongFunction<EndpointCells> value) throws IOException {
        out.family(name, type, help);
        for (Series<EndpointCells> endpoint : endpoints) {
            sum(name, endpoint, value);
        }
    }

    void policies(Collection<Series<PolicyCells>> policies) throws IOException {
        out.family("tidegate_policy_observed_total", SeriesType.COUNTER,
                "Decisions of policies in mode observe that would have ended or changed an exchange.");
        for (Series<PolicyCells> policy : policies) {
            sum("tidegate_policy_observed_total", policy, PolicyCells::observed);
        }
    }

    void streams(Collection<Series<StreamCells>> streams) throws IOException {
        streamSums(streams, "tidegate_stream_connections_total", SeriesType.COUNTER,
                "Connections whose bytes are relayed, by listener and upstream.", StreamCells::connections);
        streamSums(streams, "tidegate_stream_connections_open", SeriesType.GAUGE,
                "Connections whose bytes are relayed now.", StreamCells::open);
        streamSums(streams, "tidegate_stream_received_bytes_total", SeriesType.COUNTER,
                "Relayed from clients.", StreamCells::received);
        streamSums(streams, "tidegate_stream_sent_bytes_total", SeriesType.COUNTER, "Relayed to clients.",
                StreamCells::sent);
        out.family("tidegate_stream_duration_seconds", SeriesType.HISTOGRAM,
                "How long relayed connections have lasted.");
        for (Series<StreamCells> stream : streams) {
            histogram("tidegate_stream_duration_seconds", stream, StreamCells::durations);
        }
    }

    private void streamSums(Collection<Series<StreamCells>> streams, String name, SeriesType type, String help,
            ToLongFunction<StreamCells> value) throws IOException {
        out.family(name, type, help);
        for (Series<StreamCells> stream : streams) {
            sum(name, stream, value);
        }
    }

    void workers(List<WorkerCells> workers, long now) throws IOException {
        out.family("tidegate_client_connections_open", SeriesType.GAUGE, "Connections of clients.");
        out.sample("tidegate_client_connections_open", "", total(workers, WorkerCells::open));
        out.family("tidegate_client_connections_accepted_total", SeriesType.COUNTER,
                "Connections of clients accepted.");
        out.sample("tidegate_client_connections_accepted_total", "", total(workers, WorkerCells::accepted));
        out.family("tidegate_client_connections_refused_total", SeriesType.COUNTER,
                "Connections of clients turned away, by reason.");
        codes("tidegate_client_connections_refused_total", "", "reason", workers, WorkerCells::refused);
        tls(workers);
        out.family("tidegate_websocket_connections_open", SeriesType.GAUGE, "Connections of WebSocket.");
        out.sample("tidegate_websocket_connections_open", "", total(workers, WorkerCells::tunnelsOpen));
        out.family("tidegate_websocket_connections_total", SeriesType.COUNTER,
                "Connections of WebSocket that were opened.");
        out.sample("tidegate_websocket_connections_total", "", total(workers, WorkerCells::tunnelsOpened));
        out.family("tidegate_faults_total", SeriesType.COUNTER, "Exchanges that ended with a fault, by its code.");
        codes("tidegate_faults_total", "", "code", workers, WorkerCells::faults);
        out.family("tidegate_rejects_total", SeriesType.COUNTER,
                "Messages refused as no HTTP, or as ambiguous, by the code of the fault.");
        codes("tidegate_rejects_total", "", "reason", workers, WorkerCells::rejects);
        out.family("tidegate_fields_dropped_total", SeriesType.COUNTER,
                "Fields of requests left out because their names hold an underscore.");
        out.sample("tidegate_fields_dropped_total", "reason=\"underscore\"", total(workers, WorkerCells::aliases));
        out.family("tidegate_access_log_dropped_total", SeriesType.COUNTER,
                "Lines of the access log that found no room in its buffer.");
        out.sample("tidegate_access_log_dropped_total", "", total(workers, WorkerCells::linesDropped));
        shed(workers);
        loops(workers, now);
    }

    private void tls(List<WorkerCells> workers) throws IOException {
        out.family("tidegate_tls_handshakes_total", SeriesType.COUNTER,
                "Handshakes of clients that came to their end, by version and whether a session was resumed.");
        Map<String, Long> handshakes = new TreeMap<>();
        workers.forEach(cells -> cells.tlsHandshakes().addTo(handshakes));
        for (Map.Entry<String, Long> entry : handshakes.entrySet()) {
            boolean resumed = entry.getKey().endsWith(WorkerCells.RESUMED);
            out.sample("tidegate_tls_handshakes_total",
                    PrometheusWriter.label("version", entry.getKey().replace(WorkerCells.RESUMED, "")) + ','
                            + PrometheusWriter.label("resumed", Boolean.toString(resumed)),
                    entry.getValue());
        }
        out.family("tidegate_tls_handshake_failures_total", SeriesType.COUNTER,
                "Handshakes of clients that failed, by reason.");
        codes("tidegate_tls_handshake_failures_total", "", "reason", workers, WorkerCells::tlsFailures);
    }

    /// All of them from the start, so that a rate sees their first count.
    private void shed(List<WorkerCells> workers) throws IOException {
        out.family("tidegate_requests_shed_total", SeriesType.COUNTER,
                "Requests answered 503 since the gateway was overloaded.");
        for (Criticality criticality : ShedCells.CRITICALITIES) {
            for (Cause cause : ShedCells.CAUSES) {
                out.sample("tidegate_requests_shed_total", ShedCells.labels(criticality, cause),
                        total(workers, cells -> cells.shed().requests(criticality, cause)));
            }
        }
        out.family("tidegate_client_connections_shed_total", SeriesType.COUNTER,
                "Connections of clients closed with their response since few were left.");
        out.sample("tidegate_client_connections_shed_total", "",
                total(workers, cells -> cells.shed().connections()));
        out.family("tidegate_client_connections_rested_total", SeriesType.COUNTER,
                "Times that a client's connection was left unread for a while behind the refusal of a request.");
        out.sample("tidegate_client_connections_rested_total", "", total(workers, cells -> cells.shed().rests()));
    }

    private void loops(List<WorkerCells> workers, long now) throws IOException {
        byWorker("tidegate_loop_lag_last_seconds", SeriesType.GAUGE,
                "How late the event loop's clock was when it last ticked.", workers,
                cells -> cells.lastLagNanos() / 1e9);
        byWorker("tidegate_loop_lag_max_seconds", SeriesType.GAUGE,
                "How late the event loop's clock was at most since the last scrape.", workers,
                cells -> cells.takeMaxLagNanos(now) / 1e9);
        byWorker("tidegate_loop_stalls_total", SeriesType.COUNTER,
                "Times the event loop was held up for longer than allowed.", workers, WorkerCells::stalls);
        out.family("tidegate_loop_lag_seconds", SeriesType.HISTOGRAM,
                "How late the clocks of all event loops were, tick by tick.");
        out.histogram("tidegate_loop_lag_seconds", "", parts(workers, WorkerCells::lag));
    }

    private void byWorker(String name, SeriesType type, String help, List<WorkerCells> workers,
            ToDoubleFunction<WorkerCells> value) throws IOException {
        out.family(name, type, help);
        for (int i = 0; i < workers.size(); i++) {
            out.sample(name, "worker=\"" + i + '"', value.applyAsDouble(workers.get(i)));
        }
    }

    /// Counts by class of a status.
    @FunctionalInterface
    private interface ByClass<C> {
        long count(C cells, int statusClass);
    }

    private <C> void classes(String name, Series<C> series, ByClass<C> counts) throws IOException {
        for (int statusClass = 0; statusClass < CLASSES.length; statusClass++) {
            long count = 0;
            for (C cells : series.cells()) {
                count += counts.count(cells, statusClass);
            }
            // The usual classes stand there from the start, so that a rate sees their first count.
            if (count > 0 || statusClass >= 2) {
                out.sample(name, series.labels(), "status_class", CLASSES[statusClass], count);
            }
        }
    }

    /// Leaves out what has seen nothing: it is the bulk of a scrape, and a thousand routes mostly rest.
    <C> void histogram(String name, Series<C> series, Function<C, Histogram> part) throws IOException {
        List<Histogram> parts = parts(series.cells(), part);
        for (Histogram each : parts) {
            if (each.count() > 0) {
                out.histogram(name, series.labels(), parts);
                return;
            }
        }
    }

    private static <C> List<Histogram> parts(List<C> cells, Function<C, Histogram> part) {
        List<Histogram> parts = new ArrayList<>(cells.size());
        for (C each : cells) {
            parts.add(part.apply(each));
        }
        return parts;
    }

    private <C> void sum(String name, Series<C> series, ToLongFunction<C> value) throws IOException {
        out.sample(name, series.labels(), total(series.cells(), value));
    }

    private static <C> long total(List<C> cells, ToLongFunction<C> value) {
        long sum = 0;
        for (C each : cells) {
            sum += value.applyAsLong(each);
        }
        return sum;
    }

    <C> void codes(String name, String before, String label, List<C> cells, Function<C, CodeCounts> counts)
            throws IOException {
        Map<String, Long> totals = new TreeMap<>();
        for (C each : cells) {
            counts.apply(each).addTo(totals);
        }
        for (Map.Entry<String, Long> entry : totals.entrySet()) {
            out.sample(name, before + PrometheusWriter.label(label, entry.getKey()), entry.getValue());
        }
    }
}
