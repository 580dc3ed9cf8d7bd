package dev.sopwith.cli;

import dev.sopwith.bot.words.English;
import dev.sopwith.engine.audit.Audit;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.runtime.StoredStates;
import dev.sopwith.engine.store.SqliteStore;
import dev.sopwith.engine.store.StoreException;
import dev.sopwith.engine.store.StoreView;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.AccessMode;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.ToIntFunction;

/** {@code sopwith audit}: the record, with or without a running service. */
@Command(name = "audit", description = "Check the record, or export what it says about a run.")
final class AuditCommand {
    private AuditCommand() {}

    static CommandLine commands(Surroundings here) {
        return new CommandLine(new AuditCommand())
                .addSubcommand(new Verify(here))
                .addSubcommand(new Export(here));
    }

    private static int look(Surroundings here, StateDir stateDir, ToIntFunction<StoreView> use) {
        var database = stateDir.database(here);
        try {
            database.getFileSystem().provider().checkAccess(database, AccessMode.READ);
        } catch (AccessDeniedException _) {
            here.err().line("sopwith: this user may not read the record at " + database);
            here.err().line("  Ask as the user whose service it is, or as root.");
            return Exit.FINDINGS;
        } catch (IOException _) {
            return here.refuse(
                    "there is no record at " + database,
                    "Name the service's folder with --state-dir DIR.");
        }
        try (var store = SqliteStore.view(database)) {
            return use.applyAsInt(store);
        } catch (StoreException e) {
            here.err().line("sopwith: " + e.getMessage());
            return Exit.FINDINGS;
        }
    }

    /** {@code sopwith audit verify}. */
    @Command(
            name = "verify",
            description = "Check that the record is as it was written.",
            exitCodeListHeading = Exit.HEADING,
            exitCodeList = {
                Exit.OK + ":it is as it was written",
                Exit.FINDINGS + ":it is not, or it cannot be read",
                Exit.WRONG_USE + ":there is no record, or wrong use"
            })
    private static final class Verify implements Callable<Integer> {
        private final Surroundings here;

        @Mixin private StateDir stateDir = new StateDir();

        @Option(names = "--json", description = "Write the answer as JSON.")
        private boolean json;

        Verify(Surroundings here) {
            this.here = here;
        }

        @Override
        public Integer call() {
            return look(here, stateDir, this::verify);
        }

        private int verify(StoreView store) {
            var report = new Audit(store).verify();
            var finding = report.finding();
            // A state that differs follows from an event that was changed: said only where none
            // was.
            Optional<String> state =
                    finding.isPresent() ? Optional.empty() : StoredStates.problem(store);
            boolean isWhole = finding.isEmpty() && state.isEmpty();
            if (json) {
                var data = JsonMapper.shared().createObjectNode().put("ok", isWhole);
                data.put("rows", report.rows()).put("erased", report.erased());
                data.put("position", report.head().position()).put("hash", report.head().hash());
                finding.ifPresent(
                        it -> data.put("bad", it.position()).put("problem", it.problem()));
                state.ifPresent(it -> data.put("problem", it));
                here.out().raw(data.toPrettyString() + "\n");
            } else if (finding.isEmpty()) {
                here.out().line("the record is as it was written: " + rows(report));
                here.out()
                        .line(
                                "  head %d %s (kept elsewhere, it also shows a tail cut off)"
                                        .formatted(report.head().position(), report.head().hash()));
                state.ifPresent(
                        it ->
                                here.out()
                                        .line(
                                                "but not all goes by it: %s; do not start the service on it, restore a backup"
                                                        .formatted(it)));
            } else {
                here.out()
                        .line(
                                "the record was changed at row %d: %s; before it %s"
                                        .formatted(
                                                finding.get().position(),
                                                finding.get().problem(),
                                                rows(report)));
            }
            return isWhole ? Exit.OK : Exit.FINDINGS;
        }

        private static String rows(Audit.Report report) {
            var erased = report.erased() == 0 ? "" : ", %d erased by retention";
            return English.count(report.rows(), "row") + erased.formatted(report.erased());
        }
    }

    /** {@code sopwith audit export}. */
    @Command(
            name = "export",
            description = "Write what the record says about a run, as Markdown or JSON lines.",
            exitCodeListHeading = Exit.HEADING,
            exitCodeList = {
                Exit.OK + ":written",
                Exit.FINDINGS + ":it cannot be read",
                Exit.WRONG_USE + ":there is no record, nothing in it about the run, or wrong use"
            })
    private static final class Export implements Callable<Integer> {
        private final Surroundings here;

        @Mixin private StateDir stateDir = new StateDir();

        @Option(names = "--run", required = true, paramLabel = "RUN", description = "Such as R-12.")
        private String run = "";

        @Option(names = "--json", description = "Write one JSON object a line.")
        private boolean json;

        Export(Surroundings here) {
            this.here = here;
        }

        @Override
        public Integer call() {
            var id = RunId.parse(run);
            if (id.isEmpty()) return here.refuse(run + " is no run", "Runs are called R-12 or 12.");
            return look(here, stateDir, store -> export(new Audit(store), id.get()));
        }

        private int export(Audit audit, RunId id) {
            var rows = audit.jsonLines(id.number());
            if (rows.isEmpty()) return here.refuse("nothing is on record about " + id, "");
            if (json) here.out().raw(rows);
            else audit.markdown(id.number()).lines().forEach(here.out()::line);
            return Exit.OK;
        }
    }
}
