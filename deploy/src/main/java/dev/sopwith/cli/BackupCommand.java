package dev.sopwith.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code sopwith backup}: a copy of the store while the service runs. */
@Command(
        name = "backup",
        description = "Write a copy of the store to a new file, while the service runs.",
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {
            Exit.OK + ":written",
            Exit.FINDINGS + ":not written",
            Exit.WRONG_USE + ":wrong use",
            Exit.NO_SERVICE + ":no service runs here, or it ended before it answered",
            Exit.TEMPORARY + ":the service is there and says nothing for 30 s"
        })
final class BackupCommand implements Callable<Integer> {
    private final Surroundings here;

    @Mixin private StateDir stateDir = new StateDir();

    @Parameters(paramLabel = "FILE", description = "Must not exist yet.")
    private Path file = Path.of("");

    @Option(names = "--json", description = "Write the answer as JSON.")
    private boolean json;

    BackupCommand(Surroundings here) {
        this.here = here;
    }

    @Override
    public Integer call() {
        var whole = here.folder().resolve(file).toAbsolutePath().normalize().toString();
        return VerbCommand.ask(here, stateDir, List.of("backup", whole), json);
    }
}
