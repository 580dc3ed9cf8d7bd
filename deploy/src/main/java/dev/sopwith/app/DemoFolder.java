package dev.sopwith.app;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What a demo lies in: the samples of this repository, a roster, and what the service makes there.
 * Laid out as any other installation, so {@code up} goes on with it.
 */
final class DemoFolder {
    private static final String OWNER_ONLY = "rwx------";
    private static final String SCRIPT = ".sh";

    /** Those that need no device. */
    private static final List<String> SAMPLES =
            List.of("deploy-prod", "incident", "restart-service", "rotate-logs");

    /** What the preflight of deploy-prod asks, in the sample. */
    private static final String SAMPLE_HEALTH = "http://127.0.0.1:8484/health";

    private static final String ROSTER =
            """
            # The roster of the demo: who is who, and who may do what (docs/roster.md has it all).
            version: 1
            people:
              alice: {local: ["LOGIN"]ALICE} # the user that the demo runs as
              bob: {BOB} # without an account the demo itself speaks for bob
            groups: {release: [alice, bob]}
            access: [{sops: "*", run: [release]}]
            # Whoever starts a run has no say in it.
            policies: {default: {approvers: [release], exclude_initiator: true}}
            # What the samples change lies below TMPDIR, and that is in the folder of the demo.
            engine: {pass_env: [PATH, HOME, LANG, TZ, TMPDIR]}
            """;

    private static final String CONNECTOR =
            """
            connectors:
              KIND: {kind: KIND, KIND: SETTINGS}
            """;

    private final Path root;

    private DemoFolder(Path root) {
        this.root = root;
    }

    /**
     * Makes one here.
     *
     * @param root missing or empty
     * @param health page that says whether all is well
     * @param network on which both have accounts, if there is one
     * @throws DirectoryNotEmptyException when something is in it
     */
    static DemoFolder make(Path root, URI health, Optional<Demo.Network> network)
            throws IOException {
        Files.createDirectories(root);
        try (var inside = Files.list(root)) {
            if (inside.findAny().isPresent()) throw new DirectoryNotEmptyException(root.toString());
        }
        close(root);
        var folder = new DemoFolder(root.toRealPath());
        close(Files.createDirectory(folder.second()));
        close(Files.createDirectory(folder.temporary()));
        for (var sample : SAMPLES) folder.copy(sample);
        var page = folder.sops().resolve("deploy-prod").resolve("SOP.md");
        var text = Files.readString(page);
        if (!text.contains(SAMPLE_HEALTH)) {
            throw new IllegalStateException("deploy-prod asks another page than the demo knows");
        }
        Files.writeString(page, text.replace(SAMPLE_HEALTH, health.toString()));
        Files.writeString(folder.roster(), folder.roster(network));
        return folder;
    }

    private String roster(Optional<Demo.Network> network) throws IOException {
        var text = ROSTER.replace("LOGIN", owner());
        if (network.isEmpty()) return text.replace("ALICE", "").replace("BOB", "");
        var it = network.get();
        var connector =
                CONNECTOR
                        .replace("KIND", it.kind())
                        .replace("SETTINGS", JsonMapper.shared().writeValueAsString(it.settings()));
        return text.replace("ALICE", ", %s: [\"%s\"]".formatted(it.kind(), it.alice()))
                        .replace("BOB", "%s: [\"%s\"]".formatted(it.kind(), it.bob()))
                + connector;
    }

    private static void close(Path folder) throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(OWNER_ONLY));
    }

    private void copy(String sample) throws IOException {
        var resource = Objects.requireNonNull(DemoFolder.class.getResource("sops/" + sample));
        try {
            var from = resource.toURI();
            if (from.getScheme().equals("jar")) {
                try (var jar = FileSystems.newFileSystem(from, Map.of())) {
                    copy(jar.provider().getPath(from), sample);
                }
            } else {
                copy(Path.of(from), sample);
            }
        } catch (URISyntaxException e) {
            throw new IllegalStateException("a resource of the program has no address", e);
        }
    }

    private void copy(Path from, String sample) throws IOException {
        var to = Files.createDirectories(sops().resolve(sample));
        try (var files = Files.list(from)) {
            for (var file : files.toList()) {
                var name = file.getFileName().toString();
                var copy = Files.write(to.resolve(name), Files.readAllBytes(file));
                var rights = name.endsWith(SCRIPT) ? "rwxr-xr-x" : "rw-r--r--"; // jars have none
                Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString(rights));
            }
        }
    }

    /** Who the kernel says is behind what this process does, even where the user has no name. */
    String owner() throws IOException {
        return Files.getOwner(root).getName();
    }

    Path root() {
        return root;
    }

    Path sops() {
        return root.resolve("sops");
    }

    Path roster() {
        return root.resolve("roster.yaml");
    }

    Path state() {
        return root.resolve(".sopwith");
    }

    /** Where the second person's socket is, as a state folder has it. */
    Path second() {
        return root.resolve("bob");
    }

    /** What steps take for the folder of temporary files. */
    Path temporary() {
        return root.resolve("tmp");
    }
}
