package io.tidegate.engine.names;

import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.resolver.AbstractAddressResolver;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.SequentialDnsServerAddressStreamProvider;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.tidegate.engine.observe.Metrics;
import io.tidegate.engine.worker.Worker;
import io.tidegate.engine.worker.Workers;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// The names of all services of a process, and what their connections are resolved by. All are asked for on the first
/// event loop; what is known is read by every loop.
public final class ServiceNames extends Names implements Lookups {

    /// How long one server has to answer, before the next is asked.
    private static final int QUERY_MILLIS = 2000;

    private final EventLoop loop;
    private final Metrics metrics;
    private final TimesToLive lives = new TimesToLive();
    private final DnsNameResolverBuilder builder;
    /// Made by the first look-up, on the loop: who has no names has no socket for them.
    private volatile @Nullable DnsNameResolver resolver;
    private final LongAdder found = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final List<Metrics.Registration> counters;
    private final Map<String, ServiceName> names = new ConcurrentHashMap<>();
    private final Map<String, Used> used = new HashMap<>();

    private static final class Used {

        final Metrics.Registration age;
        int times;

        Used(Metrics.Registration age) {
            this.age = age;
        }
    }

    /// Asks these servers; those of this machine where there are none.
    public ServiceNames(Workers workers, List<InetSocketAddress> servers, Metrics metrics) {
        Worker first = workers.all().getFirst();
        this.loop = first.loop();
        this.metrics = metrics;
        this.builder = new DnsNameResolverBuilder(first.loop())
                .datagramChannelType(workers.transport().datagrams()).resolveCache(lives)
                // What does not fit into a datagram is asked for once more (RFC 7766).
                .socketChannelType(workers.transport().client(false).asSubclass(SocketChannel.class))
                .queryTimeoutMillis(QUERY_MILLIS);
        if (!servers.isEmpty()) {
            builder.nameServerProvider(new SequentialDnsServerAddressStreamProvider(servers));
        }
        this.counters = List.of(counter("found", found), counter("failed", failed));
    }

    private Metrics.Registration counter(String result, LongAdder count) {
        return metrics.counter("tidegate_name_lookups_total", "Look-ups of names of services.", count::sum, "result",
                result);
    }

    /// Looks the name up from now on, ahead of whoever connects.
    @Override
    public synchronized void use(String host) {
        if (NetUtil.createByteArrayFromIpAddressString(host) != null) {
            return;
        }
        String name = host.toLowerCase(Locale.ROOT);
        Used entry = used.get(name);
        if (entry == null) {
            ServiceName made = new ServiceName(name, loop, this::ask, System::nanoTime);
            entry = new Used(metrics.gauge("tidegate_name_age_seconds",
                    "How long ago the addresses of a service's name were looked up, in seconds.", made::ageSeconds,
                    "name", name));
            used.put(name, entry);
            names.put(name, made);
            made.open();
        }
        entry.times++;
    }

    @Override
    public synchronized void release(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        Used entry = used.get(name);
        if (entry != null && --entry.times == 0) {
            entry.age.close();
            used.remove(name);
            ServiceName gone = names.remove(name);
            if (gone != null) {
                gone.close();
            }
        }
    }

    /// On the loop.
    private DnsNameResolver resolver() {
        DnsNameResolver made = resolver;
        if (made == null) {
            made = builder.build();
            resolver = made;
        }
        return made;
    }

    @Override
    public Future<Addresses> addresses(String name) {
        Promise<Addresses> answer = loop.newPromise();
        loop.execute(() -> ask(name.toLowerCase(Locale.ROOT)).addListener((Future<ServiceName.Answer> done) -> {
            if (done.isSuccess()) {
                answer.setSuccess(new Addresses(done.getNow().addresses(), done.getNow().seconds()));
            } else {
                answer.setFailure(done.cause());
            }
        }));
        return answer;
    }

    @Override
    public Future<List<Service>> services(String name) {
        Promise<List<Service>> answer = loop.newPromise();
        loop.execute(() -> resolver().resolveAll(new DefaultDnsQuestion(name, DnsRecordType.SRV))
                .addListener((Future<List<DnsRecord>> done) -> {
                    (done.isSuccess() ? found : failed).increment();
                    if (done.isSuccess()) {
                        answer.setSuccess(ServiceRecords.of(done.getNow()));
                    } else {
                        answer.setFailure(done.cause());
                    }
                }));
        return answer;
    }

    private Future<ServiceName.Answer> ask(String name) {
        Promise<ServiceName.Answer> answer = loop.newPromise();
        resolver().resolveAll(name).addListener((Future<List<InetAddress>> done) -> {
            long seconds = lives.take(name);
            if (done.isSuccess() && !done.getNow().isEmpty()) {
                found.increment();
                answer.setSuccess(new ServiceName.Answer(List.copyOf(done.getNow()), seconds));
            } else {
                failed.increment();
                answer.setFailure(done.isSuccess() ? new UnknownHostException(name) : done.cause());
            }
        });
        return answer;
    }

    @Override
    protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
        return new Resolver(executor);
    }

    /// What connections of one loop are resolved by.
    private final class Resolver extends AbstractAddressResolver<InetSocketAddress> {

        Resolver(EventExecutor executor) {
            super(executor, InetSocketAddress.class);
        }

        @Override
        protected boolean doIsResolved(InetSocketAddress address) {
            return !address.isUnresolved();
        }

        @Override
        protected void doResolve(InetSocketAddress unresolved, Promise<InetSocketAddress> promise)
                throws UnknownHostException {
            resolve(unresolved, promise, known -> new InetSocketAddress(known.one(), unresolved.getPort()));
        }

        @Override
        protected void doResolveAll(InetSocketAddress unresolved, Promise<List<InetSocketAddress>> promise)
                throws UnknownHostException {
            resolve(unresolved, promise, known -> known.addresses().stream()
                    .map(address -> new InetSocketAddress(address, unresolved.getPort())).toList());
        }

        private <T> void resolve(InetSocketAddress unresolved, Promise<T> promise, Choice<T> choice)
                throws UnknownHostException {
            String host = unresolved.getHostString();
            byte[] literal = NetUtil.createByteArrayFromIpAddressString(host);
            if (literal != null) {
                promise.setSuccess(choice.of(known(InetAddress.getByAddress(host, literal))));
                return;
            }
            ServiceName name = names.get(host.toLowerCase(Locale.ROOT));
            if (name == null) {
                // Its upstream has just been taken away.
                promise.setFailure(new UnknownHostException(host));
                return;
            }
            ServiceName.Known known = name.usable();
            if (known != null) {
                promise.setSuccess(choice.of(known));
            } else {
                Promise<ServiceName.Known> later = executor().newPromise();
                later.addListener((Future<ServiceName.Known> done) -> {
                    if (done.isSuccess()) {
                        promise.trySuccess(choice.of(done.getNow()));
                    } else {
                        promise.tryFailure(done.cause());
                    }
                });
                name.wanted(later);
            }
        }

        private static ServiceName.Known known(InetAddress address) {
            return new ServiceName.Known(List.of(address), 0);
        }
    }

    /// What is taken of the addresses of a name.
    @FunctionalInterface
    private interface Choice<T> {

        T of(ServiceName.Known known);
    }

    /// Asks for no name any more.
    @Override
    public void close() {
        synchronized (this) {
            names.values().forEach(ServiceName::close);
            names.clear();
            used.values().forEach(entry -> entry.age.close());
            used.clear();
            counters.forEach(Metrics.Registration::close);
        }
        DnsNameResolver asked = resolver;
        if (asked != null) {
            asked.close();
        }
        super.close();
    }
}
