package dev.sopwith.engine.library;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.roster.RosterReader;
import dev.sopwith.engine.sop.Diagnostic;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;

/** Names of devices in a SOP that the roster does not know: where, what, and what was meant. */
class DeviceFindingsTest {
    private static final String ONE = "ingress: {mqtt: {home: {url: \"mqtt://127.0.0.1\"}}}\n";
    private static final String TWO =
            "ingress: {mqtt: {home: {url: \"mqtt://127.0.0.1\"}, shop: {url: \"mqtt://10.0.0.2\"}}}\n";
    private static final String BOARD =
            "ingress: {boards: {hall: {chip: sim, signals: {button: {line: GPIO17}}}}}\n";

    @TempDir private Path folder;

    private List<String> findings(String roster, String trigger, String block) throws IOException {
        var place = Files.createDirectories(folder.resolve("bell"));
        Files.writeString(
                place.resolve("SOP.toml"),
                """
                [sop]
                name = "bell"
                description = "d"

                [[triggers]]
                type = "manual"

                [[triggers]]
                %s
                """
                        .formatted(trigger));
        var steps =
                block.isEmpty()
                        ? "1. **Go** — home.\n"
                        : "1. **Do** — it.\n   - tools: mqtt, gpio\n\n   ```%s\n   ```\n"
                                .formatted(block.replace("\n", "\n   "));
        Files.writeString(place.resolve("SOP.md"), "## Steps\n\n" + steps);
        var sops = SopSet.load(folder, "sops", InstantSource.system());
        assertThat(sops.broken()).isEmpty();
        var read = RosterReader.read(roster.getBytes(StandardCharsets.UTF_8), "roster.yaml");
        var settings =
                read.roster().orElseThrow(() -> new AssertionError(read.toString())).ingress();
        return DeviceFindings.of(settings, sops.runnable().iterator().next(), "sops/bell").stream()
                .map(Diagnostic::toString)
                .toList();
    }

    private static String mqtt(String more) {
        return "type = \"mqtt\"\ntopic = \"bell\"\n" + more;
    }

    @Test
    void a_broker_that_is_not_in_the_roster_is_named_with_what_was_meant() throws IOException {
        assertThat(findings(ONE, mqtt("broker = \"hmoe\""), "mqtt\nbroker: hoem\ntopic: a\n1"))
                .containsExactly(
                        "sops/bell/SOP.toml:11:1: error: the roster has no broker \"hmoe\"; did you mean"
                                + " \"home\"? [broker-unknown]",
                        "sops/bell/SOP.md:6:1: error: the roster has no broker \"hoem\"; did you mean"
                                + " \"home\"? [broker-unknown]");
        assertThat(findings("version: 1\n", mqtt("broker = \"home\""), ""))
                .singleElement()
                .asString()
                .contains("add it under ingress: mqtt, or leave it out");
    }

    @Test
    void who_names_no_broker_of_several_is_told_which_one_is_meant() throws IOException {
        assertThat(findings(TWO, mqtt(""), "mqtt\ntopic: a\n1"))
                .containsExactly(
                        "sops/bell/SOP.toml:9:1: warning: the roster has 2 brokers, and this means"
                                + " \"home\"; name the one that is meant: home, shop"
                                + " [broker-not-named]",
                        "sops/bell/SOP.md:6:1: warning: the roster has 2 brokers, and this means"
                                + " \"home\"; name the one that is meant: home, shop"
                                + " [broker-not-named]");
        assertThat(findings(TWO, mqtt("broker = \"shop\""), "mqtt\nbroker: home\ntopic: a\n1"))
                .isEmpty();
        assertThat(findings(ONE, mqtt(""), "mqtt\ntopic: a\n1")).isEmpty();
    }

    @Test
    void a_board_or_signal_that_is_not_in_the_roster_is_named() throws IOException {
        var pin = "type = \"peripheral\"\nboard = \"%s\"\nsignal = \"%s\"";
        assertThat(findings(BOARD, pin.formatted("hall", "button"), "gpio\nhall/lamp on"))
                .containsExactly(
                        "sops/bell/SOP.md:6:1: error: the board hall has no signal \"lamp\"; known:"
                                + " button [signal-unknown]");
        assertThat(findings(BOARD, pin.formatted("hal", "button"), ""))
                .containsExactly(
                        "sops/bell/SOP.toml:10:1: error: the roster has no board \"hal\"; did you mean"
                                + " \"hall\"? [signal-unknown]");
        assertThat(findings(BOARD, pin.formatted("hall", "buton"), ""))
                .containsExactly(
                        "sops/bell/SOP.toml:11:1: error: the board hall has no signal \"buton\"; did you"
                                + " mean \"button\"? [signal-unknown]");
        assertThat(findings(ONE, pin.formatted("hall", "button"), "")).isEmpty();
    }

    @Test
    void an_input_is_not_set_and_an_output_starts_nothing() throws IOException {
        var board =
                "ingress: {boards: {hall: {chip: sim, signals:"
                        + " {button: {line: B}, lamp: {line: L, direction: out}}}}}\n";
        var pin = "type = \"peripheral\"\nboard = \"hall\"\nsignal = \"%s\"";
        assertThat(findings(board, pin.formatted("button"), "gpio\nhall/lamp on")).isEmpty();
        assertThat(findings(board, pin.formatted("lamp"), "gpio\nhall/button on"))
                .satisfiesExactly(
                        trigger ->
                                assertThat(trigger)
                                        .startsWith(
                                                "sops/bell/SOP.toml:11:1: error: hall/lamp is an")
                                        .contains("an output, which starts nothing"),
                        step ->
                                assertThat(step)
                                        .startsWith("sops/bell/SOP.md:6:1: error: hall/button is")
                                        .contains("an input, which no step can set"));
    }
}
