package dev.sopwith.cli;

import picocli.CommandLine.Option;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/** Where the roster is, for the commands that read it. */
final class RosterPath {
    static final String DEFAULT = "roster.yaml";

    @Option(
            names = "--roster",
            paramLabel = "FILE",
            description =
                    "The roster. Default: roster.yaml beside the folder of SOPs, if it is there")
    private Optional<Path> named = Optional.empty();

    /**
     * A roster's file.
     *
     * @param shown as it stands in messages
     */
    record Place(Path path, String shown) {
        static Place of(Surroundings here, Path given) {
            return new Place(here.folder().resolve(given), given.normalize().toString());
        }
    }

    /** The file that was named, whether it is there or not; else the one beside the SOPs. */
    Optional<Place> find(Surroundings here, SopsDir sops) {
        if (named.isPresent()) return Optional.of(Place.of(here, named.get()));
        var beside = Place.of(here, sops.beside(DEFAULT));
        return Files.exists(beside.path(), LinkOption.NOFOLLOW_LINKS)
                ? Optional.of(beside)
                : Optional.empty();
    }
}
