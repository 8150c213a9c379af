package io.tidegate.testkit;

/// A header or trailer field as it was received.
///
/// @param name
///            as received, its case included
/// @param value
///            without the white space around it
public record RawField(String name, String value) {

    @Override
    public String toString() {
        return name + ": " + value;
    }
}
