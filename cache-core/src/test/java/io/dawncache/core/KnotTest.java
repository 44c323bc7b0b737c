package io.dawncache.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Classes that all reach each other by name can only be understood together: few may. */
class KnotTest {
  private static final int MOST_IN_A_KNOT = 4;

  @Test
  void atMostFourClassesReachEachOther() {
    List<Set<String>> knots = knots(dependencies("io.dawncache.core"));
    System.out.println("knots: " + knots.stream().filter(knot -> knot.size() > 1).toList());
    assertTrue(
        knots.get(0).size() <= MOST_IN_A_KNOT,
        () -> knots.get(0) + " (expected: at most " + MOST_IN_A_KNOT + " classes)");
  }

  @Test
  void theCountFindsAKnot() {
    Map<String, Set<String>> dependencies = new TreeMap<>();
    dependencies.put("a", Set.of("b"));
    dependencies.put("b", Set.of("c", "d"));
    dependencies.put("c", Set.of("a"));
    dependencies.put("d", Set.of("e"));
    dependencies.put("e", Set.of("d", "f"));
    dependencies.put("f", Set.of());

    assertEquals(
        List.of(Set.of("a", "b", "c"), Set.of("d", "e"), Set.of("f")), knots(dependencies));
  }

  /** Returns, for each top-level class of a package, the others there that it names. */
  static Map<String, Set<String>> dependencies(String packageName) {
    JavaClasses classes =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(packageName);
    Map<String, Set<String>> dependencies = new TreeMap<>();
    for (JavaClass javaClass : classes) {
      if (javaClass.getPackageName().equals(packageName)) {
        Set<String> named =
            dependencies.computeIfAbsent(topLevel(javaClass), any -> new TreeSet<>());
        for (Dependency dependency : javaClass.getDirectDependenciesFromSelf()) {
          JavaClass target = dependency.getTargetClass().getBaseComponentType();
          if (target.getPackageName().equals(packageName)) {
            named.add(topLevel(target));
          }
        }
      }
    }
    return dependencies;
  }

  private static String topLevel(JavaClass javaClass) {
    String name = javaClass.getName().substring(javaClass.getPackageName().length() + 1);
    int nested = name.indexOf('$');
    return nested < 0 ? name : name.substring(0, nested);
  }

  /** Returns the strongly connected components, the largest first. */
  private static List<Set<String>> knots(Map<String, Set<String>> dependencies) {
    Map<String, Set<String>> reached = new HashMap<>();
    dependencies.keySet().forEach(name -> reached.put(name, reachedFrom(name, dependencies)));
    List<Set<String>> knots = new ArrayList<>();
    Set<String> rest = new TreeSet<>(dependencies.keySet());
    while (!rest.isEmpty()) {
      String name = rest.iterator().next();
      Set<String> knot = new TreeSet<>(reached.get(name));
      knot.removeIf(other -> !reached.get(other).contains(name));
      knot.add(name);
      rest.removeAll(knot);
      knots.add(knot);
    }
    knots.sort(Comparator.comparing((Set<String> knot) -> -knot.size()));
    return knots;
  }

  private static Set<String> reachedFrom(String start, Map<String, Set<String>> dependencies) {
    Set<String> reached = new TreeSet<>();
    Deque<String> next = new ArrayDeque<>(Set.of(start));
    while (!next.isEmpty()) {
      for (String name : dependencies.get(next.remove())) {
        if (reached.add(name)) {
          next.add(name);
        }
      }
    }
    return reached;
  }
}
