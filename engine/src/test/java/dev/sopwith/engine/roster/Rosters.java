package dev.sopwith.engine.roster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.reading.SopReader;
import dev.sopwith.engine.sop.Diagnostic;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.sop.SopFiles;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Rosters and SOPs as text, for tests. */
public final class Rosters {
    /** The example of the format, whole. */
    public static final String EXAMPLE =
            """
            version: 1
            sops_dir: sops
            connectors:
              ops: {kind: matrix, matrix: {homeserver_url: https://matrix.example.internal, user_id: "@mos:example.internal", room_id: "!abc:example.internal"}}
              phone: {kind: discord, discord: {channel_id: "1234"}}
            people:
              alice: {matrix: ["@alice:example.org"], discord: ["4711"], local: [alice]}
              bob: {local: [bob]}
              carol: {matrix: ["@carol:example.org"]}
            groups: {release: [alice, bob]}
            access: [{sops: "deploy-*", run: [release], see: [everyone]}, {sops: "*", run: [everyone]}]
            policies: {prod: {approvers: [release], quorum: 2}}
            require: [{sops: "*-prod", priority: high, policy: prod}]
            routes: [{sops: "db-*", to: [ops]}]
            secrets: {DEPLOY_TOKEN: {sops: ["deploy-*"]}}
            engine: {timezone: Europe/Berlin, default_execution_mode: supervised, max_concurrent_total: 4, step_timeout: 30m, pass_env: [PATH, HOME]}
            ingress: {http: {listen: "127.0.0.1:8484"}, mqtt: {home: {url: "mqtts://broker:8883"}}, boards: {hall: {chip: pinctrl-rp1, signals: {button: {line: GPIO17, pull: up}}}}}
            """;

    private Rosters() {}

    public static RosterReader.Result read(String text) {
        return RosterReader.read(text.getBytes(StandardCharsets.UTF_8), "roster.yaml");
    }

    /** A roster without any finding. */
    public static Roster roster(String text) {
        var result = read(text);
        assertThat(result.diagnostics()).isEmpty();
        return result.roster().orElseThrow();
    }

    /** Errors and warnings, as people read them. */
    static List<String> findings(String text) {
        return read(text).diagnostics().stream().map(Diagnostic::toString).toList();
    }

    /** A SOP that starts by hand. */
    public static Sop sop(String name, String manifest, String steps) {
        var toml =
                "[sop]\nname = \"%s\"\ndescription = \"d\"\n%s\n\n[[triggers]]\ntype = \"manual\"\n"
                        .formatted(name, manifest);
        var files =
                new SopFiles(
                        Map.of(
                                "SOP.toml", file(toml),
                                "SOP.md", file("## Steps\n\n" + steps)));
        var result = SopReader.read(files, "sops/" + name, Instant.EPOCH);
        return result.sop().orElseThrow(() -> new AssertionError(result.diagnostics().toString()));
    }

    private static SopFiles.File file(String text) {
        return new SopFiles.File(text.getBytes(StandardCharsets.UTF_8), false);
    }
}
