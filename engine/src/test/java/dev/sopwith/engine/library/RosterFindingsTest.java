package dev.sopwith.engine.library;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.roster.Roster;
import dev.sopwith.engine.roster.RosterReader;
import dev.sopwith.engine.sop.Diagnostic;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;

/** What a SOP lacks of the roster is found whenever either of them is another one. */
class RosterFindingsTest {
    @TempDir private Path folder;
    private Roster roster = roster("prod");
    private final RosterFindings findings = new RosterFindings(() -> roster, "sops");

    @BeforeEach
    void write() throws IOException {
        sop("go", "prod");
    }

    private static Roster roster(String policy) {
        var text =
                """
                people: {alice: {local: [alice]}, bob: {local: [bob]}}
                access: [{sops: "*", run: [everyone]}]
                policies: {%s: {approvers: [alice, bob], quorum: 2}}
                """
                        .formatted(policy);
        var read = RosterReader.read(text.getBytes(StandardCharsets.UTF_8), "roster.yaml");
        return read.roster().orElseThrow(() -> new AssertionError(read.toString()));
    }

    private void sop(String name, String policy) throws IOException {
        var place = Files.createDirectories(folder.resolve(name));
        Files.writeString(
                place.resolve("SOP.toml"),
                "[sop]\nname = \"%s\"\ndescription = \"d\"\n\n[[triggers]]\ntype = \"manual\"\n"
                        .formatted(name));
        Files.writeString(
                place.resolve("SOP.md"),
                "## Steps\n\n1. **Go** — home.\n   - requires_confirmation: true\n   - policy: %s\n"
                        .formatted(policy));
    }

    private SopSet sops() {
        return SopSet.load(folder, "sops", InstantSource.system());
    }

    @Test
    void a_finding_is_told_once_and_again_when_it_came_back() throws IOException {
        assertThat(findings.untold(sops())).isEmpty();

        sop("stop", "pord");
        assertThat(findings.untold(sops()))
                .singleElement()
                .extracting(Diagnostic::toString)
                .asString()
                .contains("sops/stop/SOP.md:3:1: error: the roster has no policy", "prod");
        assertThat(findings.untold(sops())).isEmpty();

        sop("stop", "prod");
        assertThat(findings.untold(sops())).isEmpty();
        sop("stop", "pord");
        assertThat(findings.untold(sops())).hasSize(1);
    }

    @Test
    void another_roster_is_another_look() {
        var go = sops().find("go").orElseThrow();
        assertThat(findings.of(go)).isEmpty();

        roster = roster("other");

        assertThat(findings.of(go)).isNotEmpty();
        assertThat(findings.untold(sops())).isNotEmpty();
    }
}
