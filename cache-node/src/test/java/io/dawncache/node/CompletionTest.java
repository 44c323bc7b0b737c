package io.dawncache.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.AutoComplete;
import picocli.CommandLine;

/**
 * The completion in {@code scripts/completion} is that of the commands, and completes in a real
 * bash. {@code mvn -Ddawncache.write.docs=true} writes it anew.
 */
class CompletionTest {
  private static final Path FILE =
      Path.of(System.getProperty("dawncache.root"), "scripts", "completion", "dawncache.bash");

  /**
   * Returns all commands of {@code scripts/dawncache}, also those that are scripts of their own.
   */
  private static CommandLine dawncache() {
    PrintWriter nowhere = new PrintWriter(new StringWriter());
    return OperateMain.commandLine(nowhere, nowhere)
        .addSubcommand("serve", NodeMain.commandLine(Map.of(), nowhere, nowhere))
        .addSubcommand("get", GetMain.commandLine(new ByteArrayOutputStream(), nowhere, nowhere))
        .addSubcommand("check", CheckMain.commandLine(Map.of(), nowhere, nowhere))
        .addSubcommand("members", StatusMain.commandLine(nowhere, nowhere));
  }

  /** Returns what bash offers for the last of these words. */
  private static List<String> offered(String... words) throws Exception {
    String script =
        """
        source "$1"
        shift
        complete -p "$1" >/dev/null || exit
        compopt() { :; } # which is for the completion of a line that is being typed
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_POINT=${#COMP_LINE}
        function=$(complete -p "$1" | sed 's/.*-F \\([^ ]*\\).*/\\1/')
        "$function" "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        printf '%s\\n' "${COMPREPLY[@]}"
        """;
    ProcessBuilder bash = new ProcessBuilder("bash", "-c", script, "bash", FILE.toString());
    bash.command().addAll(List.of(words));
    Process process = bash.redirectErrorStream(true).start();
    List<String> lines = process.inputReader().lines().map(String::strip).toList();
    assertEquals(0, process.waitFor(), lines::toString);
    return lines;
  }

  @Test
  void theFileIsMadeOfTheCommands() throws Exception {
    String made = AutoComplete.bash("dawncache", dawncache());
    if (Boolean.getBoolean("dawncache.write.docs")) {
      Files.writeString(FILE, made);
    }

    assertEquals(made, Files.readString(FILE), FILE + " (expected: AutoComplete.bash)");
  }

  @Test
  void bashCompletesCommandsAndTheirOptions() throws Exception {
    assertEquals(List.of("explain"), offered("dawncache", "ex"));
    assertEquals(List.of("clear", "config", "check"), offered("dawncache", "c"));
    assertEquals(List.of("--operations"), offered("dawncache", "explain", "--op"));
    assertEquals(List.of("--stale-if-error"), offered("dawncache", "serve", "--stale"));
    assertEquals(List.of("--node"), offered("dawncache", "get", "--no"));
  }

  @Test
  void bashCompletesFiles() throws Exception {
    String beginning = FILE.getParent() + "/dawn";
    assertTrue(
        offered("dawncache", "serve", "--config", beginning).contains(FILE.toString()), beginning);
  }
}
