package io.tidegate.engine.limit;

import io.tidegate.engine.limit.AdaptiveLimit.Interval;
import io.tidegate.engine.worker.OwnDelay;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/// An event loop that has all it can do: clients each ask again as soon as they are answered, and a service answers one
/// request after the other, behind an adaptive limit; all of it in a time of its own. What the loop sends goes out at
/// the end of a turn, what comes meanwhile is seen in the next.
final class SimulatedTurns {

    private static final long MICROS = 1_000;
    private static final long MILLIS = 1_000_000;
    private static final long SECOND = 1_000_000_000;
    private static final long TICK = 20 * MILLIS;
    /// What a request costs the loop, and an answer as much; and to refuse one.
    private static final long HALF = 11 * MICROS;
    private static final long REFUSAL = 10 * MICROS;
    private static final long THERE_AND_BACK = 300 * MICROS;

    private final AdaptiveLimit limit;
    private final OwnDelay own = new OwnDelay();
    /// When they come.
    private final Queue<Long> requests = new ArrayDeque<>();
    private final Queue<Answer> answers = new ArrayDeque<>();
    private final List<Long> sent = new ArrayList<>();
    private long perAnswer = 15 * MICROS;
    private long otherWork;
    private long now;
    private long nextTick = TICK;
    private long serviceFree;
    private long nextStop = Long.MAX_VALUE;
    private long stopFor;
    private int clients;
    private int running;
    private long refused;
    private long begun;
    private long nextLook = AdaptiveLimit.INTERVAL;
    private boolean settling;
    private long pause;
    private long answered;
    private long quick;
    private long blurred;
    private double latency;
    private boolean held;

    private record Answer(long at, long sentAt) {
    }

    SimulatedTurns(AdaptiveLimit limit) {
        this.limit = limit;
    }

    /// Lets so many clients ask.
    void clients(int count) {
        for (int i = clients; i < count; i++) {
            requests.add(now);
        }
        clients = count;
    }

    /// The service stands still for so many milliseconds once a second.
    void stopEverySecond(long millis) {
        nextStop = now + SECOND;
        stopFor = millis * MILLIS;
    }

    /// The service takes so long for each answer.
    void take(long micros) {
        perAnswer = micros * MICROS;
    }

    /// The loop has something else to do in each turn.
    void workBesides(long millis) {
        otherWork = millis * MILLIS;
    }

    /// Goes on for a while.
    ///
    /// @return requests that were refused
    long run(int seconds) {
        refused = 0;
        for (long end = now + seconds * SECOND; now < end;) {
            turn();
        }
        return refused;
    }

    private void turn() {
        long start = now;
        now += otherWork;
        while (!answers.isEmpty() && answers.peek().at() <= start) {
            takeAnswer(answers.remove());
        }
        for (int waiting = requests.size(); waiting > 0 && requests.peek() <= start; waiting--) {
            requests.remove();
            takeRequest();
        }
        submit();
        if (now >= nextTick) {
            own.tick(now - nextTick);
            nextTick = (now / TICK + 1) * TICK;
        }
        if (now >= nextLook) {
            look();
        }
        if (now == start) {
            long answer = answers.isEmpty() ? Long.MAX_VALUE : answers.peek().at();
            long request = requests.isEmpty() ? Long.MAX_VALUE : requests.peek();
            now = Math.max(now + MICROS, Math.min(Math.min(answer, request), nextTick));
        }
    }

    private void takeRequest() {
        if (running >= limit.limit()) {
            now += REFUSAL;
            held = true;
            refused++;
            requests.add(now + THERE_AND_BACK);
        } else {
            sent.add(now);
            now += HALF;
            running++;
        }
    }

    private void takeAnswer(Answer answer) {
        now += HALF;
        running--;
        answered++;
        boolean known = limit.usual() > 0;
        if (known && own.blurs((long) limit.usual())) {
            blurred++;
        }
        long took = known ? own.least(now - answer.sentAt()) : now - answer.sentAt();
        if (took <= AdaptiveLimit.bound(limit.usual())) {
            quick++;
        }
        latency += took;
        requests.add(now + THERE_AND_BACK);
    }

    private void submit() {
        for (long at : sent) {
            serviceFree = Math.max(serviceFree, now) + perAnswer;
            if (serviceFree >= nextStop) {
                serviceFree += stopFor;
                nextStop += SECOND;
            }
            answers.add(new Answer(serviceFree + THERE_AND_BACK, at));
        }
        sent.clear();
    }

    private void look() {
        if (!settling && !AdaptiveLimit.isDue(answered, now - begun)) {
            nextLook = now + AdaptiveLimit.INTERVAL;
            return;
        }
        if (!settling) {
            pause = limit.judge(new Interval(now - begun, answered, 0, quick, blurred, latency, running, held));
        }
        settling = !settling && limit.settling() > 0;
        begun = now;
        nextLook = now + (settling ? limit.settling() : pause);
        answered = 0;
        quick = 0;
        blurred = 0;
        latency = 0;
        held = false;
    }
}
