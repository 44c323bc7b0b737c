package io.dawncache.server.testing;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Disabled;

/** The rules that hold in the server and in the program alike. */
public final class HouseRules {
  /** For main classes: no name says only that a class does something. */
  public static final ArchRule NAMES_SAY_THE_THING =
      noClasses().should().haveNameMatching(".*(Impl|Manager|Utils?|Helper)");

  /** For main classes: every package that is not generated has a package-info. */
  public static final ArchRule PACKAGES_SAY_WHAT_THEY_ARE_FOR =
      classes()
          .that()
          .resideOutsideOfPackage("..wire.pb..")
          .should(
              new ArchCondition<>("lie in a package with a package-info") {
                @Override
                public void check(JavaClass type, ConditionEvents events) {
                  boolean described = type.getPackage().tryGetPackageInfo().isPresent();
                  events.add(
                      new SimpleConditionEvent(
                          type, described, type.getPackageName() + " has no package-info"));
                }
              });

  /** For tests: each of them runs. */
  public static final List<ArchRule> NO_TEST_IS_DISABLED =
      List.of(
          noClasses().should().beAnnotatedWith(Disabled.class),
          noMethods().should().beAnnotatedWith(Disabled.class));

  /** For tests: none sleeps, by call or by method reference. */
  public static final ArchRule NO_TEST_SLEEPS =
      noClasses()
          .should()
          .accessTargetWhere(
              describe(
                  "sleeps",
                  access ->
                      access.getName().equals("sleep")
                          || access.getTargetOwner().isEquivalentTo(LockSupport.class)));

  private HouseRules() {}
}
