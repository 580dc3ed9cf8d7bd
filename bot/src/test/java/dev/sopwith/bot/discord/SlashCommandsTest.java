package dev.sopwith.bot.discord;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.bot.command.CommandParser;
import dev.sopwith.bot.command.Names;
import dev.sopwith.bot.command.Reading;
import dev.sopwith.bot.command.Setting;
import dev.sopwith.bot.command.Verb;
import dev.sopwith.bot.desk.Deeds;
import dev.sopwith.bot.desk.Speaker;

import net.dv8tion.jda.api.utils.data.DataArray;
import net.dv8tion.jda.api.utils.data.DataObject;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The table of verbs as slash commands, and back to words. */
class SlashCommandsTest {
    private static final Set<Verb> OFFERED = Deeds.offered(Speaker.Surface.ROOM);
    private final SlashCommands commands = new SlashCommands(OFFERED);

    @Test
    void every_verb_is_there_once_within_the_limits() {
        var words = new HashSet<String>();
        var all = commands.all();
        for (int i = 0; i < all.length(); i++) {
            var verbs = all.getObject(i).getArray("options");
            assertThat(verbs.length()).isBetween(1, 25);
            for (int j = 0; j < verbs.length(); j++) {
                var verb = verbs.getObject(j);
                assertThat(words.add(verb.getString("name"))).isTrue();
                assertThat(verb.getString("description")).hasSizeBetween(1, 100);
                check(verb.getArray("options"));
            }
            assertThat(all.getObject(i).toString().length()).isLessThan(8_000);
        }
        assertThat(words).hasSameSizeAs(OFFERED);
    }

    private static void check(DataArray options) {
        boolean wasOptional = false;
        for (int i = 0; i < options.length(); i++) {
            var it = options.getObject(i);
            assertThat(it.getString("name")).matches("[a-z]{1,32}");
            assertThat(it.getString("description")).hasSizeBetween(1, 100);
            // Discord wants the required ones first.
            assertThat(wasOptional && it.getBoolean("required")).isFalse();
            wasOptional |= !it.getBoolean("required");
        }
    }

    private static DataObject chosen(String root, String verb, Map<String, ?> options) {
        var given = DataArray.empty();
        options.forEach(
                (name, value) ->
                        given.add(DataObject.empty().put("name", name).put("value", value)));
        return DataObject.empty()
                .put("name", root)
                .put(
                        "options",
                        DataArray.empty()
                                .add(DataObject.empty().put("name", verb).put("options", given)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "run    | name=deploy    | run deploy",
                "run    | name=my sop    | run \"my sop\"",
                "done   | note=12 disks  | done \"12 disks\"",
                "log    | step=3         | log 3",
                "rerun  | from=2         | rerun from 2",
                "cancel | reason=R-1 was | cancel \"R-1 was\"",
                "deny   | gate=ab3de     | deny ab3de"
            })
    void what_is_chosen_is_what_one_would_write(String verb, String option, String words) {
        var parts = option.split("=", 2);
        var said = commands.read(chosen("sop", verb, Map.of(parts[0], parts[1]))).orElseThrow();
        assertThat(said.text()).isEqualTo(words);
    }

    @Test
    void a_note_is_never_read_as_a_run_or_a_code() {
        var parser = new CommandParser(OFFERED);
        for (var note : new String[] {"12", "R-12", "ab3de", "\"quoted\" \\", "a=b", "  x  "}) {
            var said = commands.read(chosen("sop", "done", Map.of("note", note))).orElseThrow();
            assertThat(parser.read(said.text(), Setting.DIRECT, Names.NONE))
                    .isInstanceOfSatisfying(
                            Reading.Understood.class,
                            it -> assertThat(it.command().note()).isEqualTo(note.strip()));
        }
    }

    @Test
    void what_is_not_known_is_told_apart() {
        assertThat(commands.read(chosen("sop", "explode", Map.of()))).isEmpty();
        assertThat(commands.read(chosen("other", "run", Map.of()))).isEmpty();
        assertThat(commands.read(DataObject.empty())).isEmpty();
    }

    @Test
    void only_what_people_see_makes_a_difference() {
        var wanted = commands.all();
        var registered = DataArray.fromJson(wanted.toString());
        registered.getObject(0).put("id", "1").put("version", "2").put("nsfw", false);
        assertThat(SlashCommands.isSame(registered, wanted)).isTrue();
        registered.getObject(0).put("description", "another");
        assertThat(SlashCommands.isSame(registered, wanted)).isFalse();
        assertThat(SlashCommands.isSame(DataArray.empty(), wanted)).isFalse();
    }
}
