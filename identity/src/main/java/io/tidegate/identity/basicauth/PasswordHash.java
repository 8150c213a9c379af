package io.tidegate.identity.basicauth;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;
import org.bouncycastle.crypto.params.Argon2Parameters;

/// What a password was hashed to, in the form that names its own parameters: argon2id (RFC 9106, as a PHC string) or
/// bcrypt. Parameters that would take too much memory or time are refused when it is read.
///
/// Both are Bouncy Castle's, whose provider is in the program for certificates already: no other library is needed.
public final class PasswordHash {

    /// Most memory that checking one password may take, in KiB: 64 MiB.
    static final int MOST_MEMORY = 64 * 1024;

    private static final Pattern ARGON2 = Pattern.compile("\\$argon2id\\$v=19\\$m=([0-9]{1,9}),t=([0-9]{1,9}),"
            + "p=([0-9]{1,9})\\$([A-Za-z0-9+/]{1,128})\\$([A-Za-z0-9+/]{1,128})");
    private static final Pattern BCRYPT = Pattern.compile("\\$(2[aby])\\$([0-9]{2})\\$[./A-Za-z0-9]{53}");
    private static final String EXPECTED = "must be an argon2id hash of version 19 ($argon2id$v=19$m=…,t=…,p=…$…$…) or"
            + " a bcrypt hash ($2a$, $2b$ or $2y$); 'tidegate key hash --password' makes one";

    private static final int LEAST_MEMORY_A_LANE = 8;
    private static final int MOST_PASSES = 10;
    private static final int MOST_LANES = 4;
    private static final int LEAST_SALT = 8;
    private static final int LEAST_HASH = 16;
    private static final int MOST_BYTES = 64;
    private static final int LEAST_COST = 4;
    private static final int MOST_COST = 14;

    // What OWASP advises at least for argon2id: 19 MiB, two passes, one lane.
    private static final int MEMORY = 19 * 1024;
    private static final int PASSES = 2;
    private static final int SALT = 16;
    private static final int HASH = 32;

    /// The whole text for bcrypt; empty for argon2id.
    private final String bcrypt;
    private final int memory;
    private final int passes;
    private final int lanes;
    private final byte[] salt;
    private final byte[] hash;

    private PasswordHash(String bcrypt) {
        this.bcrypt = bcrypt;
        this.memory = 0;
        this.passes = 0;
        this.lanes = 0;
        this.salt = new byte[0];
        this.hash = new byte[0];
    }

    private PasswordHash(int[] costs, byte[] salt, byte[] hash) {
        this.bcrypt = "";
        this.memory = costs[0];
        this.passes = costs[1];
        this.lanes = costs[2];
        this.salt = salt;
        this.hash = hash;
    }

    /// Reads one.
    ///
    /// @throws IllegalArgumentException
    ///             for a text that is none, and for one that is too expensive; the message tells nothing of the hash
    public static PasswordHash parse(String text) {
        Matcher bcrypt = BCRYPT.matcher(text);
        if (bcrypt.matches()) {
            bounded("the cost of a bcrypt hash", Integer.parseInt(bcrypt.group(2)), LEAST_COST, MOST_COST);
            return new PasswordHash(text);
        }
        Matcher argon2 = ARGON2.matcher(text);
        if (!argon2.matches()) {
            throw new IllegalArgumentException(EXPECTED);
        }
        int lanes = bounded("'p' of an argon2id hash", Integer.parseInt(argon2.group(3)), 1, MOST_LANES);
        int passes = bounded("'t' of an argon2id hash", Integer.parseInt(argon2.group(2)), 1, MOST_PASSES);
        int memory = bounded("'m' of an argon2id hash", Integer.parseInt(argon2.group(1)), LEAST_MEMORY_A_LANE * lanes,
                MOST_MEMORY);
        byte[] salt = decoded(argon2.group(4));
        byte[] hash = decoded(argon2.group(5));
        bounded("the bytes of the salt", salt.length, LEAST_SALT, MOST_BYTES);
        bounded("the bytes of the hash", hash.length, LEAST_HASH, MOST_BYTES);
        return new PasswordHash(new int[]{memory, passes, lanes}, salt, hash);
    }

    private static int bounded(String what, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(what + " must be " + least + " to " + most + " (was " + value + ")");
        }
        return value;
    }

    private static byte[] decoded(String text) {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(EXPECTED, e);
        }
    }

    /// Hashes a password by argon2id with a new salt. Takes some 20 MiB of memory for a while.
    ///
    /// @param password
    ///            in UTF-8
    public static String argon2id(byte[] password, SecureRandom random) {
        byte[] salt = new byte[SALT];
        random.nextBytes(salt);
        byte[] hash = argon2id(password, new int[]{MEMORY, PASSES, 1}, salt, HASH);
        Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
        return "$argon2id$v=19$m=" + MEMORY + ",t=" + PASSES + ",p=1$" + base64.encodeToString(salt) + "$"
                + base64.encodeToString(hash);
    }

    private static byte[] argon2id(byte[] password, int[] costs, byte[] salt, int length) {
        Argon2BytesGenerator generator = new Argon2BytesGenerator();
        generator.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13).withMemoryAsKB(costs[0]).withIterations(costs[1])
                .withParallelism(costs[2]).withSalt(salt).build());
        byte[] hash = new byte[length];
        generator.generateBytes(password, hash);
        return hash;
    }

    /// Whether this is the password. Takes a time that tells nothing but the parameters.
    ///
    /// @param password
    ///            in UTF-8; bcrypt looks at the first 72 bytes alone
    public boolean matches(byte[] password) {
        if (!bcrypt.isEmpty()) {
            return OpenBSDBCrypt.checkPassword(bcrypt, password);
        }
        return MessageDigest.isEqual(hash, argon2id(password, new int[]{memory, passes, lanes}, salt, hash.length));
    }

    /// Without what it says.
    @Override
    public String toString() {
        return "PasswordHash[" + (bcrypt.isEmpty() ? "argon2id" : "bcrypt") + "]";
    }
}
