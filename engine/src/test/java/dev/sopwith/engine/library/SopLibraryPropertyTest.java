package dev.sopwith.engine.library;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.library.SopSet.Broken;
import dev.sopwith.engine.library.SopSet.Entry;
import dev.sopwith.engine.library.SopSet.Loaded;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** Whatever people do on disk, in whatever order: the live set is what a cold start would see. */
@Timeout(60)
final class SopLibraryPropertyTest {
    private static final int EDITS = 120;

    @TempDir Path temp;
    private final SettableClock clock = new SettableClock(Instant.EPOCH);
    private int edits;

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 25);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void after_every_look_the_set_is_a_cold_start_plus_last_good_versions(long seed) {
        var random = new SplittableRandom(seed);
        var sops = new Folders(temp.resolve("sops")).makeFolder("");
        var library = new SopLibrary(folder(), "sops", _ -> {});
        var everGood = new HashSet<String>();
        var heard = new TreeMap<String, String>();
        for (int i = 0; i < EDITS; i++) {
            edit(sops, random);
            if (random.nextInt(3) == 0) continue;
            clock.advance(SopsFolder.SETTLING); // so that no reading is put off
            var events = library.refresh();
            var context = "seed %d, edit %d, %s".formatted(seed, i, events);
            events.forEach(event -> apply(event, heard));
            assertThat(heard).as(context).isEqualTo(states(library.current()));
            assertSameButForLastGood(context, library.current(), cold(), everGood);
            library.current().runnable().forEach(it -> everGood.add(it.folder() + it.digest()));
        }
        for (var broken : library.current().broken()) sops.delete(broken.folder());
        clock.advance(SopsFolder.SETTLING);
        library.refresh();
        var cold = cold();
        assertThat(states(library.current())).as("seed %d", seed).isEqualTo(states(cold));
        assertThat(library.current().diagnostics()).isEqualTo(cold.diagnostics());
    }

    private static void assertSameButForLastGood(
            String context, SopSet live, SopSet cold, Set<String> everGood) {
        assertThat(live.entries().keySet()).as(context).isEqualTo(cold.entries().keySet());
        for (var entry : live.entries().values()) {
            var fresh = Map.entry(entry, cold.entries().getOrDefault(entry.folder(), entry));
            switch (fresh.getValue()) {
                case Broken b ->
                        assertThat(entry.diagnostics()).as(context).isEqualTo(b.diagnostics());
                case Loaded l when entry instanceof Loaded same ->
                        assertThat(same.digest()).as(context).isEqualTo(l.digest());
                case Loaded l ->
                        assertThat(holders(live, l)).as(context).containsExactly(l.sop().name());
            }
            if (entry instanceof Broken b) {
                b.lastGood()
                        .ifPresent(
                                good ->
                                        assertThat(everGood)
                                                .as(context)
                                                .contains(good.folder() + good.digest()));
            }
        }
    }

    /** The name of a SOP, if the last good version of another folder runs under it. */
    private static Set<String> holders(SopSet live, Loaded refused) {
        return live.broken().stream()
                .filter(it -> !it.folder().equals(refused.folder()))
                .flatMap(it -> it.lastGood().stream())
                .map(it -> it.sop().name())
                .filter(refused.sop().name()::equals)
                .collect(Collectors.toSet());
    }

    private static Map<String, String> states(SopSet set) {
        var states = new TreeMap<String, String>();
        set.entries().values().forEach(entry -> states.put(entry.folder(), state(entry)));
        return states;
    }

    private static String state(Entry entry) {
        return switch (entry) {
            case Loaded loaded -> loaded.digest();
            case Broken broken -> broken.diagnostics().toString();
        };
    }

    /** What somebody knows who only hears events. */
    private static void apply(SopEvent event, Map<String, String> heard) {
        switch (event) {
            case SopEvent.Added(var now) -> heard.put(now.folder(), state(now));
            case SopEvent.Changed(_, var now) -> heard.put(now.folder(), state(now));
            case SopEvent.Broke(var now) -> heard.put(now.folder(), state(now));
            case SopEvent.Recovered(_, var now) -> heard.put(now.folder(), state(now));
            case SopEvent.Removed(var before) -> heard.remove(before.folder());
            case SopEvent.Lost _, SopEvent.Regained _ -> {}
        }
    }

    private SopSet cold() {
        return SopSet.none("sops").followedBy(folder().look());
    }

    private SopsFolder folder() {
        return new SopsFolder(
                temp.resolve("sops"),
                "sops",
                clock,
                new LocalDisk(),
                PlainReader::read,
                SopCheck.NONE);
    }

    private void edit(Folders sops, SplittableRandom random) {
        var folder = "f" + random.nextInt(5);
        // Never the same size twice in a row: edits within one tick are another test's matter.
        var text = "#".repeat(++edits) + "\n";
        var good = "name=n" + random.nextInt(4) + "\n" + text;
        switch (random.nextInt(14)) {
            case 0, 1, 2 -> sops.write(folder + "/SOP.toml", good);
            case 3 -> sops.saveByRename(folder + "/SOP.toml", good);
            case 4 -> sops.write(folder + "/SOP.toml", "error=e\n" + text);
            case 5 -> sops.write(folder + "/lib/helper.sh", text);
            case 6 -> sops.write(folder + "/SOP.toml~", text);
            case 7 -> sops.delete(folder);
            case 8 -> sops.delete(folder + "/SOP.toml");
            case 9 -> sops.delete(folder).makeFolder(folder + "/lib");
            case 10 -> sops.write(folder + "/x", "").shell("ln -sf nowhere " + folder + "/link");
            case 11 -> sops.shell("rm -f " + folder + "/link");
            case 12 -> rename(sops, folder, "f" + random.nextInt(5));
            default -> sops.write(folder + "/x", text).makeExecutable(folder + "/x");
        }
    }

    private static void rename(Folders sops, String from, String to) {
        if (from.equals(to) || !Files.isDirectory(sops.at(from), LinkOption.NOFOLLOW_LINKS)) return;
        sops.delete(to).move(from, to);
    }
}
