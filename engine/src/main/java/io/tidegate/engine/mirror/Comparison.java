package io.tidegate.engine.mirror;

import io.tidegate.config.MirrorCompareConfig.Bodies;
import io.tidegate.engine.mirror.BodyCopy.State;
import io.tidegate.engine.mirror.MirrorReport.Difference;
import io.tidegate.engine.observe.MirrorCells.Result;
import io.tidegate.engine.observe.MirrorCells.Uncompared;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/// Compares two answers to one request. Takes as long as the bodies are large: not for an event loop.
final class Comparison {

    /// Most differences that are told of one pair of answers.
    static final int MOST_DIFFERENCES = 10;

    /// A body of at most 1 MiB may stand for so many times as many bytes.
    private static final int MOST_GROWTH = 16;

    private final CompareRules rules;
    private final Answer service;
    private final Answer mirror;

    /// What a comparison came to.
    ///
    /// @param result
    ///            what differs first: the status, then fields, then the body
    /// @param differences
    ///            the first [#MOST_DIFFERENCES]
    /// @param more
    ///            number of those that are left out
    /// @param uncompared
    ///            why nothing can be said; null where something can
    record Outcome(Result result, List<Difference> differences, int more, @Nullable Uncompared uncompared) {

        static Outcome of(Result result, List<Difference> differences) {
            return new Outcome(result, differences, 0, null);
        }

        static Outcome not(Uncompared cause) {
            return new Outcome(Result.UNCOMPARED, List.of(), 0, cause);
        }
    }

    Comparison(CompareRules rules, Answer service, Answer mirror) {
        this.rules = rules;
        this.service = service;
        this.mirror = mirror;
    }

    Outcome run() {
        if (service.status() != mirror.status()) {
            return Outcome.of(Result.STATUS, List.of(new Difference("status", Integer.toString(service.status()),
                    Integer.toString(mirror.status()))));
        }
        List<Difference> fields = fields();
        if (!fields.isEmpty()) {
            return Outcome.of(Result.HEADERS, fields);
        }
        return rules.bodies() == Bodies.NONE ? Outcome.of(Result.SAME, List.of()) : bodies();
    }

    private List<Difference> fields() {
        List<Difference> found = new ArrayList<>();
        for (int i = 0; i < rules.headers().size(); i++) {
            String name = rules.headers().get(i).toLowerCase(Locale.ROOT);
            String theirs = String.join(", ", service.fields().get(i));
            String ours = String.join(", ", mirror.fields().get(i));
            boolean same = name.equals("content-type") ? plain(theirs).equals(plain(ours)) : theirs.equals(ours);
            if (!same && found.size() < MOST_DIFFERENCES) {
                ShownValues shown = new ShownValues(rules.showsValues());
                found.add(new Difference("header " + name,
                        service.fields().get(i).isEmpty() ? ShownValues.NOTHING : shown.text(name, theirs),
                        mirror.fields().get(i).isEmpty() ? ShownValues.NOTHING : shown.text(name, ours)));
            }
        }
        return found;
    }

    /// A type of content without what does not matter (RFC 9110 §8.3.1).
    private static String plain(String type) {
        return type.replace(" ", "").replace("\t", "").replace("\"", "").toLowerCase(Locale.ROOT);
    }

    private Outcome bodies() {
        for (Answer each : List.of(service, mirror)) {
            if (each.body().state() != State.COMPLETE) {
                return Outcome.not(each.body().state() == State.NO_ROOM ? Uncompared.MEMORY : Uncompared.LENGTH);
            }
        }
        boolean same = Arrays.equals(service.body().bytes(), 0, service.body().length(), mirror.body().bytes(), 0,
                mirror.body().length());
        boolean alike = coding(service).equals(coding(mirror));
        if (same && alike) {
            return Outcome.of(Result.SAME, List.of());
        }
        byte[] theirs = decoded(service);
        byte[] ours = decoded(mirror);
        if (theirs == null || ours == null) {
            return Outcome.not(Uncompared.ENCODING);
        }
        if (rules.bodies() == Bodies.AUTO && isJson(service) && isJson(mirror)) {
            Outcome outcome = new JsonComparison(rules).run(theirs, ours);
            if (outcome != null) {
                return outcome;
            }
        }
        int at = Arrays.mismatch(theirs, ours);
        return at < 0
                ? Outcome.of(Result.SAME, List.of())
                : Outcome.of(Result.BODY, List.of(new Difference("body from byte " + at, theirs.length + " bytes",
                        ours.length + " bytes")));
    }

    private static boolean isJson(Answer answer) {
        String type = plain(answer.type() == null ? "" : answer.type());
        int end = type.indexOf(';');
        String media = end < 0 ? type : type.substring(0, end);
        return media.equals("application/json") || media.endsWith("+json");
    }

    private static String coding(Answer answer) {
        return answer.encoding() == null ? "identity" : answer.encoding().strip().toLowerCase(Locale.ROOT);
    }

    /// The body without its coding; null where that can't be undone.
    private static byte @Nullable [] decoded(Answer answer) {
        byte[] body = Arrays.copyOf(answer.body().bytes(), answer.body().length());
        return switch (coding(answer)) {
            case "identity", "" -> body;
            case "gzip", "x-gzip" -> unzipped(body);
            default -> null;
        };
    }

    private static byte @Nullable [] unzipped(byte[] body) {
        int most = Math.max(1024, body.length) * MOST_GROWTH;
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
            byte[] plain = in.readNBytes(most + 1);
            return plain.length > most ? null : plain;
        } catch (IOException e) {
            return null;
        }
    }
}
