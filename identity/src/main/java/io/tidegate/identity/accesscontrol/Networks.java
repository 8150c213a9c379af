package io.tidegate.identity.accesscontrol;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Any number of networks: ranges of addresses that do not touch, in their order, in flat arrays. Looking one up is a
/// binary search and allocates nothing. Immutable.
final class Networks {

    /// Nothing.
    static final Networks NONE = of(List.of());

    private static final Comparator<NetworkConfig> ORDER = Comparator
            .<NetworkConfig, Long>comparing(network -> network.first().high(), Long::compareUnsigned)
            .thenComparing(network -> network.first().low(), Long::compareUnsigned);

    private final Ranges ipv4;
    private final Ranges ipv6;

    private Networks(Ranges ipv4, Ranges ipv6) {
        this.ipv4 = ipv4;
        this.ipv6 = ipv6;
    }

    /// These networks, whichever lie in others.
    static Networks of(List<NetworkConfig> networks) {
        List<NetworkConfig> four = new ArrayList<>();
        List<NetworkConfig> six = new ArrayList<>();
        networks.forEach(network -> (network.first().ipv4() ? four : six).add(network));
        return new Networks(Ranges.of(four), Ranges.of(six));
    }

    /// Whether the address lies in one of them.
    boolean contains(Address address) {
        return (address.ipv4() ? ipv4 : ipv6).contains(address.high(), address.low());
    }

    /// Number of ranges.
    int size() {
        return ipv4.size + ipv6.size;
    }

    /// Ranges of one family.
    private static final class Ranges {

        private final long[] firstHigh;
        private final long[] firstLow;
        private final long[] lastHigh;
        private final long[] lastLow;
        private int size;

        private Ranges(int most) {
            firstHigh = new long[most];
            firstLow = new long[most];
            lastHigh = new long[most];
            lastLow = new long[most];
        }

        static Ranges of(List<NetworkConfig> networks) {
            networks.sort(ORDER);
            Ranges ranges = new Ranges(networks.size());
            for (NetworkConfig network : networks) {
                ranges.add(network.first(), network.last());
            }
            return ranges;
        }

        /// Networks lie within each other or apart, and the larger of two with the same start may come later.
        private void add(Address first, Address last) {
            int at = size - 1;
            if (at >= 0 && compare(first.high(), first.low(), lastHigh[at], lastLow[at]) <= 0) {
                if (compare(last.high(), last.low(), lastHigh[at], lastLow[at]) > 0) {
                    lastHigh[at] = last.high();
                    lastLow[at] = last.low();
                }
                return;
            }
            firstHigh[size] = first.high();
            firstLow[size] = first.low();
            lastHigh[size] = last.high();
            lastLow[size] = last.low();
            size++;
        }

        boolean contains(long high, long low) {
            int from = 0;
            int to = size - 1;
            while (from <= to) {
                int middle = (from + to) >>> 1;
                if (compare(firstHigh[middle], firstLow[middle], high, low) > 0) {
                    to = middle - 1;
                } else if (compare(lastHigh[middle], lastLow[middle], high, low) < 0) {
                    from = middle + 1;
                } else {
                    return true;
                }
            }
            return false;
        }

        private static int compare(long high, long low, long otherHigh, long otherLow) {
            int first = Long.compareUnsigned(high, otherHigh);
            return first != 0 ? first : Long.compareUnsigned(low, otherLow);
        }
    }
}
