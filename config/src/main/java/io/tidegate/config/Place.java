package io.tidegate.config;

/// A place in a configuration file.
///
/// @param file
///            the file's name as given
/// @param line
///            from 1; 0 where there is none
/// @param column
///            from 1; 0 where there is none
public record Place(String file, int line, int column) {

    /// No place in any file: something made by a program.
    public static final Place NOWHERE = new Place("", 0, 0);

    @Override
    public String toString() {
        return line == 0 ? file : file + ":" + line + ":" + column;
    }
}
