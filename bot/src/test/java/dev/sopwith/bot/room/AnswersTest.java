package dev.sopwith.bot.room;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.bot.command.Reading;
import dev.sopwith.engine.run.Refusal;

import org.junit.jupiter.api.Test;

import java.util.List;

/** What somebody is told who asked. */
final class AnswersTest {
    @Test
    void what_is_not_understood_is_one_line_and_talk_is_not_answered() {
        assertThat(Answers.of(new Reading.Wrong("unknown x")).orElseThrow().plain())
                .isEqualTo("unknown x");
        assertThat(
                        Answers.of(new Reading.Question("several", List.of("done R-1", "done R-2")))
                                .orElseThrow()
                                .plain())
                .isEqualTo("several; say \"done R-1\" or \"done R-2\"");
        assertThat(Answers.of(new Reading.Talk())).isEmpty();
        assertThat(
                        Notices.refused(new Refusal(Refusal.Reason.OWN_RUN, "you started this run"))
                                .plain())
                .isEqualTo("not counted: you started this run");
    }

    @Test
    void a_table_stands_in_columns() {
        assertThat(
                        Answers.of(
                                        List.of("two runs"),
                                        List.of(
                                                List.of("RUN", "STATE"),
                                                List.of("R-12", "says \u001b[2J hello"),
                                                List.of("R-3", "x")))
                                .plain())
                .isEqualTo(
                        """
                        two runs
                            RUN   STATE
                            R-12  says \\u001b[2J hello
                            R-3   x""");
    }
}
