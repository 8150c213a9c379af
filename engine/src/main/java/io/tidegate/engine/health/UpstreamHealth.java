package io.tidegate.engine.health;

import io.tidegate.config.HealthCheckConfig;
import io.tidegate.config.OutlierDetectionConfig;
import io.tidegate.config.UpstreamConfig;
import io.tidegate.engine.health.EndpointHealth.Past;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How the endpoints of one upstream are doing, and which of them are used. What changes is rare and is done under its
/// lock; requests read only what came of it.
public final class UpstreamHealth {

    private static final Logger LOG = LoggerFactory.getLogger(UpstreamHealth.class);

    private final String upstream;
    private final OutlierDetectionConfig outliers;
    private final @Nullable HealthCheckConfig checks;
    private final double threshold;
    private final boolean fallback;
    private final Timing timing;
    private final int most;
    private final int workers;
    private final boolean compared;
    private final OutlierWindow window;
    private volatile List<EndpointHealth> endpoints;
    private volatile Selection selection;
    private Runnable changed = () -> {};
    private boolean closed;

    /// All endpoints are well.
    ///
    /// @param names
    ///            of the endpoints
    /// @param workers
    ///            number of event loops that tell of requests
    public UpstreamHealth(String upstream, UpstreamConfig config, List<String> names, int workers, Timing timing) {
        this.upstream = upstream;
        this.outliers = config.outlierDetection();
        this.checks = config.healthCheck();
        this.threshold = config.panicThreshold().value();
        this.fallback = config.fallback() != null;
        this.timing = timing;
        this.workers = workers;
        this.compared = outliers.enabled() && (outliers.errorRate() != null || outliers.slowerBy() != null);
        this.most = outliers.enabled() ? outliers.consecutiveErrors() : Integer.MAX_VALUE;
        this.endpoints = names.stream().map(this::made).toList();
        this.window = new OutlierWindow(outliers);
        this.selection = select();
        if (compared) {
            timing.after(outliers.window().toNanos(), this::compare);
        }
    }

    /// An endpoint, and when it is used.
    ///
    /// @param tier
    ///            those of a higher tier are used while none of the lower ones can be
    public record Member(EndpointHealth endpoint, int tier) {
    }

    /// A further endpoint, which is well. It is used once it is among those of [#replace].
    public EndpointHealth made(String name) {
        return new EndpointHealth(this, name, most, compared ? new Outcomes(workers) : null);
    }

    /// Has these endpoints from now on; what comes of requests to others changes nothing any more.
    ///
    /// @param under
    ///            runs before anybody learns of it, under the lock
    public synchronized void replace(List<Member> next, Runnable under) {
        boolean first = endpoints.isEmpty();
        endpoints.forEach(each -> each.past.gone = true);
        next.forEach(each -> {
            each.endpoint().past.gone = false;
            each.endpoint().past.tier = each.tier();
        });
        endpoints = next.stream().map(Member::endpoint).toList();
        under.run();
        if (first) {
            selection = select();
            changed.run();
        } else {
            update();
        }
    }

    /// The endpoints as of now, in their order.
    public List<EndpointHealth> endpoints() {
        return endpoints;
    }

    /// Those that are used now.
    public Selection selection() {
        return selection;
    }

    /// Runs `action` whenever other endpoints are used than before, one at a time.
    public synchronized void onChange(Runnable action) {
        changed = action;
    }

    private Selection select() {
        int[] states = new int[endpoints.size()];
        int[] tiers = new int[states.length];
        for (int i = 0; i < states.length; i++) {
            states[i] = endpoints.get(i).state();
            tiers[i] = endpoints.get(i).past.tier;
        }
        return Selection.of(states, tiers, threshold, fallback);
    }

    private void update() {
        Selection before = selection;
        Selection now = select();
        selection = now;
        if (now.panic() && !before.panic()) {
            LOG.atWarn().addKeyValue("upstream", upstream).log("too few endpoints are well: all are used");
        } else if (now.used().isEmpty() && !before.used().isEmpty()) {
            LOG.atWarn().addKeyValue("upstream", upstream).log("no endpoint can be used");
        } else if ((before.panic() || before.used().isEmpty()) && !now.panic() && !now.used().isEmpty()) {
            LOG.atInfo().addKeyValue("upstream", upstream).log("enough endpoints are well again");
        }
        changed.run();
    }

    // What comes of requests.

    /// Too many errors in a row.
    synchronized void errs(EndpointHealth endpoint) {
        eject(endpoint, Ejection.ERRORS);
    }

    /// Nobody takes connections there.
    synchronized void refuses(EndpointHealth endpoint) {
        if (endpoint.is(EndpointHealth.EJECTED) && !endpoint.past.gone) {
            // It was left out for something else before.
            endpoint.change(EndpointHealth.REFUSING, true);
            update();
        } else {
            eject(endpoint, Ejection.REFUSED);
        }
    }

    /// One that took no connections has answered.
    synchronized void answers(EndpointHealth endpoint) {
        // What is left of requests on connections from before tells nothing of new ones, unless all are new.
        if (endpoint.is(EndpointHealth.REFUSING) && !endpoint.past.gone && selection.used().isEmpty()) {
            readmit(endpoint, "it has answered");
        }
    }

    /// Its circuit breaker has opened, or is open no longer.
    synchronized void breaks(EndpointHealth endpoint, boolean open) {
        if (endpoint.is(EndpointHealth.BROKEN) != open) {
            endpoint.change(EndpointHealth.BROKEN, open);
            update();
        }
    }

    private void eject(EndpointHealth endpoint, Ejection reason) {
        boolean refused = reason == Ejection.REFUSED;
        if (endpoint.is(EndpointHealth.EJECTED) || closed || endpoint.past.gone
                || (!refused && ejected() >= mostEjected())) {
            return;
        }
        Past past = endpoint.past;
        long now = timing.now();
        // Whoever was well for longer than it was left out begins anew.
        boolean again = past.times > 0 && now - past.backAt <= past.lastFor;
        past.times = again ? past.times + 1 : 1;
        past.lastFor = lasting(past.times);
        past.until = now + past.lastFor;
        past.reason = reason;
        past.ejections[reason.ordinal()]++;
        endpoint.change(EndpointHealth.EJECTED | (refused ? EndpointHealth.REFUSING : 0), true);
        LOG.atWarn().addKeyValue("upstream", upstream).addKeyValue("endpoint", endpoint.endpoint())
                .addKeyValue("reason", reason.text())
                .addKeyValue("seconds", TimeUnit.NANOSECONDS.toMillis(past.lastFor) / 1000.0)
                .log("an endpoint is left out");
        timing.after(past.lastFor, () -> timeIsOver(endpoint));
        update();
    }

    private long lasting(int times) {
        long first = outliers.ejectFor().toNanos();
        long longest = outliers.maxEjectFor().toNanos();
        return times > longest / first ? longest : first * times;
    }

    private int ejected() {
        return (int) endpoints.stream().filter(each -> each.is(EndpointHealth.EJECTED)
                && !each.is(EndpointHealth.REFUSING)).count();
    }

    private int mostEjected() {
        if (fallback) {
            return endpoints.size();
        }
        double share = outliers.maxEjected().value();
        int most = (int) (share * endpoints.size());
        return endpoints.size() > 1 && share > 0 ? Math.max(1, Math.min(most, endpoints.size())) : 0;
    }

    private synchronized void timeIsOver(EndpointHealth endpoint) {
        // It may have been let in since, and been left out again.
        if (endpoint.is(EndpointHealth.EJECTED) && !endpoint.past.gone && timing.now() - endpoint.past.until >= 0) {
            readmit(endpoint, "its time is over");
        }
    }

    private void readmit(EndpointHealth endpoint, String why) {
        endpoint.restart(fallback || endpoint.is(EndpointHealth.REFUSING), fallback);
        endpoint.change(EndpointHealth.EJECTED | EndpointHealth.REFUSING, false);
        endpoint.past.backAt = timing.now();
        LOG.atInfo().addKeyValue("upstream", upstream).addKeyValue("endpoint", endpoint.endpoint())
                .addKeyValue("reason", why).log("an endpoint is used again");
        update();
    }

    private synchronized void compare() {
        if (closed) {
            return;
        }
        window.judge(endpoints).forEach(this::eject);
        timing.after(outliers.window().toNanos(), this::compare);
    }

    // What comes of checks.

    /// A check is over.
    ///
    /// @param failure
    ///            why it failed; null where it was good
    synchronized void checked(EndpointHealth endpoint, @Nullable String failure) {
        HealthCheckConfig by = checks;
        if (by == null || closed || endpoint.past.gone) {
            return;
        }
        Past past = endpoint.past;
        if (failure == null) {
            past.passed++;
            past.bad = 0;
            past.good = Math.min(past.good + 1, by.healthyAfter());
            if (past.good == by.healthyAfter()) {
                good(endpoint);
            }
        } else {
            past.failed++;
            past.good = 0;
            past.bad = Math.min(past.bad + 1, by.unhealthyAfter());
            past.failure = failure;
            if (past.bad == by.unhealthyAfter() && !endpoint.is(EndpointHealth.UNHEALTHY)) {
                endpoint.change(EndpointHealth.UNHEALTHY, true);
                LOG.atWarn().addKeyValue("upstream", upstream).addKeyValue("endpoint", endpoint.endpoint())
                        .addKeyValue("reason", failure).log("an endpoint is unhealthy");
                update();
            }
        }
    }

    private void good(EndpointHealth endpoint) {
        if (endpoint.is(EndpointHealth.UNHEALTHY)) {
            endpoint.change(EndpointHealth.UNHEALTHY, false);
            LOG.atInfo().addKeyValue("upstream", upstream).addKeyValue("endpoint", endpoint.endpoint())
                    .log("an endpoint is healthy again");
            update();
        }
        // A check tells that connections can be made, and not that requests are answered as they should.
        if (endpoint.is(EndpointHealth.REFUSING)) {
            readmit(endpoint, "its checks are good");
        }
    }

    // What others want, and want to know.

    /// Leaves an endpoint out, or uses it again, because whoever runs the gateway says so.
    ///
    /// @return whether there is such an endpoint
    public synchronized boolean drain(String endpoint, boolean on) {
        for (EndpointHealth each : endpoints) {
            if (each.endpoint().equals(endpoint)) {
                if (each.is(EndpointHealth.DRAINING) != on) {
                    each.change(EndpointHealth.DRAINING, on);
                    LOG.atWarn().addKeyValue("upstream", upstream).addKeyValue("endpoint", endpoint)
                            .log(on ? "an endpoint is drained" : "an endpoint is drained no longer");
                    update();
                }
                return true;
            }
        }
        return false;
    }

    /// How each endpoint is doing.
    public synchronized List<EndpointState> states() {
        long now = timing.now();
        return endpoints.stream().map(each -> EndpointState.of(each, now)).toList();
    }

    /// How one of its endpoints is doing.
    public synchronized EndpointState state(EndpointHealth endpoint) {
        return EndpointState.of(endpoint, timing.now());
    }

    /// Goes on from what another upstream, which this one takes the place of, knows of the same endpoints.
    public synchronized void takeOver(UpstreamHealth before) {
        long now = timing.now();
        for (EndpointHealth mine : endpoints) {
            for (EndpointHealth theirs : before.endpoints) {
                if (mine.endpoint().equals(theirs.endpoint())) {
                    takeOver(mine, theirs, now);
                }
            }
        }
        update();
    }

    private void takeOver(EndpointHealth mine, EndpointHealth theirs, long now) {
        Past past = mine.past;
        Past other = theirs.past;
        int kept = theirs.state() & EndpointHealth.DRAINING;
        if (checks != null) {
            kept |= theirs.state() & EndpointHealth.UNHEALTHY;
            past.failure = other.failure;
        }
        if (outliers.enabled() && theirs.is(EndpointHealth.EJECTED) && other.until - now > 0) {
            kept |= theirs.state() & (EndpointHealth.EJECTED | EndpointHealth.REFUSING);
            timing.after(other.until - now, () -> timeIsOver(mine));
        }
        mine.change(kept, true);
        past.until = other.until;
        past.lastFor = other.lastFor;
        past.backAt = other.backAt;
        past.times = other.times;
        past.reason = other.reason;
        past.passed = other.passed;
        past.failed = other.failed;
        System.arraycopy(other.ejections, 0, past.ejections, 0, past.ejections.length);
    }

    /// Nothing changes any more.
    public synchronized void close() {
        closed = true;
    }
}
