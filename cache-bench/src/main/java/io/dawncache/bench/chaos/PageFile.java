package io.dawncache.bench.chaos;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** The file that {@code --html} names. */
final class PageFile {
  private PageFile() {}

  /**
   * Returns the file to write a page to.
   *
   * @param html what the option names, or null
   * @param otherwise the file without the option
   * @throws ParameterException if nothing can be written there
   */
  static Path of(@Nullable Path html, Path otherwise, CommandLine line) {
    if (html == null) {
      return otherwise;
    }
    Path page = html.toAbsolutePath();
    Path folder = page.getParent();
    if (folder == null || !Files.isDirectory(folder) || Files.isDirectory(page)) {
      throw new ParameterException(
          line, "--html: " + html + " (expected: a file in a folder that exists)");
    }
    return page;
  }
}
