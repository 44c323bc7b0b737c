package io.dawncache.operations;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.dawncache.server.testing.HouseRules;
import org.junit.jupiter.api.Test;

/** What the listener may see of the server, and the house rules, held in place. */
class ArchitectureTest {
  private static final String OPERATIONS = "io.dawncache.operations";

  private static final JavaClasses MAIN =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(OPERATIONS);

  private static final JavaClasses TESTS =
      new ClassFileImporter()
          .withImportOption(new ImportOption.OnlyIncludeTests())
          .importPackages(OPERATIONS);

  @Test
  void itSeesOfTheServerWhatEveryApplicationSees() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.dawncache.server.*..", "com.google.protobuf..")
        .check(MAIN);
  }

  @Test
  void pagesKnowNothingOfTheListener() {
    noClasses()
        .that()
        .resideInAPackage("io.dawncache.operations.page")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(OPERATIONS, "io.netty..")
        .check(MAIN);
  }

  @Test
  void theHouseRulesHold() {
    HouseRules.NAMES_SAY_THE_THING.check(MAIN);
    HouseRules.PACKAGES_SAY_WHAT_THEY_ARE_FOR.check(MAIN);
    HouseRules.NO_TEST_IS_DISABLED.forEach(rule -> rule.check(TESTS));
    HouseRules.NO_TEST_SLEEPS.check(TESTS);
  }
}
