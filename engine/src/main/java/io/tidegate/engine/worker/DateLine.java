package io.tidegate.engine.worker;

import io.tidegate.engine.wire.Ascii;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/// The line `date: Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7), put together once a second. Confined to one
/// event loop.
public final class DateLine {

    private static final String[] DAYS = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    private static final String[] MONTHS = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov",
        "Dec"};

    private long second = Long.MIN_VALUE;
    private byte[] line = {};

    /// The line of this moment, CR LF included. Not to be changed.
    public byte[] line(long epochMillis) {
        long now = Math.floorDiv(epochMillis, 1000L);
        if (now != second) {
            second = now;
            line = Ascii.bytes(text(LocalDateTime.ofEpochSecond(now, 0, ZoneOffset.UTC)));
        }
        return line;
    }

    private static String text(LocalDateTime time) {
        StringBuilder text = new StringBuilder(40).append("date: ");
        text.append(DAYS[time.getDayOfWeek().ordinal()]).append(", ");
        two(text, time.getDayOfMonth());
        text.append(' ').append(MONTHS[time.getMonthValue() - 1]).append(' ').append(time.getYear()).append(' ');
        two(text, time.getHour());
        text.append(':');
        two(text, time.getMinute());
        text.append(':');
        two(text, time.getSecond());
        return text.append(" GMT\r\n").toString();
    }

    private static void two(StringBuilder text, int value) {
        text.append((char) ('0' + value / 10)).append((char) ('0' + value % 10));
    }
}
