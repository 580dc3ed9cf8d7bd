package dev.sopwith.cli;

import dev.sopwith.bot.words.English;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code sopwith trigger}: what deliveries come to. */
@Command(name = "trigger", description = "Try out what starts SOPs without a person.")
final class TriggerCommand {
    /** The largest payload that any source takes. */
    private static final int PAYLOAD_MAX = 1024 * 1024;

    private TriggerCommand() {}

    static CommandLine commands(Surroundings here) {
        return new CommandLine(new TriggerCommand()).addSubcommand(new Test(here));
    }

    /** {@code sopwith trigger test}. */
    @Command(
            name = "test",
            description = "Show what a delivery would come to, as things stand; starts nothing.",
            footer = {
                "",
                "TOPIC is the path of a webhook, the topic of a message, the name of a SOP with a",
                "schedule, or board/signal. A request is taken as proved."
            },
            exitCodeListHeading = Exit.HEADING,
            exitCodeList = {
                Exit.OK + ":shown",
                Exit.FINDINGS + ":no SOP hears it",
                Exit.WRONG_USE + ":wrong use, or the payload cannot be read",
                Exit.NO_SERVICE + ":no service runs here, or it ended before it answered",
                Exit.TEMPORARY + ":the service is there and says nothing for 30 s"
            })
    private static final class Test implements Callable<Integer> {
        private final Surroundings here;

        @Mixin private StateDir stateDir = new StateDir();

        @Parameters(
                index = "0",
                paramLabel = "SOURCE",
                description = "webhook, mqtt, cron or peripheral.")
        private String source = "";

        @Parameters(index = "1", paramLabel = "TOPIC", description = "What it is about.")
        private String topic = "";

        @Option(names = "--payload", paramLabel = "FILE", description = "What it carries.")
        private Path payload = Path.of("");

        @Option(names = "--json", description = "Write the answer as JSON.")
        private boolean json;

        Test(Surroundings here) {
            this.here = here;
        }

        @Override
        public Integer call() {
            var words = new ArrayList<String>(List.of("trigger", "test", source, topic));
            if (!payload.toString().isEmpty()) {
                try {
                    words.add(text(here.folder().resolve(payload)));
                } catch (IOException e) {
                    return here.refuse("%s cannot be sent: %s".formatted(payload, why(e)), "");
                }
            }
            return VerbCommand.ask(here, stateDir, words, json);
        }

        private static String why(IOException e) {
            return e instanceof CharacterCodingException ? "it is not UTF-8" : English.why(e);
        }

        private static String text(Path file) throws IOException {
            if (Files.size(file) > PAYLOAD_MAX) {
                throw new IOException("it has more than %,d bytes".formatted(PAYLOAD_MAX));
            }
            var bytes = ByteBuffer.wrap(Files.readAllBytes(file));
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        }
    }
}
