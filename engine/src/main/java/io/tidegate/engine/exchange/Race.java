package io.tidegate.engine.exchange;

import io.netty.buffer.ByteBuf;
import io.tidegate.api.Fault;
import io.tidegate.engine.observe.RetryCells.Hedged;
import io.tidegate.engine.upstream.ClientConnection;
import io.tidegate.engine.upstream.Endpoint;
import io.tidegate.engine.upstream.Progress;
import io.tidegate.engine.upstream.Upstream;
import io.tidegate.engine.upstream.UpstreamEvents;
import io.tidegate.engine.upstream.UpstreamStream;
import io.tidegate.engine.wire.ResponseHead;
import io.tidegate.engine.wire.Trailers;
import io.tidegate.engine.worker.Deadlines.Deadline;
import io.tidegate.engine.worker.Worker;
import org.jspecify.annotations.Nullable;

/// Up to two tries of one request at the same time, in front of the exchange, which knows of one of them: the first
/// until the second is answered before it, or is all that is left. What comes of the other ends here. Reused from
/// request to request.
///
/// The choice is made with the first head, before which a service says nothing that a client could have seen. From then
/// on there is one.
final class Race {

    private final HttpExchange exchange;
    private final ServiceEvents service;
    private final Attempts attempts;
    private final SecondTry beside;
    private final Worker worker;
    private final Deadline timer = new Deadline(this::due);
    private final Runnable sent = this::sent;
    private Runner known = new Runner();
    private Runner spare = new Runner();
    private @Nullable Runner second;
    /// The one that was sent second, until it is known what came of it.
    private @Nullable Runner hedge;
    private @Nullable Hedge terms;
    private @Nullable Upstream counted;
    private boolean used;

    Race(HttpExchange exchange, Attempts attempts, SecondTry beside) {
        this.exchange = exchange;
        this.service = exchange.service();
        this.attempts = attempts;
        this.beside = beside;
        this.worker = exchange.worker();
    }

    /// A request begins its way.
    void begin(Hedge matched) {
        terms = matched;
        used = false;
    }

    /// A try goes to this endpoint: the one that the exchange knows of.
    UpstreamEvents first(Endpoint endpoint, int ticket) {
        known.begin(endpoint, ticket, worker.deadlines().now());
        return known;
    }

    /// What the try that the exchange knows of is known by.
    UpstreamEvents events() {
        return known;
    }

    /// The request has been sent, or what there is of it.
    void sent() {
        Hedge matched = terms;
        if (matched != null && !used) {
            worker.deadlines().set(timer, matched.waitNanos(worker));
        }
    }

    /// The first was not answered in time.
    private void due() {
        Hedge matched = terms;
        if (matched == null || used || known.stream == null) {
            return;
        }
        if (!beside.isWholeRequestSent()) {
            // It is the client that takes its time: a call may be a conversation that lasts for hours.
            beside.whenWholeRequestIsSent(sent);
            return;
        }
        used = true;
        Upstream upstream = attempts.upstream();
        Route route = attempts.unanswered();
        Endpoint other = upstream == null || route == null
                ? null
                : beside.target(upstream, attempts.endpoint(), exchange.call().isActive());
        if (other == null) {
            return;
        }
        Runner begun = spare;
        second = begun;
        hedge = begun;
        counted = upstream;
        beside.begin(other);
        int ticket = attempts.nextTicket();
        begun.begin(other, ticket, worker.deadlines().refresh());
        other.pool(worker).acquire(begun, ticket);
    }

    /// Nobody waits for any of them.
    void over() {
        worker.deadlines().clear(timer);
        drop(Hedged.LOST);
        known.clear();
        terms = null;
    }

    /// No further request comes.
    void close() {
        worker.deadlines().remove(timer);
        beside.close();
    }

    /// Gives the one up that the exchange does not know of.
    private void drop(Hedged result) {
        Runner dropped = second;
        second = null;
        if (dropped != null) {
            dropped.giveUp();
        }
        count(result);
    }

    private void count(Hedged result) {
        if (hedge != null && counted != null) {
            counted.retryCells(worker).hedged(result);
        }
        hedge = null;
        counted = null;
    }

    /// The one that the exchange did not know of takes the place of the other.
    private void swap(Runner with) {
        spare = known;
        known = with;
        second = null;
        attempts.take(with.endpoint(), with.stream, with.reused, with.ticket, with.began,
                beside.swap(attempts.passage()));
    }

    /// One try.
    private final class Runner implements UpstreamEvents {

        private @Nullable Endpoint endpoint;
        private @Nullable UpstreamStream stream;
        private int ticket = -1;
        private boolean connecting;
        private boolean reused;
        private long began;

        void begin(Endpoint chosen, int given, long now) {
            endpoint = chosen;
            stream = null;
            ticket = given;
            connecting = true;
            reused = false;
            began = now;
        }

        Endpoint endpoint() {
            if (endpoint == null) {
                throw new IllegalStateException("no try has begun");
            }
            return endpoint;
        }

        void clear() {
            endpoint = null;
            stream = null;
            ticket = -1;
            connecting = false;
        }

        /// It is not waited for any more.
        void giveUp() {
            UpstreamStream open = stream;
            Endpoint from = endpoint;
            boolean waits = connecting;
            if (terms != null) {
                terms.took(worker, worker.deadlines().now() - began);
            }
            beside.passage().leaves();
            clear();
            if (open != null) {
                open.cancel();
            } else if (waits && from != null) {
                from.pool(worker).forget(this);
            }
        }

        @SuppressWarnings("ReferenceEquality") // this try, not an equal one
        private boolean isKnown() {
            return known == this;
        }

        @SuppressWarnings("ReferenceEquality") // this try, not an equal one
        private boolean isSecond() {
            return second == this;
        }

        @Override
        public ClientConnection clientConnection() {
            return service.clientConnection();
        }

        @Override
        public void onConnected(UpstreamStream made, boolean again, int given) {
            if (given != ticket || !connecting) {
                made.giveBack();
                return;
            }
            connecting = false;
            stream = made;
            reused = again;
            if (isKnown()) {
                service.onConnected(made, again, given);
            } else {
                Route route = attempts.unanswered();
                if (route != null) {
                    beside.send(made, route, endpoint());
                }
            }
        }

        @Override
        public void onConnectFailed(Fault fault, int given) {
            if (given != ticket || !connecting) {
                return;
            }
            connecting = false;
            if (isKnown()) {
                service.onConnectFailed(fault, given);
            } else {
                beside.passage().connectFailed(fault);
                clear();
                second = null;
                count(Hedged.FAILED);
            }
        }

        @Override
        @SuppressWarnings("ReferenceEquality") // this try, not an equal one
        public void onResponseHead(ResponseHead head, ByteBuf in, int start, int end, boolean bodiless) {
            Runner other = isKnown() ? second : isSecond() ? known : null;
            if (!isKnown() && !isSecond()) {
                return;
            }
            if (other != null && beside.isUnwanted(head, bodiless)) {
                // The other may still do better.
                Passage mine = passage();
                mine.answers(head, worker.deadlines().now() - began);
                mine.completed(exchange.call().statusOf(head, bodiless));
                if (isKnown()) {
                    swap(other);
                    giveUp();
                } else {
                    drop(Hedged.FAILED);
                }
                return;
            }
            worker.deadlines().clear(timer);
            if (isSecond()) {
                Runner late = known;
                swap(this);
                late.giveUp();
            } else if (other != null) {
                drop(Hedged.LOST);
            }
            count(hedge == this ? Hedged.WON : Hedged.LOST);
            service.onResponseHead(head, in, start, end, bodiless);
        }

        @Override
        public void onUpstreamFault(Fault fault, Progress progress) {
            Runner other = second;
            stream = null;
            if (isKnown() && other != null) {
                broke(fault, progress);
                swap(other);
                clear();
            } else if (isKnown()) {
                worker.deadlines().clear(timer);
                failedHedge();
                service.onUpstreamFault(fault, progress);
            } else if (isSecond()) {
                broke(fault, progress);
                clear();
                second = null;
                count(Hedged.FAILED);
            }
        }

        private Passage passage() {
            return isKnown() ? attempts.passage() : beside.passage();
        }

        private void broke(Fault fault, Progress progress) {
            Passage mine = passage();
            mine.broke(fault, endpoint().failed(worker, fault, progress, reused));
            mine.giveBack();
        }

        @SuppressWarnings("ReferenceEquality") // this try, not an equal one
        private void failedHedge() {
            if (hedge == this) {
                count(Hedged.FAILED);
            }
        }

        @Override
        public void range(ByteBuf in, int start, int length, int data) {
            if (isKnown()) {
                service.range(in, start, length, data);
            }
        }

        @Override
        public void literal(byte[] bytes, int start, int length) {
            if (isKnown()) {
                service.literal(bytes, start, length);
            }
        }

        @Override
        public void trailers(Trailers trailers) {
            if (isKnown()) {
                service.trailers(trailers);
            }
        }

        @Override
        public void end() {
            if (isKnown()) {
                service.end();
            }
        }

        @Override
        public void onUpstreamWritable() {
            if (isKnown()) {
                service.onUpstreamWritable();
            }
        }

        @Override
        public void onUpstreamReadComplete() {
            // Whoever it is: what is there for the client goes out.
            service.onUpstreamReadComplete();
        }
    }
}
