package dev.sopwith.bench;

import dev.sopwith.engine.reading.SopReader;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;

/**
 * SOPs as teams write them: triggers of all kinds with conditions, inputs, shell and HTTP blocks,
 * gates, prose. The same seed gives the same bytes.
 */
final class SampleSops {
    /** When they are read: fixed, so that no schedule is ever over. */
    static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private static final long SEED = 20_260_101;
    private static final List<String> CONDITIONS =
            List.of(
                    "$.env == \"prod\"",
                    "$.value > %d",
                    "$.device.id == \"pump-%d\" && $.value >= 80",
                    "$.severity >= 3 || $.status == firing",
                    "($.device.hall == %d || $.env != \"dev\") && $.tags.0 != \"test\"",
                    "$.status == \"resolved\"");
    private static final List<String> VERBS =
            List.of("Check", "Restart", "Drain", "Compare", "Rotate", "Announce", "Measure");
    private static final List<String> NOUNS =
            List.of("the pump", "the node", "the backup", "the certificate", "the queue");
    private static final String PROSE =
            "Look at the dashboard first and write down what you see. If the *pressure* is above"
                    + " the mark, do not go on: call the person on duty and stay with it until"
                    + " somebody comes. The numbers are in `handbook/limits.md`.";

    private static final String SHELL =
            """
            - tools: shell
            - timeout: 10m
            - on_failure: retry:2 10s

            ```sh
            running=$(cat "/var/run/$SOP_INPUT_ENV")
            echo "running=$running" >> "$SOP_OUTPUT"
            if [ "$running" != "$SOP_INPUT_VERSION" ]; then exit 1; fi
            ```
            """;
    private static final String HTTP =
            """
            - tools: http_request
            - expect: 200-299

            ```http
            GET http://127.0.0.1:8484/health
            Accept: application/json
            ```
            """;
    private static final String GATE =
            """
            - requires_confirmation: true
            - prompt: Bring out ${inputs.version} on ${inputs.env}?
            """;

    /** Of what stands in a step: right for numbers of one to three digits. */
    private static final int INDENT = 5;

    private final SplittableRandom random;

    private SampleSops(long seed) {
        random = new SplittableRandom(seed);
    }

    /** Writes so many SOPs below a folder, each in its own. */
    static void write(Path folder, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            var sample = new SampleSops(SEED + i);
            var sop = Files.createDirectories(folder.resolve(name(i)));
            Files.writeString(sop.resolve(SopReader.MANIFEST), sample.manifest(i));
            Files.writeString(sop.resolve(SopReader.PROCEDURE), sample.procedure(i));
        }
    }

    /** The manifest of a SOP that hears one topic, which it shares with all others. */
    static String manifestForTopic(int i, String topic) {
        var sample = new SampleSops(SEED + i);
        return sample.head(i) + sample.trigger("mqtt", "topic", topic);
    }

    /** A procedure without findings, as long as this in bytes; at least some hundred of them. */
    static String procedureOf(int bytes, int stepsMax) {
        var sample = new SampleSops(SEED);
        var text = new StringBuilder(sample.introduction(0));
        int stepBytes = bytes / stepsMax;
        for (int number = 1; number <= stepsMax; number++) {
            var step = new StringBuilder(sample.step(number));
            while (step.length() < stepBytes) step.append(PROSE.indent(INDENT)).append('\n');
            if (text.length() + step.length() > bytes) break;
            text.append(step);
        }
        return text + "\n".repeat(Math.max(0, bytes - text.length()));
    }

    /** A manifest without findings, about as long as this in bytes as far as its limits allow. */
    static String manifestOf(int bytes, int triggersMax) {
        var sample = new SampleSops(SEED);
        var text = new StringBuilder(sample.head(0));
        for (int i = 0; i < triggersMax && text.length() < bytes; i++)
            text.append(sample.triggerOfKind(i, i));
        while (text.length() < bytes) text.append("# ").append(PROSE.repeat(10)).append('\n');
        return text.substring(0, bytes);
    }

    static String name(int i) {
        return "sop-%05d".formatted(i);
    }

    private String manifest(int i) {
        var text = new StringBuilder(head(i));
        text.append("\n[[triggers]]\ntype = \"manual\"\n").append(triggerOfKind(i, i));
        if (random.nextInt(3) == 0) text.append(triggerOfKind(i, i + 1 + random.nextInt(4)));
        return text.toString();
    }

    private String head(int i) {
        return """
        # Made for a benchmark; it looks like those that people write.
        [sop]
        name = "%s"
        description = "%s %s in hall %d"
        version = "1.%d.0"
        priority = "%s"
        execution_mode = "%s"
        cooldown_secs = %d
        max_concurrent = %d
        timeout_secs = 172800

        [[inputs]]
        name = "version"
        type = "string"
        pattern = '[0-9]+\\.[0-9]+\\.[0-9]+'
        default = "1.0.0"
        description = "the version to bring out"

        [[inputs]]
        name = "env"
        type = "choice"
        choices = ["staging", "prod"]
        default = "staging"
        """
                .formatted(
                        name(i),
                        oneOf(VERBS),
                        oneOf(NOUNS),
                        i % 40,
                        random.nextInt(30),
                        oneOf(List.of("low", "normal", "high", "critical")),
                        oneOf(List.of("auto", "supervised", "step_by_step", "priority_based")),
                        random.nextInt(600),
                        1 + random.nextInt(3));
    }

    /** Ten SOPs share each topic with a wildcard; all other topics and paths are their own. */
    private String triggerOfKind(int i, int kind) {
        return switch (kind % 5) {
            case 0 -> trigger("webhook", "path", "/sop/hook-" + i);
            case 1 -> trigger("mqtt", "topic", "plant/hall-%d/line-%d/state".formatted(i % 40, i));
            case 2 -> trigger("mqtt", "topic", "plant/area-%d/+/alarm/#".formatted(i / 50));
            case 3 ->
                    "\n[[triggers]]\ntype = \"cron\"\nexpression = \"%d %d * * *\"\n"
                            .formatted(random.nextInt(60), random.nextInt(24));
            default ->
                    trigger("peripheral", "board", "board-" + i)
                            + "signal = \"button-%d\"\n".formatted(random.nextInt(8));
        };
    }

    private String trigger(String type, String key, String value) {
        var condition = oneOf(CONDITIONS).formatted(random.nextInt(100));
        return """

        [[triggers]]
        type = "%s"
        %s = "%s"
        condition = '%s'
        inputs = { env = "$.env" }
        """
                .formatted(type, key, value, condition);
    }

    private String procedure(int i) {
        var text = new StringBuilder(introduction(i));
        int steps = 4 + random.nextInt(7);
        for (int number = 1; number <= steps; number++) text.append(step(number));
        return text.toString();
    }

    private String introduction(int i) {
        return "# Procedure %d\n\n%s\n\n## Steps\n\n".formatted(i, PROSE);
    }

    private String step(int number) {
        var title = "%d. **%s %s** - %s\n".formatted(number, oneOf(VERBS), oneOf(NOUNS), PROSE);
        var rest =
                switch (random.nextInt(4)) {
                    case 0 -> SHELL;
                    case 1 -> HTTP;
                    case 2 -> GATE;
                    default -> "\n" + PROSE + "\n";
                };
        return title + rest.indent(INDENT) + "\n";
    }

    private <T> T oneOf(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
