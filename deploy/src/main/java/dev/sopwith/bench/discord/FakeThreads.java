package dev.sopwith.bench.discord;

import tools.jackson.databind.node.ObjectNode;

/**
 * Threads of {@link FakeRest}: begun at a message, put away, locked.
 *
 * <p>Threading: all of it is called while the world is held.
 */
final class FakeThreads {
    private final FakeWorld world;
    private final FakeGateway gateway;

    FakeThreads(FakeWorld world, FakeGateway gateway) {
        this.world = world;
        this.gateway = gateway;
    }

    void serve(FakeRest rest) {
        rest.on(
                "POST",
                "/channels/#/messages/#/threads",
                (path, body, _) -> {
                    var message = world.existing(path.group(2));
                    world.need(FakeWorld.CREATE_THREADS, 50_013, "Missing Permissions");
                    if (world.channels.containsKey(path.group(2))) {
                        throw new FakeRest.Refused(
                                400, 160_004, "A thread has already been created for this message");
                    }
                    var thread =
                            world.thread(
                                    path.group(2),
                                    path.group(1),
                                    body.path("name").asString(""),
                                    body.path("auto_archive_duration").asInt(4320));
                    message.put("flags", message.path("flags").asInt(0) | 32);
                    var event = thread.deepCopy().put("newly_created", true);
                    gateway.dispatch("THREAD_CREATE", event, 0);
                    return new FakeRest.Reply(201, thread);
                });
        rest.on(
                "PATCH",
                "/channels/#",
                (path, body, _) -> {
                    var channel = world.channel(path.group(1));
                    if (!channel.has("thread_metadata")) throw FakeRest.invalid("not a thread");
                    boolean isOpening = body.path("locked").isBoolean();
                    if (isOpening && FakeWorld.isLocked(channel)) {
                        world.need(FakeWorld.MANAGE_THREADS, 50_013, "Missing Permissions");
                    }
                    var meta = (ObjectNode) channel.get("thread_metadata");
                    if (body.has("locked")) meta.set("locked", body.get("locked"));
                    setArchived(channel, body.path("archived").asBoolean(false));
                    return FakeRest.Reply.ok(channel);
                });
    }

    void setArchived(ObjectNode thread, boolean isArchived) {
        ((ObjectNode) thread.get("thread_metadata")).put("archived", isArchived);
        gateway.dispatch("THREAD_UPDATE", thread, 0);
    }
}
