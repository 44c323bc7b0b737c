package io.dawncache.jgroups;

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
  private static final String JGROUPS = "io.dawncache.jgroups";

  private static final JavaClasses MAIN =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(JGROUPS);

  private static final JavaClasses TESTS =
      new ClassFileImporter()
          .withImportOption(new ImportOption.OnlyIncludeTests())
          .importPackages(JGROUPS);

  @Test
  void theModuleSeesWhatApplicationsSeeAndJGroups() {
    noClasses()
        .should()
        .dependOnClassesThat(
            not(
                resideInAnyPackage(
                    JGROUPS, "io.dawncache.server", "java..", "org.jgroups..", "org.jspecify..")))
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
