package io.tidegate.bench.simulation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/// A service that works on a number of requests at a time and lets the others wait in a queue without an end, as most
/// do who were never told otherwise. It does not notice that nobody waits for an answer any more.
final class SimulatedService {

    private final Simulation time;
    private final SplittableRandom random;
    private final int places;
    private final double mean;
    private final ArrayDeque<Consumer<Reply>> queue = new ArrayDeque<>();
    private final List<Work> running = new ArrayList<>();
    private double slowness = 1;
    private double failing;
    private boolean up = true;
    private long received;

    /// @param places
    ///            requests that are worked on at a time
    /// @param millis
    ///            how long each takes, as a mean
    SimulatedService(Simulation time, int places, double millis) {
        this.time = time;
        this.random = time.chance();
        this.places = places;
        this.mean = millis * Simulation.MILLI;
    }

    private final class Work {

        private final Consumer<Reply> reply;
        private boolean lost;

        Work(Consumer<Reply> reply) {
            this.reply = reply;
        }

        void start() {
            time.after(Simulation.exponential(random, mean * slowness), () -> {
                if (!lost) {
                    running.remove(this);
                    reply.accept(random.nextDouble() < failing ? Reply.ERROR : Reply.GOOD);
                    next();
                }
            });
        }
    }

    /// Everything takes so many times as long from now on.
    void slow(double times) {
        slowness = times;
    }

    /// This part of the answers are errors from now on.
    void fail(double part) {
        failing = part;
    }

    /// It is killed, or starts anew.
    void up(boolean on) {
        up = on;
        if (!on) {
            List<Consumer<Reply>> lost = new ArrayList<>(queue);
            queue.clear();
            running.forEach(work -> {
                work.lost = true;
                lost.add(work.reply);
            });
            running.clear();
            lost.forEach(reply -> reply.accept(Reply.RESET));
        }
    }

    /// A request comes.
    void serve(Consumer<Reply> reply) {
        if (!up) {
            reply.accept(Reply.REFUSED);
            return;
        }
        received++;
        queue.add(reply);
        next();
    }

    private void next() {
        while (running.size() < places && !queue.isEmpty()) {
            Work work = new Work(queue.remove());
            running.add(work);
            work.start();
        }
    }

    /// Requests that it has got in all.
    long received() {
        return received;
    }

    /// Requests that are in it now.
    int inside() {
        return queue.size() + running.size();
    }
}
