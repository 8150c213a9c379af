package io.tidegate.engine.exchange;

import io.tidegate.api.Fault;
import io.tidegate.config.RouteConfig;
import io.tidegate.config.RouteConfig.Criticality;
import io.tidegate.engine.observe.ShedCells;
import io.tidegate.engine.overload.Importance;
import io.tidegate.engine.overload.Shedding;
import io.tidegate.engine.wire.RequestHead;
import io.tidegate.engine.worker.Pressure;
import io.tidegate.engine.worker.Worker;
import org.jspecify.annotations.Nullable;

/// Whether a request may go the way of its route: before its policies run, and before a service is thought of. Reused
/// from request to request.
///
/// Where it depends on its consumer what a request is worth, only what would be shed in any case is shed then; it is
/// decided for good when the policies have run. Both times by the one number that was drawn first, so that a request
/// has one chance, not two; and by what was short then, or what is now if that is less, as what has begun is not to
/// suffer from what comes later.
final class Admission {

    private final Downstream client;
    private final RequestHead request;
    private final ExchangeRecord record;
    private @Nullable ShedCells undecided;
    private double chance;
    private double level;
    private double connections;

    Admission(Downstream client, RequestHead request, ExchangeRecord record) {
        this.client = client;
        this.request = request;
        this.record = record;
    }

    void begin() {
        undecided = null;
    }

    /// Why the request must not go this way; null where it may, as far as can be told now.
    @Nullable
    Fault refusal(Route route, ListenerSnapshot on) {
        RouteConfig config = route.config();
        Worker worker = client.worker();
        record.criticality = config.criticality();
        worker.pressure().asked();
        if (worker.pressure().isRaised()) {
            ShedCells cells = on.telemetry().metrics().worker(worker.index()).shed();
            draw(worker);
            Importance importance = route.importance();
            if (isShed(importance == null ? config.criticality() : importance.most(), level, cells)) {
                return shed();
            }
            undecided = importance == null ? null : cells;
        }
        Fault ambiguous = Route.ambiguity(config, request);
        if (ambiguous != null || !request.isHandshake()) {
            return ambiguous;
        }
        Fault unfit = Tunnel.refusal(config.websocket(), request);
        if (unfit != null) {
            closeBehindHandshake();
        }
        return unfit;
    }

    /// Why the request must not go on to a service, now that its policies have run.
    @Nullable
    Fault refusalInTheEnd(Route route, @Nullable PolicyView seen) {
        Importance importance = route.importance();
        if (importance == null) {
            return null;
        }
        record.criticality = importance.of(seen == null ? null : seen.principal());
        ShedCells cells = undecided;
        undecided = null;
        return cells != null && isShed(record.criticality, Math.min(level, levelNow(client.worker())), cells)
                ? shed()
                : null;
    }

    /// It is answered here and goes nowhere, so that only its connection can be done without, or rest: else who is
    /// nobody could keep policies busy where somebody else is critical.
    void answered(@Nullable Route route, @Nullable PolicyView seen) {
        ShedCells cells = undecided;
        Importance importance = route == null ? null : route.importance();
        if (cells != null && importance != null) {
            undecided = null;
            Criticality criticality = importance.of(seen == null ? null : seen.principal());
            if (chance < Shedding.part(criticality, level)) {
                rest(client.worker().pressure(), level, cells);
            }
            shedConnection(criticality, cells);
        }
    }

    private void draw(Worker worker) {
        chance = worker.random().nextDouble();
        level = levelNow(worker);
        connections = worker.pressure().connections();
    }

    private static double levelNow(Worker worker) {
        return worker.pressure().levelAt(worker.deadlines().now());
    }

    private Fault shed() {
        if (request.isHandshake()) {
            closeBehindHandshake();
        }
        return Fault.OVERLOADED;
    }

    /// What comes behind a handshake may be frames: it is never read as requests.
    private void closeBehindHandshake() {
        client.closeAfterResponse();
    }

    /// Whether a request of this criticality is one of those that are shed. Where connections are short, the request is
    /// served, and its connection is closed with the response instead.
    private boolean isShed(Criticality criticality, double at, ShedCells cells) {
        Pressure pressure = client.worker().pressure();
        if (chance < Shedding.part(criticality, at)) {
            rest(pressure, at, cells);
            // By the route's as long as it is not known who calls.
            cells.request(record.criticality, pressure.cause());
            return true;
        }
        shedConnection(criticality, cells);
        return false;
    }

    /// Where there is no time even for refusals, no more than a few of them may come over one connection.
    private void rest(Pressure pressure, double at, ShedCells cells) {
        long rest = pressure.cause() == Pressure.Cause.LAG
                ? Shedding.restNanos(at, client.worker().random().nextDouble())
                : 0;
        if (rest > 0 && client.framing() != Downstream.Framing.FRAMES) {
            cells.rest();
            client.restAfterResponse(rest);
        }
    }

    private void shedConnection(Criticality criticality, ShedCells cells) {
        if (client.framing() != Downstream.Framing.FRAMES && !client.closesAfterResponse()
                && chance < Shedding.part(criticality, connections)) {
            cells.connection();
            client.closeAfterResponse();
        }
    }
}
