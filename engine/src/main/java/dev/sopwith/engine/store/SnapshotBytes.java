package dev.sopwith.engine.store;

import dev.sopwith.engine.sop.SopFiles;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;

/**
 * A snapshot as bytes: exactly those that its digest is computed over (see {@link
 * SopFiles#digest}), so {@code sha256sum} of what is kept is its name.
 */
final class SnapshotBytes {
    private SnapshotBytes() {}

    static byte[] of(SopFiles files) {
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        try {
            for (var file : files.files().entrySet()) {
                write(out, file.getKey().getBytes(StandardCharsets.UTF_8));
                out.writeBoolean(file.getValue().executable());
                write(out, file.getValue().content());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
        return bytes.toByteArray();
    }

    /**
     * Reads what {@link #of} wrote.
     *
     * @throws IllegalStateException when it no longer has this digest
     */
    static SopFiles read(byte[] bytes, String digest) {
        try {
            var files = new TreeMap<String, SopFiles.File>();
            var in = ByteBuffer.wrap(bytes);
            while (in.hasRemaining()) {
                var path = new String(next(in), StandardCharsets.UTF_8);
                boolean executable = in.get() == 1;
                files.put(path, new SopFiles.File(next(in), executable));
            }
            var read = new SopFiles(files);
            if (read.digest().equals(digest)) return read;
            throw changed(digest, null);
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw changed(digest, e);
        }
    }

    private static void write(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeLong(bytes.length);
        out.write(bytes);
    }

    private static byte[] next(ByteBuffer in) {
        long length = in.getLong();
        if (length < 0 || length > in.remaining()) throw new BufferUnderflowException();
        var bytes = new byte[(int) length];
        in.get(bytes);
        return bytes;
    }

    private static IllegalStateException changed(String digest, @Nullable RuntimeException cause) {
        return new IllegalStateException(
                "the snapshot %.8s was changed in the store and is not used".formatted(digest),
                cause);
    }
}
