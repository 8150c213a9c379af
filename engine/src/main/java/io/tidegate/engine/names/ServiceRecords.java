package io.tidegate.engine.names;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.dns.DefaultDnsRecordDecoder;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.util.ReferenceCountUtil;
import io.tidegate.engine.names.Lookups.Service;
import java.util.ArrayList;
import java.util.List;

/// Reads SRV records (RFC 2782).
final class ServiceRecords {

    private static final int FIXED_BYTES = 6;

    private ServiceRecords() {
    }

    /// Those among what was answered, which is let go of. What can't be read, and the target `.`, which says that there
    /// is no such service, are left out.
    static List<Service> of(List<DnsRecord> answered) {
        List<Service> services = new ArrayList<>();
        for (DnsRecord each : answered) {
            try {
                if (each instanceof DnsRawRecord raw && each.type().equals(DnsRecordType.SRV)
                        && raw.content().readableBytes() > FIXED_BYTES) {
                    ByteBuf content = raw.content();
                    int priority = content.readUnsignedShort();
                    int weight = content.readUnsignedShort();
                    int port = content.readUnsignedShort();
                    String target = DefaultDnsRecordDecoder.decodeName(content);
                    if (!target.equals(".") && !target.isEmpty() && port > 0) {
                        services.add(new Service(priority, weight, port,
                                target.endsWith(".") ? target.substring(0, target.length() - 1) : target,
                                each.timeToLive()));
                    }
                }
            } finally {
                ReferenceCountUtil.release(each);
            }
        }
        return services;
    }
}
