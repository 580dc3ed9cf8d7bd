package dev.sopwith.app;

import dev.sopwith.bot.local.Answer;
import dev.sopwith.bot.local.LocalServer;
import dev.sopwith.bot.local.Request;
import dev.sopwith.bot.tmux.TmuxConnector;
import dev.sopwith.engine.chat.Document;
import dev.sopwith.engine.chat.Document.Ask;
import dev.sopwith.engine.chat.Document.Block;
import dev.sopwith.engine.chat.Document.Control;
import dev.sopwith.engine.chat.OutboundMessage;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * A process with the real socket and the real room, which shows what a test tells it to and repeats
 * what it is asked. In: {@code {"key":…,"title":…,"lines":[…],"asks":true,"of":"m1"}}, with {@code
 * of} in place of a message. Out: the id of each message, and each request.
 */
final class RoomService {
    private RoomService() {}

    public static void main(String[] args) throws IOException {
        var state = Files.createDirectories(Path.of(args[0]));
        var clock = InstantSource.system();
        try (var room = TmuxConnector.open(state.resolve("room"), clock, new Random());
                var _ =
                        LocalServer.open(
                                App.socket(state), (request, _, _) -> repeat(request), room)) {
            say("ready");
            var in = new InputStreamReader(System.in, StandardCharsets.UTF_8);
            var lines = new BufferedReader(in);
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                show(room, (ObjectNode) JsonMapper.shared().readTree(line));
            }
        }
    }

    private static Answer repeat(Request request) {
        var said = request.line().orElse(String.join(" ", request.words()));
        say("asked " + said);
        var data = JsonMapper.shared().createObjectNode();
        return new Answer(Answer.Status.OK, List.of("heard: " + said), List.of(), data);
    }

    private static void show(TmuxConnector room, ObjectNode told) {
        var blocks = new ArrayList<Block>();
        for (var line : told.path("lines").values()) blocks.add(new Block.Line(line.asString("")));
        var controls =
                told.path("asks").asBoolean(false)
                        ? List.of(new Control("approve", "Approve", Ask.CODE))
                        : List.<Control>of();
        var document =
                new Document(told.path("title").asString(""), blocks, Set.of(), controls, false);
        var message =
                new OutboundMessage(
                        told.path("key").asString("key"),
                        TmuxConnector.ROOM,
                        Optional.empty(),
                        document,
                        List.of());
        var result =
                told.has("of")
                        ? room.update(told.path("of").asString(""), message)
                        : room.send(message);
        say("message " + result.messageId().or(result::error).orElseThrow());
    }

    private static synchronized void say(String line) {
        System.out.println(line);
    }
}
