package io.tidegate.engine.observe;

import io.tidegate.engine.wire.Ascii;

/// The time as text (RFC 3339, UTC, milliseconds). What stays the same within a second is put together once a second.
final class TimeText {

    /// Length of the whole text: `2026-11-24T06:48:45.123Z`.
    private static final int LENGTH = 24;
    private static final int CLOCK = 11;
    private static final int MILLIS = 20;

    private final byte[] text = Ascii.bytes("0000-00-00T00:00:00.000Z");
    private long second = Long.MIN_VALUE;

    /// Writes date and time.
    void writeTo(Line line, long epochMillis) {
        set(epochMillis);
        line.raw(text, 0, LENGTH);
    }

    /// Writes the time of the day.
    void writeClockTo(Line line, long epochMillis) {
        set(epochMillis);
        line.raw(text, CLOCK, LENGTH - 1);
    }

    private void set(long epochMillis) {
        long now = Math.floorDiv(epochMillis, 1000L);
        if (now != second) {
            second = now;
            setSecond(now);
        }
        three(MILLIS, (int) (epochMillis - now * 1000));
    }

    private void setSecond(long epochSecond) {
        long days = Math.floorDiv(epochSecond, 86_400L);
        int rest = (int) (epochSecond - days * 86_400L);
        setDate(days);
        two(CLOCK, rest / 3600);
        two(CLOCK + 3, rest / 60 % 60);
        two(CLOCK + 6, rest % 60);
    }

    /// The date of a day counted from 1970-01-01, without an object. Years begin in March here, so that the day that
    /// comes and goes is the last of its year; 719,468 days lie between the first of March of year 0 and 1970.
    private void setDate(long epochDay) {
        long day = epochDay + 719_468;
        long era = Math.floorDiv(day, 146_097L);
        int ofEra = (int) (day - era * 146_097L);
        int yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365;
        int ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        int monthFromMarch = (5 * ofYear + 2) / 153;
        int month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
        int year = (int) (yearOfEra + era * 400) + (month <= 2 ? 1 : 0);
        two(0, year / 100 % 100);
        two(2, year % 100);
        two(5, month);
        two(8, ofYear - (153 * monthFromMarch + 2) / 5 + 1);
    }

    private void two(int at, int value) {
        text[at] = (byte) ('0' + value / 10);
        text[at + 1] = (byte) ('0' + value % 10);
    }

    private void three(int at, int value) {
        text[at] = (byte) ('0' + value / 100);
        two(at + 1, value % 100);
    }
}
