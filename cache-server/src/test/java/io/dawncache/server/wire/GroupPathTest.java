package io.dawncache.server.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.server.Dialect;
import org.junit.jupiter.api.Test;

class GroupPathTest {
  @Test
  void itLeadsThePathsOfItsGroupAndNoOthers() throws BadRequestException {
    GroupPath path = of("/_dawncache/a%2Fb/c", false);

    assertEquals("a/b", path.group());
    assertTrue(path.leads("/_dawncache/a%2Fb/c/d", false));
    assertTrue(path.leads("/_dawncache/a%2Fb/", false));
    assertFalse(path.leads("/_dawncache/a/b/c", false));
    assertFalse(path.leads("/_dawncache/a%2Fbc/d", false));
    assertFalse(path.leads("/_dawncache/a%2Fb", false));
  }

  @Test
  void whatItLeadsIsReadAsItsSenderMeantIt() throws BadRequestException {
    GroupPath gos = of("/_dawncache/a+b/k", true);
    GroupPath ours = of("/_dawncache/a+b/k", false);

    assertEquals("a b", gos.group());
    assertEquals("c d", gos.key("/_dawncache/a+b/c+d"));
    assertEquals("a+b", ours.group());
    assertEquals("c+d", ours.key("/_dawncache/a+b/c+d"));
    assertFalse(gos.leads("/_dawncache/a+b/k", false));
    assertFalse(ours.leads("/_dawncache/a+b/k", true));
  }

  @Test
  void aPathWithoutASlashBehindTheGroupIsRefused() {
    assertThrows(BadRequestException.class, () -> of("/_dawncache/scores", false));
  }

  private static GroupPath of(String path, boolean fromGo) throws BadRequestException {
    return GroupPath.of(Dialect.DAWNCACHE, path, fromGo);
  }
}
