package io.dawncache.test;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.dawncache.server.testing.HouseRules;
import org.junit.jupiter.api.Test;

/** What the module may see, and the house rules, held in place. */
class ArchitectureTest {
  private static final String TEST = "io.dawncache.test";

  private static final JavaClasses MAIN =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(TEST);

  private static final JavaClasses TESTS =
      new ClassFileImporter()
          .withImportOption(new ImportOption.OnlyIncludeTests())
          .importPackages(TEST);

  @Test
  void theModuleSeesWhatApplicationsSee() {
    noClasses()
        .should()
        .dependOnClassesThat(
            not(
                resideInAnyPackage(
                    TEST,
                    "io.dawncache.server",
                    "io.dawncache.core",
                    "io.dawncache.core.consistenthash",
                    "java..",
                    "com.google.errorprone.annotations..",
                    "org.jspecify..",
                    "org.junit.jupiter.api..")))
        .check(MAIN);
  }

  @Test
  void theExtensionAloneNeedsJUnit() {
    noClasses()
        .that()
        .haveNameNotMatching(".*\\.FleetExtension(\\$.*)?")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.junit..")
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
