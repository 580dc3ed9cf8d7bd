package dev.sopwith.bot.discord;

import dev.sopwith.engine.chat.InboundEvent;

import net.dv8tion.jda.api.requests.Route;
import net.dv8tion.jda.api.utils.data.DataArray;
import net.dv8tion.jda.api.utils.data.DataObject;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * What people did while nobody heard it: read back from the channel, its threads, and the marks on
 * open prompts. Presses of buttons are not to be had: Discord told who pressed that it failed.
 */
final class CatchUp implements Inbox.Arrival {
    private static final int PAGE = 100;

    /** Messages that are read back of one channel. */
    private static final int MESSAGES_MAX = 2_000;

    private static final int UNKNOWN_MESSAGE = 10_008;
    private static final int UNKNOWN_CHANNEL = 10_003;

    private static final System.Logger LOG = System.getLogger(CatchUp.class.getName());
    private static final AtomicLong NUMBER = new AtomicLong();

    private final Rest rest;
    private final String guild;
    private final String room;
    private final MessageReader reader;
    private final Supplier<? extends Collection<String>> open;
    private final InstantSource clock;

    /**
     * @param open messages on which marks count at the moment
     */
    CatchUp(
            Rest rest,
            String guild,
            String room,
            MessageReader reader,
            Supplier<? extends Collection<String>> open,
            InstantSource clock) {
        this.rest = rest;
        this.guild = guild;
        this.room = room;
        this.reader = reader;
        this.open = open;
        this.clock = clock;
    }

    @Override
    public List<InboundEvent> events(Position position) throws Rest.Failure {
        var events = new ArrayList<InboundEvent>();
        var from = position.readFrom();
        if (from.isPresent()) events.addAll(written(from.get()));
        else position.begin(clock.instant());
        for (var id : new TreeSet<>(open.get())) events.addAll(marked(id, position));
        return events;
    }

    // What was written

    private List<InboundEvent> written(long from) throws Rest.Failure {
        var messages = new ArrayList<DataObject>(since(room, from));
        for (var thread : activeThreads()) {
            long last = Snowflake.parse(thread.getString("last_message_id", "0"));
            if (Long.compareUnsigned(last, from) > 0) {
                messages.addAll(since(thread.getString("id"), from));
            }
        }
        messages.sort(
                Comparator.comparing(
                        it -> Snowflake.parse(it.getString("id")), Long::compareUnsigned));
        var events = new ArrayList<InboundEvent>();
        for (var it : messages) reader.read(it, true).ifPresent(events::add);
        return events;
    }

    private List<DataObject> activeThreads() throws Rest.Failure {
        var all = rest.call(Route.Guilds.LIST_ACTIVE_THREADS.compile(guild)).getArray("threads");
        return objects(all).stream()
                .filter(it -> it.getString("parent_id", "").equals(room))
                .toList();
    }

    /** Oldest first. */
    private List<DataObject> since(String channel, long from) throws Rest.Failure {
        var all = new ArrayList<DataObject>();
        long after = from;
        while (true) {
            var route =
                    Route.Messages.GET_MESSAGE_HISTORY
                            .compile(channel)
                            .withQueryParams(
                                    "after", Long.toUnsignedString(after), "limit", "" + PAGE);
            var page = objects(rest.list(route));
            all.addAll(page);
            if (page.size() < PAGE) return all;
            if (all.size() >= MESSAGES_MAX) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "only the first {0} messages of channel {1} were read back",
                        all.size(),
                        channel);
                return all;
            }
            for (var it : page) after = Math.max(after, Snowflake.parse(it.getString("id")));
        }
    }

    // Marks

    private List<InboundEvent> marked(String messageId, Position position) throws Rest.Failure {
        var id = MessageId.parse(messageId);
        if (id.isEmpty()) return List.of();
        var now = new ArrayList<Position.Mark>();
        try {
            var route = Route.Messages.GET_MESSAGE.compile(id.get().channel(), id.get().message());
            var reactions = rest.call(route).optArray("reactions");
            for (var it : reactions.map(CatchUp::objects).orElse(List.of())) {
                var mark = Marks.plain(it.getObject("emoji"));
                if (mark.filter(Marks::isVote).isEmpty()) continue;
                for (var user : users(id.get(), it.getObject("emoji").getString("name"))) {
                    now.add(new Position.Mark(messageId, user, mark.get()));
                }
            }
        } catch (Rest.Failure e) {
            if (e.code() == UNKNOWN_MESSAGE || e.code() == UNKNOWN_CHANNEL) return List.of();
            throw e;
        }
        return difference(position.marks(messageId), now);
    }

    private List<String> users(MessageId id, String emoji) throws Rest.Failure {
        var users = new ArrayList<String>();
        var after = Optional.of("0");
        while (after.isPresent()) {
            var route =
                    Route.Messages.GET_REACTION_USERS
                            .compile(id.channel(), id.message(), emoji)
                            .withQueryParams("limit", "" + PAGE, "after", after.get());
            var page = objects(rest.list(route));
            for (var it : page) if (!it.getBoolean("bot", false)) users.add(it.getString("id"));
            after =
                    page.size() < PAGE
                            ? Optional.empty()
                            : Optional.of(page.getLast().getString("id"));
        }
        return users;
    }

    private List<InboundEvent> difference(List<Position.Mark> before, List<Position.Mark> now) {
        var events = new ArrayList<InboundEvent>();
        for (var it : before) {
            if (now.contains(it)) continue;
            events.add(
                    new InboundEvent.ReactionRemoved(
                            number(),
                            room,
                            it.messageId(),
                            account(it),
                            it.mark(),
                            clock.instant()));
        }
        for (var it : now) {
            if (before.contains(it)) continue;
            events.add(
                    new InboundEvent.Reaction(
                            number(),
                            room,
                            it.messageId(),
                            account(it),
                            it.mark(),
                            clock.instant()));
        }
        return events;
    }

    private static String account(Position.Mark mark) {
        return MessageReader.account(mark.user());
    }

    private String number() {
        return "mark/%d/%d".formatted(clock.millis(), NUMBER.incrementAndGet());
    }

    private static List<DataObject> objects(DataArray array) {
        var all = new ArrayList<DataObject>();
        for (int i = 0; i < array.length(); i++) all.add(array.getObject(i));
        return all;
    }
}
