package io.tidegate.bench.simulation;

import io.tidegate.config.RouteConfig.Criticality;
import io.tidegate.engine.overload.Shedding;
import io.tidegate.engine.worker.Pressure;
import io.tidegate.engine.worker.Shortage;
import java.util.ArrayDeque;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// An event loop of the gateway that has all of one processor: what comes waits for its turn, and is served or turned
/// away then. Its clock ticks in the same queue, which is how it knows that it is late.
final class SimulatedLoop {

    private static final long TICK = 20 * Simulation.MILLI;

    private final Simulation time;
    private final SplittableRandom random;
    private final Pressure pressure;
    private final long serving;
    private final long shedding;
    private final ArrayDeque<Turn> waiting = new ArrayDeque<>();
    private boolean busy;
    private boolean ticking;
    private long before;

    /// What is done when its turn comes.
    private interface Turn {

        /// Begins it.
        ///
        /// @return how long it takes, in nanoseconds
        long begin();

        /// It is done.
        void end();
    }

    /// @param serving
    ///            nanoseconds of work that a request makes
    /// @param shedding
    ///            nanoseconds of work that turning one away makes
    /// @param lagMillis
    ///            the `lag` of `gateway.overload`; null where nothing is shed
    SimulatedLoop(Simulation time, long serving, long shedding, @Nullable Integer lagMillis) {
        this.time = time;
        this.random = time.chance();
        this.serving = serving;
        this.shedding = shedding;
        this.pressure = new Pressure(new AtomicReference<>(lagMillis == null
                ? Shortage.NONE
                : new Shortage(lagMillis * Simulation.MILLI / 2.0, 0, Pressure.Cause.LAG, 0)));
        time.every(TICK, this::tick);
    }

    private void tick() {
        if (ticking) {
            return;
        }
        ticking = true;
        long due = time.now();
        add(new Turn() {
            @Override
            public long begin() {
                return 0;
            }

            @Override
            public void end() {
                ticking = false;
                pressure.beat(time.now() - due, 1, time.now() - before);
                before = time.now();
            }
        });
    }

    private void add(Turn turn) {
        waiting.add(turn);
        next();
    }

    private void next() {
        if (busy) {
            return;
        }
        Turn turn = waiting.poll();
        if (turn == null) {
            return;
        }
        busy = true;
        time.after(turn.begin(), () -> {
            busy = false;
            turn.end();
            next();
        });
    }

    /// A door for requests of this criticality. Who leaves is served all the same: that is seen too late.
    SimulatedClients.Door door(Criticality criticality) {
        return reply -> {
            add(new Asked(criticality, reply));
            return () -> {};
        };
    }

    private final class Asked implements Turn {

        private final Criticality criticality;
        private final Consumer<Reply> reply;
        private boolean shed;

        Asked(Criticality criticality, Consumer<Reply> reply) {
            this.criticality = criticality;
            this.reply = reply;
        }

        @Override
        public long begin() {
            shed = pressure.isRaised() && random.nextDouble() < Shedding.part(criticality, pressure.level());
            return shed ? shedding : serving;
        }

        @Override
        public void end() {
            reply.accept(shed ? Reply.SHED : Reply.GOOD);
        }
    }
}
