package io.tidegate.engine.health;

/// Why an endpoint is left out for a while.
public enum Ejection {
    /// Too many errors in a row.
    ERRORS("errors", "errors in a row"),
    /// No connection can be made.
    REFUSED("refused", "no connection can be made"),
    /// More errors than the others.
    ERROR_RATE("errorRate", "more errors than the others"),
    /// Slower than the others.
    SLOW("slow", "slower than the others");

    private final String label;
    private final String text;

    Ejection(String label, String text) {
        this.label = label;
        this.text = text;
    }

    /// As metrics and the admin listener have it.
    public String label() {
        return label;
    }

    /// As the log has it.
    String text() {
        return text;
    }
}
