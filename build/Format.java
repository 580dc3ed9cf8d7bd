import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Holds every Java file of the tree to one layout (google-java-format, four blanks).
 *
 * <p>{@code java -cp google-java-format-all-deps.jar build/Format.java check|write ROOT}: "check"
 * lists what differs and exits 1, "write" rewrites it. It runs in a JVM of its own because the
 * formatter parses with the compiler it runs on, and Maven itself may run on an older one.
 */
public final class Format {
    public static void main(String[] args) throws IOException {
        boolean write = args[0].equals("write");
        Path root = Path.of(args[1]);
        var options = JavaFormatterOptions.builder().style(JavaFormatterOptions.Style.AOSP).build();
        var formatter = new Formatter(options);
        List<String> wrong = new ArrayList<>();
        for (Path file : javaFiles(root)) {
            String before = Files.readString(file);
            try {
                String after = formatter.formatSource(sortImports(before));
                if (after.equals(before)) continue;
                if (write) Files.writeString(file, after);
                wrong.add(root.relativize(file).toString());
            } catch (FormatterException e) {
                wrong.add(root.relativize(file) + ": " + e.getMessage());
            }
        }
        if (wrong.isEmpty()) return;
        wrong.forEach(System.err::println);
        if (write) return;
        System.err.println("Not formatted. Format them: mvn -N validate -Dformat=write");
        System.exit(1);
    }

    private static String sortImports(String source) throws FormatterException {
        return ImportOrderer.reorderImports(
                RemoveUnusedImports.removeUnusedImports(source), JavaFormatterOptions.Style.AOSP);
    }

    private static List<Path> javaFiles(Path root) throws IOException {
        try (var files = Files.walk(root)) {
            return files.filter(f -> f.toString().endsWith(".java"))
                    .filter(f -> !root.relativize(f).toString().contains("target/"))
                    .sorted()
                    .toList();
        }
    }
}
