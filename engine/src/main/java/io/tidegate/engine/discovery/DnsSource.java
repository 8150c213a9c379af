package io.tidegate.engine.discovery;

import io.netty.util.concurrent.Future;
import io.tidegate.config.DiscoveryConfig;
import io.tidegate.config.EndpointConfig;
import io.tidegate.config.EndpointUrl;
import io.tidegate.config.discovery.EndpointSource;
import io.tidegate.config.discovery.Found;
import io.tidegate.engine.names.Lookups;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Endpoints by DNS: the addresses of a name, or the targets of its SRV records.
final class DnsSource implements EndpointSource {

    /// For how long an answer holds that does not say.
    private static final long UNSAID_SECONDS = 30;
    private static final int HEAVIEST = 1000;

    private final Lookups lookups;
    private final DiscoveryConfig.Dns config;
    private final EndpointUrl.Scheme scheme;
    private volatile @Nullable Future<?> asked;
    private volatile boolean closed;

    DnsSource(Lookups lookups, DiscoveryConfig.Dns config, EndpointUrl.Scheme scheme) {
        this.lookups = lookups;
        this.config = config;
        this.scheme = scheme;
    }

    @Override
    public Answer next() throws IOException, InterruptedException {
        String srv = config.srv();
        if (srv != null) {
            return services(await(lookups.services(srv)));
        }
        String name = config.name();
        Integer port = config.port();
        if (name == null || port == null) {
            throw new IllegalStateException("checked to have a name and a port");
        }
        Lookups.Addresses found = await(lookups.addresses(name));
        String plain = plain(name);
        List<Found> endpoints = new ArrayList<>();
        for (InetAddress address : found.all()) {
            endpoints.add(
                    new Found(new EndpointConfig(new EndpointUrl(scheme, literal(address), port), 1, null), plain, 0));
        }
        return new Answer(endpoints, pause(found.seconds()));
    }

    private Answer services(List<Lookups.Service> services) throws IOException {
        if (services.isEmpty()) {
            throw new IOException("there is no SRV record of " + config.srv());
        }
        List<Integer> priorities = List.copyOf(new TreeSet<>(services.stream().map(Lookups.Service::priority)
                .toList()));
        int heaviest = services.stream().mapToInt(Lookups.Service::weight).max().orElse(0);
        long seconds = services.stream().mapToLong(Lookups.Service::seconds).min().orElse(UNSAID_SECONDS);
        List<Found> endpoints = new ArrayList<>();
        for (Lookups.Service each : services) {
            EndpointUrl url = new EndpointUrl(scheme, each.target().toLowerCase(Locale.ROOT), each.port());
            endpoints.add(new Found(new EndpointConfig(url, weight(each.weight(), heaviest), null), null,
                    priorities.indexOf(each.priority())));
        }
        return new Answer(endpoints, pause(seconds));
    }

    /// A weight of 0 is a small one (RFC 2782), and none is larger than a thousand.
    private static int weight(int weight, int heaviest) {
        return Math.max(1, heaviest <= HEAVIEST ? weight : (int) ((long) weight * HEAVIEST / heaviest));
    }

    private static String plain(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }

    private static String literal(InetAddress address) {
        String text = address.getHostAddress();
        int zone = text.indexOf('%');
        return zone < 0 ? text : text.substring(0, zone);
    }

    private Duration pause(long seconds) {
        Duration said = Duration.ofSeconds(seconds < 0 ? UNSAID_SECONDS : seconds);
        return said.compareTo(config.minTtl()) < 0
                ? config.minTtl()
                : said.compareTo(config.maxTtl()) > 0 ? config.maxTtl() : said;
    }

    private <T> T await(Future<T> answer) throws IOException, InterruptedException {
        asked = answer;
        if (closed) {
            answer.cancel(false);
        }
        answer.await();
        if (!answer.isSuccess()) {
            Throwable cause = answer.cause();
            throw new IOException(String.valueOf(cause == null ? "no answer" : cause.getMessage()).strip(), cause);
        }
        return answer.getNow();
    }

    @Override
    public void close() {
        closed = true;
        Future<?> waiting = asked;
        if (waiting != null) {
            waiting.cancel(false);
        }
    }
}
