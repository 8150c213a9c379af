package io.tidegate.identity.accesscontrol;

import com.maxmind.db.CHMCache;
import com.maxmind.db.InvalidDatabaseException;
import com.maxmind.db.MaxMindDbConstructor;
import com.maxmind.db.MaxMindDbParameter;
import com.maxmind.db.Reader;
import io.tidegate.api.ConfigException;
import io.tidegate.api.FilePath;
import io.tidegate.api.PolicyContext;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/// A database of countries, all of it in memory. Policies that name the same file share it.
final class Countries implements AutoCloseable {

    private final Reader reader;

    private Countries(Reader reader) {
        this.reader = reader;
    }

    /// Opens a database, or takes the one that is open already as long as its file is as it was.
    ///
    /// @throws ConfigException
    ///             where it can't be read, or tells no countries
    static Countries open(FilePath file, PolicyContext context) {
        try {
            BasicFileAttributes is = Files.readAttributes(file.path(), BasicFileAttributes.class);
            String version = file + " " + is.size() + " " + is.lastModifiedTime() + " " + is.fileKey();
            Countries opened = context.shared(version, () -> read(file.path().toFile()));
            opened.at(InetAddress.getByAddress(new byte[]{8, 8, 8, 8}));
            return opened;
        } catch (UncheckedIOException e) {
            throw new ConfigException("countries.database", "'" + file + "' can't be used: " + message(e.getCause()));
        } catch (IOException e) {
            throw new ConfigException("countries.database", "'" + file + "' can't be used: " + message(e));
        }
    }

    private static String message(@Nullable Throwable e) {
        return e instanceof InvalidDatabaseException
                ? "it is no database in the format of MaxMind"
                : e instanceof java.nio.file.NoSuchFileException ? "there is none" : String.valueOf(e);
    }

    private static Countries read(File file) {
        try {
            return new Countries(new Reader(file, Reader.FileMode.MEMORY, new CHMCache()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            throw new UncheckedIOException(new InvalidDatabaseException("the database is broken", e));
        }
    }

    /// The country of an address in two letters; null where it is not known.
    ///
    /// @throws UncheckedIOException
    ///             where the database is broken there
    @Nullable
    String of(Address address) {
        try {
            return at(InetAddress.getByAddress(address.bytes()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private @Nullable String at(InetAddress address) throws IOException {
        try {
            Place place = reader.get(address, Place.class);
            return place == null || place.country == null ? null : place.country.code;
        } catch (RuntimeException e) {
            // The reader trusts what a file says of its own lengths.
            throw new InvalidDatabaseException("the database is broken", e);
        }
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }

    /// What a database says of an address, as far as it is of use here.
    public static final class Place {

        private final @Nullable Country country;

        /// Called by the reader.
        @MaxMindDbConstructor
        public Place(@MaxMindDbParameter(name = "country") @Nullable Country country) {
            this.country = country;
        }
    }

    /// What a database says of a country.
    public static final class Country {

        private final @Nullable String code;

        /// Called by the reader.
        @MaxMindDbConstructor
        public Country(@MaxMindDbParameter(name = "iso_code") @Nullable String code) {
            this.code = code;
        }
    }
}
