package io.dawncache.core;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.time.Duration;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GroupConfigTest {
  static Stream<Method> settersOfReferences() {
    return Stream.of(GroupConfig.Builder.class.getMethods())
        .filter(method -> method.getReturnType() == GroupConfig.Builder.class)
        .filter(method -> !method.getParameterTypes()[0].isPrimitive());
  }

  @ParameterizedTest
  @MethodSource("settersOfReferences")
  void nullIsTakenWhereItSaysSoAndElseNamed(Method setter) {
    Parameter parameter = setter.getParameters()[0];
    if (parameter.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
      assertDoesNotThrow(() -> setter.invoke(GroupConfig.builder(), (Object) null));
      return;
    }
    var thrown =
        assertThrows(
            InvocationTargetException.class,
            () -> setter.invoke(GroupConfig.builder(), (Object) null));
    assertInstanceOf(NullPointerException.class, thrown.getCause());
    assertEquals(parameter.getName(), thrown.getCause().getMessage());
  }

  @Test
  void aConfigurationShowsItsValues() {
    String text =
        GroupConfig.builder().maxBytes(1 << 20).ttl(Duration.ofMinutes(5)).build().toString();

    assertTrue(text.startsWith("GroupConfig[maxBytes=1048576, policy=TINY_LFU, "), text);
    assertTrue(text.contains(", ttl=PT5M, ttlJitter=0.0, refreshAfterWrite=null, "), text);
    assertTrue(text.endsWith(", hedge=false]"), text);
  }
}
