package dev.sopwith.cli;

import dev.sopwith.bot.words.English;
import dev.sopwith.engine.library.DeviceFindings;
import dev.sopwith.engine.library.FileSafety;
import dev.sopwith.engine.library.RosterFile;
import dev.sopwith.engine.library.SopSet;
import dev.sopwith.engine.roster.Roster;
import dev.sopwith.engine.roster.RosterChecks;
import dev.sopwith.engine.roster.RosterReader;
import dev.sopwith.engine.roster.RosterSchema;
import dev.sopwith.engine.secret.SecretSources;
import dev.sopwith.engine.sop.Diagnostic;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/** {@code sopwith config}: the roster, with or without a running service. */
@Command(name = "config", description = "Check or show the roster; write its schema.")
final class ConfigCommand {
    private ConfigCommand() {}

    static CommandLine commands(Surroundings here) {
        return new CommandLine(new ConfigCommand())
                .addSubcommand(new Check(here))
                .addSubcommand(new Show(here))
                .addSubcommand(new Schema(here));
    }

    /** Which file, and what of it. */
    private static final class Target {
        @Mixin private SopsDir sops = new SopsDir();
        @Mixin private RosterPath option = new RosterPath();

        @Parameters(arity = "0..1", paramLabel = "FILE", description = "The same as --roster FILE")
        private Optional<Path> file = Optional.empty();

        /** The file; none when there is none, and then the person was told. */
        Optional<RosterPath.Place> find(Surroundings here) {
            var place = file.map(it -> RosterPath.Place.of(here, it));
            if (place.isEmpty()) place = option.find(here, sops);
            if (place.isEmpty()) {
                here.refuse(
                        "there is no " + sops.beside(RosterPath.DEFAULT),
                        "Without a roster the service's own user is the only person there is."
                                + " How to write one: docs/roster.md");
                return Optional.empty();
            }
            if (Files.exists(place.get().path(), LinkOption.NOFOLLOW_LINKS)) return place;
            here.refuse("there is no file " + place.get().shown(), "");
            return Optional.empty();
        }
    }

    private static String operator() {
        return System.getProperty("user.name");
    }

    /** {@code sopwith config check}. */
    @Command(
            name = "check",
            description = "Check the roster, and the SOPs against it.",
            exitCodeListHeading = Exit.HEADING,
            exitCodeList = {
                Exit.OK + ":no errors",
                Exit.FINDINGS + ":errors",
                Exit.WRONG_USE + ":there is no roster, or wrong use"
            })
    private static final class Check implements Callable<Integer> {
        private final Surroundings here;
        @Mixin private Target target = new Target();

        Check(Surroundings here) {
            this.here = here;
        }

        @Override
        public Integer call() {
            var place = target.find(here);
            if (place.isEmpty()) return Exit.WRONG_USE;
            var result = RosterFile.read(place.get().path(), place.get().shown());
            var sources = Sources.of(place.get().path(), place.get().shown());
            var findings = new ArrayList<>(result.diagnostics());
            Findings.show(here.out(), result.diagnostics(), sources);
            if (result.roster().isPresent()) {
                var roster = result.roster().get();
                findings.addAll(against(roster, target.sops.orOf(roster, place.get())));
            }
            long errors = findings.stream().filter(Diagnostic::isError).count();
            here.out()
                    .line(
                            "%s: %s, %s"
                                    .formatted(
                                            place.get().shown(),
                                            English.count(errors, "error"),
                                            English.count(findings.size() - errors, "warning")));
            if (!findings.isEmpty()) here.out().line("explain with: ./sopwith sop explain CODE");
            return errors == 0 ? Exit.OK : Exit.FINDINGS;
        }

        private List<Diagnostic> against(Roster roster, SopsDir sops) {
            var findings = new ArrayList<Diagnostic>();
            var folder = sops.in(here);
            if (!Files.isDirectory(folder)) return findings;
            var unsafe = FileSafety.ofProcess().checkFolder(folder, sops.shown());
            Findings.show(here.out(), unsafe, Sources.NONE);
            findings.addAll(unsafe);
            var checks = new RosterChecks(roster.withOperator(operator()));
            var mode = roster.engine().defaultMode();
            var set = SopSet.load(folder, sops.shown(), here.clock(), mode);
            for (var loaded : set.runnable()) {
                var shown = sops.shown() + "/" + loaded.folder();
                var found = new ArrayList<Diagnostic>();
                found.addAll(DeviceFindings.of(roster.ingress(), loaded, shown));
                found.addAll(checks.check(loaded.sop(), shown));
                Findings.show(here.out(), found, Sources.of(loaded.files(), shown, found));
                findings.addAll(found);
            }
            return findings;
        }
    }

    /** {@code sopwith config show}. */
    @Command(
            name = "show",
            description = "Show what the service makes of the roster; no secret is shown.",
            exitCodeListHeading = Exit.HEADING,
            exitCodeList = {
                Exit.OK + ":shown",
                Exit.FINDINGS + ":the roster has errors",
                Exit.WRONG_USE + ":there is no roster, or wrong use"
            })
    private static final class Show implements Callable<Integer> {
        private final Surroundings here;
        @Mixin private Target target = new Target();

        Show(Surroundings here) {
            this.here = here;
        }

        @Override
        public Integer call() {
            var place = target.find(here);
            if (place.isEmpty()) return Exit.WRONG_USE;
            RosterReader.Result result = RosterFile.read(place.get().path(), place.get().shown());
            if (result.roster().isEmpty()) {
                var sources = Sources.of(place.get().path(), place.get().shown());
                Findings.show(here.err(), result.diagnostics(), sources);
                return Exit.FINDINGS;
            }
            var roster = result.roster().get().withOperator(operator());
            RosterPage.lines(roster, new SecretSources(System.getenv())).forEach(here.out()::line);
            return Exit.OK;
        }
    }

    /** {@code sopwith config schema}. */
    @Command(
            name = "schema",
            description = "Write the JSON schema of the roster, for editors.",
            exitCodeListHeading = Exit.HEADING,
            exitCodeList = {Exit.OK + ":written", Exit.WRONG_USE + ":wrong use"},
            footer = {
                "",
                "In the first line of a roster, for many editors:",
                "  # yaml-language-server: $schema=roster.schema.json"
            })
    private static final class Schema implements Callable<Integer> {
        private final Surroundings here;

        Schema(Surroundings here) {
            this.here = here;
        }

        @Override
        public Integer call() {
            here.out().raw(RosterSchema.text());
            return Exit.OK;
        }
    }
}
