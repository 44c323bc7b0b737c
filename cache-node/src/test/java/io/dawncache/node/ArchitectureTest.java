package io.dawncache.node;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.dawncache.server.testing.HouseRules;
import org.junit.jupiter.api.Test;

/** What the program may see of the server, and the house rules, held in place. */
class ArchitectureTest {
  private static final String NODE = "io.dawncache.node";

  private static final JavaClasses MAIN =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(NODE);

  private static final JavaClasses TESTS =
      new ClassFileImporter()
          .withImportOption(new ImportOption.OnlyIncludeTests())
          .importPackages(NODE);

  @Test
  void theProgramSeesNothingOfPeersFramesProtobufAndNettysChannels() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.dawncache.server.peer..",
            "io.dawncache.server.frame..",
            "io.dawncache.server.wire.pb..",
            "io.netty.buffer..",
            "io.netty.channel..",
            "io.netty.handler..",
            "com.google.protobuf..")
        .check(MAIN);
  }

  @Test
  void theConfigurationSeesNothingOfTheProgram() {
    noClasses()
        .that()
        .resideInAPackage(NODE + ".config")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(NODE)
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
