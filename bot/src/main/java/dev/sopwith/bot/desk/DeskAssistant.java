package dev.sopwith.bot.desk;

import dev.sopwith.bot.command.Command;
import dev.sopwith.bot.command.CommandParser;
import dev.sopwith.bot.command.Reading;
import dev.sopwith.bot.command.Setting;
import dev.sopwith.bot.room.PostKey;
import dev.sopwith.engine.chat.Assistant;
import dev.sopwith.engine.roster.Identity;
import dev.sopwith.engine.sop.Input;
import dev.sopwith.engine.store.Store;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Helps the people of one connector while they write: with the words that they can say and the
 * names that they may see.
 *
 * <p>Threading: safe from any thread.
 */
final class DeskAssistant implements Assistant {
    private final String connector;
    private final CommandParser parser;
    private final Deeds deeds;
    private final Rights rights;
    private final Store store;

    /**
     * @param connector its name in the roster
     */
    DeskAssistant(String connector, CommandParser parser, Deeds deeds, Rights rights, Store store) {
        this.connector = connector;
        this.parser = parser;
        this.deeds = deeds;
        this.rights = rights;
        this.store = store;
    }

    private Optional<Speaker> speaker(String account) {
        return Identity.parse(account).flatMap(rights::inRoom);
    }

    @Override
    public Suggestions complete(String account, String text) {
        var speaker = speaker(account);
        if (speaker.isEmpty()) return Suggestions.NONE;
        var completion = parser.complete(text, deeds.names(speaker.get()));
        return new Suggestions(
                completion.from(),
                completion.candidates().stream()
                        .map(it -> new Suggestion(it.text(), it.description()))
                        .toList());
    }

    @Override
    public List<Field> missing(String account, String text) {
        var speaker = speaker(account);
        if (speaker.isEmpty()) return List.of();
        var names = deeds.names(speaker.get());
        if (!(parser.read(text, Setting.DIRECT, names)
                        instanceof Reading.Understood(Command.Run(var sop, var said)))
                || !names.sops().contains(sop)) {
            return List.of();
        }
        return names.inputs(sop).stream()
                .filter(it -> !said.containsKey(it.name()))
                .filter(it -> it.secret() || (it.required() && it.defaultValue().isEmpty()))
                .map(DeskAssistant::field)
                .toList();
    }

    private static Field field(Input input) {
        var choices =
                input.type() == Input.Type.BOOLEAN ? List.of("true", "false") : input.choices();
        return new Field(
                input.name(),
                input.description(),
                choices,
                input.secret() ? Optional.empty() : input.defaultValue(),
                input.required() && input.defaultValue().isEmpty(),
                input.secret());
    }

    /** Only marks on prompts of gates count for anything. */
    @Override
    public Set<String> open() {
        return store.read(
                reads -> {
                    var epoch = reads.node().epoch();
                    return reads.chat().openPosts(connector).stream()
                            .filter(it -> isGate(it.key(), epoch))
                            .flatMap(it -> it.messageId().stream())
                            .collect(Collectors.toUnmodifiableSet());
                });
    }

    private static boolean isGate(String key, String epoch) {
        return PostKey.parse(key, epoch).filter(it -> it.kind() == PostKey.Kind.GATE).isPresent();
    }
}
