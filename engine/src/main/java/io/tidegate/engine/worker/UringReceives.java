package io.tidegate.engine.worker;

import static java.util.Objects.requireNonNull;

import io.netty.channel.IoEvent;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import io.netty.channel.uring.IoUringIoOps;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The receives of one connection over io_uring: a submission takes whatever comes, again and again (multishot), until
/// it has brought [#MOST] bytes; then the next one is made, if more is wanted.
///
/// Netty submits either one receive for each time that something comes, which is a tenth of what a small request costs,
/// or one that goes on for good. That one can't be stopped in time: before the kernel hears of it, it may have put half
/// a megabyte into buffers for a peer whose other side takes nothing. Here it stands between Netty and its handler: to
/// Netty a receive goes on until Netty takes it back, to the kernel each has an end.
///
/// Once the peer has said that it sends no more, everything that is left is received, wanted or not, as Netty does over
/// epoll: only behind it stands whether the peer is gone altogether. It is no more than the socket holds.
final class UringReceives implements IoUringIoHandle, IoRegistration {

    /// Most bytes that one submission brings, but for the rest of the last buffer: what may still come after reading
    /// was switched off.
    static final int MOST = 32_768;

    /// `IORING_OP_RECV`, `IORING_OP_ASYNC_CANCEL` and `IORING_OP_POLL_ADD`, in `linux/io_uring.h`.
    private static final byte RECEIVE = 27;
    private static final byte CANCEL = 14;
    private static final byte POLL = 6;
    /// `IORING_RECV_MULTISHOT`.
    private static final int AGAIN_AND_AGAIN = 2;
    /// `IORING_CQE_F_MORE`: the submission goes on.
    private static final int MORE = 2;
    /// `IORING_CQE_F_SOCK_NONEMPTY`: there is more to receive at once.
    private static final int NON_EMPTY = 4;
    /// `-ECANCELED`, `-ENOBUFS` and `-ENOENT`.
    private static final int CANCELLED = -125;
    private static final int NO_BUFFERS = -105;
    private static final int NOT_FOUND = -2;
    /// `POLLRDHUP`.
    private static final int PEER_SENDS_NO_MORE = 0x2000;

    private static final boolean AVAILABLE = areKnownTo(System.getProperty("os.version", ""));

    private final IoUringIoHandle channel;
    private @Nullable IoRegistration netty;
    /// What is submitted again at the end of a receive; null where Netty has none under way.
    private @Nullable IoUringIoOps receive;
    private long id;
    /// Netty has not taken it back.
    private boolean wanted;
    /// The peer has said that it sends no more.
    private boolean peerEnded;

    private UringReceives(IoUringIoHandle channel) {
        this.channel = channel;
    }

    /// Whether this machine's kernel knows receives that have an end: Linux 6.17.
    static boolean areAvailable() {
        return AVAILABLE;
    }

    static boolean areKnownTo(String kernel) {
        Matcher version = Pattern.compile("(\\d{1,4})\\.(\\d{1,4}).*").matcher(kernel);
        if (!version.matches()) {
            return false;
        }
        int major = Integer.parseInt(version.group(1));
        return major > 6 || (major == 6 && Integer.parseInt(version.group(2)) >= 17);
    }

    static IoRegistration register(IoHandler netty, IoHandle handle) throws Exception {
        UringReceives receives = new UringReceives((IoUringIoHandle) handle);
        receives.netty = netty.register(receives);
        return receives;
    }

    private IoRegistration netty() {
        return requireNonNull(netty);
    }

    @Override
    public long submit(IoOps ops) {
        IoUringIoOps submitted = (IoUringIoOps) ops;
        byte opcode = (byte) Fields.OPCODE.get(submitted);
        if (opcode == RECEIVE && ((short) Fields.PRIORITY.get(submitted) & AGAIN_AND_AGAIN) != 0) {
            receive = limited(submitted);
            wanted = true;
            id = netty().submit(receive);
            return id;
        }
        if (opcode == CANCEL && receive != null && (long) Fields.ADDRESS.get(submitted) == id) {
            if (peerEnded) {
                return id;
            }
            wanted = false;
        }
        return netty().submit(ops);
    }

    private static IoUringIoOps limited(IoUringIoOps ops) {
        return new IoUringIoOps(RECEIVE, (byte) Fields.FLAGS.get(ops), (short) Fields.PRIORITY.get(ops),
                (int) Fields.DESCRIPTOR.get(ops), 0, 0, 0, (int) Fields.RECEIVE_FLAGS.get(ops),
                (long) Fields.DATA.get(ops), (short) Fields.BUFFERS.get(ops), (short) 0, MOST, 0);
    }

    @Override
    public void handle(IoRegistration registration, IoEvent event) {
        IoUringIoEvent completion = (IoUringIoEvent) event;
        IoUringIoOps under = receive;
        if (completion.opcode() == POLL) {
            peerEnded |= completion.res() > 0 && (completion.res() & PEER_SENDS_NO_MORE) != 0;
        }
        if (under != null && completion.opcode() == RECEIVE) {
            received(registration, completion, under);
            return;
        }
        if (under != null && !wanted && completion.opcode() == CANCEL && completion.userData() == RECEIVE
                && completion.res() == NOT_FOUND) {
            // It has not ended: the kernel was about to try it, and had it in no list.
            netty().submit(cancelling());
        }
        channel.handle(registration, event);
    }

    private IoUringIoOps cancelling() {
        return new IoUringIoOps(CANCEL, (byte) 0, (short) 0, -1, 0, id, 0, 0, (long) RECEIVE, (short) 0, (short) 0, 0,
                0);
    }

    private void received(IoRegistration registration, IoUringIoEvent completion, IoUringIoOps under) {
        boolean ended = (completion.flags() & MORE) == 0;
        if (completion.res() > 0) {
            if (!ended && wanted && !peerEnded) {
                channel.handle(registration, completion);
            } else {
                brought(registration, completion, ended ? under : null);
            }
        } else if (ended && completion.res() == CANCELLED && peerEnded) {
            goOn(registration, completion, under);
        } else {
            if (ended) {
                receive = null;
            }
            // For want of buffers Netty receives again, whether or not that is wanted.
            boolean cancelled = ended && !wanted && completion.res() == NO_BUFFERS;
            channel.handle(registration, cancelled ? cancelled(completion) : completion);
        }
    }

    /// Hands on what may be the last that this receive brings.
    private void brought(IoRegistration registration, IoUringIoEvent completion, @Nullable IoUringIoOps ended) {
        // Where there is more, Netty may wait for it before it says that a read is over. It might never come to that: what
        // takes a receive back may be the very one that waits to hear that the read is over.
        int flags = (completion.flags() | MORE) & ~NON_EMPTY;
        IoUringIoEvent told = new IoUringIoEvent(completion.res(), flags, RECEIVE, completion.userData());
        try {
            channel.handle(registration, told);
        } finally {
            if (ended != null) {
                goOn(registration, completion, ended);
            }
        }
    }

    private void goOn(IoRegistration registration, IoUringIoEvent completion, IoUringIoOps ended) {
        long next = 0;
        try {
            next = wanted || peerEnded ? netty().submit(ended) : 0;
        } finally {
            if (next == 0) {
                receive = null;
                channel.handle(registration, cancelled(completion));
            } else {
                id = next;
                wanted = true;
            }
        }
    }

    private static IoUringIoEvent cancelled(IoUringIoEvent completion) {
        return new IoUringIoEvent(CANCELLED, 0, RECEIVE, completion.userData());
    }

    @Override
    public void registered() {
        channel.registered();
    }

    @Override
    public void unregistered() {
        channel.unregistered();
    }

    @Override
    @SuppressWarnings("try") // as Netty declares it
    public void close() throws Exception {
        channel.close();
    }

    @Override
    @SuppressWarnings("TypeParameterUnusedInFormals") // as Netty declares it
    public <T> T attachment() {
        return netty().attachment();
    }

    @Override
    public boolean isValid() {
        return netty().isValid();
    }

    @Override
    public boolean cancel() {
        return netty().cancel();
    }

    /// What a submission of Netty's holds, which Netty lets only its own classes see.
    private static final class Fields {
        static final VarHandle OPCODE = field("opcode", byte.class);
        static final VarHandle FLAGS = field("flags", byte.class);
        static final VarHandle PRIORITY = field("ioPrio", short.class);
        static final VarHandle DESCRIPTOR = field("fd", int.class);
        static final VarHandle ADDRESS = field("union2", long.class);
        static final VarHandle RECEIVE_FLAGS = field("union3", int.class);
        static final VarHandle DATA = field("data", long.class);
        static final VarHandle BUFFERS = field("union4", short.class);

        private static VarHandle field(String name, Class<?> type) {
            try {
                return MethodHandles.privateLookupIn(IoUringIoOps.class, MethodHandles.lookup())
                        .findVarHandle(IoUringIoOps.class, name, type);
            } catch (ReflectiveOperationException e) {
                throw new LinkageError("Netty's submissions to io_uring are not as known", e);
            }
        }
    }
}
