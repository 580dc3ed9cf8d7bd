package dev.sopwith.bench;

import dev.sopwith.engine.expression.Condition;
import dev.sopwith.engine.expression.Cron;
import dev.sopwith.engine.expression.Payload;
import dev.sopwith.engine.library.SopSet;
import dev.sopwith.engine.reading.SopReader;
import dev.sopwith.engine.sop.SopFiles;

import org.commonmark.parser.Parser;
import org.tomlj.Toml;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** What can be measured by name, because a fresh process is told only the name and the input. */
enum Task {
    /** All SOPs of a folder, with everything that is checked. */
    LOAD,
    /** The same files through the same parsers and nothing else. */
    PARSE_ALL,
    MANIFEST,
    PROCEDURE,
    /** A procedure through the same parser and nothing else. */
    PARSE_PROCEDURE,
    PAYLOAD,
    CONDITION,
    CRON,
    /** A store and all that a start does with the runs in it. */
    START;

    /** Reads the input, which is not counted, and answers with what is. */
    Work.Body on(Path input) throws IOException {
        return switch (this) {
            case LOAD -> () -> SopSet.load(input, "sops", () -> SampleSops.NOW);
            case PARSE_ALL -> () -> parseAll(input);
            case MANIFEST -> reading(SopReader.MANIFEST, input);
            case PROCEDURE -> reading(SopReader.PROCEDURE, input);
            case PARSE_PROCEDURE -> parsing(Files.readString(input));
            case PAYLOAD -> payload(Files.readString(input));
            case CONDITION -> condition(Files.readString(input));
            case CRON -> cron(Files.readString(input));
            case START -> start(input);
        };
    }

    private static Work.Body reading(String name, Path file) throws IOException {
        var content = new SopFiles.File(Files.readAllBytes(file), false);
        var files = new SopFiles(Map.of(name, content));
        return () -> SopReader.read(files, "sops/bench", SampleSops.NOW);
    }

    private static Work.Body parsing(String text) {
        return () -> Parser.builder().build().parse(text);
    }

    private static Work.Body payload(String text) {
        return () -> Payload.of(text).json();
    }

    private static Work.Body condition(String text) {
        return () -> Condition.parse(text);
    }

    private static Work.Body cron(String text) {
        return () -> Cron.parse(text);
    }

    /** Whatever was started is not closed: the process ends with the measurement. */
    private static Work.Body start(Path store) {
        var sops = EngineFigures.sops(store.resolveSibling("sops"));
        return () -> EngineFigures.started(store, sops);
    }

    private static Object parseAll(Path folder) throws IOException {
        try (var folders = Files.list(folder)) {
            return folders.toList().parallelStream().map(Task::parseOne).toList();
        }
    }

    private static int parseOne(Path folder) {
        try {
            var toml = Toml.parse(Files.readString(folder.resolve(SopReader.MANIFEST)));
            var markdown = Parser.builder().build();
            var document = markdown.parse(Files.readString(folder.resolve(SopReader.PROCEDURE)));
            return toml.hashCode() + document.hashCode();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
