package dev.sopwith.engine.store;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;

import org.junit.jupiter.api.Test;

/** Where the store stands among the packages, and who may know SQLite. */
class StoreStructureTest {
    private static final JavaClasses ENGINE =
            new ClassFileImporter()
                    .withImportOption(new DoNotIncludeTests())
                    .importPackages("dev.sopwith.engine");

    @Test
    void the_store_keeps_what_others_decide() {
        noClasses()
                .that()
                .resideInAPackage("dev.sopwith.engine.store..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.sopwith.engine.reading..",
                        "dev.sopwith.engine.library..",
                        "dev.sopwith.engine.trigger..",
                        "dev.sopwith.engine.run..",
                        "dev.sopwith.engine.audit..")
                .because("rows carry opaque text, so that a new decision needs no new store")
                .check(ENGINE);
    }

    @Test
    void only_the_sqlite_store_knows_a_database() {
        noClasses()
                .that()
                .haveNameNotMatching("dev\\.sopwith\\.engine\\.store\\.(Sql|Migrations).*")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.sql..", "org.sqlite..")
                .because("the next host is another database, behind the same port")
                .check(ENGINE);
    }
}
