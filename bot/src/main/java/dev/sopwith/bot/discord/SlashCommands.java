package dev.sopwith.bot.discord;

import dev.sopwith.bot.command.Parameter;
import dev.sopwith.bot.command.Verb;

import net.dv8tion.jda.api.utils.data.DataArray;
import net.dv8tion.jda.api.utils.data.DataObject;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The table of verbs as Discord's slash commands, and what somebody chose as the words that mean
 * the same. A command has room for 25 verbs, so those about the service itself are one of their
 * own: an administrator of the guild can then hide it from others. Pure.
 */
final class SlashCommands {
    static final String ROOT = "sop";
    static final String ADMIN = "sop-admin";

    private static final Set<Verb> ABOUT_SERVICE =
            EnumSet.of(Verb.PAUSE, Verb.UNPAUSE, Verb.FREEZE, Verb.UNFREEZE, Verb.CLOCK);

    private static final int DESCRIPTION_MAX = 100;
    private static final int SUBCOMMAND = 1;
    private static final int STRING = 3;
    private static final int INTEGER = 4;
    private static final int STEP_MAX = 9_999;

    /** Choices that can be offered, and how long each can be. */
    static final int CHOICES_MAX = 25;

    static final int CHOICE_MAX = 100;

    private final Set<Verb> offered;

    /**
     * @param offered what can be said in a room
     */
    SlashCommands(Set<Verb> offered) {
        this.offered = EnumSet.copyOf(offered);
    }

    /** All of them, as they are registered. */
    DataArray all() {
        return DataArray.empty()
                .add(root(ROOT, "Standard operating procedures: start, watch, decide", false))
                .add(root(ADMIN, "Hold procedures back, and let them go on", true));
    }

    private DataObject root(String name, String description, boolean isAboutService) {
        var verbs = DataArray.empty();
        for (var verb : Verb.values()) {
            if (offered.contains(verb) && ABOUT_SERVICE.contains(verb) == isAboutService) {
                verbs.add(subcommand(verb));
            }
        }
        return DataObject.empty()
                .put("type", 1)
                .put("name", name)
                .put("description", description)
                .put("options", verbs);
    }

    private static DataObject subcommand(Verb verb) {
        var options = DataArray.empty();
        for (var it : verb.parameters()) if (fixed(it.kind()).isEmpty()) options.add(option(it));
        return DataObject.empty()
                .put("type", SUBCOMMAND)
                .put("name", verb.word())
                .put("description", Payloads.cut(verb.description(), DESCRIPTION_MAX))
                .put("options", options);
    }

    private static DataObject option(Parameter parameter) {
        var kind = parameter.kind();
        boolean isNumber = isNumber(kind);
        var option =
                DataObject.empty()
                        .put("type", isNumber ? INTEGER : STRING)
                        .put("name", name(kind))
                        .put("description", description(kind))
                        .put("required", !parameter.optional());
        if (isNumber) return option.put("min_value", 1).put("max_value", STEP_MAX);
        return option.put("autocomplete", isCompleted(kind));
    }

    private static boolean isNumber(Parameter.Kind kind) {
        return kind == Parameter.Kind.STEP || kind == Parameter.Kind.FROM_STEP;
    }

    /** What the option is called; of one verb no two are called the same. */
    static String name(Parameter.Kind kind) {
        return switch (kind) {
            case SOP, PAST_SOP -> "name";
            case INPUTS -> "inputs";
            case RUN_ID -> "run";
            case STEP -> "step";
            case FROM_STEP -> "from";
            case FULL -> "full";
            case CODE, LINK_CODE -> "code";
            case CODE_OR_RUN -> "gate";
            case NOTE -> "note";
            case REASON -> "reason";
            case VERB -> "verb";
            case OK -> "ok";
            case FILE -> "file";
            case TEST -> "test";
            case SOURCE -> "source";
            case TOPIC -> "topic";
            case PAYLOAD -> "payload";
        };
    }

    private static String description(Parameter.Kind kind) {
        return switch (kind) {
            case SOP, PAST_SOP -> "Name of the SOP";
            case INPUTS -> "key=value, several with blanks between them; what is missing is asked";
            case RUN_ID -> "Number of the run, such as R-12";
            case STEP -> "Number of the step";
            case FROM_STEP -> "Number of the step to begin with";
            case CODE -> "Code from the prompt";
            case CODE_OR_RUN -> "Code from the prompt, or the run that waits";
            case NOTE, REASON -> "Kept with what is done";
            case VERB -> "Verb to be explained";
            case LINK_CODE -> "Code that your other account was shown";
            case SOURCE -> "webhook, mqtt, cron or peripheral";
            case TOPIC -> "Path, topic, name of the SOP, or board/signal";
            case PAYLOAD -> "What would come with it";
            case FULL -> "The word full: all that it printed, as a file";
            case OK, TEST, FILE -> "As it stands";
        };
    }

    private static boolean isCompleted(Parameter.Kind kind) {
        return switch (kind) {
            case SOP, PAST_SOP, INPUTS, RUN_ID, CODE, CODE_OR_RUN, VERB -> true;
            case STEP, FROM_STEP, FULL, NOTE, REASON, OK, LINK_CODE, FILE -> false;
            case TEST, SOURCE, TOPIC, PAYLOAD -> false;
        };
    }

    /**
     * A chosen command.
     *
     * @param text the words that mean the same
     * @param focus what is being written at the moment, of which the text is the part before
     */
    record Said(Verb verb, String text, Optional<String> focus) {}

    /**
     * What somebody chose, or is about to choose.
     *
     * @param data of the interaction
     * @return empty when it is no command of this version
     */
    Optional<Said> read(DataObject data) {
        var root = data.getString("name", "");
        var chosen =
                data.optArray("options").filter(it -> !it.isEmpty()).map(it -> it.getObject(0));
        if (!(root.equals(ROOT) || root.equals(ADMIN)) || chosen.isEmpty()) return Optional.empty();
        var word = chosen.get().getString("name", "");
        var verb = offered.stream().filter(it -> it.word().equals(word)).findFirst();
        if (verb.isEmpty()) return Optional.empty();
        var given = new ArrayList<DataObject>();
        chosen.get()
                .optArray("options")
                .ifPresent(it -> it.stream(DataArray::getObject).forEach(given::add));
        return Optional.of(said(verb.get(), given));
    }

    private static Said said(Verb verb, List<DataObject> given) {
        var text = new StringBuilder(verb.word());
        for (var parameter : verb.parameters()) {
            fixed(parameter.kind()).ifPresent(it -> text.append(' ').append(it));
            var option =
                    given.stream()
                            .filter(it -> it.getString("name", "").equals(name(parameter.kind())))
                            .findFirst();
            if (option.isEmpty()) continue;
            var value = option.get().getString("value", "");
            if (option.get().getBoolean("focused", false)) {
                return new Said(verb, text.append(' ').toString(), Optional.of(value));
            }
            text.append(words(parameter.kind(), value.strip()));
        }
        return new Said(verb, text.toString(), Optional.empty());
    }

    private static String words(Parameter.Kind kind, String value) {
        if (value.isEmpty()) return "";
        return switch (kind) {
            case INPUTS, RUN_ID, CODE, CODE_OR_RUN, STEP, FULL, VERB -> " " + value;
            case FROM_STEP -> " from " + value;
            // In quotes, so that no word of it is read as a run or a code.
            case SOP, PAST_SOP, NOTE, REASON, LINK_CODE, FILE -> " " + quoted(value);
            case SOURCE, TOPIC, PAYLOAD -> " " + quoted(value);
            case OK, TEST -> "";
        };
    }

    /** The word that stands there in any case, so that nobody has to choose it. */
    private static Optional<String> fixed(Parameter.Kind kind) {
        return switch (kind) {
            case OK -> Optional.of("ok");
            case TEST -> Optional.of("test");
            default -> Optional.empty();
        };
    }

    private static String quoted(String value) {
        boolean isPlain = value.matches("[A-Za-z][A-Za-z0-9._-]*") && !value.matches("[Rr]-?\\d+");
        return isPlain ? value : '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    /** Whether two lists of commands are the same for whoever uses them. */
    static boolean isSame(DataArray registered, DataArray wanted) {
        return canonical(registered).equals(canonical(wanted));
    }

    /** Names, descriptions and options in one order, without what Discord adds by itself. */
    private static String canonical(DataArray commands) {
        var lines = new ArrayList<String>();
        for (int i = 0; i < commands.length(); i++) lines.add(canonical(commands.getObject(i)));
        lines.sort(null);
        return String.join("\n", lines);
    }

    private static String canonical(DataObject part) {
        var options = new ArrayList<String>();
        part.optArray("options")
                .ifPresent(
                        all -> {
                            for (int i = 0; i < all.length(); i++) {
                                options.add(canonical(all.getObject(i)));
                            }
                        });
        return "%d|%s|%s|%b|%b|%s|%s"
                .formatted(
                        part.getInt("type", 1),
                        part.getString("name", ""),
                        part.getString("description", ""),
                        part.getBoolean("required", false),
                        part.getBoolean("autocomplete", false),
                        part.getString("min_value", "") + part.getString("max_value", ""),
                        options);
    }
}
