package io.tidegate.engine.exchange;

import io.tidegate.api.Fault;
import io.tidegate.config.RouteConfig;
import io.tidegate.config.RouteConfig.Criticality;
import io.tidegate.engine.observe.ShedCells;
import io.tidegate.engine.overload.Shedding;
import io.tidegate.engine.wire.RequestHead;
import io.tidegate.engine.worker.Pressure;
import io.tidegate.engine.worker.Worker;
import org.jspecify.annotations.Nullable;

/// Whether a request may go the way of its route: before its policies run, and before a service is thought of.
final class Admission {

    private Admission() {
    }

    /// Why a request must not go this way; null where it may.
    static @Nullable Fault refusal(Route route, Downstream client, RequestHead request, ListenerSnapshot on) {
        RouteConfig config = route.config();
        Pressure pressure = client.worker().pressure();
        if (pressure.isRaised() && isShed(config.criticality(), client, on)) {
            if (request.isHandshake()) {
                // What comes behind it may be frames: it is never read as requests.
                client.closeAfterResponse();
            }
            return Fault.OVERLOADED;
        }
        return Route.ambiguity(config, request);
    }

    /// Whether a request of this criticality is one of those that are shed. Where connections are short, the request is
    /// served, and its connection is closed with the response instead.
    private static boolean isShed(Criticality criticality, Downstream client, ListenerSnapshot on) {
        Worker worker = client.worker();
        Pressure pressure = worker.pressure();
        ShedCells cells = on.telemetry().metrics().worker(worker.index()).shed();
        double chance = worker.random().nextDouble();
        if (chance < Shedding.part(criticality, pressure.level())) {
            cells.request(criticality, pressure.cause());
            return true;
        }
        if (client.framing() != Downstream.Framing.FRAMES
                && chance < Shedding.part(criticality, pressure.connections())) {
            cells.connection();
            client.closeAfterResponse();
        }
        return false;
    }
}
