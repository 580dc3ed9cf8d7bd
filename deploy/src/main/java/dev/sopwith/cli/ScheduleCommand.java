package dev.sopwith.cli;

import dev.sopwith.bot.words.English;
import dev.sopwith.bot.words.TriggerWords;
import dev.sopwith.engine.library.RosterFile;
import dev.sopwith.engine.roster.Roster;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.sop.Trigger.CatchUp;
import dev.sopwith.engine.trigger.Timetable;
import dev.sopwith.engine.trigger.Timetable.Planned;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/** {@code sopwith sop schedule}: when which SOP starts by itself. */
@Command(
        name = "schedule",
        description = "List the next scheduled starts.",
        footer = {
            "",
            "A schedule without a zone of its own has that of the roster, or UTC. The service need",
            "not run."
        },
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {
            Exit.OK + ":listed",
            Exit.FINDINGS + ":the SOPs or the roster cannot be read",
            Exit.WRONG_USE + ":there is no such SOP or folder, or wrong use"
        })
final class ScheduleCommand implements Callable<Integer> {
    private static final int NEXT_MAX = 1_000;

    private final Surroundings here;

    @Mixin private SopsDir sopsDir = new SopsDir();
    @Mixin private RosterPath rosterPath = new RosterPath();

    @Parameters(arity = "0..1", paramLabel = "NAME", description = "Only this SOP.")
    private String name = "";

    @Option(
            names = "--next",
            paramLabel = "COUNT",
            description = "How many. Default: ${DEFAULT-VALUE}")
    private int next = 20;

    @Option(names = "--json", description = "Write JSON instead of a table.")
    private boolean json;

    ScheduleCommand(Surroundings here) {
        this.here = here;
    }

    @Override
    public Integer call() {
        if (next < 1 || next > NEXT_MAX) {
            return here.refuse("--next is a number from 1 to " + NEXT_MAX, "");
        }
        var place = rosterPath.find(here, sopsDir);
        Optional<Roster> roster = Optional.empty();
        if (place.isPresent()) {
            var read = RosterFile.read(place.get().path(), place.get().shown());
            if (read.roster().isEmpty()) {
                Findings.show(here.err(), read.diagnostics(), Sources.NONE);
                return Exit.FINDINGS;
            }
            roster = read.roster();
        }
        var sops = roster.isPresent() ? sopsDir.orOf(roster.get(), place.get()) : sopsDir;
        var library = sops.load(here, name);
        if (library.isEmpty()) return Exit.WRONG_USE;
        if (library.get().problem().isPresent()) {
            Findings.showProblem(here.err(), library.get());
            return Exit.FINDINGS;
        }
        var zone = roster.map(it -> it.engine().timezone()).orElse(ZoneId.of("UTC"));
        show(Timetable.of(good(library.get()), zone));
        broken(library.get());
        return Exit.OK;
    }

    private static List<Sop> good(Library library) {
        return library.entries().stream().flatMap(it -> it.sop().stream()).toList();
    }

    private void show(Timetable timetable) {
        var now = here.clock().instant();
        var planned = timetable.next(now, next);
        if (json) {
            here.out().raw(JsonReport.ofSchedule(planned));
            return;
        }
        if (timetable.entries().isEmpty()) {
            here.out().line("Nothing starts by a schedule here.");
            return;
        }
        var table = new Table("AT", "IN", "SOP", "EXPRESSION", "IF MISSED");
        for (var it : planned) table.row(cells(it, now));
        if (!planned.isEmpty()) here.out().lines(table.lines());
        for (var entry : timetable.entries()) {
            if (comesAgain(entry, now)) continue;
            var expression = entry.trigger().expression().text();
            here.out().line("never again: %s, %s".formatted(entry.sop().name(), expression));
        }
    }

    private static boolean comesAgain(Timetable.Entry entry, Instant now) {
        return entry.trigger().expression().next(now, entry.zone()).isPresent();
    }

    private static String[] cells(Planned planned, Instant now) {
        var entry = planned.entry();
        var schedule = entry.trigger();
        return new String[] {
            TriggerWords.time(planned.at(), entry.zone()) + " " + entry.zone(),
            English.duration(Duration.ofSeconds(Duration.between(now, planned.at()).toSeconds())),
            entry.sop().name(),
            schedule.expression().text(),
            schedule.catchUp() == CatchUp.LAST ? "made up for" : "told"
        };
    }

    /** Whose schedules are not in the table. */
    private void broken(Library library) {
        for (var entry : library.entries()) {
            if (!entry.isBroken()) continue;
            here.err()
                    .line(
                            "%s is broken: what it starts by is not in the table, and a service goes on with its last good version; see: ./sopwith sop validate %s"
                                    .formatted(entry.name(), entry.name()));
        }
    }
}
