package io.dawncache.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * No regular expression of ours ends a thread on a long text. The JDK matches a group that may be
 * repeated without a bound, such as {@code (?:,[a-z]+)*}, by a call inside a call for each time, so
 * that some thousand repetitions overflow the stack. It does not if the group is possessive, such
 * as {@code (?:,[a-z]+)*+}.
 */
class PatternsTest {
  private static final Path ROOT = Path.of(System.getProperty("dawncache.root"));

  /** What takes a regular expression as its first argument. */
  private static final Set<String> METHODS =
      Set.of("compile", "matches", "replaceAll", "replaceFirst", "split");

  /** Regular expressions, with the places where they are used. */
  private static final Map<String, Path> CONSTANTS = new HashMap<>();

  static {
    try {
      readAll();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void readAll() throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null);
        Stream<Path> sources = Files.find(ROOT, 30, (file, attributes) -> isMain(file))) {
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null,
                  files,
                  null,
                  List.of("-proc:none"),
                  null,
                  files.getJavaFileObjectsFromPaths(sources.toList()));
      for (CompilationUnitTree unit : task.parse()) {
        Constants constants = new Constants();
        constants.scan(unit, null);
        new Patterns(Path.of(unit.getSourceFile().toUri()), constants).scan(unit, null);
      }
    }
  }

  private static boolean isMain(Path file) {
    String path = ROOT.relativize(file).toString();
    return path.endsWith(".java") && path.contains("src/main/java/");
  }

  /** The texts of fields and variables that one file gives a constant. */
  private static final class Constants extends TreeScanner<Void, Void> {
    private final Map<String, String> texts = new HashMap<>();

    @Override
    public Void visitVariable(VariableTree variable, Void unused) {
      String text = textOf(variable.getInitializer());
      if (text != null) {
        texts.put(variable.getName().toString(), text);
      }
      return super.visitVariable(variable, null);
    }

    @Nullable String textOf(@Nullable ExpressionTree expression) {
      if (expression instanceof LiteralTree literal) {
        return literal.getValue() instanceof String text ? text : null;
      } else if (expression instanceof ParenthesizedTree parenthesized) {
        return textOf(parenthesized.getExpression());
      } else if (expression instanceof IdentifierTree name) {
        return texts.get(name.getName().toString());
      } else if (expression instanceof BinaryTree sum) {
        String left = textOf(sum.getLeftOperand());
        String right = textOf(sum.getRightOperand());
        return left == null || right == null ? null : left + right;
      }
      return null;
    }
  }

  private static final class Patterns extends TreeScanner<Void, Void> {
    private final Path file;
    private final Constants constants;

    Patterns(Path file, Constants constants) {
      this.file = file;
      this.constants = constants;
    }

    @Override
    public Void visitMethodInvocation(MethodInvocationTree call, Void unused) {
      if (call.getMethodSelect() instanceof MemberSelectTree method
          && METHODS.contains(method.getIdentifier().toString())
          && !call.getArguments().isEmpty()) {
        String text = constants.textOf(call.getArguments().get(0));
        if (text != null && !text.isEmpty()) {
          CONSTANTS.put(text, ROOT.relativize(file));
        }
      }
      return super.visitMethodInvocation(call, null);
    }
  }

  @Test
  void noGroupIsRepeatedWithoutABoundUnlessPossessively() {
    assertTrue(CONSTANTS.size() > 50, "regular expressions found: " + CONSTANTS.size());
    List<String> found = new ArrayList<>();
    CONSTANTS.forEach(
        (text, file) -> {
          if (overflows(text)) {
            found.add(file + ": " + text);
          }
        });
    assertEquals(List.of(), found, "(expected: possessive, as in (?:a|b)*+)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"(?:a|b)*", "(ab)+", "(?:x|(?:a|b)*?)", "(a|b){3,}", "[)](a|b)*"})
  void aRepeatedGroupIsFound(String text) {
    assertTrue(overflows(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(?:a|b)*+",
        "(ab)++",
        "(a|b){3,}+",
        "(a|b){0,3}",
        "(a|b)?",
        "[(a)*]+",
        "\\(a\\)*",
        "\\Q(a)*\\E",
        "[^)]*",
        "(a*)",
        "[\\])*]"
      })
  void whatIsNotARepeatedGroupIsNot(String text) {
    assertFalse(overflows(text));
  }

  /** The reason of the rule. */
  @Test
  void aGroupOverflowsTheStackAndAPossessiveOneDoesNot() {
    String text = "ab".repeat(100_000);
    assertThrows(
        StackOverflowError.class, () -> Pattern.compile("(?:a|b)*").matcher(text).matches());
    assertTrue(Pattern.compile("(?:a|b)*+").matcher(text).matches());
  }

  /** Returns whether a group of the expression is repeated without a bound, and not possessive. */
  private static boolean overflows(String text) {
    int classes = 0; // how many [ are open
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        boolean quotes = text.startsWith("Q", i + 1);
        int end = text.indexOf("\\E", i + 2);
        i = !quotes ? i + 1 : end < 0 ? text.length() : end + 1;
      } else if (c == '[') {
        classes++;
      } else if (c == ']' && classes > 0) {
        classes--;
      } else if (c == ')' && classes == 0 && isRepeated(text, i + 1)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isRepeated(String text, int at) {
    int end = at + 1;
    if (text.startsWith("{", at)) {
      end = text.indexOf('}', at) + 1;
      if (text.charAt(end - 2) != ',') {
        return false; // as often as it says, and no more
      }
    } else if (!text.startsWith("*", at) && !text.startsWith("+", at)) {
      return false;
    }
    return !text.startsWith("+", end);
  }
}
