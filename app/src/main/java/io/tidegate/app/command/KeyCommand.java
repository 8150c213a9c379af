package io.tidegate.app.command;

import io.tidegate.app.gateway.Configurations;
import io.tidegate.config.ConsumerConfig;
import io.tidegate.config.ConsumerConfig.ApiKeyConfig;
import io.tidegate.config.Durations;
import io.tidegate.config.Loaded;
import io.tidegate.config.TimestampConfig;
import io.tidegate.identity.apikey.GeneratedKey;
import io.tidegate.identity.apikey.KeyHash;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Makes keys for consumers, and what to write for them. Nothing is written to a configuration.
final class KeyCommand implements Command {

    private static final List<String> ACTIONS = List.of("new", "hash", "rotate");

    private final InstantSource clock;
    private final SecretInput input;

    KeyCommand(InstantSource clock, SecretInput input) {
        this.clock = clock;
        this.input = input;
    }

    @Override
    public Syntax syntax() {
        return Syntax.of("key", "Make keys and passwords of consumers, and say what to write for them.",
                "'key new' makes a key. It is shown this once; the configuration has its SHA-256 alone.",
                "'key hash [KEY]' says the SHA-256 of a key that there is already, and with --password the argon2id"
                        + " hash of a password. What is not given is read from standard input: so it stays out of the"
                        + " history of the shell. A password is never taken from the command line.",
                "'key rotate FILE CONSUMER' makes a new key, and says how its old ones end after a while.")
                .parameter("ACTION", true, "new, hash or rotate.")
                .parameter("FILE|KEY", false, "rotate: the configuration. hash: the key.")
                .parameter("CONSUMER", false, "rotate: whose key it is.")
                .optional("--consumer", "NAME", "new: whose key it is.")
                .optional("--name", "NAME", "new, rotate: which of their keys it is, for logs.")
                .optional("--expires", "WHEN", "new, rotate: when it ends: after a while (90d), or a date (2027-12-31)."
                        + " Default: never")
                .option("--overlap", "TIME", "7d", "rotate: how long the old keys are still good.")
                .flag("--password", "hash: hash a password.");
    }

    @Override
    public int run(Arguments arguments, Terminal terminal) {
        String action = arguments.parameter(0, "");
        switch (action) {
            case "new" -> {
                only(arguments, 1, "--consumer", "--name", "--expires");
                create(arguments, terminal);
            }
            case "hash" -> {
                only(arguments, 2, "--password");
                hash(arguments, terminal);
            }
            case "rotate" -> {
                only(arguments, 3, "--name", "--expires", "--overlap");
                return rotate(arguments, terminal);
            }
            default -> throw new UsageException(
                    "ACTION must be new, hash or rotate (was '" + action + "')" + Spelling.hint(action, ACTIONS));
        }
        return CommandLines.OK;
    }

    /// Refuses what belongs to another action.
    private static void only(Arguments arguments, int parameters, String... options) {
        String beyond = arguments.parameter(parameters, "");
        if (!beyond.isEmpty()) {
            throw new UsageException("unexpected argument '" + beyond + "'");
        }
        for (String option : List.of("--consumer", "--name", "--expires", "--overlap", "--password")) {
            if (arguments.flag(option) && !Arrays.asList(options).contains(option)) {
                throw new UsageException("'key " + arguments.parameter(0, "") + "' takes no " + option);
            }
        }
    }

    private void create(Arguments arguments, Terminal terminal) {
        String consumer = arguments.flag("--consumer") ? arguments.value("--consumer", KeyCommand::consumer) : null;
        String key = GeneratedKey.create(new SecureRandom());
        terminal.say("key (shown this once): " + key);
        terminal.say("");
        terminal.say("consumers:");
        terminal.say("  " + YamlText.scalar(consumer == null ? "NAME" : consumer) + ":");
        terminal.say("    apiKeys:");
        entry(terminal, KeyHash.hexOf(key), name(arguments, "--name"), null, expires(arguments));
    }

    private static void entry(Terminal terminal, String sha256, @Nullable String name, @Nullable TimestampConfig from,
            @Nullable Instant to) {
        terminal.say("      - sha256: " + sha256);
        if (name != null) {
            terminal.say("        name: " + YamlText.scalar(name));
        }
        if (from != null) {
            terminal.say("        notBefore: " + from);
        }
        if (to != null) {
            terminal.say("        expires: " + to);
        }
    }

    private static @Nullable String name(Arguments arguments, String option) {
        return arguments.flag(option) ? arguments.value(option, KeyCommand::nonEmpty) : null;
    }

    private static String consumer(String text) {
        if (!text.matches("[a-z0-9]([a-z0-9.-]*[a-z0-9])?")) {
            throw new IllegalArgumentException(
                    "must be made of a-z, 0-9, '-' and '.', and begin and end with a letter or"
                            + " a digit (was '" + text + "')");
        }
        return text;
    }

    private static String nonEmpty(String text) {
        if (text.isBlank() || text.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("must be a name (was '" + text + "')");
        }
        return text;
    }

    private @Nullable Instant expires(Arguments arguments) {
        return arguments.flag("--expires") ? arguments.value("--expires", this::moment) : null;
    }

    private Instant moment(String text) {
        Instant now = clock.instant();
        Instant moment;
        try {
            moment = text.matches("[0-9]+[a-z]+")
                    ? now.plus(Durations.parse(text)).truncatedTo(ChronoUnit.SECONDS)
                    : TimestampConfig.of(text).time();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "must be a time such as 90d, or a date such as 2027-12-31 (was '" + text + "')", e);
        }
        if (!moment.isAfter(now)) {
            throw new IllegalArgumentException("must be ahead (was '" + text + "')");
        }
        return moment;
    }

    private void hash(Arguments arguments, Terminal terminal) {
        String given = arguments.parameter(1, "");
        if (arguments.flag("--password")) {
            if (!given.isEmpty()) {
                throw new UsageException("a password is read from standard input, not taken from the command line");
            }
            terminal.say(input.passwordHash());
            return;
        }
        try {
            terminal.say(KeyHash.hexOf(given.isEmpty() ? input.line() : given));
        } catch (IllegalArgumentException e) {
            throw new WrongInputException(String.valueOf(e.getMessage()));
        }
    }

    private int rotate(Arguments arguments, Terminal terminal) {
        String file = arguments.parameter(1, "");
        String consumer = arguments.parameter(2, "");
        if (consumer.isEmpty()) {
            throw new UsageException((file.isEmpty() ? "FILE" : "CONSUMER") + " is missing");
        }
        Instant end = clock.instant().plus(arguments.value("--overlap", Durations::parse))
                .truncatedTo(ChronoUnit.SECONDS);
        Instant expires = expires(arguments);
        switch (Configurations.create().load(Path.of(file))) {
            case Loaded.Rejected rejected -> {
                rejected.problems().forEach(problem -> terminal.err().println(CheckCommand.text(problem)));
                return CommandLines.WRONG_INPUT;
            }
            case Loaded.Accepted accepted -> {
                ConsumerConfig declared = accepted.config().consumers().get(consumer);
                if (declared == null) {
                    throw new WrongInputException("no consumer is named '" + consumer + "' in " + file
                            + Spelling.hint(consumer, new ArrayList<>(accepted.config().consumers().keySet())));
                }
                String key = GeneratedKey.create(new SecureRandom());
                terminal.say("key (shown this once): " + key);
                terminal.say("");
                terminal.say("consumers:");
                terminal.say("  " + YamlText.scalar(consumer) + ":");
                terminal.say("    apiKeys:");
                entry(terminal, KeyHash.hexOf(key), name(arguments, "--name"), null, expires);
                declared.apiKeys().forEach(old -> ending(terminal, old, end));
            }
        }
        return CommandLines.OK;
    }

    /// An old key, which ends at the end of the overlap, or when it would have ended anyway. One that would never have
    /// been good is left out.
    private void ending(Terminal terminal, ApiKeyConfig old, Instant end) {
        TimestampConfig expires = old.expires();
        TimestampConfig from = old.notBefore();
        Instant last = expires != null && expires.time().isBefore(end) ? expires.time() : end;
        if (last.isAfter(clock.instant()) && (from == null || from.time().isBefore(last))) {
            entry(terminal, old.sha256(), old.name(), from, last);
        }
    }
}
