package dev.sopwith.engine.store;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a process did to the files of one folder, and what it said meanwhile, in the order in which
 * it happened: read from what strace writes about system calls. The kernel's own boundary, so no
 * way of writing is overlooked, whatever library it comes from; what cannot be read is an error.
 */
final class DiskRecord {
    /** All calls that change a file, its name or what a loss of power leaves of it. */
    private static final String CALLS =
            "open,openat,creat,write,pwrite64,writev,pwritev,pwritev2,ftruncate,truncate,fallocate,"
                    + "fsync,fdatasync,sync_file_range,msync,rename,renameat,renameat2,link,linkat,"
                    + "unlink,unlinkat,copy_file_range,sendfile,mmap";

    private static final Pattern CALL = Pattern.compile("(\\d+) +(\\w+)\\((.*)");
    private static final Pattern RESUMED = Pattern.compile("(\\d+) +<\\.\\.\\. \\w+ resumed>(.*)");
    private static final String UNFINISHED = " <unfinished ...>";
    private static final Pattern FILE = Pattern.compile("^\\d+<([^>]*)>");
    private static final Pattern TEXT = Pattern.compile("\"((?:\\\\x[0-9a-f]{2})*)\"");
    private static final Pattern RESULT = Pattern.compile("\\)\\s+= (-?\\d+)(.*)$");
    private static final Pattern LAST_NUMBER = Pattern.compile("(\\d+)\\)\\s+= ");

    private final Path folder;
    private final List<Act> acts = new ArrayList<>();
    private final Map<String, Begun> begun = new HashMap<>();

    DiskRecord(Path folder) {
        this.folder = folder;
    }

    /** One thing that happened; names are of files in the folder, empty for the folder itself. */
    sealed interface Act {
        record Create(String name) implements Act {}

        /** Each character of {@code bytes} is one byte. */
        record Write(String name, long offset, String bytes) implements Act {}

        record Truncate(String name, long size) implements Act {}

        record Rename(String from, String to) implements Act {}

        record Remove(String name) implements Act {}

        /** Begins to be made durable. What is written from now on need not be part of it. */
        record SyncBegan(String name, String thread) implements Act {}

        record SyncEnded(String name, String thread) implements Act {}

        /** Words to whoever waits for answers. */
        record Said(String text) implements Act {}
    }

    /** A call that other threads' calls came in between of. */
    private record Begun(String call, String arguments) {}

    /** The words in front of a command whose record goes into this file. */
    static List<String> recorder(Path file) {
        return List.of(
                "strace",
                "--follow-forks",
                "--seccomp-bpf",
                "--decode-fds=path",
                "--strings-in-hex=all",
                "--string-limit=16777216",
                "--trace=" + CALLS,
                "--signal=none",
                "--output=" + file);
    }

    List<Act> acts() {
        return List.copyOf(acts);
    }

    void read(String line) {
        var resumed = RESUMED.matcher(line);
        if (resumed.matches()) {
            var of = Objects.requireNonNull(begun.remove(resumed.group(1)), line);
            ended(resumed.group(1), of.call(), of.arguments() + resumed.group(2));
            return;
        }
        var call = CALL.matcher(line);
        if (!call.matches()) return; // "exited" and the like
        var thread = call.group(1);
        var arguments = call.group(3);
        if (arguments.endsWith(UNFINISHED)) {
            arguments = arguments.substring(0, arguments.length() - UNFINISHED.length());
            begun.put(thread, new Begun(call.group(2), arguments));
            began(thread, call.group(2), arguments);
        } else {
            began(thread, call.group(2), arguments);
            ended(thread, call.group(2), arguments);
        }
    }

    /** What counts from the beginning of a call on: an answer may have been heard by then. */
    private void began(String thread, String call, String arguments) {
        switch (call) {
            case "write" -> {
                if (arguments.startsWith("1<")) {
                    acts.add(new Act.Said(text(texts(arguments).getFirst())));
                }
            }
            case "fsync", "fdatasync" ->
                    file(arguments, it -> acts.add(new Act.SyncBegan(it, thread)));
            default -> {}
        }
    }

    /** What is certain only at the end of a call. */
    private void ended(String thread, String call, String arguments) {
        var result = RESULT.matcher(arguments);
        if (!result.find() || result.group(1).startsWith("-")) return;
        switch (call) {
            case "open", "openat", "creat" -> opened(call, arguments);
            case "pwrite64" ->
                    file(arguments, it -> acts.add(write(it, arguments, result.group(1))));
            case "write" -> file(arguments, it -> requireLock(it, arguments));
            case "ftruncate" ->
                    file(arguments, it -> acts.add(new Act.Truncate(it, lastNumber(arguments))));
            case "fsync", "fdatasync" ->
                    file(arguments, it -> acts.add(new Act.SyncEnded(it, thread)));
            case "rename" -> {
                var names = texts(arguments).stream().map(it -> name(text(it))).toList();
                if (names.getFirst().isPresent()) {
                    acts.add(new Act.Rename(names.getFirst().get(), names.getLast().orElseThrow()));
                }
            }
            case "unlink" ->
                    name(text(texts(arguments).getFirst()))
                            .ifPresent(it -> acts.add(new Act.Remove(it)));
            case "mmap" -> file(mapped(arguments), it -> requireShared(it, arguments));
            case "fallocate", "sync_file_range" ->
                    file(arguments, it -> unknown(call, arguments)); // nothing is durable by them
            default -> refuseInFolder(call, arguments);
        }
    }

    private void opened(String call, String arguments) {
        boolean creates = call.equals("creat") || arguments.contains("O_CREAT");
        boolean empties = call.equals("creat") || arguments.contains("O_TRUNC");
        if (!creates && !empties) return;
        var path = text(texts(arguments).getFirst());
        name(path)
                .ifPresent(
                        it -> {
                            if (creates) acts.add(new Act.Create(it));
                            if (empties) acts.add(new Act.Truncate(it, 0));
                        });
    }

    private static Act.Write write(String name, String arguments, String result) {
        var bytes = new String(bytes(texts(arguments).getFirst()), StandardCharsets.ISO_8859_1);
        if (bytes.length() != Integer.parseInt(result)) throw unread("a short write", arguments);
        return new Act.Write(name, lastNumber(arguments), bytes);
    }

    /** Where a plain write goes to is not in the record; only the lock is written so. */
    private static void requireLock(String name, String arguments) {
        if (!name.equals("lock")) throw unread("a write without a place", arguments);
    }

    /** What is written through memory is not in the record; only the index of the log may be. */
    private static void requireShared(String name, String arguments) {
        boolean written = arguments.contains("MAP_SHARED") && arguments.contains("PROT_WRITE");
        if (written && !name.endsWith("-shm")) throw unread("a mapped file", arguments);
    }

    private void refuseInFolder(String call, String arguments) {
        var hex = new StringBuilder();
        for (byte it : folder.toString().getBytes(StandardCharsets.UTF_8)) {
            hex.append("\\x%02x".formatted(it));
        }
        if (arguments.contains(hex)) unknown(call, arguments);
    }

    private static void unknown(String call, String arguments) {
        throw unread(call, arguments);
    }

    private static AssertionError unread(String what, String arguments) {
        return new AssertionError("the record cannot tell what it did: " + what + " " + arguments);
    }

    /** The name of the open file that a call is about, if it lies in the folder. */
    private void file(String arguments, Consumer<String> use) {
        var file = FILE.matcher(arguments);
        if (file.find()) name(text(file.group(1))).ifPresent(use);
    }

    /** The open file of an mmap: its fifth argument. */
    private static String mapped(String arguments) {
        var parts = arguments.split(", ", 6);
        return parts.length < 6 ? "" : parts[4];
    }

    private Optional<String> name(String path) {
        if (path.equals(folder.toString())) return Optional.of("");
        var before = folder + "/";
        return path.startsWith(before)
                ? Optional.of(path.substring(before.length()))
                : Optional.empty();
    }

    private static List<String> texts(String arguments) {
        return TEXT.matcher(arguments).results().map(it -> it.group(1)).toList();
    }

    private static long lastNumber(String arguments) {
        Matcher number = LAST_NUMBER.matcher(arguments);
        if (!number.find()) throw unread("no number", arguments);
        return Long.parseLong(number.group(1));
    }

    private static String text(String hex) {
        return new String(bytes(hex), StandardCharsets.UTF_8);
    }

    /** {@code \x41\x42}: two bytes. */
    private static byte[] bytes(String hex) {
        var bytes = new ByteArrayOutputStream(hex.length() / 4);
        for (int at = 0; at < hex.length(); at += 4) {
            bytes.write(Integer.parseInt(hex, at + 2, at + 4, 16));
        }
        return bytes.toByteArray();
    }
}
