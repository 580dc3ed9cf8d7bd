package dev.sopwith.bench.synapse;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An event of a room, as the server gives it out.
 *
 * @param json all of it
 */
public record MatrixEvent(JsonNode json) {
    public String id() {
        return json.path("event_id").asString("");
    }

    public String type() {
        return json.path("type").asString("");
    }

    public String sender() {
        return json.path("sender").asString("");
    }

    public JsonNode content() {
        return json.path("content");
    }

    /** What is to be read without any markup. */
    public String body() {
        return content().path("body").asString("");
    }

    /** Empty where there is no markup. */
    public String html() {
        return content().path("formatted_body").asString("");
    }

    public String messageType() {
        return content().path("msgtype").asString("");
    }

    public boolean isMessage() {
        return type().equals("m.room.message");
    }

    public boolean isRedacted() {
        return json.path("unsigned").has("redacted_because");
    }

    /** The root of the thread it is in. */
    public Optional<String> thread() {
        return related("m.thread");
    }

    /** What it replaces. */
    public Optional<String> replaces() {
        return related("m.replace");
    }

    /** What it is a mark on. */
    public Optional<String> marks() {
        return related("m.annotation");
    }

    /** The mark. */
    public String mark() {
        return content().path("m.relates_to").path("key").asString("");
    }

    /** Ids of the accounts that it mentions. */
    public List<String> mentions() {
        var ids = new ArrayList<String>();
        for (var id : content().path("m.mentions").path("user_ids")) ids.add(id.asString(""));
        return ids;
    }

    private Optional<String> related(String how) {
        var relation = content().path("m.relates_to");
        if (!relation.path("rel_type").asString("").equals(how)) return Optional.empty();
        return Optional.of(relation.path("event_id").asString(""));
    }
}
