package io.dawncache.core;

import static com.tngtech.archunit.lang.conditions.ArchConditions.never;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaAnnotation;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.lang.reflect.Method;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Exchanger;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Phaser;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TransferQueue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** The core's shape, held in place: who sees whom, who may block, what may be called what. */
class ArchitectureTest {
  private static final String CORE = "io.dawncache.core";
  private static final List<String> LEAVES =
      List.of("lru", "consistenthash", "singleflight", "outage");
  private static final String[] ANNOTATIONS = {
    "org.jspecify.annotations..", "com.google.errorprone.annotations.."
  };

  private static final JavaClasses MAIN =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(CORE);
  private static final JavaClasses TESTS =
      new ClassFileImporter()
          .withImportOption(new ImportOption.OnlyIncludeTests())
          .importPackages("io.dawncache");

  @Test
  void thereIsSomethingToLookAt() {
    assertTrue(MAIN.contain(CORE + ".Group"));
    assertTrue(TESTS.contain(CORE + ".ArchitectureTest"));
    assertTrue(!MAIN.contain(CORE + ".ArchitectureTest"));
  }

  @Test
  void aLeafSeesTheJdkAloneAndNoOtherLeaf() {
    for (String leaf : LEAVES) {
      classes()
          .that()
          .resideInAPackage(CORE + "." + leaf + "..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(with(ANNOTATIONS, CORE + "." + leaf + "..", "java.."))
          .because("each leaf is one complete idea, usable alone")
          .check(MAIN);
    }
  }

  @Test
  void theCoreSeesItsLeavesCaffeineAndTheJdkAlone() {
    classes()
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            with(
                ANNOTATIONS,
                CORE + "..",
                "com.github.benmanes.caffeine.cache..",
                "com.sun.management..",
                "java.."))
        .because("the core knows other nodes only as PeerGetters")
        .check(MAIN);
  }

  @Test
  void onlyTheTinyLfuPolicySeesCaffeine() {
    noClasses()
        .that()
        .doNotHaveSimpleName("TinyLfuCache")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("com.github.benmanes..")
        .check(MAIN);
  }

  @Test
  void noPackagesDependOnEachOtherInACycle() {
    slices().matching(CORE + ".(*)..").should().beFreeOfCycles().check(MAIN);
    noClasses()
        .that()
        .resideOutsideOfPackage(CORE)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(CORE)
        .because("the core uses its leaves and is not used by them")
        .check(MAIN);
  }

  @Test
  void namesSayTheThing() {
    noClasses().should().haveNameMatching(".*(Impl|Manager|Utils?|Helper)").check(MAIN);
  }

  @Test
  void onlyTheBlockedCallerOfGroupGetBlocks() {
    noClassBlocksBut("BlockedCaller", "BlockedLoads").check(MAIN);
    classes()
        .that()
        .doNotHaveSimpleName("Group")
        .should(
            never(
                accessing(
                    "wait as a BlockedCaller",
                    access ->
                        access.getTargetOwner().getSimpleName().equals("BlockedCaller")
                            && access.getName().equals("await"))))
        .because("Group.get is the only blocking call")
        .check(MAIN);
  }

  @Test
  void onlyThreadsOfGettersWaitForRoom() {
    classes()
        .that()
        .doNotHaveSimpleName("Load")
        .should(
            never(
                accessing(
                    "wait for room",
                    access ->
                        access.getTargetOwner().getSimpleName().equals("Holder")
                            && access.getName().equals("awaitSet"))))
        .check(MAIN);
    classes()
        .that()
        .doNotHaveSimpleName("Holder")
        .should(
            never(
                accessing(
                    "wait as a load",
                    access ->
                        access.getTargetOwner().getSimpleName().equals("BlockedLoads")
                            && access.getName().equals("await"))))
        .check(MAIN);
  }

  private static ArchRule noClassBlocksBut(String... simpleNames) {
    return classes()
        .that(
            DescribedPredicate.describe(
                "are not " + List.of(simpleNames),
                type -> !List.of(simpleNames).contains(type.getSimpleName())))
        .should(never(accessing("block", ArchitectureTest::blocks)))
        .because("a thread that waits here is a thread that another key needs");
  }

  /** What can make a thread wait for another, by call or by method reference. */
  private static final List<Blocking> BLOCKING =
      List.of(
          new Blocking(Future.class, "get"),
          new Blocking(CompletableFuture.class, "get", "join"),
          new Blocking(ForkJoinTask.class, "get", "join", "invoke", "quietlyJoin", "quietlyInvoke"),
          new Blocking(
              ExecutorService.class, "awaitTermination", "invokeAll", "invokeAny", "close"),
          new Blocking(CountDownLatch.class, "await"),
          new Blocking(CyclicBarrier.class, "await"),
          new Blocking(
              Condition.class, "await", "awaitNanos", "awaitUntil", "awaitUninterruptibly"),
          new Blocking(Semaphore.class, "acquire", "acquireUninterruptibly"),
          new Blocking(Phaser.class, "arriveAndAwaitAdvance", "awaitAdvance"),
          new Blocking(Exchanger.class, "exchange"),
          new Blocking(BlockingQueue.class, "take", "put"),
          new Blocking(BlockingDeque.class, "takeFirst", "takeLast", "putFirst", "putLast"),
          new Blocking(TransferQueue.class, "transfer"),
          new Blocking(LockSupport.class, "park", "parkNanos", "parkUntil"),
          new Blocking(Thread.class, "sleep", "join"),
          new Blocking(TimeUnit.class, "sleep", "timedJoin", "timedWait"),
          new Blocking(Process.class, "waitFor"),
          new Blocking(Object.class, "wait"));

  private record Blocking(Class<?> owner, Set<String> methods) {
    Blocking(Class<?> owner, String... methods) {
      this(owner, Set.of(methods));
    }

    boolean matches(JavaAccess<?> access) {
      return methods.contains(access.getName()) && access.getTargetOwner().isAssignableTo(owner);
    }
  }

  private static boolean blocks(JavaAccess<?> access) {
    return BLOCKING.stream().anyMatch(blocking -> blocking.matches(access));
  }

  @FunctionalInterface
  private interface AccessTest {
    boolean test(JavaAccess<?> access);
  }

  private static ArchCondition<JavaClass> accessing(String what, AccessTest test) {
    return new ArchCondition<>(what) {
      @Override
      public void check(JavaClass javaClass, ConditionEvents events) {
        for (JavaAccess<?> access : javaClass.getCodeUnitAccessesFromSelf()) {
          if (test.test(access)) {
            events.add(SimpleConditionEvent.satisfied(access, access.getDescription()));
          }
        }
      }
    };
  }

  @Test
  void theRuleAgainstBlockingSeesEveryKindOfIt() {
    // The rule looks at a class that blocks in many ways, and must find them all.
    JavaClasses culprits = new ClassFileImporter().importClasses(Blocks.class);
    String report = noClassBlocksBut("nobody").evaluate(culprits).getFailureReport().toString();
    for (Method way : Blocks.class.getDeclaredMethods()) {
      if (!way.isSynthetic()) {
        assertTrue(report.contains("." + way.getName() + "("), way.getName() + " in " + report);
      }
    }
  }

  /** Every way of waiting that might slip in. */
  @SuppressWarnings({"unused", "WaitNotInLoop", "ThreadJoinLoop", "SynchronizeOnNonFinalField"})
  private static final class Blocks {
    void join(CompletableFuture<?> future) {
      future.join();
    }

    Object get(Future<?> future) throws Exception {
      return future.get(1, TimeUnit.SECONDS);
    }

    Object getCompletable(CompletableFuture<String> future) throws Exception {
      return future.get();
    }

    Object byReference(List<CompletableFuture<String>> futures) {
      return futures.stream().map(CompletableFuture::join).toList();
    }

    Object inLambda(List<CompletableFuture<String>> futures) {
      return futures.stream().map(future -> future.join()).toList();
    }

    void latch(CountDownLatch latch) throws InterruptedException {
      latch.await();
    }

    boolean latchInTime(CountDownLatch latch) throws InterruptedException {
      return latch.await(1, TimeUnit.SECONDS);
    }

    void sleep() throws InterruptedException {
      Thread.sleep(1);
    }

    void condition(Condition condition) throws InterruptedException {
      condition.await();
    }

    void monitor() throws InterruptedException {
      synchronized (this) {
        wait();
      }
    }

    void monitorOfAnother(String other) throws InterruptedException {
      synchronized (other) {
        other.wait(1);
      }
    }

    Object queue(LinkedBlockingQueue<String> queue) throws Exception {
      return queue.take();
    }

    void semaphore(Semaphore semaphore) throws InterruptedException {
      semaphore.acquire();
    }

    void park() {
      LockSupport.park();
    }

    boolean pool(ExecutorService pool) throws InterruptedException {
      return pool.awaitTermination(1, TimeUnit.SECONDS);
    }
  }

  /**
   * What the core measures are differences of {@code System.nanoTime}, so a step of the machine's
   * clock, of any size, changes nothing in it.
   */
  @Test
  void nothingReadsTheWallClock() {
    nothingReadsTheClock().check(MAIN);

    JavaClasses culprits = new ClassFileImporter().importClasses(ReadsTheClock.class);
    String report = nothingReadsTheClock().evaluate(culprits).getFailureReport().toString();
    for (Method way : ReadsTheClock.class.getDeclaredMethods()) {
      if (!way.isSynthetic()) {
        assertTrue(report.contains("." + way.getName() + "("), way.getName() + " in " + report);
      }
    }
  }

  private static ArchRule nothingReadsTheClock() {
    return classes()
        .should(never(accessing("read the wall clock", ArchitectureTest::readsTheClock)));
  }

  private static boolean readsTheClock(JavaAccess<?> access) {
    JavaClass owner = access.getTargetOwner();
    String name = access.getName();
    return (owner.isEquivalentTo(System.class) && name.equals("currentTimeMillis"))
        || owner.isEquivalentTo(Date.class)
        || (owner.getPackageName().equals("java.time")
            && (name.equals("now") || name.startsWith("system") || name.startsWith("tick")));
  }

  /** Every way of reading the clock that might slip in. */
  @SuppressWarnings({"unused", "JavaUtilDate"})
  private static final class ReadsTheClock {
    long millis() {
      return System.currentTimeMillis();
    }

    LongSupplier byReference() {
      return System::currentTimeMillis;
    }

    Object instant() {
      return Instant.now();
    }

    Object clock() {
      return Clock.systemUTC();
    }

    Object tick() {
      return Clock.tickSeconds(ZoneOffset.UTC);
    }

    Object source() {
      return InstantSource.system();
    }

    Object zoned() {
      return ZonedDateTime.now(ZoneOffset.UTC);
    }

    Object date() {
      return new Date();
    }
  }

  @Test
  void nothingStaticChanges() {
    fields()
        .that()
        .areStatic()
        .and()
        .doNotHaveModifier(JavaModifier.SYNTHETIC)
        .should()
        .beFinal()
        .because("several nodes live in one process and share nothing")
        .check(MAIN);
  }

  @Test
  void everyPackageIsNullMarked() {
    List<String> unmarked = new ArrayList<>();
    List<JavaPackage> packages = new ArrayList<>(MAIN.getPackage(CORE).getSubpackagesInTree());
    packages.add(MAIN.getPackage(CORE));
    for (JavaPackage javaPackage : packages) {
      if (!javaPackage.isAnnotatedWith(NullMarked.class)) {
        unmarked.add(javaPackage.getName());
      }
    }
    assertEquals(List.of(), unmarked);
    assertEquals(1 + LEAVES.size(), packages.size());
  }

  @Test
  void noTestSleeps() {
    List<String> sleeping = List.of("sleep", "park", "parkNanos", "parkUntil");
    classes()
        .that()
        .doNotHaveFullyQualifiedName(Blocks.class.getName())
        .should(
            never(
                accessing(
                    "sleep", access -> sleeping.contains(access.getName()) && blocks(access))))
        .check(TESTS);
  }

  @Test
  void noTestIsDisabledNorBoundToACondition() {
    DescribedPredicate<JavaAnnotation<?>> disabling =
        DescribedPredicate.describe(
            "disabling",
            annotation ->
                annotation
                    .getRawType()
                    .getName()
                    .matches("org\\.junit\\.jupiter\\.api\\.(Disabled|condition\\..*)"));

    noClasses().should().beAnnotatedWith(disabling).check(TESTS);
    noMethods().should().beAnnotatedWith(disabling).check(TESTS);
  }

  private static String[] with(String[] some, String... others) {
    return Stream.concat(Arrays.stream(some), Arrays.stream(others)).toArray(String[]::new);
  }
}
