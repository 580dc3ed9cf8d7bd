package dev.sopwith.engine.reading;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.sop.Diagnostic;
import dev.sopwith.engine.sop.SopFiles;
import dev.sopwith.engine.sop.Step;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a test says about reading: the only caller of the readers in these tests. */
final class Reading {

    static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    static final String VALID_TOML =
            """
            [sop]
            name = "restart"
            description = "Restart the service"

            [[triggers]]
            type = "manual"
            """;

    static final String VALID_MD =
            """
            # Restart

            ## Steps

            1. **Restart** — Do it.
            """;

    private final List<Diagnostic> diagnostics;

    private Reading(List<Diagnostic> diagnostics) {
        this.diagnostics = diagnostics;
    }

    static Reading toml(String text) {
        return new Reading(SopReader.readManifest(text, NOW).diagnostics());
    }

    static Reading md(String text) {
        return new Reading(SopReader.readProcedure(text).diagnostics());
    }

    /** The steps of a text that has no error. */
    static List<Step> steps(String md) {
        var part = SopReader.readProcedure(md);
        assertThat(part.diagnostics()).noneMatch(Diagnostic::isError);
        return part.value().orElseThrow().steps();
    }

    static Manifest manifest(String toml) {
        var part = SopReader.readManifest(toml, NOW);
        assertThat(part.diagnostics()).noneMatch(Diagnostic::isError);
        return part.value().orElseThrow();
    }

    static SopReader.Result both(String toml, String md) {
        return SopReader.read(files(toml, md), "sops/x", NOW);
    }

    static Reading whole(String toml, String md) {
        return new Reading(both(toml, md).diagnostics());
    }

    static SopFiles files(String toml, String md) {
        return files(
                Map.of(
                        "SOP.toml", toml.getBytes(StandardCharsets.UTF_8),
                        "SOP.md", md.getBytes(StandardCharsets.UTF_8)));
    }

    static SopFiles files(Map<String, byte[]> contents) {
        var files = new TreeMap<String, SopFiles.File>();
        contents.forEach((name, bytes) -> files.put(name, new SopFiles.File(bytes, false)));
        return new SopFiles(files);
    }

    /** Exactly these findings, each as {@code line code}, in reading order. */
    Reading finds(String... expected) {
        assertThat(diagnostics.stream().map(d -> d.line() + " " + d.code().id()).toList())
                .as(
                        () ->
                                String.join(
                                        "\n",
                                        diagnostics.stream().map(Diagnostic::toString).toList()))
                .containsExactly(expected);
        return this;
    }

    Reading findsNothing() {
        return finds();
    }

    /** Some finding's text holds all of these. */
    Reading saying(String... parts) {
        assertThat(diagnostics)
                .anySatisfy(diagnostic -> assertThat(diagnostic.toString()).contains(parts));
        return this;
    }
}
