package dev.sopwith.bot.room;

import dev.sopwith.engine.chat.Document;
import dev.sopwith.engine.chat.Document.Block;
import dev.sopwith.engine.run.RunEvent;
import dev.sopwith.engine.run.RunState.Phase;
import dev.sopwith.engine.run.StepVisit;
import dev.sopwith.engine.step.StepOutput;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The posts of a run, from its state (CHAT §2). A post shows no clock: it changes when the run does
 * and at no other time.
 */
public final class Render {
    private static final int TAIL_LINES = 20;

    private Render() {}

    /**
     * The card, and a prompt for each thing that people are or were asked; oldest first.
     *
     * @param takesClicks whether there is anything to press or to mark where they are shown
     */
    public static List<Post> posts(RunView view, boolean takesClicks) {
        var posts = new ArrayList<Post>();
        posts.add(
                new Post(
                        Question.run(view.run().id()) + "/card",
                        false,
                        Card.of(view),
                        view.run().endedAt()));
        var questions = Question.of(view);
        for (var question : questions) {
            posts.add(
                    new Post(
                            question.key(),
                            true,
                            Prompt.of(view, question, questions, takesClicks),
                            question.closing().map(RunEvent::at)));
        }
        return posts;
    }

    /** The prompt for what people are asked now, in words; none where nobody is asked. */
    public static Optional<Document> open(RunView view) {
        var questions = Question.of(view);
        return questions.stream()
                .filter(it -> it.closing().isEmpty())
                .findFirst()
                .map(it -> Prompt.of(view, it, questions, false));
    }

    /**
     * What became of a revision of a gate, with who and when, for whoever votes on it too late;
     * none while it is open, or when nothing is known of it.
     */
    public static Optional<String> verdict(RunView view, StepVisit at, int revision) {
        return Question.of(view).stream()
                .filter(
                        it ->
                                it.phase() instanceof Phase.AtGate(var gate)
                                        && gate.at().equals(at)
                                        && gate.revision() == revision)
                .findFirst()
                .flatMap(Prompt::verdict);
    }

    /** The end of what an attempt printed; secrets are masked already. */
    public static Document log(RunView view, int step, StepOutput output) {
        var text = output.tail().isEmpty() ? output.head() : output.tail();
        var lines = text.lines().toList();
        int from = Math.max(0, lines.size() - TAIL_LINES);
        boolean isAll = from == 0 && output.tail().isEmpty();
        var title = "%s %s: output of step %d".formatted(view.run().id(), view.run().name(), step);
        var blocks = new ArrayList<Block>();
        if (output.bytes() == 0) {
            blocks.add(new Block.Line("it printed nothing"));
        } else {
            blocks.add(
                    new Block.Line(
                            isAll
                                    ? "it printed %,d bytes".formatted(output.bytes())
                                    : "the last lines of %,d bytes; all of it: log %s %d full"
                                            .formatted(output.bytes(), view.run().id(), step)));
            blocks.add(Block.Code.of(String.join("\n", lines.subList(from, lines.size()))));
        }
        return new Document(title, blocks, Set.of(), List.of(), false);
    }
}
