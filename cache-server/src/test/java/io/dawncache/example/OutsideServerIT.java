package io.dawncache.example;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Maven projects outside of ours that depend on {@code cache-server}, each with a version of Netty
 * that the rest of an application may demand. The project is a module. It is compiled on the module
 * path, and run on the module path and on the class path.
 */
class OutsideServerIT {
  /*
   * As in cache-core's OutsideProjectIT: a local repository of the project's own holds the jars of
   * this build, and the repository in use is a remote one under a file URL. What that lacks (a
   * Netty of another version, the first time) comes from where Maven is set up to look.
   */
  private static final Path ROOT = Path.of(System.getProperty("dawncache.root"));
  private static final Path REPOSITORY_IN_USE =
      Path.of(
          System.getProperty(
              "localRepository", System.getProperty("user.home") + "/.m2/repository"));
  private static final String VERSION = version("<artifactId>dawncache-parent</artifactId>");
  private static final String NETTY_41 = "4.1.128.Final"; // that of Spring Boot 3.5
  private static final String NETTY_42 = between("<netty.version>", "</netty.version>");
  private static final int MAX_NETTY_JARS = 14;
  private static final Set<String> BESIDE_NETTY =
      Set.of(
          "cache-core",
          "cache-server",
          "caffeine",
          "error_prone_annotations", // Caffeine's
          "jspecify",
          "protobuf-java");
  private static final List<String> OUTPUT =
      List.of("each answered the other, 0 values were wrong");

  @TempDir private static Path folder;

  private static Path repository;
  private static Path project;

  @BeforeAll
  static void layOutTheProject() throws IOException {
    repository = folder.resolve("repository");
    project = folder.resolve("project");
    install(ROOT.resolve("pom.xml"), "dawncache-parent", "pom");
    for (String artifact : List.of("cache-core", "cache-server")) {
      Path module = ROOT.resolve(artifact);
      install(module.resolve("pom.xml"), artifact, "pom");
      install(module.resolve("target").resolve(artifact + "-" + VERSION + ".jar"), artifact, "jar");
    }
    Path example = Path.of("io", "dawncache", "example", "TwoNodes.java");
    Path sources = project.resolve("src/main/java");
    Files.createDirectories(sources.resolve(example).getParent());
    Files.copy(
        ROOT.resolve("cache-server/src/test/java").resolve(example), sources.resolve(example));
    Files.writeString(
        sources.resolve("module-info.java"), "module outside { requires io.dawncache.server; }");
  }

  @Test
  void aProjectRunsOnTheNettyOfItsBomBeThat41Or42AndOneThatMixesThemIsRefusedInALine()
      throws Exception {
    List<Path> newer = jarsOf(bom(NETTY_42));
    assertEquals(Set.of(NETTY_42), nettyVersions(newer));
    runs(newer);

    List<Path> older = jarsOf(bom(NETTY_41));
    assertEquals(Set.of(NETTY_41), nettyVersions(older));
    runs(older);

    List<Path> mixed = new ArrayList<>(older);
    mixed.replaceAll(jar -> isOf("netty-handler", jar) ? only("netty-handler", newer) : jar);
    List<String> refused = java(1, "-cp", classPath(mixed), TwoNodes.class.getName());
    assertTrue(
        refused.contains(
            "Exception in thread \"main\" java.lang.IllegalStateException: netty-buffer "
                + NETTY_41
                + " beside netty-handler "
                + NETTY_42
                + " (expected: one version of Netty, as its netty-bom gives)"),
        () -> String.join("\n", refused));
  }

  @Test
  void aBomThatManagesSingleArtifactsOfNettyAndNotNettyAllMixesNothing() throws Exception {
    StringBuilder managed = new StringBuilder();
    for (String artifact :
        List.of(
            "buffer",
            "codec",
            "codec-dns",
            "codec-http",
            "common",
            "handler",
            "resolver",
            "transport",
            "transport-classes-epoll",
            "transport-classes-kqueue",
            "transport-native-unix-common")) {
      managed.append(dependency("io.netty", "netty-" + artifact, NETTY_41, ""));
    }

    List<Path> jars = jarsOf(managed.toString());

    assertEquals(Set.of(NETTY_42), nettyVersions(List.of(only("netty-all", jars))), "it is empty");
    List<Path> others = new ArrayList<>(jars);
    others.remove(only("netty-all", jars));
    assertEquals(Set.of(NETTY_41), nettyVersions(others));
    runs(jars);
  }

  /** Compiles the project under these managed dependencies; returns the jars that it runs with. */
  private List<Path> jarsOf(String managed) throws Exception {
    Files.writeString(project.resolve("pom.xml"), pom(managed));
    Path classpath = folder.resolve("classpath.txt");
    run(
        0,
        List.of(
            "mvn",
            "--batch-mode",
            "--no-transfer-progress",
            "--file",
            project.resolve("pom.xml").toString(),
            "-Dmaven.repo.local=" + repository,
            "clean",
            "compile",
            "org.apache.maven.plugins:maven-dependency-plugin:"
                + version("<artifactId>maven-dependency-plugin</artifactId>")
                + ":build-classpath",
            "-Dmdep.outputFile=" + classpath),
        null);
    return Stream.of(Files.readString(classpath).trim().split(File.pathSeparator, -1))
        .map(Path::of)
        .toList();
  }

  private void runs(List<Path> jars) throws Exception {
    assertTrue(nettyJars(jars).size() <= MAX_NETTY_JARS, jars::toString);
    assertEquals(BESIDE_NETTY, besideNetty(jars));
    assertEquals(OUTPUT, java(0, "-cp", classPath(jars), TwoNodes.class.getName()));
    assertEquals(
        OUTPUT, java(0, "-p", classPath(jars), "-m", "outside/" + TwoNodes.class.getName()));
  }

  private static List<Path> nettyJars(List<Path> jars) {
    return jars.stream().filter(jar -> isOf("netty-[a-z_-]*", jar)).toList();
  }

  private static Set<String> besideNetty(List<Path> jars) {
    List<Path> others = new ArrayList<>(jars);
    others.removeAll(nettyJars(jars));
    Set<String> artifacts = new TreeSet<>();
    others.forEach(jar -> artifacts.add(jar.getFileName().toString().replaceFirst("-\\d.*", "")));
    return artifacts;
  }

  private static Set<String> nettyVersions(List<Path> jars) {
    Set<String> versions = new TreeSet<>();
    nettyJars(jars).forEach(jar -> versions.add(jar.getParent().getFileName().toString()));
    return versions;
  }

  private static boolean isOf(String artifact, Path jar) {
    return jar.getFileName().toString().matches(artifact + "-\\d.*");
  }

  private static Path only(String artifact, List<Path> jars) {
    return jars.stream().filter(jar -> isOf(artifact, jar)).findFirst().orElseThrow();
  }

  private String classPath(List<Path> jars) {
    return Stream.concat(
            Stream.of(project.resolve("target/classes").toString()),
            jars.stream().map(Path::toString))
        .reduce((left, right) -> left + File.pathSeparator + right)
        .orElseThrow();
  }

  private static void install(Path file, String artifact, String extension) throws IOException {
    assertTrue(Files.exists(file), file + " (expected: mvn verify has packaged it)");
    Path place = repository.resolve(Path.of("io", "dawncache", artifact, VERSION));
    Files.createDirectories(place);
    Files.copy(file, place.resolve(artifact + "-" + VERSION + "." + extension));
  }

  private static String bom(String version) {
    return dependency("io.netty", "netty-bom", version, "<type>pom</type><scope>import</scope>");
  }

  private static String dependency(String group, String artifact, String version, String more) {
    return "<dependency><groupId>%s</groupId><artifactId>%s</artifactId><version>%s</version>%s</dependency>\n"
        .formatted(group, artifact, version, more);
  }

  private static String pom(String managed) {
    return """
    <project xmlns="http://maven.apache.org/POM/4.0.0">
      <modelVersion>4.0.0</modelVersion>
      <groupId>com.example</groupId>
      <artifactId>outside</artifactId>
      <version>1</version>
      <properties>
        <maven.compiler.release>17</maven.compiler.release>
        <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
      </properties>
      <dependencyManagement>
        <dependencies>
          %s
        </dependencies>
      </dependencyManagement>
      <dependencies>
        %s
      </dependencies>
      <repositories>
        <repository>%s</repository>
      </repositories>
      <pluginRepositories>
        <pluginRepository>%s</pluginRepository>
      </pluginRepositories>
      <build>
        <plugins>
          <plugin>
            <artifactId>maven-clean-plugin</artifactId>
            <version>%s</version>
          </plugin>
          <plugin>
            <artifactId>maven-compiler-plugin</artifactId>
            <version>%s</version>
          </plugin>
          <plugin>
            <artifactId>maven-resources-plugin</artifactId>
            <version>%s</version>
          </plugin>
        </plugins>
      </build>
    </project>
    """
        .formatted(
            managed,
            dependency("io.dawncache", "cache-server", VERSION, ""),
            inUse(),
            inUse(),
            version("<artifactId>maven-clean-plugin</artifactId>"),
            version("<artifactId>maven-compiler-plugin</artifactId>"),
            version("<artifactId>maven-resources-plugin</artifactId>"));
  }

  private static String inUse() {
    return "<id>in-use</id><url>"
        + REPOSITORY_IN_USE.toUri()
        + "</url><releases><checksumPolicy>ignore</checksumPolicy></releases>"
        + "<snapshots><enabled>false</enabled></snapshots>";
  }

  /** Reads from our own pom the version that follows the first mention of {@code what}. */
  private static String version(String what) {
    return between(what + ".*?<version>", "</version>");
  }

  /** Returns what stands in our own pom between {@code before}, a pattern, and {@code after}. */
  private static String between(String before, String after) {
    try {
      String pom = Files.readString(ROOT.resolve("pom.xml"));
      Matcher text =
          Pattern.compile(before + "(.*?)" + after, Pattern.DOTALL)
              .matcher(pom.replaceFirst("(?s)<plugins>.*?</plugins>", "")); // those have no version
      assertTrue(text.find(), before);
      return text.group(1);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private List<String> java(int exitCode, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    if (Runtime.version().feature() >= 24) {
      command.add("--enable-native-access=ALL-UNNAMED,io.netty.common");
      command.add("--sun-misc-unsafe-memory-access=allow");
    }
    command.addAll(List.of(arguments));
    return run(exitCode, command, exitCode == 0 ? ProcessBuilder.Redirect.DISCARD : null);
  }

  /**
   * Runs a program to its end; returns the lines that it printed, those of standard error too
   * unless they go elsewhere.
   */
  private static List<String> run(
      int exitCode, List<String> command, ProcessBuilder.@Nullable Redirect errors)
      throws Exception {
    var builder = new ProcessBuilder(command).directory(project.toFile());
    if (errors == null) {
      builder.redirectErrorStream(true);
    } else {
      builder.redirectError(errors);
    }
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Stream.of("MAVEN_OPTS", "MAVEN_ARGS", "MAVEN_CONFIG", "MAVEN_BASEDIR", "JAVA_TOOL_OPTIONS")
        .forEach(builder.environment()::remove);
    Process process = builder.start();
    process.getOutputStream().close();
    List<String> lines =
        new String(process.getInputStream().readAllBytes(), UTF_8).lines().toList();
    assertEquals(exitCode, process.waitFor(), () -> command + "\n" + String.join("\n", lines));
    return lines;
  }
}
