package io.dawncache.server;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaModifier.PROTECTED;
import static com.tngtech.archunit.core.domain.JavaModifier.PUBLIC;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.members;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import io.dawncache.core.Group;
import io.dawncache.server.frame.FrameUpgrade;
import io.dawncache.server.testing.HouseRules;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Exports;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.Condition;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What design and concurrency pages promise of this module, held in place. */
class ArchitectureTest {
  private static final String SERVER = "io.dawncache.server";
  private static final String INBOUND = "io.dawncache.server.inbound..";
  private static final String PEER = "io.dawncache.server.peer..";
  private static final String FRAME = "io.dawncache.server.frame..";
  private static final String WIRE = "io.dawncache.server.wire..";
  private static final String TLS = "io.dawncache.server.tls..";
  private static final String DISCOVERY = "io.dawncache.server.discovery..";
  private static final String DNS = "io.netty.handler.codec.dns..";

  /** What an application sets, and every package below may know. */
  private static final DescribedPredicate<JavaClass> SETTINGS =
      describe(
          "are settings, or what pages show",
          type ->
              Stream.of(
                      AccessTokens.class,
                      Dialect.class,
                      Discovery.class,
                      Limits.class,
                      Page.class,
                      RequestListener.class,
                      AnsweredRequest.class,
                      PeerHealth.class,
                      PeerStats.class,
                      TlsConfig.class)
                  .anyMatch(
                      setting ->
                          type.getBaseComponentType().getFullName().startsWith(setting.getName())));

  private static final JavaClasses MAIN =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(SERVER);

  private static final JavaClasses TESTS =
      new ClassFileImporter()
          .withImportOption(new ImportOption.OnlyIncludeTests())
          .importPackages("io.dawncache");

  private static final Set<String> WAITING =
      Set.of(
          "acquire",
          "await",
          "awaitTermination",
          "awaitUninterruptibly",
          "get",
          "invokeAll",
          "invokeAny",
          "join",
          "put",
          "sleep",
          "sync",
          "syncUninterruptibly",
          "take",
          "wait");

  private static final Set<Class<?>> WAITED_FOR =
      Set.of(
          BlockingQueue.class,
          Condition.class,
          CountDownLatch.class,
          ExecutorService.class,
          Future.class, // Netty's too
          Semaphore.class,
          Thread.class);

  @Test
  void dependenciesPointFromTheServerToTheWireAndInboundAndPeerDoNotSeeEachOther() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("server")
        .definedBy(resideInAnyPackage(SERVER).and(not(SETTINGS)))
        .layer("settings")
        .definedBy(SETTINGS)
        .layer("discovery")
        .definedBy(DISCOVERY)
        .layer("inbound")
        .definedBy(INBOUND)
        .layer("peer")
        .definedBy(PEER)
        .layer("frame")
        .definedBy(FRAME)
        .layer("wire")
        .definedBy(WIRE)
        .layer("tls")
        .definedBy(TLS)
        .whereLayer("server")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("discovery")
        .mayOnlyBeAccessedByLayers("server")
        .whereLayer("inbound")
        .mayOnlyBeAccessedByLayers("server")
        .whereLayer("peer")
        .mayOnlyBeAccessedByLayers("server")
        .whereLayer("frame")
        .mayOnlyBeAccessedByLayers("inbound", "peer")
        .whereLayer("tls")
        .mayOnlyAccessLayers("settings")
        .whereLayer("wire")
        .mayOnlyAccessLayers("settings")
        .whereLayer("settings")
        .mayNotAccessAnyLayer()
        .check(MAIN);
  }

  /**
   * The settings lie where an application finds them, and are a slice of their own all the same.
   */
  @Test
  void packagesHaveNoCycles() {
    slices()
        .assignedFrom(
            new SliceAssignment() {
              @Override
              public SliceIdentifier getIdentifierOf(JavaClass type) {
                return SliceIdentifier.of(SETTINGS.test(type) ? "settings" : type.getPackageName());
              }

              @Override
              public String getDescription() {
                return "packages, and the settings";
              }
            })
        .should()
        .beFreeOfCycles()
        .check(MAIN);
  }

  @Test
  void anApplicationSeesOnePackage() throws Exception {
    URI classes = CacheServer.class.getProtectionDomain().getCodeSource().getLocation().toURI();
    try (InputStream file = Files.newInputStream(Path.of(classes).resolve("module-info.class"))) {
      List<String> exported =
          ModuleDescriptor.read(file).exports().stream().map(Exports::source).toList();

      assertEquals(List.of(SERVER), exported);
    }
  }

  @Test
  void onlyTheWireAndFramesSeeProtobuf() {
    noClasses()
        .that()
        .resideOutsideOfPackages(WIRE, FRAME)
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("com.google.protobuf..", "io.dawncache.server.wire.pb.."))
        .check(MAIN);
  }

  @Test
  void onlyWireInboundPeerAndTheUpgradeToFramesSeeHttp() {
    noClasses()
        .that()
        .resideOutsideOfPackages(WIRE, INBOUND, PEER)
        .and()
        .doNotHaveFullyQualifiedName(FrameUpgrade.class.getName())
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("io.netty.handler.codec..").and(not(resideInAnyPackage(DNS))))
        .check(MAIN);
  }

  /** Netty's own resolver asks a public name server where none is configured. */
  @Test
  void onlyDiscoveriesSeeDnsAndNothingSeesAResolverOfNetty() {
    noClasses()
        .that()
        .resideOutsideOfPackages(DISCOVERY)
        .should()
        .dependOnClassesThat(resideInAnyPackage(DNS))
        .check(MAIN);
    noClasses()
        .should()
        .dependOnClassesThat(resideInAnyPackage("io.netty.resolver.dns.."))
        .check(MAIN);
  }

  @Test
  void noNettyAndNoProtobufInWhatAnApplicationSees() {
    members()
        .that()
        .areDeclaredInClassesThat(resideInAnyPackage(SERVER))
        .and()
        .areDeclaredInClassesThat()
        .arePublic()
        .and(
            describe(
                "are public or protected",
                (JavaMember member) ->
                    member.getModifiers().contains(PUBLIC)
                        || member.getModifiers().contains(PROTECTED)))
        .should(nameNoTypeOf("io.netty.", "com.google.protobuf.", "io.dawncache.server.wire.pb."))
        .check(MAIN);
  }

  @Test
  void theServerSeesNeitherTheProgramNorItsCommandLineJsonAndHttpClient() {
    noClasses()
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                "io.dawncache.node..",
                "picocli..",
                "com.google.gson..",
                "org.apache.hc..",
                "org.slf4j.."))
        .check(MAIN);
  }

  @Test
  void nothingBlocksButStartAndStopAndTheThreadOfADiscovery() {
    noClasses()
        .should()
        .accessTargetWhere(
            describe(
                "waits and is not called by the start or the stop of a server, or a discovery",
                (JavaAccess<?> access) ->
                    waits(access)
                        && !startsOrStopsAServer(access.getOrigin())
                        && !asksANameServer(access.getOrigin())))
        .check(MAIN);
  }

  @Test
  void namesAreLookedUpInOnePlace() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName(Names.class.getName())
        .should()
        .callMethodWhere(
            describe(
                "asks the JDK for the address of a name",
                call ->
                    call.getTargetOwner().isAssignableTo(InetAddress.class)
                        && call.getName().matches("get(All)?ByName|getLocalHost|getHostName")))
        .check(MAIN);
  }

  @Test
  void theHouseRulesHold() {
    HouseRules.NAMES_SAY_THE_THING.check(MAIN);
    HouseRules.PACKAGES_SAY_WHAT_THEY_ARE_FOR.check(MAIN);
    HouseRules.NO_TEST_IS_DISABLED.forEach(rule -> rule.check(TESTS));
    HouseRules.NO_TEST_SLEEPS.check(TESTS);
  }

  private static boolean waits(JavaAccess<?> access) {
    JavaClass owner = access.getTargetOwner();
    if (owner.isEquivalentTo(Group.class)) {
      return access.getName().equals("get") && !takesACallback(access);
    }
    return WAITING.contains(access.getName())
        && (WAITED_FOR.stream().anyMatch(owner::isAssignableTo) || access.getName().equals("wait"));
  }

  /** The get for servers answers by a callback; the others wait. */
  private static boolean takesACallback(JavaAccess<?> access) {
    return access.getDescription().contains("GetCallback");
  }

  private static boolean startsOrStopsAServer(JavaCodeUnit origin) {
    return origin.getOwner().isEquivalentTo(CacheServer.class)
        ? Set.of("<init>", "bind", "stop", "stopNow").contains(origin.getName())
        : origin.getFullName().startsWith("io.dawncache.server.Departure.await(");
  }

  private static boolean asksANameServer(JavaCodeUnit origin) {
    return origin.getFullName().startsWith("io.dawncache.server.discovery.DnsClient.await(");
  }

  private static ArchCondition<JavaMember> nameNoTypeOf(String... packages) {
    DescribedPredicate<JavaClass> foreign =
        describe(
            "of these packages",
            type -> Stream.of(packages).anyMatch(type.getFullName()::startsWith));
    return new ArchCondition<>("name no type of " + String.join(", ", packages)) {
      @Override
      public void check(JavaMember member, ConditionEvents events) {
        typesOf(member)
            .flatMap(type -> type.getAllInvolvedRawTypes().stream())
            .filter(foreign)
            .forEach(
                type ->
                    events.add(
                        SimpleConditionEvent.violated(
                            member, member.getFullName() + " names " + type.getName())));
      }
    };
  }

  private static Stream<JavaType> typesOf(JavaMember member) {
    return member instanceof JavaCodeUnit code
        ? Stream.concat(Stream.of(code.getReturnType()), code.getParameterTypes().stream())
        : Stream.of(((JavaField) member).getType());
  }
}
