package io.dawncache.node.origin;

import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The jars in the folder {@code plugins/}: origins and drivers that do not come with the program.
 * The folder is that of the system property {@value #PROPERTY}; {@code scripts/node} sets it.
 *
 * @since 0.1.0
 */
public final class Plugins {
  /** The system property that names the folder. */
  public static final String PROPERTY = "dawncache.plugins";

  private Plugins() {}

  /** {@return the folder, which need not exist} */
  public static Path folder() {
    return Path.of(System.getProperty(PROPERTY, "plugins")).toAbsolutePath().normalize();
  }

  /**
   * {@return the loader of the classes in the jars, which also has all classes of the program; of
   * the program alone if there is no jar}
   */
  public static ClassLoader loader() {
    return Loader.INSTANCE;
  }

  /** Made at the first use. */
  private static final class Loader {
    static final ClassLoader INSTANCE = load(folder());

    private Loader() {}
  }

  private static ClassLoader load(Path folder) {
    ClassLoader program = Plugins.class.getClassLoader();
    List<URL> jars = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path jar : files.filter(file -> file.toString().endsWith(".jar")).sorted().toList()) {
          jars.add(url(jar.toFile()));
        }
      } catch (IOException e) {
        throw new IllegalArgumentException(folder + " (expected: a folder that can be read)", e);
      }
    }
    return jars.isEmpty() ? program : new URLClassLoader(jars.toArray(URL[]::new), program);
  }

  private static URL url(File jar) throws MalformedURLException {
    return jar.toURI().toURL();
  }
}
