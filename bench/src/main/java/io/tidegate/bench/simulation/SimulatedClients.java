package io.tidegate.bench.simulation;

import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.DoubleUnaryOperator;

/// Clients that come at their own pace, whether they are served or not, and give up after a while. Each may ask again a
/// few times.
final class SimulatedClients {

    /// Takes requests.
    interface Door {

        /// Takes one, and tells what comes of it.
        ///
        /// @return what to do when its client no longer waits
        Runnable ask(Consumer<Reply> reply);
    }

    private final Simulation time;
    private final SplittableRandom random;
    private final Door door;
    private final Witness witness;
    private final long patience;
    private final int repeats;
    private final long pause;

    /// @param millis
    ///            how long they wait for an answer
    /// @param repeats
    ///            how often they ask again where none comes, or a bad one
    /// @param pauseMillis
    ///            how long they wait before they do, as a mean
    SimulatedClients(Simulation time, Door door, Witness witness, double millis, int repeats, double pauseMillis) {
        this.time = time;
        this.random = time.chance();
        this.door = door;
        this.witness = witness;
        this.patience = (long) (millis * Simulation.MILLI);
        this.repeats = repeats;
        this.pause = (long) (pauseMillis * Simulation.MILLI);
    }

    /// Requests in a second, over time in seconds, until then.
    SimulatedClients come(DoubleUnaryOperator rate, double until) {
        double now = (double) time.now() / Simulation.SECOND;
        if (now < until) {
            time.after(Simulation.exponential(random, Simulation.SECOND / rate.applyAsDouble(now)), () -> {
                new Request().ask();
                come(rate, until);
            });
        }
        return this;
    }

    private final class Request {

        private final long began = time.now();
        private int tries;
        private int over;

        void ask() {
            int mine = ++tries;
            witness.asked();
            Runnable leave = door.ask(reply -> ends(mine, reply));
            time.after(patience, () -> {
                if (mine > over) {
                    leave.run();
                    ends(mine, Reply.LATE);
                }
            });
        }

        private void ends(int which, Reply reply) {
            if (which <= over) {
                return;
            }
            over = which;
            if (reply == Reply.GOOD) {
                witness.good(time.now() - began);
            } else if (tries <= repeats) {
                time.after(Simulation.exponential(random, (double) pause), this::ask);
            } else {
                witness.bad(time.now() - began);
            }
        }
    }

    /// What clients have seen.
    interface Witness {

        /// One was asked for, or asked for again.
        void asked();

        /// It was answered in time, so many nanoseconds after it was asked for first.
        void good(long nanos);

        /// It never was, and was given up after so many nanoseconds.
        void bad(long nanos);
    }
}
