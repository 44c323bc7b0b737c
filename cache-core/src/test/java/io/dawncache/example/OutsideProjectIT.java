package io.dawncache.example;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A Maven project outside of ours that depends on {@code cache-core} alone: it compiles and runs
 * the README's example, and nothing of a network comes with it.
 */
class OutsideProjectIT {
  /*
   * The project has a local repository of its own, so that nothing is installed into the user's.
   * Into it go cache-core's jar, fresh from the package phase, and the two poms. All else the
   * project asks first of the local repository in use, which it sees as a remote one under a file
   * URL; what the build of Dawncache has fetched is there, so no network is needed. (Maven's
   * --offline would forbid file URLs too.) What that lacks comes from where Maven is set up to look.
   */
  private static final Path ROOT = Path.of(System.getProperty("dawncache.root"));
  private static final Path CORE = Path.of(System.getProperty("basedir", "."));
  private static final Path REPOSITORY_IN_USE =
      Path.of(
          System.getProperty(
              "localRepository", System.getProperty("user.home") + "/.m2/repository"));
  private static final String VERSION = version("<artifactId>dawncache-parent</artifactId>");

  @TempDir Path folder;

  private Path repository;
  private Path project;

  @BeforeEach
  void layOutTheProject() throws IOException {
    repository = folder.resolve("repository");
    project = folder.resolve("project");
    String jar = "cache-core-" + VERSION + ".jar";
    install(CORE.resolve("target").resolve(jar), "cache-core", "jar");
    install(CORE.resolve("pom.xml"), "cache-core", "pom");
    install(ROOT.resolve("pom.xml"), "dawncache-parent", "pom");

    Path example = Path.of("io", "dawncache", "example", "EmbeddingExample.java");
    Path source = project.resolve("src/main/java").resolve(example);
    Files.createDirectories(source.getParent());
    Files.copy(CORE.resolve("src/test/java").resolve(example), source);
    Files.writeString(project.resolve("pom.xml"), pom());
  }

  @Test
  void anOutsideProjectRunsTheExampleAndCarriesNothingOfANetwork() throws Exception {
    Path tree = folder.resolve("tree.txt");
    Path classpath = folder.resolve("classpath.txt");
    String dependencyPlugin =
        "org.apache.maven.plugins:maven-dependency-plugin:" + version("maven-dependency-plugin");

    run(
        maven(
            "compile",
            dependencyPlugin + ":list",
            dependencyPlugin + ":build-classpath",
            "-DoutputFile=" + tree,
            "-Dmdep.outputFile=" + classpath));

    var dependencies = new TreeSet<String>();
    Matcher dependency =
        Pattern.compile("([\\w.-]+:[\\w.-]+):jar:[^:]+:(compile|runtime)")
            .matcher(Files.readString(tree));
    while (dependency.find()) {
      dependencies.add(dependency.group(1));
    }
    assertEquals(
        List.of(
            "com.github.ben-manes.caffeine:caffeine",
            "com.google.errorprone:error_prone_annotations",
            "io.dawncache:cache-core",
            "org.jspecify:jspecify"),
        List.copyOf(dependencies),
        "Caffeine with its annotations; nothing of io.netty or com.google.protobuf");

    String jars = Files.readString(classpath).trim();
    assertEquals(4, jars.split(System.getProperty("path.separator"), -1).length, jars);
    assertEquals(
        EmbeddingExampleTest.OUTPUT,
        run(
            List.of(
                tool("java"),
                "-cp",
                project.resolve("target/classes") + System.getProperty("path.separator") + jars,
                EmbeddingExample.class.getName())));
  }

  private void install(Path file, String artifact, String extension) throws IOException {
    assertTrue(Files.exists(file), file + " (expected: mvn verify has packaged it)");
    Path place = repository.resolve(Path.of("io", "dawncache", artifact, VERSION));
    Files.createDirectories(place);
    Files.copy(file, place.resolve(artifact + "-" + VERSION + "." + extension));
  }

  private static String pom() {
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
      <dependencies>
        <dependency>
          <groupId>io.dawncache</groupId>
          <artifactId>cache-core</artifactId>
          <version>%s</version>
        </dependency>
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
            VERSION,
            inUse(),
            inUse(),
            version("maven-compiler-plugin"),
            version("maven-resources-plugin"));
  }

  private static String inUse() {
    return "<id>in-use</id><url>"
        + REPOSITORY_IN_USE.toUri()
        + "</url><releases><checksumPolicy>ignore</checksumPolicy></releases>"
        + "<snapshots><enabled>false</enabled></snapshots>";
  }

  /** Reads from our own pom the version that follows the first mention of {@code what}. */
  private static String version(String what) {
    try {
      String pom = Files.readString(ROOT.resolve("pom.xml"));
      Matcher version =
          Pattern.compile(Pattern.quote(what) + ".*?<version>(.*?)</version>", Pattern.DOTALL)
              .matcher(pom.replaceFirst("(?s)<plugins>.*?</plugins>", "")); // those have no version
      assertTrue(version.find(), what);
      return version.group(1);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private List<String> maven(String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "mvn",
                "--batch-mode",
                "--no-transfer-progress",
                "--file",
                project.resolve("pom.xml").toString(),
                "-Dmaven.repo.local=" + repository));
    command.addAll(Arrays.asList(arguments));
    return command;
  }

  private static String tool(String name) {
    return Path.of(System.getProperty("java.home"), "bin", name).toString();
  }

  /** Runs a program to its end, which must be a good one; returns the lines that it printed. */
  private List<String> run(List<String> command) throws Exception {
    var builder = new ProcessBuilder(command).directory(project.toFile()).redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Stream.of("MAVEN_OPTS", "MAVEN_ARGS", "MAVEN_CONFIG", "MAVEN_BASEDIR", "JAVA_TOOL_OPTIONS")
        .forEach(builder.environment()::remove);
    Process process = builder.start();
    process.getOutputStream().close();
    List<String> lines =
        new String(process.getInputStream().readAllBytes(), UTF_8).lines().toList();
    assertEquals(0, process.waitFor(), () -> command + "\n" + String.join("\n", lines));
    return lines;
  }
}
