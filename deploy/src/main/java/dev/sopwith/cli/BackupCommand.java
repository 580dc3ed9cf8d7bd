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
        footer = {
            "",
            "Exit codes: 0 written; 1 not written; 2 wrong use; 3 no service;",
            "75 the service is there and does not answer."
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
        return VerbCommand.ask(here, stateDir, List.of("backup", whole), false, json);
    }
}
