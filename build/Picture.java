import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Draws the transcript of the demo as a terminal, for the README.
 *
 * <p>{@code java build/Picture.java write|check TRANSCRIPT SVG}: "write" draws it, "check" exits 1
 * when the demo now shows something else than the picture. Times, codes, digests and ports differ
 * each time and do not count, nor does the order in which messages of one moment come.
 */
public final class Picture {
    private static final int COLUMN = 8;
    private static final int ROW = 18;
    private static final int MARGIN = 16;
    private static final int BAR = 34;
    private static final int COLUMNS = 80;

    /** What the room says besides, left out: a picture is looked at and not read. */
    private static final Pattern BESIDES =
            Pattern.compile(
                    "  (\\| (version|started|env|ends by|[·⏸]|with|silence|votes|for|it printed|"
                            + "completed|digest [0-9a-f]+ · rev|  [0-9a-f]|    Accept).*|~ .*)");

    private static final Pattern TYPED = Pattern.compile("(alice> |bob> |\\$ )(.*)");
    private static final Pattern LINE = Pattern.compile("<text [^>]*>(.*?)</text>");

    public static void main(String[] args) throws IOException {
        var shown = shown(Files.readAllLines(Path.of(args[1])));
        var picture = Path.of(args[2]);
        if (args[0].equals("write")) {
            Files.writeString(picture, svg(shown));
            return;
        }
        var problem = problem(lines(Files.readString(picture)), shown);
        if (problem.isEmpty()) return;
        System.err.println(picture + " shows what the demo does not show any more: " + problem);
        System.err.println(
                "Draw it again: ./sopwith demo --transcript FILE && java build/Picture.java write"
                        + " FILE docs/demo.svg");
        System.exit(1);
    }

    /** From the first stage on, without what is said besides. */
    private static List<String> shown(List<String> transcript) {
        var lines = new ArrayList<String>();
        boolean isBegun = false;
        for (var line : transcript) {
            isBegun |= line.startsWith("# ");
            if (isBegun && !BESIDES.matcher(line).matches()) lines.add(line);
        }
        return lines;
    }

    // Comparing

    private static String problem(List<String> drawn, List<String> shown) {
        if (!said(drawn).equals(said(shown))) return "other lines are typed";
        var known = new HashSet<String>();
        for (var line : shown) known.add(form(line));
        return drawn.stream().filter(line -> !known.contains(form(line))).findFirst().orElse("");
    }

    private static List<String> said(List<String> lines) {
        return lines.stream()
                .filter(line -> line.startsWith("# ") || TYPED.matcher(line).matches())
                .map(Picture::form)
                .toList();
    }

    /** What stays the same each time. */
    private static String form(String line) {
        return line.replaceAll("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ", "TIME")
                .replaceAll("\\b[0-9a-f]{8,64}\\b", "DIGEST")
                .replaceAll("(approve|deny|code) [a-z0-9]{5}\\b", "$1 CODE")
                .replaceAll("127\\.0\\.0\\.1:\\d+", "127.0.0.1:PORT")
                .replaceAll("\\b\\d+ (s|min)\\b", "TIME")
                .replaceAll("\\d+ rows|head \\d+", "COUNT")
                .replaceAll("local:\\S+", "USER")
                // Where the run stands at the moment of an answer is chance.
                .replaceAll("^ *R-1 deploy-prod: (about to do|does|waits for) .*", "ANSWER")
                .replaceAll(" +", " ")
                .strip();
    }

    private static List<String> lines(String svg) {
        return LINE.matcher(svg)
                .results()
                .map(it -> it.group(1).replaceAll("<[^>]*>", ""))
                .map(it -> it.replace('\u00a0', ' '))
                .map(it -> it.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
                .toList();
    }

    // Drawing

    private static String svg(List<String> lines) {
        int width = COLUMNS * COLUMN + 2 * MARGIN;
        int height = BAR + lines.size() * ROW + MARGIN;
        var svg = new StringBuilder();
        svg.append(
                """
                <svg xmlns="http://www.w3.org/2000/svg" width="%1$d" height="%2$d" viewBox="0 0 %1$d %2$d" role="img" aria-label="The demo of Sopwith in a terminal" xml:space="preserve">
                <style>
                text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #c9d1d9; }
                .faint { fill: #8b949e; } .typed { fill: #ffffff; font-weight: bold; } .alice { fill: #79c0ff; } .bob { fill: #d2a8ff; }
                .title { fill: #e3b341; } .good { fill: #7ee787; } .no { fill: #ff7b72; }
                </style>
                <rect width="%1$d" height="%2$d" rx="8" fill="#0d1117"/>
                <circle cx="20" cy="17" r="5" fill="#ff5f56"/><circle cx="38" cy="17" r="5" fill="#ffbd2e"/><circle cx="56" cy="17" r="5" fill="#27c93f"/>
                """
                        .formatted(width, height));
        int y = BAR + ROW - 5;
        for (var line : lines) {
            if (!line.isBlank()) {
                svg.append(
                        "<text x=\"%d\" y=\"%d\"%s>%s</text>\n"
                                .formatted(MARGIN, y, look(line), drawn(line)));
            }
            y += ROW;
        }
        return svg.append("</svg>\n").toString();
    }

    private static String look(String line) {
        String name = "";
        if (line.startsWith("# ")) name = "faint";
        else if (TYPED.matcher(line).matches()) name = "typed";
        else if (line.contains("not counted")) name = "no";
        else if (line.contains("✔") || line.startsWith("  - ") || line.contains("as it was")) {
            name = "good";
        } else if (line.startsWith("  * ")) name = "title";
        return name.isEmpty() ? "" : " class=\"" + name + "\"";
    }

    private static String drawn(String line) {
        var typed = TYPED.matcher(line);
        if (!typed.matches()) return escaped(line);
        var who = typed.group(1).startsWith("bob") ? "bob" : "alice";
        return "<tspan class=\"%s\">%s</tspan>%s"
                .formatted(who, escaped(typed.group(1)), escaped(typed.group(2)));
    }

    /** Blanks stay as many as they are. */
    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace(' ', '\u00a0');
    }
}
