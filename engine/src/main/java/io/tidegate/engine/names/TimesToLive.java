package io.tidegate.engine.names;

import io.netty.channel.EventLoop;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.resolver.dns.DnsCache;
import io.netty.resolver.dns.DnsCacheEntry;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Remembers for how long the last answer about a name holds, which Netty tells a cache only. Keeps no addresses, so
/// every look-up is one. Confined to the loop of the resolver.
final class TimesToLive implements DnsCache {

    private final Map<String, Long> seconds = new HashMap<>();

    /// For how many seconds the last answer about a name holds, and forgets it; -1 where the answer did not say, as
    /// those of `/etc/hosts` don't.
    long take(String name) {
        Long found = seconds.remove(key(name));
        return found == null ? -1 : found;
    }

    private static String key(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }

    @Override
    public DnsCacheEntry cache(String hostname, DnsRecord @Nullable [] additionals, InetAddress address,
            long originalTtl, EventLoop loop) {
        seconds.merge(key(hostname), originalTtl, Math::min);
        return new Passing(address, null);
    }

    @Override
    public DnsCacheEntry cache(String hostname, DnsRecord @Nullable [] additionals, Throwable cause, EventLoop loop) {
        return new Passing(null, cause);
    }

    @Override
    public @Nullable List<? extends DnsCacheEntry> get(String hostname, DnsRecord @Nullable [] additionals) {
        return null;
    }

    @Override
    public void clear() {
        seconds.clear();
    }

    @Override
    public boolean clear(String hostname) {
        return seconds.remove(key(hostname)) != null;
    }

    /// What Netty wants to see of what it has cached.
    private record Passing(@Nullable InetAddress address, @Nullable Throwable cause) implements DnsCacheEntry {
    }
}
