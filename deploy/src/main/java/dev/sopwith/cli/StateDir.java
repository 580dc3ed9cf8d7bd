package dev.sopwith.cli;

import dev.sopwith.app.App;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;

/** Where the service keeps what it knows, for every command that needs it. */
final class StateDir {
    @Mixin private SopsDir sopsDir = new SopsDir();

    @Option(
            names = "--state-dir",
            paramLabel = "DIR",
            defaultValue = "${env:SOPWITH_STATE:-}",
            description =
                    "The service's own folder. Default: $$SOPWITH_STATE, else .sopwith beside the"
                            + " folder of SOPs")
    private String folder = "";

    SopsDir sops() {
        return sopsDir;
    }

    Path in(Surroundings here) {
        if (!folder.isEmpty()) return here.folder().resolve(folder).toAbsolutePath().normalize();
        var sops = sopsDir.in(here).toAbsolutePath().normalize();
        return sops.resolveSibling(".sopwith");
    }

    Path socket(Surroundings here) {
        return App.socket(in(here));
    }

    Path database(Surroundings here) {
        return App.store(in(here)).resolve("sopwith.db");
    }

    /** What a person adds to another command to reach the same service. */
    String asOption() {
        return sopsDir.asOption() + (folder.isEmpty() ? "" : " --state-dir " + folder);
    }
}
