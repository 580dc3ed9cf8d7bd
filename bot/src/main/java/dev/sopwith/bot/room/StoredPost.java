package dev.sopwith.bot.room;

import dev.sopwith.engine.chat.Document;
import dev.sopwith.engine.chat.Document.Ask;
import dev.sopwith.engine.chat.Document.Block;
import dev.sopwith.engine.chat.Document.Control;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.run.StepVisit;
import dev.sopwith.engine.sop.Hashing;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * A message that follows from no state, as the store keeps it until it is shown: an answer, a line
 * about the service.
 *
 * @param threadId where it belongs, as the network calls it
 * @param output what goes with it as a file
 */
record StoredPost(Optional<String> threadId, Document document, Optional<FullOutput> output) {

    String json() {
        var json = json(document);
        threadId.ifPresent(it -> json.put("thread", it));
        output.ifPresent(
                it ->
                        json.putObject("output")
                                .put("run", it.run().number())
                                .put("step", it.step().step())
                                .put("visit", it.step().visit())
                                .put("attempt", it.attempt()));
        return json.toString();
    }

    /** What tells two documents apart. */
    static String digest(Document document) {
        return new Hashing().text(json(document).toString()).digest();
    }

    private static ObjectNode json(Document document) {
        var json = JsonMapper.shared().createObjectNode();
        json.put("title", document.title()).put("loud", document.isLoud());
        var blocks = json.putArray("blocks");
        for (var block : document.blocks()) {
            switch (block) {
                case Block.Line(var text) -> blocks.addObject().put("line", text);
                case Block.Code(var text, var cut) ->
                        blocks.addObject().put("code", text).put("cut", cut);
            }
        }
        var mentions = json.putArray("mentions");
        document.mentions().forEach(mentions::add);
        var controls = json.putArray("controls");
        for (var control : document.controls()) {
            var row =
                    controls.addObject()
                            .put("id", control.id())
                            .put("label", control.label())
                            .put("ask", control.ask().name());
            control.mark().ifPresent(it -> row.put("mark", it));
        }
        return json;
    }

    /** Reads what {@link #json} wrote. */
    static StoredPost of(String text) {
        var json = JsonMapper.shared().readTree(text);
        var blocks = new ArrayList<Block>();
        for (var block : json.path("blocks").values()) {
            blocks.add(
                    block.has("line")
                            ? new Block.Line(block.path("line").asString(""))
                            : new Block.Code(
                                    block.path("code").asString(""), block.path("cut").asInt(0)));
        }
        var mentions = new HashSet<String>();
        json.path("mentions").values().forEach(it -> mentions.add(it.asString("")));
        var document =
                new Document(
                        json.path("title").asString(""),
                        blocks,
                        mentions,
                        controls(json),
                        json.path("loud").asBoolean(false));
        var thread = json.path("thread").asString("");
        return new StoredPost(
                Optional.of(thread).filter(it -> !it.isEmpty()), document, output(json));
    }

    private static Optional<FullOutput> output(JsonNode json) {
        var output = json.path("output");
        if (!output.isObject()) return Optional.empty();
        return Optional.of(
                new FullOutput(
                        new RunId(output.path("run").asLong(0)),
                        new StepVisit(output.path("step").asInt(0), output.path("visit").asInt(0)),
                        output.path("attempt").asInt(0)));
    }

    private static List<Control> controls(JsonNode json) {
        var controls = new ArrayList<Control>();
        for (var it : json.path("controls").values()) {
            controls.add(
                    new Control(
                            it.path("id").asString(""),
                            it.path("label").asString(""),
                            Ask.valueOf(it.path("ask").asString(Ask.NOTHING.name())),
                            Optional.of(it.path("mark").asString(""))
                                    .filter(mark -> !mark.isEmpty())));
        }
        return controls;
    }
}
