package io.tidegate.engine.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.api.Fault;
import io.tidegate.api.UpstreamFaults;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MetricsTest {

    private final AtomicLong now = new AtomicLong(1);
    private final Metrics metrics = new Metrics(2, new Metrics.BuildInfo("0.1.0", "epoll"), now::get);

    private PrometheusText scrape() throws IOException {
        StringBuilder out = new StringBuilder();
        metrics.writeTo(out);
        return PrometheusText.read(out);
    }

    private static Metrics.Names routes(String... names) {
        return new Metrics.Names(Set.of(names), Map.of(), Set.of(), Map.of());
    }

    @Test
    void addsRequestsUpOverTheWorkers() throws IOException {
        metrics.route(0, "orders").request(200, 2_000_000, 100, 5000);
        metrics.route(1, "orders").request(204, 700_000_000, 50, 70);
        metrics.route(1, "orders").request(503, 1_000, 1, 2);
        PrometheusText text = scrape();
        assertThat(text.value("tidegate_requests_total", "route", "orders", "status_class", "2xx")).isEqualTo(2);
        assertThat(text.value("tidegate_requests_total", "route", "orders", "status_class", "5xx")).isEqualTo(1);
        assertThat(text.value("tidegate_requests_total", "route", "orders", "status_class", "4xx")).isZero();
        String[] succeeded = {"route", "orders", "status_class", "2xx"};
        assertThat(text.value("tidegate_request_duration_seconds_count", succeeded)).isEqualTo(2);
        assertThat(text.value("tidegate_request_duration_seconds_bucket", "route", "orders", "status_class", "2xx",
                "le", "0.0025")).isEqualTo(1);
        assertThat(text.value("tidegate_request_duration_seconds_bucket", "route", "orders", "status_class", "2xx",
                "le", "1")).isEqualTo(2);
        assertThat(text.value("tidegate_request_duration_seconds_bucket", "route", "orders", "status_class", "5xx",
                "le", "0.0005")).isEqualTo(1);
        assertThat(text.has("tidegate_request_duration_seconds_count", "route", "orders", "status_class", "4xx"))
                .as("a class that was not seen").isFalse();
        assertThat(text.value("tidegate_received_bytes_total", "route", "orders")).isEqualTo(151);
        assertThat(text.value("tidegate_sent_bytes_total", "route", "orders")).isEqualTo(5072);
    }

    @Test
    void tellsRequestsWithoutAStatusAndWithoutARoute() throws IOException {
        metrics.unrouted(0).request(0, 5, 0, 0);
        metrics.unrouted(1).request(404, 5, 0, 0);
        PrometheusText text = scrape();
        assertThat(text.value("tidegate_requests_total", "route", "_none", "status_class", "none")).isEqualTo(1);
        assertThat(text.value("tidegate_requests_total", "route", "_none", "status_class", "4xx")).isEqualTo(1);
    }

    @Test
    void givesARouteThatOutlivesAReloadItsCellsAgain() {
        RouteCells before = metrics.route(1, "orders");
        metrics.retain(routes("orders"));
        assertThat(metrics.route(1, "orders")).isSameAs(before);
        assertThat(metrics.route(0, "orders")).isNotSameAs(before);
    }

    @Test
    void dropsARouteThatAReloadTookAwayOnlyWhenItsTimeIsOver() throws IOException {
        metrics.route(0, "orders").request(200, 1, 1, 1);
        metrics.route(0, "payments").request(200, 1, 1, 1);
        metrics.retain(routes("payments"));
        now.addAndGet(SeriesTable.GRACE_NANOS - 1);
        assertThat(scrape().has("tidegate_sent_bytes_total", "route", "orders")).isTrue();
        now.addAndGet(1);
        PrometheusText text = scrape();
        assertThat(text.has("tidegate_sent_bytes_total", "route", "orders")).isFalse();
        assertThat(text.value("tidegate_sent_bytes_total", "route", "payments")).isEqualTo(1);
        assertThat(text.has("tidegate_sent_bytes_total", "route", "_none")).isTrue();
    }

    @Test
    void letsARouteThatComesBackInTimeGoOnCounting() throws IOException {
        metrics.route(0, "orders").request(200, 1, 1, 1);
        metrics.retain(routes());
        now.addAndGet(SeriesTable.GRACE_NANOS / 2);
        metrics.route(0, "orders").request(200, 1, 1, 1);
        now.addAndGet(SeriesTable.GRACE_NANOS);
        assertThat(scrape().value("tidegate_sent_bytes_total", "route", "orders")).isEqualTo(2);
    }

    @Test
    void countsWhatIsBeyondTheLimitUnderOther() throws IOException {
        for (int i = 0; i < Metrics.MAX_ROUTES + 5; i++) {
            metrics.route(0, "route-" + i).request(200, 1_000_000, 1, 1);
        }
        PrometheusText text = scrape();
        // One of the places is that of _none.
        assertThat(text.value("tidegate_requests_total", "route", "_other", "status_class", "2xx")).isEqualTo(6);
        assertThat(text.has("tidegate_requests_total", "route", "route-10004", "status_class", "2xx")).isFalse();
        assertThat(metrics.route(1, "one-more")).isSameAs(metrics.route(1, "another"));
    }

    @Test
    void makesRoomForNewRoutesWhenOldOnesAreDropped() throws IOException {
        for (int i = 0; i < Metrics.MAX_ROUTES; i++) {
            metrics.route(0, "route-" + i);
        }
        metrics.retain(routes("fresh"));
        now.addAndGet(SeriesTable.GRACE_NANOS);
        scrape();
        metrics.route(0, "fresh").request(200, 1, 1, 1);
        assertThat(scrape().value("tidegate_requests_total", "route", "fresh", "status_class", "2xx")).isEqualTo(1);
    }

    @Test
    void escapesLabelsWhateverIsInThem() throws IOException {
        String name = "a\"b\\c\nd{},=é";
        metrics.route(0, name).request(200, 1, 1, 1);
        assertThat(scrape().value("tidegate_requests_total", "route", name, "status_class", "2xx")).isEqualTo(1);
    }

    @Test
    void tellsHowEndpointsDo() throws IOException {
        EndpointCells cells = metrics.endpoint(0, "orders", "10.0.0.1:80");
        cells.connectionOpened();
        cells.connectionOpened();
        cells.connectionIdle();
        cells.connectionClosed();
        cells.waitBegins();
        cells.waitBegins();
        cells.waitEnds();
        cells.response(200, 3_000_000);
        cells.fault(UpstreamFaults.TIMEOUT);
        metrics.endpoint(1, "orders", "10.0.0.1:80").fault(UpstreamFaults.TIMEOUT);
        PrometheusText text = scrape();
        String[] labels = {"upstream", "orders", "endpoint", "10.0.0.1:80"};
        assertThat(text.value("tidegate_upstream_connects_total", labels)).isEqualTo(2);
        assertThat(text.value("tidegate_upstream_connections_open", labels)).isEqualTo(1);
        assertThat(text.value("tidegate_upstream_connections_idle", labels)).isEqualTo(1);
        assertThat(text.value("tidegate_upstream_pool_waits_total", labels)).isEqualTo(2);
        assertThat(text.value("tidegate_upstream_pool_waiting", labels)).isEqualTo(1);
        assertThat(text.value("tidegate_upstream_first_byte_seconds_count", labels)).isEqualTo(1);
        assertThat(text.value("tidegate_upstream_faults_total", "upstream", "orders", "endpoint", "10.0.0.1:80", "code",
                "upstream.timeout")).isEqualTo(2);
        assertThat(text.value("tidegate_upstream_responses_total", "upstream", "orders", "endpoint", "10.0.0.1:80",
                "status_class", "2xx")).isEqualTo(1);
    }

    @Test
    void tellsApartEndpointsOfTheSameAddress() {
        assertThat(metrics.endpoint(0, "a", "10.0.0.1:80")).isNotSameAs(metrics.endpoint(0, "b", "10.0.0.1:80"));
    }

    @Test
    void keepsTheEndpointsThatAConfigurationStillHas() throws IOException {
        metrics.endpoint(0, "orders", "10.0.0.1:80");
        metrics.endpoint(0, "orders", "10.0.0.2:80");
        metrics.policy(0, "policies[0]");
        metrics.retain(new Metrics.Names(Set.of(), Map.of("orders", Set.of("10.0.0.2:80")), Set.of(), Map.of()));
        now.addAndGet(SeriesTable.GRACE_NANOS);
        PrometheusText text = scrape();
        assertThat(text.has("tidegate_upstream_connects_total", "upstream", "orders", "endpoint", "10.0.0.1:80"))
                .isFalse();
        assertThat(text.has("tidegate_upstream_connects_total", "upstream", "orders", "endpoint", "10.0.0.2:80"))
                .isTrue();
        assertThat(text.has("tidegate_policy_observed_total", "policy", "policies[0]")).isFalse();
    }

    @Test
    void tellsOfConnectionsFaultsAndRejects() throws IOException {
        metrics.worker(0).connectionAccepted();
        metrics.worker(1).connectionAccepted();
        metrics.worker(1).connectionClosed();
        metrics.worker(1).connectionRefused("per_address");
        metrics.worker(0).fault(Fault.NO_ROUTE);
        metrics.worker(1).fault(Fault.NO_ROUTE);
        metrics.worker(0).rejected(Fault.FRAMING_CL_TE);
        metrics.worker(0).aliasesDropped(2);
        metrics.worker(1).aliasesDropped(1);
        metrics.policy(1, "routes.orders.policies[0]").wouldHaveActed();
        PrometheusText text = scrape();
        assertThat(text.value("tidegate_client_connections_open")).isEqualTo(1);
        assertThat(text.value("tidegate_client_connections_accepted_total")).isEqualTo(2);
        assertThat(text.value("tidegate_client_connections_refused_total", "reason", "per_address")).isEqualTo(1);
        assertThat(text.value("tidegate_faults_total", "code", Fault.NO_ROUTE.code())).isEqualTo(2);
        assertThat(text.value("tidegate_rejects_total", "reason", "framing.cl_te")).isEqualTo(1);
        assertThat(text.value("tidegate_fields_dropped_total", "reason", "underscore")).isEqualTo(3);
        assertThat(text.value("tidegate_policy_observed_total", "policy", "routes.orders.policies[0]")).isEqualTo(1);
    }

    @Test
    void countsCodesBeyondTheLimitUnderOther() throws IOException {
        for (int i = 0; i < CodeCounts.MAX_CODES + 10; i++) {
            metrics.worker(0).connectionRefused("reason-" + i);
        }
        assertThat(scrape().value("tidegate_client_connections_refused_total", "reason", "_other")).isEqualTo(10);
    }

    @Test
    void asksForGaugesWithEveryScrapeAndForgetsThoseTakenBack() throws IOException {
        AtomicLong value = new AtomicLong(7);
        Metrics.Registration one = metrics.gauge("tidegate_things", "Things.", value::doubleValue, "kind", "a");
        metrics.gauge("tidegate_things", "Things.", () -> 0.25, "kind", "b");
        metrics.counter("tidegate_events_total", "Events.", () -> 12);
        assertThat(scrape().value("tidegate_things", "kind", "a")).isEqualTo(7);
        value.set(8);
        PrometheusText text = scrape();
        assertThat(text.value("tidegate_things", "kind", "a")).isEqualTo(8);
        assertThat(text.value("tidegate_things", "kind", "b")).isEqualTo(0.25);
        assertThat(text.value("tidegate_events_total")).isEqualTo(12);
        one.close();
        one.close();
        assertThat(scrape().has("tidegate_things", "kind", "a")).isFalse();
    }

    @Test
    void leavesOutAGaugeThatFailsAndReadsTheOthers() throws IOException {
        metrics.gauge("tidegate_bad", "Bad.", () -> {
            throw new IllegalStateException("no value");
        });
        metrics.gauge("tidegate_good", "Good.", () -> 1);
        PrometheusText text = scrape();
        assertThat(text.has("tidegate_bad")).isFalse();
        assertThat(text.value("tidegate_good")).isEqualTo(1);
    }

    @Test
    void refusesGaugesThatWouldSpoilTheScrape() {
        metrics.gauge("tidegate_things", "Things.", () -> 1);
        assertThatThrownBy(() -> metrics.gauge("tidegate things", "Things.", () -> 1))
                .hasMessageContaining("(was 'tidegate things')");
        assertThatThrownBy(() -> metrics.gauge("tidegate_things", "Things.", () -> 1))
                .hasMessageContaining("must be declared once");
        assertThatThrownBy(() -> metrics.gauge("tidegate_things", "Other things.", () -> 1, "a", "b"))
                .hasMessageContaining("must be declared the same way");
        assertThatThrownBy(() -> metrics.gauge("tidegate_more", "More.", () -> 1, "a-b", "c"))
                .hasMessageContaining("(was 'a-b')");
        assertThatThrownBy(() -> metrics.gauge("tidegate_more", "More.", () -> 1, "a"))
                .hasMessageContaining("by turns");
        assertThatThrownBy(() -> metrics.counter("tidegate_more", "More.", () -> 1)).hasMessageContaining("_total");
    }

    @Test
    void tellsOfTheProcess() throws IOException {
        PrometheusText text = scrape();
        assertThat(text.value("process_resident_memory_bytes")).isGreaterThan(1 << 20);
        assertThat(text.value("process_cpu_seconds_total")).isPositive();
        assertThat(text.value("process_open_fds")).isPositive();
        assertThat(text.value("process_max_fds")).isGreaterThan(text.value("process_open_fds"));
        assertThat(text.value("process_start_time_seconds")).isGreaterThan(1_700_000_000);
        assertThat(text.value("jvm_memory_used_bytes", "area", "heap")).isPositive();
        assertThat(text.value("tidegate_build_info", "version", "0.1.0", "java", Runtime.version().toString(),
                "transport", "epoll")).isEqualTo(1);
    }

    @Test
    void countsNoRequestTwiceAndLosesNoneWhileAScrapeRuns() throws Exception {
        int requests = 200_000;
        List<Thread> loops = new ArrayList<>();
        AtomicBoolean running = new AtomicBoolean(true);
        for (int worker = 0; worker < 2; worker++) {
            RouteCells cells = metrics.route(worker, "orders");
            loops.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < requests; i++) {
                    cells.request(200, i, 1, 2);
                }
            }));
        }
        Thread scraper = Thread.ofPlatform().start(() -> {
            double before = 0;
            while (running.get()) {
                try {
                    double seen = scrape().value("tidegate_requests_total", "route", "orders", "status_class", "2xx");
                    if (seen < before) {
                        running.set(false);
                    }
                    before = seen;
                } catch (IOException e) {
                    running.set(false);
                }
            }
        });
        for (Thread loop : loops) {
            loop.join();
        }
        assertThat(running.getAndSet(false)).as("counters never fall").isTrue();
        scraper.join();
        PrometheusText text = scrape();
        assertThat(text.value("tidegate_requests_total", "route", "orders", "status_class", "2xx"))
                .isEqualTo(2 * requests);
        assertThat(text.value("tidegate_request_duration_seconds_count", "route", "orders", "status_class", "2xx"))
                .isEqualTo(2 * requests);
        assertThat(text.value("tidegate_sent_bytes_total", "route", "orders")).isEqualTo(4 * requests);
    }

    @Test
    void allocatesOneHistogramForEachClassThatARouteHasSeen() {
        List<RouteCells> rest = new ArrayList<>(2_000);
        long resting = Allocations.of(1_000, () -> rest.add(new RouteCells())) / 1_000;
        assertThat(resting).as("bytes of a route that rests").isLessThan(300);
        List<RouteCells> busy = new ArrayList<>(2_000);
        long one = Allocations.of(1_000, () -> {
            RouteCells cells = new RouteCells();
            cells.request(200, 1, 1, 1);
            busy.add(cells);
        }) / 1_000;
        assertThat(one).as("bytes of a route that has seen one class").isBetween(resting + 100, resting + 350);
        assertThat(rest).hasSameSizeAs(busy);
    }

    @Test
    void allocatesNothingPerRequest() {
        RouteCells route = metrics.route(0, "orders");
        EndpointCells endpoint = metrics.endpoint(0, "orders", "10.0.0.1:80");
        WorkerCells worker = metrics.worker(0);
        long allocated = Allocations.of(100_000, () -> {
            route.request(200, 1_234_567, 100, 2000);
            route.request(404, 2_345, 100, 200);
            route.request(0, 5, 1, 0);
            worker.aliasesDropped(1);
            endpoint.response(200, 1_000_000);
            endpoint.fault(UpstreamFaults.RESET);
            worker.connectionAccepted();
            worker.fault(Fault.NO_ROUTE);
            worker.rejected(Fault.FRAMING_CL_TE);
            worker.beat(1000, 1);
        });
        assertThat(allocated).isLessThan(1000);
    }
}
