package dev.sopwith.bot.discord;

import dev.sopwith.bot.command.Verb;
import dev.sopwith.engine.chat.Assistant;
import dev.sopwith.engine.chat.Assistant.Field;
import dev.sopwith.engine.chat.Document.Ask;
import dev.sopwith.engine.chat.InboundEvent;

import net.dv8tion.jda.api.utils.data.DataArray;
import net.dv8tion.jda.api.utils.data.DataObject;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Commands, buttons and modals: says the first word to each, and makes an event of those that ask
 * for something to be done.
 *
 * <p>Threading: belongs to the one thread of the gateway's events, so nothing here waits for
 * Discord.
 */
final class InteractionReader {
    private static final int COMMAND = 2;
    private static final int COMPONENT = 3;
    private static final int AUTOCOMPLETE = 4;
    private static final int SUBMIT = 5;

    private static final int BUTTON = 2;

    private static final System.Logger LOG = System.getLogger(InteractionReader.class.getName());

    private final Interactions interactions;
    private final MessageReader places;
    private final SlashCommands commands;
    private final Supplier<Assistant> assistant;
    private final String room;
    private final Consumer<InboundEvent> inbox;

    InteractionReader(
            Interactions interactions,
            MessageReader places,
            SlashCommands commands,
            Supplier<Assistant> assistant,
            String room,
            Consumer<InboundEvent> inbox) {
        this.interactions = interactions;
        this.places = places;
        this.commands = commands;
        this.assistant = assistant;
        this.room = room;
        this.inbox = inbox;
    }

    /**
     * What all of them have.
     *
     * @param place where it was done
     */
    private record Done(
            DataObject all,
            String id,
            DataObject data,
            String account,
            MessageReader.Place place,
            Instant at) {}

    void read(DataObject interaction) {
        var user =
                interaction
                        .optObject("member")
                        .flatMap(it -> it.optObject("user"))
                        .or(() -> interaction.optObject("user"));
        var place = place(interaction);
        if (user.isEmpty() || place.isEmpty()) {
            var where = "this is done in <#" + room + "> and its threads only";
            int type = interaction.getInt("type");
            interactions.end(
                    interaction,
                    type == AUTOCOMPLETE ? choices(List.of()) : Payloads.whisperNow(where));
            return;
        }
        var id = interaction.getString("id");
        var done =
                new Done(
                        interaction,
                        id,
                        interaction.getObject("data"),
                        MessageReader.account(user.get().getString("id")),
                        place.get(),
                        Snowflake.time(Snowflake.parse(id)));
        switch (interaction.getInt("type")) {
            case COMMAND -> command(done);
            case COMPONENT -> press(done);
            case AUTOCOMPLETE -> Thread.ofVirtual().start(() -> complete(done));
            case SUBMIT -> submit(done);
            default -> LOG.log(System.Logger.Level.DEBUG, "an unknown kind of interaction");
        }
    }

    private Optional<MessageReader.Place> place(DataObject interaction) {
        var channel = interaction.optObject("channel").orElseGet(DataObject::empty);
        var id = interaction.getString("channel_id", channel.getString("id", ""));
        return places.place(id, channel.getString("parent_id", ""));
    }

    // Commands

    private void command(Done done) {
        var said = commands.read(done.data());
        if (said.isEmpty()) {
            interactions.end(
                    done.all(),
                    Payloads.whisperNow("this service does not know that command any more"));
            return;
        }
        var form = form(said.get(), done);
        if (form.isPresent()) {
            interactions.end(done.all(), form.get());
            return;
        }
        interactions.open(done.all(), Payloads.deferWhisper());
        inbox.accept(
                new InboundEvent.Message(
                        done.id(),
                        done.place().room(),
                        done.place().thread(),
                        Optional.empty(),
                        done.account(),
                        true,
                        said.get().text(),
                        done.at()));
    }

    /**
     * What a start still needs, as a modal: a modal can only be the first word. What does not fit
     * into one is not asked at all, and it is said how to go on.
     */
    private Optional<DataObject> form(SlashCommands.Said said, Done done) {
        if (said.verb() != Verb.RUN) return Optional.empty();
        var missing = new ArrayList<>(missing(said.text(), done.account()));
        var needed = missing.stream().filter(Field::isRequired).toList();
        var control = ControlIds.form(said.text());
        if (needed.isEmpty() || control.isEmpty()) return Optional.empty();
        if (needed.size() > Payloads.FIELDS_MAX) {
            return Optional.of(Payloads.whisperNow(tooMany(needed)));
        }
        missing.sort(Comparator.comparing(it -> !it.isRequired()));
        return Optional.of(Payloads.form(control.get(), said.text(), missing));
    }

    private static String tooMany(List<Field> needed) {
        var names = needed.stream().map(Field::name).collect(Collectors.joining(", "));
        var open = needed.stream().filter(it -> !it.isSecret()).map(Field::name).toList();
        int more = needed.size() - Payloads.FIELDS_MAX;
        var how =
                open.size() < more
                        ? "Too many of them are secret to be asked here; start it at a terminal: ./sopwith chat"
                        : open.stream()
                                .limit(more)
                                .map(it -> it + "=...")
                                .collect(
                                        Collectors.joining(
                                                " ",
                                                "Give some with the command, and the form asks for the rest: inputs: ",
                                                ""));
        return Escaping.line(
                "nothing was started: %s are missing, and a form takes five. %s"
                        .formatted(names, how));
    }

    private List<Field> missing(String text, String account) {
        try {
            return assistant.get().missing(account, text);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "what is missing cannot be said", e);
            return List.of();
        }
    }

    private void complete(Done done) {
        var choices = new ArrayList<String>();
        try {
            var said = commands.read(done.data());
            if (said.isPresent() && said.get().focus().isPresent()) {
                choices.addAll(choices(said.get(), done.account()));
            }
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "nothing can be suggested", e);
        }
        interactions.end(done.all(), choices(choices));
    }

    private List<String> choices(SlashCommands.Said said, String account) {
        var written = said.focus().orElseThrow();
        var suggestions = assistant.get().complete(account, said.text() + written);
        // What stands before the word at which one writes stays as it is.
        int before = Math.max(0, suggestions.from() - said.text().length());
        var kept = before <= written.length() ? written.substring(0, before) : "";
        return suggestions.words().stream()
                .map(it -> kept + it.word())
                .filter(it -> it.length() <= SlashCommands.CHOICE_MAX)
                .distinct()
                .limit(SlashCommands.CHOICES_MAX)
                .toList();
    }

    private static DataObject choices(List<String> words) {
        var choices = DataArray.empty();
        for (var it : words) choices.add(DataObject.empty().put("name", it).put("value", it));
        return Payloads.callback(Payloads.CHOICES)
                .put("data", DataObject.empty().put("choices", choices));
    }

    // Buttons and modals

    private void press(Done done) {
        var control = ControlIds.parse(done.data().getString("custom_id", ""));
        if (control.isEmpty() || done.data().getInt("component_type", 0) != BUTTON) {
            interactions.end(
                    done.all(), Payloads.whisperNow("this button is not from this service"));
            return;
        }
        if (control.get().ask() != Ask.NOTHING) {
            interactions.end(
                    done.all(), Payloads.modal(control.get(), title(control.get().subject())));
            return;
        }
        interactions.open(done.all(), Payloads.callback(Payloads.DEFER_UPDATE));
        inbox.accept(
                new InboundEvent.Button(
                        done.id(),
                        room,
                        message(done).orElse(""),
                        done.account(),
                        control.get().subject(),
                        done.at()));
    }

    private static String title(String subject) {
        var word = subject.substring(subject.lastIndexOf('/') + 1);
        return word.isEmpty()
                ? "Answer"
                : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
    }

    private void submit(Done done) {
        var control = ControlIds.parse(done.data().getString("custom_id", ""));
        if (control.isEmpty()) {
            interactions.end(done.all(), Payloads.whisperNow("this form is not from this service"));
            return;
        }
        var fields = fields(done.data());
        if (control.get().kind() == ControlIds.Kind.FORM) {
            interactions.open(done.all(), Payloads.deferWhisper());
            inbox.accept(
                    new InboundEvent.Form(
                            done.id(),
                            done.place().room(),
                            done.place().thread(),
                            done.account(),
                            control.get().subject(),
                            fields,
                            done.at()));
            return;
        }
        var message = message(done);
        interactions.open(
                done.all(),
                message.isPresent()
                        ? Payloads.callback(Payloads.DEFER_UPDATE)
                        : Payloads.deferWhisper());
        inbox.accept(
                new InboundEvent.Modal(
                        done.id(),
                        room,
                        message.orElse(""),
                        done.account(),
                        control.get().subject(),
                        fields,
                        done.at()));
    }

    private static Map<String, String> fields(DataObject data) {
        var fields = new HashMap<String, String>();
        for (var part : objects(data)) {
            for (var it :
                    part.optObject("component").map(List::of).orElseGet(() -> objects(part))) {
                var name = it.getString("custom_id", "");
                if (!name.isEmpty()) fields.put(name, it.getString("value", "").strip());
            }
        }
        return fields;
    }

    private static List<DataObject> objects(DataObject data) {
        var all = new ArrayList<DataObject>();
        data.optArray("components")
                .ifPresent(
                        it -> {
                            for (int i = 0; i < it.length(); i++) all.add(it.getObject(i));
                        });
        return all;
    }

    private static Optional<String> message(Done done) {
        return done.all()
                .optObject("message")
                .map(it -> MessageId.of(it.getString("channel_id"), it.getString("id")).toString());
    }

    /** What helps nobody, until somebody subscribes. */
    static Assistant nobody() {
        return new Assistant() {
            @Override
            public Suggestions complete(String account, String text) {
                return Suggestions.NONE;
            }

            @Override
            public List<Field> missing(String account, String text) {
                return List.of();
            }

            @Override
            public Set<String> open() {
                return Set.of();
            }
        };
    }
}
