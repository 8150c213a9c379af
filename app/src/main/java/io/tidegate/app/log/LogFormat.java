package io.tidegate.app.log;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Locale;
import org.slf4j.event.KeyValuePair;

/// How a log line is written.
public enum LogFormat {
    /// For people: `12:00:01.123 INFO reconciler configuration applied revision=3`.
    TEXT {
        @Override
        void write(LogEvent event, StringBuilder out) {
            time(event.time(), out);
            out.append(' ').append(event.level());
            out.repeat(' ', Math.max(1, 6 - event.level().toString().length()));
            out.append(event.logger(), event.logger().lastIndexOf('.') + 1, event.logger().length()).append("  ");
            printable(event.message(), out);
            for (KeyValuePair pair : event.pairs()) {
                out.append(' ').append(pair.key).append('=');
                value(String.valueOf(pair.value), out);
            }
            out.append('\n');
            if (event.thrown() != null) {
                out.append(trace(event.thrown()));
            }
        }
    },
    /// For machines: one JSON object a line.
    JSON {
        @Override
        void write(LogEvent event, StringBuilder out) {
            out.append("{\"time\":\"").append(event.time()).append("\",\"level\":\"");
            out.append(event.level().toString().toLowerCase(Locale.ROOT)).append("\",\"logger\":");
            quoted(event.logger(), out);
            out.append(",\"message\":");
            quoted(event.message(), out);
            for (KeyValuePair pair : event.pairs()) {
                out.append(',');
                quoted(OWN.contains(' ' + pair.key + ' ') ? pair.key + '_' : pair.key, out);
                out.append(':');
                Object value = pair.value;
                if (value instanceof Integer || value instanceof Long || value instanceof Boolean) {
                    out.append(value);
                } else {
                    quoted(String.valueOf(value), out);
                }
            }
            if (event.thrown() != null) {
                out.append(",\"error\":");
                quoted(String.valueOf(event.thrown()), out);
                out.append(",\"trace\":");
                quoted(trace(event.thrown()), out);
            }
            out.append("}\n");
        }
    };

    /// Keys that a pair must not repeat.
    private static final String OWN = " time level logger message error trace ";

    abstract void write(LogEvent event, StringBuilder out);

    private static void time(Instant instant, StringBuilder out) {
        ZonedDateTime time = instant.atZone(ZoneId.systemDefault());
        digits(time.getHour(), 2, out);
        out.append(':');
        digits(time.getMinute(), 2, out);
        out.append(':');
        digits(time.getSecond(), 2, out);
        out.append('.');
        digits(time.getNano() / 1_000_000, 3, out);
    }

    private static void digits(int value, int length, StringBuilder out) {
        String text = Integer.toString(value);
        out.repeat('0', length - text.length()).append(text);
    }

    /// A value that could be mistaken for something else is quoted.
    private static void value(String text, StringBuilder out) {
        boolean plain = !text.isEmpty()
                && text.chars().allMatch(c -> c > ' ' && c != '"' && c != '=' && c != '\\' && c != 0x7F);
        if (plain) {
            out.append(text);
        } else {
            quoted(text, out);
        }
    }

    /// Whatever a client or a file put into a message can't move the terminal's cursor or begin a line of its own.
    private static void printable(String text, StringBuilder out) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n') {
                out.append("\n    ");
            } else if (Character.isISOControl(c) && c != '\t') {
                escape(c, out);
            } else {
                out.append(c);
            }
        }
    }

    private static void quoted(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\t' -> out.append("\\t");
                default -> {
                    if (Character.isISOControl(c) || (Character.isSurrogate(c) && !paired(text, i))) {
                        escape(c, out);
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    private static boolean paired(String text, int at) {
        return Character.isHighSurrogate(text.charAt(at))
                ? at + 1 < text.length() && Character.isLowSurrogate(text.charAt(at + 1))
                : at > 0 && Character.isHighSurrogate(text.charAt(at - 1));
    }

    private static void escape(char c, StringBuilder out) {
        out.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
            out.append(Character.forDigit(c >> shift & 15, 16));
        }
    }

    private static String trace(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
