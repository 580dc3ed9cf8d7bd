package dev.sopwith.cli;

import dev.sopwith.bot.words.English;
import dev.sopwith.engine.roster.Roster;

import picocli.CommandLine.Option;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/** Where the SOPs are, for every command that reads or writes them. */
final class SopsDir {
    static final String DEFAULT = "sops";

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._/+:@%-]+");

    @Option(
            names = "--sops-dir",
            paramLabel = "DIR",
            defaultValue = DEFAULT,
            description = "The folder of SOPs. Default: ${DEFAULT-VALUE}")
    private Path folder = Path.of(DEFAULT);

    /** As it stands in messages. */
    String shown() {
        var normal = folder.normalize().toString();
        return normal.isEmpty() ? "." : normal;
    }

    /** What the roster says, unless another folder was named: beside the roster. */
    SopsDir orOf(Roster roster, RosterPath.Place place) {
        if (!shown().equals(DEFAULT) || roster.sopsDir().isEmpty()) return this;
        var other = new SopsDir();
        other.folder = Path.of(place.shown()).resolveSibling(roster.sopsDir().get());
        return other;
    }

    /** A file of this name beside the folder. */
    Path beside(String name) {
        var normal = folder.normalize();
        return normal.toString().isEmpty() ? Path.of("..", name) : normal.resolveSibling(name);
    }

    Path in(Surroundings here) {
        return here.folder().resolve(folder);
    }

    /** What a person adds to another command to work on the same folder. */
    String asOption() {
        return shown().equals(DEFAULT) ? "" : " --sops-dir " + quoted(folder.toString());
    }

    /** As a shell wants it. */
    private static String quoted(String word) {
        return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    /** Reads the folder; empty when there is none, and then the person was told. */
    Optional<Library> load(Surroundings here) {
        var path = in(here);
        if (Files.notExists(path, LinkOption.NOFOLLOW_LINKS)) {
            here.refuse(
                    "there is no folder " + shown(),
                    "Go to the folder above it, name it with --sops-dir DIR, or begin one with:"
                            + " ./sopwith sop new NAME");
            return Optional.empty();
        }
        if (Files.exists(path.resolve("SOP.toml"))) {
            here.refuse(
                    shown() + " is one SOP and not a folder of SOPs",
                    "Give the folder above it as --sops-dir, and the SOP as NAME.");
            return Optional.empty();
        }
        return Optional.of(Library.load(path, shown(), here.clock()));
    }

    /** The SOPs of one name, or all for an empty one; empty when the person was told. */
    Optional<Library> load(Surroundings here, String name) {
        var library = load(here);
        if (library.isEmpty() || name.isEmpty()) return library;
        if (library.get().problem().isPresent()) return library;
        var called = library.get().called(name);
        if (!called.entries().isEmpty()) return Optional.of(called);
        here.refuse(
                "there is no SOP called " + name,
                English.didYouMean(name, library.get().names())
                        + "See all: ./sopwith sop list"
                        + asOption());
        return Optional.empty();
    }
}
