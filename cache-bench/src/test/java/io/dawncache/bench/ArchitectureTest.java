package io.dawncache.bench;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** What the tests of this module may not do; the benchmarks themselves may. */
class ArchitectureTest {
  private static final JavaClasses TESTS =
      new ClassFileImporter()
          .withImportOption(new ImportOption.OnlyIncludeTests())
          .importPackages("io.dawncache.bench");

  @Test
  void noTestSleeps() {
    noClasses()
        .should()
        .accessTargetWhere(DescribedPredicate.describe("sleeps", ArchitectureTest::sleeps))
        .check(TESTS);
  }

  private static boolean sleeps(JavaAccess<?> access) {
    Set<String> names = Set.of("sleep", "park", "parkNanos", "parkUntil");
    return names.contains(access.getName())
        && (access.getTargetOwner().isEquivalentTo(Thread.class)
            || access.getTargetOwner().isEquivalentTo(TimeUnit.class)
            || access.getTargetOwner().isEquivalentTo(LockSupport.class));
  }
}
