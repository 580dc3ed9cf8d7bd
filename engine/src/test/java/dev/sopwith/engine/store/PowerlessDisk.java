package dev.sopwith.engine.store;

import dev.sopwith.engine.store.DiskRecord.Act;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * A disk that keeps, when the power goes, what POSIX promises and no more: of a file what was
 * written before a sync of it began that ended, of names what was there before a sync of the
 * folder. Of the rest any part may have reached it, in pieces of a sector and in any order.
 */
final class PowerlessDisk {
    private static final int SECTOR = 512;

    private final Map<String, Inode> names = new TreeMap<>();
    private Map<String, Inode> syncedNames = new TreeMap<>();
    private final List<Naming> namings = new ArrayList<>(); // since the folder was synced
    private final Map<String, Integer> syncs = new HashMap<>(); // by thread: what it covers

    /** How much of what was not synced is on the disk all the same. */
    enum Unsynced {
        LOST,
        PARTLY_KEPT
    }

    /** A file, whatever it is called. */
    private static final class Inode {
        private final Content synced = new Content(new byte[0]);
        private final List<Act> since = new ArrayList<>();
        private int forgotten; // how many acts were synced before those in "since"

        int acts() {
            return forgotten + since.size();
        }

        /** All up to this act is on the disk. */
        void sync(int acts) {
            int count = acts - forgotten;
            if (count <= 0) return;
            since.subList(0, count).forEach(synced::apply);
            since.subList(0, count).clear();
            forgotten = acts;
        }

        byte[] left(Unsynced unsynced, SplittableRandom random) {
            var left = new Content(synced.bytes());
            if (unsynced == Unsynced.PARTLY_KEPT) {
                for (var act : since) {
                    for (var piece : pieces(act)) if (random.nextBoolean()) left.apply(piece);
                }
            }
            return left.bytes();
        }
    }

    /** The bytes of a file. */
    private static final class Content {
        private byte[] room;
        private int size;

        Content(byte[] bytes) {
            room = bytes;
            size = bytes.length;
        }

        byte[] bytes() {
            return Arrays.copyOf(room, size);
        }

        void apply(Act act) {
            switch (act) {
                case Act.Write(_, var offset, var bytes) -> {
                    int end = Math.toIntExact(offset) + bytes.length();
                    if (end > size) resize(end);
                    var raw = bytes.getBytes(StandardCharsets.ISO_8859_1);
                    System.arraycopy(raw, 0, room, Math.toIntExact(offset), raw.length);
                }
                case Act.Truncate(_, var to) -> resize(Math.toIntExact(to));
                default -> throw new AssertionError(act);
            }
        }

        private void resize(int to) {
            if (to > room.length) room = Arrays.copyOf(room, 2 * to);
            if (to < size) Arrays.fill(room, to, size, (byte) 0);
            size = to;
        }
    }

    /** A name that came or went, and the file it meant. */
    private record Naming(Act act, Inode inode) {}

    void apply(Act act) {
        switch (act) {
            case Act.Create(var name) -> {
                if (!names.containsKey(name)) named(new Naming(act, new Inode()));
            }
            case Act.Rename(var from, _) -> named(new Naming(act, inode(from)));
            case Act.Remove(var name) -> named(new Naming(act, inode(name)));
            case Act.Write(var name, _, _) -> change(name, act);
            case Act.Truncate(var name, _) -> change(name, act);
            case Act.SyncBegan(var name, var thread) -> {
                int covered = name.isEmpty() ? namings.size() : inode(name).acts();
                syncs.put(thread, covered);
            }
            case Act.SyncEnded(var name, var thread) ->
                    synced(name, Objects.requireNonNull(syncs.remove(thread)));
            case Act.Said _ -> {}
        }
    }

    private void change(String name, Act act) {
        inode(name).since.add(act);
    }

    private Inode inode(String name) {
        var inode = names.get(name);
        if (inode == null) throw new AssertionError("no file " + name + " in " + names.keySet());
        return inode;
    }

    private void named(Naming naming) {
        namings.add(naming);
        apply(naming, names);
    }

    private static void apply(Naming naming, Map<String, Inode> names) {
        switch (naming.act()) {
            case Act.Create(var name) -> names.put(name, naming.inode());
            case Act.Rename(var from, var to) -> {
                names.remove(from);
                names.put(to, naming.inode());
            }
            case Act.Remove(var name) -> names.remove(name);
            default -> throw new AssertionError(naming);
        }
    }

    private void synced(String name, int covered) {
        if (!name.isEmpty()) {
            inode(name).sync(covered);
            return;
        }
        if (covered != namings.size()) {
            throw new AssertionError("names changed while the folder was synced");
        }
        syncedNames = new TreeMap<>(names);
        namings.clear();
    }

    /** Writes what is left when the power goes now into an empty folder. */
    void writeTo(Path folder, Unsynced unsynced, SplittableRandom random) throws IOException {
        var left = new TreeMap<>(syncedNames);
        if (unsynced == Unsynced.PARTLY_KEPT) {
            // A file system keeps the order of names: some of the first are there.
            int kept = random.nextInt(namings.size() + 1);
            for (var naming : namings.subList(0, kept)) apply(naming, left);
        }
        for (var file : left.entrySet()) {
            Files.write(folder.resolve(file.getKey()), file.getValue().left(unsynced, random));
        }
    }

    private static List<Act> pieces(Act act) {
        if (!(act instanceof Act.Write(var name, var offset, var bytes))) return List.of(act);
        var pieces = new ArrayList<Act>();
        int from = 0;
        while (from < bytes.length()) {
            int room = SECTOR - Math.floorMod(offset + from, SECTOR);
            int to = Math.min(bytes.length(), from + room);
            pieces.add(new Act.Write(name, offset + from, bytes.substring(from, to)));
            from = to;
        }
        return pieces;
    }
}
