package io.tidegate.app.command;

/// Writes texts as they stand in YAML.
final class YamlText {

    private YamlText() {
    }

    /// A text as a scalar: plain where it can be nothing else, else in double quotes.
    static String scalar(String text) {
        boolean plain = text.matches("[A-Za-z_][A-Za-z0-9_.-]*")
                && !text.matches("(?i)true|false|null|yes|no|on|off|y|n");
        // `${` is where the gateway puts a value in.
        return plain ? text : '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("${", "$${") + '"';
    }
}
