package io.tidegate.identity.basicauth;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Stands for secrets where they are remembered: an HMAC with a key that this process makes for itself and tells
/// nobody.
/// Who reads the memory of the process finds no hash that passwords could be tried on without that key.
///
/// @param a
///            the first of the 256 bits
record Mark(long a, long b, long c, long d) {

    private static final String ALGORITHM = "HmacSHA256";
    private static final SecretKeySpec KEY = key();
    private static final ThreadLocal<Mac> OF_THREAD = ThreadLocal.withInitial(Mark::mac);

    private static SecretKeySpec key() {
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        return new SecretKeySpec(key, ALGORITHM);
    }

    private static Mac mac() {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(KEY);
            return mac;
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }

    /// That of a password for a user, as checked against a hash.
    static Mark of(String user, byte[] password, String hash) {
        Mac mac = OF_THREAD.get();
        mac.update((byte) 'p');
        part(mac, user.getBytes(StandardCharsets.UTF_8));
        part(mac, password);
        part(mac, hash.getBytes(StandardCharsets.UTF_8));
        return of(mac);
    }

    /// That of a user who calls from an address.
    static Mark of(String user, String address) {
        Mac mac = OF_THREAD.get();
        mac.update((byte) 'a');
        part(mac, user.getBytes(StandardCharsets.UTF_8));
        part(mac, address.getBytes(StandardCharsets.UTF_8));
        return of(mac);
    }

    /// Its length goes first, so that no two lists of parts are the same text.
    private static void part(Mac mac, byte[] bytes) {
        mac.update((byte) (bytes.length >> 8));
        mac.update((byte) bytes.length);
        mac.update(bytes);
    }

    private static Mark of(Mac mac) {
        ByteBuffer bytes = ByteBuffer.wrap(mac.doFinal());
        return new Mark(bytes.getLong(), bytes.getLong(), bytes.getLong(), bytes.getLong());
    }

    @Override
    public int hashCode() {
        return Long.hashCode(a);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Mark(long first, long second, long third, long fourth)
                && ((a ^ first) | (b ^ second) | (c ^ third) | (d ^ fourth)) == 0;
    }

    @Override
    public String toString() {
        return "Mark";
    }
}
