package io.tidegate.engine.server;

import io.netty.channel.Channel;
import io.netty.handler.codec.quic.QuicChannel;
import io.tidegate.engine.exchange.ListenerSnapshot;
import io.tidegate.engine.observe.WorkerCells;
import io.tidegate.engine.overload.Overload;
import io.tidegate.engine.worker.Worker;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Bounds how many client connections there are, in all and of one address. Touched when a connection is accepted or
/// closed, never per request.
public final class ConnectionGate implements Overload.Doors {

    private static final int NETWORK_BYTES = 8;

    private final int most;
    private final AtomicInteger open = new AtomicInteger();
    private final ConcurrentMap<InetAddress, Integer> byAddress = new ConcurrentHashMap<>();
    private final Set<Listener> accepting = new HashSet<>();
    private volatile boolean paused;
    private volatile long pauses;

    /// A gate for `most` connections in all.
    public ConnectionGate(int most) {
        this.most = most;
    }

    /// Why a connection is not let in.
    enum Refusal {
        TOO_MANY("total"), TOO_MANY_OF_ADDRESS("per_address"), OVERLOADED("overloaded");

        private final String reason;

        Refusal(String reason) {
            this.reason = reason;
        }

        /// As it is counted.
        String reason() {
            return reason;
        }
    }

    /// Most connections in all.
    public int most() {
        return most;
    }

    /// Connections open now.
    public int open() {
        return open.get();
    }

    @Override
    public double used() {
        return (double) open.get() / most;
    }

    /// Accepts no more for a while, or accepts again: who comes meanwhile waits in the operating system's queue.
    @Override
    @SuppressWarnings("NonAtomicOperationOnVolatileField") // one thread pauses, any reads
    public synchronized void pause(boolean pause) {
        paused = pause;
        if (pause) {
            pauses++;
        }
        accepting.forEach(listener -> listener.accept(!pause));
    }

    @Override
    public boolean isPaused() {
        return paused;
    }

    @Override
    public long pauses() {
        return pauses;
    }

    /// A listener begins to accept.
    synchronized void opens(Listener listener) {
        accepting.add(listener);
        listener.accept(!paused);
    }

    /// A listener accepts no more.
    synchronized void closes(Listener listener) {
        accepting.remove(listener);
    }

    /// Lets a connection in, and counts it until it closes.
    ///
    /// @param peer
    ///            who is at its other end
    /// @return where it is counted; null where it is turned away
    @Nullable
    WorkerCells admit(Channel channel, @Nullable SocketAddress peer, ListenerSnapshot current, Worker worker) {
        InetAddress counted = current.isTrusted(peer) ? null : counted(peer);
        WorkerCells cells = current.telemetry().metrics().worker(worker.index());
        // There is no socket for each of QUIC's clients that could be left alone: they are told no.
        Refusal refusal = paused && channel instanceof QuicChannel
                ? Refusal.OVERLOADED
                : enter(counted, current.config().limits().connectionsPerAddress());
        if (refusal != null) {
            cells.connectionRefused(refusal.reason());
            return null;
        }
        cells.connectionAccepted();
        channel.closeFuture().addListener(closed -> {
            leave(counted);
            cells.connectionClosed();
        });
        return cells;
    }

    /// Lets a connection in.
    ///
    /// @param counted
    ///            the peer's address where it is counted by address, else null
    /// @return why not, or null where it is let in; [#leave] is owed then
    @Nullable
    Refusal enter(@Nullable InetAddress counted, int mostOfAddress) {
        if (open.incrementAndGet() > most) {
            open.decrementAndGet();
            return Refusal.TOO_MANY;
        }
        if (counted != null && !enterAddress(counted, mostOfAddress)) {
            leave(null);
            return Refusal.TOO_MANY_OF_ADDRESS;
        }
        return null;
    }

    void leave(@Nullable InetAddress counted) {
        open.decrementAndGet();
        if (counted != null) {
            leaveAddress(counted);
        }
    }

    /// Counts a connection that is in already for the address that a proxy says it is of.
    ///
    /// @return whether it may stay; [#leaveAddress] is owed then
    boolean enterAddress(InetAddress counted, int mostOfAddress) {
        if (byAddress.merge(counted, 1, Integer::sum) > mostOfAddress) {
            leaveAddress(counted);
            return false;
        }
        return true;
    }

    void leaveAddress(InetAddress counted) {
        byAddress.computeIfPresent(counted, (address, count) -> count == 1 ? null : count - 1);
    }

    /// The address that connections of `peer` are counted by: its own, or the network of 64 bits that it is in with
    /// IPv6, where one client has so many addresses (RFC 7421). Null for one on this machine or in a private network,
    /// behind which many clients may stand.
    static @Nullable InetAddress counted(@Nullable SocketAddress peer) {
        if (!(peer instanceof InetSocketAddress inet)) {
            return null;
        }
        // An IPv4 address in the clothes of IPv6 becomes one again (RFC 4291 section 2.5.5.2).
        InetAddress address = of(inet.getAddress().getAddress());
        byte[] bytes = address.getAddress();
        boolean uniqueLocal = bytes.length == 16 && (bytes[0] & 0xFE) == 0xFC;
        if (address.isLoopbackAddress() || address.isSiteLocalAddress() || address.isLinkLocalAddress()
                || uniqueLocal) {
            return null;
        }
        return bytes.length == 16 ? of(Arrays.copyOf(Arrays.copyOf(bytes, NETWORK_BYTES), bytes.length)) : address;
    }

    private static InetAddress of(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("an address must have 4 or 16 bytes (has " + bytes.length + ")", e);
        }
    }
}
