package io.dawncache.node;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Disabled;
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
  void namesSayTheThing() {
    noClasses().should().haveNameMatching(".*(Impl|Manager|Utils?|Helper)").check(MAIN);
  }

  @Test
  void everyPackageSaysWhatItIsFor() {
    classes()
        .should(
            new ArchCondition<>("lie in a package with a package-info") {
              @Override
              public void check(JavaClass type, ConditionEvents events) {
                boolean described = type.getPackage().tryGetPackageInfo().isPresent();
                events.add(
                    new SimpleConditionEvent(
                        type, described, type.getPackageName() + " has no package-info"));
              }
            })
        .check(MAIN);
  }

  @Test
  void noTestIsDisabled() {
    noClasses().should().beAnnotatedWith(Disabled.class).check(TESTS);
    noMethods().should().beAnnotatedWith(Disabled.class).check(TESTS);
  }

  @Test
  void noTestSleeps() {
    noClasses()
        .should()
        .accessTargetWhere(
            describe(
                "sleeps",
                access ->
                    access.getName().equals("sleep")
                        || access.getTargetOwner().isEquivalentTo(LockSupport.class)))
        .check(TESTS);
  }
}
