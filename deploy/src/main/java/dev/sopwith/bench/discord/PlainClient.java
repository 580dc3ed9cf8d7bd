package dev.sopwith.bench.discord;

import dev.sopwith.bench.discord.FakeWorld.User;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * A client of {@link FakeDiscord} in plain text, in which one keyboard is several people: a line is
 * that of the first of them, unless it begins with the name of another and a colon.
 *
 * <p>Threading: one thread types; what is shown comes from any thread, a message at a time.
 */
public final class PlainClient {
    /** What can be typed, for people. */
    public static final List<String> HELP =
            List.of(
                    "  /sop run NAME KEY=VALUE   a slash command; a ? at its end shows what is"
                            + " suggested",
                    "  press 3 Approve           the button of message 3",
                    "  mark 3 ✅                 a mark on it; unmark takes it back",
                    "  reply 3 approve           an answer to it",
                    "  @sopwith runs             a mention; what mentions nobody is only talk",
                    "  in 3 @sopwith status      the same, said in the thread of message 3");

    private static final Pattern SPEAKER = Pattern.compile("\\A(\\p{Alpha}+):\\s*(.*)\\z");
    private static final Pattern ABOUT =
            Pattern.compile("\\A(press|mark|unmark|reply|in) (\\d{1,6})(?: (.+))?\\z");
    private static final int MODAL = 9;

    private final FakeDiscord discord;
    private final List<User> people;
    private final Consumer<List<String>> page;
    private final PlainView view;
    private Optional<Form> form = Optional.empty();

    /** A form that somebody fills in, a field a line. */
    private record Form(Interaction opener, List<JsonNode> fields, Map<String, String> values) {}

    /**
     * A client that shows from now on what there is to see.
     *
     * @param people who sit at this keyboard, the first of them first
     * @param page takes the lines of one message
     */
    public PlainClient(FakeDiscord discord, List<String> people, Consumer<List<String>> page) {
        this.discord = discord;
        this.people = people.stream().map(discord.people::user).toList();
        this.page = page;
        this.view = new PlainView(discord.world, page);
        synchronized (discord.world) {
            discord.world.viewer = view;
        }
    }

    /** The number of the newest message that shows these words. */
    public Optional<Integer> number(String words) {
        return view.number(words);
    }

    /** Whether the next line fills in a field of a form. */
    public boolean isAsked() {
        return form.isPresent();
    }

    /** Does what the line says; what cannot be done is said, and nothing happens. */
    public void type(String line) {
        try {
            if (form.isPresent()) fill(form.get(), line.strip());
            else said(line.strip());
        } catch (NotDone e) {
            form = Optional.empty();
            page.accept(List.of("not done: " + e.getMessage()));
        }
    }

    private void said(String line) {
        var who = people.getFirst();
        var rest = line;
        var speaker = SPEAKER.matcher(line);
        if (speaker.matches()) {
            for (var it : people) {
                if (!it.name().equalsIgnoreCase(speaker.group(1))) continue;
                who = it;
                rest = speaker.group(2);
            }
        }
        if (rest.isEmpty()) return;
        if (rest.equals("help")) {
            page.accept(HELP);
            return;
        }
        var about = ABOUT.matcher(rest);
        if (rest.startsWith("/")) slash(who, rest.substring(1));
        else if (about.matches()) {
            var more = Optional.ofNullable(about.group(3)).orElse("").strip();
            about(who, about.group(1), view.message(Integer.parseInt(about.group(2))), more);
        } else {
            var _ = discord.people.say(who, discord.world.channelId, mentions(rest));
        }
    }

    private void about(User who, String verb, String message, String more) {
        if (more.isEmpty()) throw new NotDone("there is more to " + verb + "; help shows it");
        switch (verb) {
            case "press" -> done(discord.interactions.click(who, message, more));
            case "mark" -> discord.people.react(who, message, more);
            case "unmark" -> discord.people.unreact(who, message, more);
            case "reply" -> {
                var _ = discord.people.reply(who, message, mentions(more));
            }
            default -> {
                if (!isThread(message)) throw new NotDone("no thread begins at this message");
                var _ = discord.people.say(who, message, mentions(more));
            }
        }
    }

    private boolean isThread(String channel) {
        synchronized (discord.world) {
            return discord.world.isThread(channel);
        }
    }

    private String mentions(String text) {
        var bot = discord.world.bot;
        return text.replace("@" + bot.name(), "<@" + bot.id() + ">");
    }

    // Commands

    private void slash(User who, String typed) {
        var words = typed.split(" +", 3);
        if (words.length < 2) throw new NotDone("/" + typed + " is a command with subcommands");
        var line = words[0] + " " + words[1];
        var rest = words.length < 3 ? "" : words[2].strip();
        boolean isHalf = rest.endsWith("?");
        if (isHalf) rest = rest.substring(0, rest.length() - 1);
        var given = options(discord.interactions.options(line), rest, isHalf);
        if (!isHalf) {
            done(discord.interactions.slash(who, line, given));
            return;
        }
        var focus = given.isEmpty() ? Optional.<String>empty() : Optional.of(last(given));
        if (focus.isEmpty()) throw new NotDone("/" + line + " has no options");
        var suggested = discord.interactions.suggestions(who, line, given, focus.get());
        page.accept(List.of(focus.get() + ": " + String.join(", ", suggested)));
    }

    private static String last(Map<String, Object> given) {
        return List.copyOf(given.keySet()).getLast();
    }

    /** Words are the options in their order, the last one takes the rest; or {@code name:value}. */
    private static Map<String, Object> options(List<JsonNode> known, String text, boolean isHalf) {
        var given = new LinkedHashMap<String, Object>();
        var rest = text;
        for (int i = 0; i < known.size(); i++) {
            var option = known.get(i);
            var name = option.path("name").asString("");
            if (rest.isBlank() && !(isHalf && given.size() == i)) break;
            if (rest.startsWith(name + ":")) rest = rest.substring(name.length() + 1);
            boolean isLast = i == known.size() - 1;
            int end = isLast ? -1 : rest.indexOf(' ');
            var value = end < 0 ? rest : rest.substring(0, end);
            boolean isDone = end >= 0;
            rest = isDone ? rest.substring(end + 1).stripLeading() : "";
            given.put(name, value(option, value));
            if (isHalf && !isDone) break;
        }
        return given;
    }

    private static Object value(JsonNode option, String text) {
        boolean isNumber = option.path("type").asInt(0) == 4;
        if (!isNumber) return text;
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException _) {
            throw new NotDone(option.path("name").asString("") + " is a number, not " + text);
        }
    }

    // Forms

    private void done(Interaction asked) {
        if (asked.firstWord().path("type").asInt(0) != MODAL) return;
        var modal = asked.firstWord().path("data");
        var fields = new ArrayList<JsonNode>();
        modal.path("components").forEach(fields::add);
        var now = new Form(asked, fields, new LinkedHashMap<>());
        page.accept(
                List.of(
                        "a form for %s: %s"
                                .formatted(asked.user().name(), modal.path("title").asString(""))));
        ask(now);
    }

    /** Asks for the next field, or sends the form. */
    private void ask(Form now) {
        form = Optional.of(now);
        if (now.values().size() < now.fields().size()) {
            var field = now.fields().get(now.values().size());
            page.accept(List.of(field.path("label").asString("") + "? (type it; empty is none)"));
            return;
        }
        form = Optional.empty();
        done(discord.interactions.submit(now.opener(), now.values()));
    }

    private void fill(Form now, String line) {
        var field = now.fields().get(now.values().size()).path("component");
        now.values().put(field.path("custom_id").asString(""), line);
        ask(now);
    }
}
