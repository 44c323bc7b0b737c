package io.dawncache.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line of one of our programs, on this JVM's JDK and class path. */
public final class JavaCommand {
  private JavaCommand() {}

  /**
   * Returns the command.
   *
   * @param options of the JVM
   * @param arguments of the program, as their texts
   */
  public static List<String> of(Class<?> main, List<String> options, Object... arguments) {
    return of(System.getProperty("java.class.path"), main, options, arguments);
  }

  /** As {@link #of(Class, List, Object...)}, on another class path. */
  public static List<String> of(
      String classPath, Class<?> main, List<String> options, Object... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.add("-cp");
    command.add(classPath);
    command.add(main.getName());
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    return command;
  }
}
