package dev.sopwith.engine.secret;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;

import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Keeps secret inputs for the store: encrypted with AES-256-GCM, and as a keyed hash where only
 * equality matters, such as in the digest that people approve.
 *
 * <p>One key of 32 bytes: that of {@code SOPWITH_STORE_KEY} (Base64), else that of a file which is
 * made at the first start. Encryption and hash use two keys derived from it. Whoever loses it loses
 * the secret inputs of the runs that go on, and nothing else.
 *
 * <p>Threading: safe from any thread.
 */
public final class SecretBox {
    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12; // what GCM is made for
    private static final int TAG_BITS = 128;
    private static final byte VERSION = 1;
    private static final Set<PosixFilePermission> OWNER_ONLY =
            PosixFilePermissions.fromString("rw-------");

    private final SecretKeySpec sealing;
    private final SecretKeySpec hashing;
    private final SecureRandom random = new SecureRandom();

    private SecretBox(byte[] key) {
        sealing = new SecretKeySpec(hmac(new SecretKeySpec(key, "HmacSHA256"), "seal 1"), "AES");
        hashing =
                new SecretKeySpec(
                        hmac(new SecretKeySpec(key, "HmacSHA256"), "hash 1"), "HmacSHA256");
    }

    /** The key is missing, unusable, or not the one a secret was sealed with; for operators. */
    public static final class BadKey extends Exception {
        private static final long serialVersionUID = 1;

        BadKey(String message) {
            super(message);
        }
    }

    /**
     * Opens the box of a store.
     *
     * @param storeKey {@code SOPWITH_STORE_KEY}, if it is set: 32 bytes in Base64
     * @param keyFile used otherwise; made, durably and readable by its owner only, if it is missing
     * @throws BadKey if the key is not 32 bytes, or the file is a link, or not its owner's alone
     */
    public static SecretBox open(Optional<Secret> storeKey, Path keyFile)
            throws BadKey, IOException {
        var text = storeKey.isPresent() ? storeKey.get().reveal() : fromFile(keyFile);
        var name = storeKey.isPresent() ? "SOPWITH_STORE_KEY" : keyFile.toString();
        var key = decode(text, name);
        try {
            return new SecretBox(key);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    /**
     * The secret, encrypted; each time differently.
     *
     * @param place where it belongs, such as run and input; it opens nowhere else
     */
    public byte[] seal(Secret secret, String place) {
        var nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            var cipher = cipher(Cipher.ENCRYPT_MODE, nonce, place);
            var sealed = cipher.doFinal(secret.reveal().getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.allocate(1 + NONCE_BYTES + sealed.length)
                    .put(VERSION)
                    .put(nonce)
                    .put(sealed)
                    .array();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has AES-GCM", e);
        }
    }

    /**
     * The secret that was sealed for this place.
     *
     * @throws BadKey if the key is another one, or the bytes or the place are not those of {@link
     *     #seal}
     */
    public Secret unseal(byte[] sealed, String place) throws BadKey {
        if (sealed.length < 1 + NONCE_BYTES + TAG_BITS / 8 || sealed[0] != VERSION) {
            throw new BadKey(
                    "the secret of %s is not in a form this version reads".formatted(place));
        }
        var nonce = Arrays.copyOfRange(sealed, 1, 1 + NONCE_BYTES);
        try {
            var cipher = cipher(Cipher.DECRYPT_MODE, nonce, place);
            int start = 1 + NONCE_BYTES;
            var plain = cipher.doFinal(sealed, start, sealed.length - start);
            var secret = Secret.of(new String(plain, StandardCharsets.UTF_8));
            Arrays.fill(plain, (byte) 0);
            return secret;
        } catch (AEADBadTagException e) {
            throw new BadKey(
                    "the secret of %s cannot be opened: it was sealed with another key, or changed"
                            .formatted(place));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has AES-GCM", e);
        }
    }

    /**
     * HMAC-SHA256 of the secret, 64 hex digits: equal for equal secrets, of no use to whoever
     * guesses without the key.
     */
    public String hash(Secret secret) {
        return HexFormat.of().formatHex(hmac(hashing, secret.reveal()));
    }

    @Override
    public String toString() {
        return "secret box";
    }

    private Cipher cipher(int mode, byte[] nonce, String place) throws GeneralSecurityException {
        var cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, sealing, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(place.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }

    private static byte[] hmac(SecretKeySpec key, String text) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }

    private static String fromFile(Path file) throws BadKey, IOException {
        try {
            return read(file);
        } catch (NoSuchFileException e) {
            create(file);
            return read(file);
        }
    }

    private static String read(Path file) throws BadKey, IOException {
        var is = Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!is.isRegularFile()) throw new BadKey(file + " must be a regular file, not a link");
        var others = EnumSet.copyOf(is.permissions());
        others.removeIf(right -> right.name().startsWith("OWNER"));
        if (!others.isEmpty()) {
            throw new BadKey(
                    "%s is %s: others may use the key; chmod 600 it, and think about a new one"
                            .formatted(file, PosixFilePermissions.toString(is.permissions())));
        }
        try (var in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            return new String(in.readNBytes(1024), StandardCharsets.US_ASCII);
        }
    }

    /** Under another name first: a crash in the middle must not leave half a key behind. */
    private static void create(Path file) throws IOException {
        var key = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(key);
        var line = Base64.getEncoder().encodeToString(key) + "\n";
        var fresh = Path.of(file + ".new");
        Files.deleteIfExists(fresh);
        var ownerOnly = PosixFilePermissions.asFileAttribute(OWNER_ONLY);
        var options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try (var channel = FileChannel.open(fresh, options, ownerOnly)) {
            var bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) channel.write(bytes);
            channel.force(true);
        }
        try {
            Files.createLink(file, fresh); // unlike a rename it replaces nothing
        } catch (FileAlreadyExistsException e) {
            // Another start was first: its key counts.
        }
        Files.delete(fresh);
        var directory = file.toAbsolutePath().getParent();
        if (directory == null) return;
        try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static byte[] decode(String text, String name) throws BadKey {
        try {
            var key = Base64.getDecoder().decode(text.strip());
            if (key.length == KEY_BYTES) return key;
        } catch (IllegalArgumentException e) {
            // Said below, without the text.
        }
        throw new BadKey(
                name
                        + " is no key: 32 bytes in Base64 are, as of 'head -c 32 /dev/urandom | base64'");
    }
}
