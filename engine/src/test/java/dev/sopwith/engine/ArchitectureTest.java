package dev.sopwith.engine;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;

import org.junit.jupiter.api.Test;

import java.time.Instant;

/** The structure that ARCHITECTURE.md promises, held by the build. */
class ArchitectureTest {

    private static final JavaClasses ENGINE =
            new ClassFileImporter()
                    .withImportOption(new DoNotIncludeTests())
                    .importPackages("dev.sopwith.engine");

    @Test
    void decisions_about_runs_are_pure() {
        classes()
                .that()
                .resideInAPackage("dev.sopwith.engine.run..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "dev.sopwith.engine.run..",
                        "dev.sopwith.engine.sop..",
                        "dev.sopwith.engine.expression..",
                        "dev.sopwith.engine.trigger..",
                        "java.lang..",
                        "java.util",
                        "java.util.function",
                        "java.util.regex",
                        "java.util.stream",
                        "java.time",
                        "org.jspecify.annotations")
                .because("a decision must replay the same way for ever")
                .check(ENGINE);
    }

    @Test
    void what_reads_text_touches_no_file() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "dev.sopwith.engine.sop..",
                        "dev.sopwith.engine.expression..",
                        "dev.sopwith.engine.reading..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.nio.file..", "dev.sopwith.engine.library..")
                .because("a SOP is read from one snapshot in memory, the one that is approved")
                .check(ENGINE);
    }

    @Test
    void what_does_steps_knows_no_run_and_no_store() {
        noClasses()
                .that()
                .resideInAPackage("dev.sopwith.engine.step..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.sopwith.engine.audit..",
                        "dev.sopwith.engine.library..",
                        "dev.sopwith.engine.reading..",
                        "dev.sopwith.engine.run..",
                        "dev.sopwith.engine.runtime..",
                        "dev.sopwith.engine.store..",
                        "dev.sopwith.engine.trigger..")
                .because("everything is decided before a step is ordered")
                .check(ENGINE);
    }

    @Test
    void the_engine_has_no_clock_of_its_own() {
        noClasses()
                .should()
                .callMethod(Instant.class, "now")
                .because("time is handed in, so that tests and replays can set it")
                .check(ENGINE);
    }

    @Test
    void packages_form_a_one_way_street() {
        slices().matching("dev.sopwith.engine.(*)..").should().beFreeOfCycles().check(ENGINE);
    }

    @Test
    void the_engine_knows_no_chat_network_and_no_device() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.sopwith.bot..", "dev.sopwith.hardware..")
                .check(ENGINE);
    }
}
