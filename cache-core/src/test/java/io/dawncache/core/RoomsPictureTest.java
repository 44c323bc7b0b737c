package io.dawncache.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * The picture of the rooms in ARCHITECTURE.md, drawn from the list that {@link RoomsTest} checks.
 */
class RoomsPictureTest {
  private static final int WIDTH = 97; // of a row, without the lines at its ends
  private static final int NAMED = 3; // classes of a room

  @Test
  void architectureShowsTheRoomsAsTheyAre() throws IOException {
    String wanted = picture();
    Path page = Path.of(System.getProperty("dawncache.root"), "ARCHITECTURE.md");

    assertTrue(
        Files.readString(page).contains(wanted),
        () -> "ARCHITECTURE.md: another picture of the rooms (expected: this)\n" + wanted);
  }

  @Test
  void roomsThatStandSideBySideDoNotSeeEachOther() {
    rows()
        .forEach(
            (height, rooms) ->
                rooms.forEach(
                    room ->
                        assertTrue(
                            rooms.stream().noneMatch(other -> room.sees().contains(other.name())),
                            room::name)));
    assertEquals(RoomsTest.ROOMS.size(), rows().values().stream().mapToInt(List::size).sum());
  }

  private static String picture() {
    StringBuilder picture = new StringBuilder();
    rows()
        .forEach(
            (height, rooms) -> {
              List<Integer> widths = widths(rooms.size());
              List<String> lines = new ArrayList<>();
              List<String> titles = rooms.stream().map(RoomsPictureTest::title).toList();
              List<String> classes = rooms.stream().map(RoomsPictureTest::classes).toList();
              lines.add(line("+", "-", Collections.nCopies(rooms.size(), ""), widths));
              lines.add(line("|", " ", titles, widths));
              lines.add(line("|", " ", classes, widths));
              picture.append(String.join("\n", lines)).append('\n');
            });
    return picture.append(line("+", "-", List.of(""), widths(1))).append('\n').toString();
  }

  /** Returns the rooms by their height, the highest first: a room stands on all that it sees. */
  private static Map<Integer, List<RoomsTest.Room>> rows() {
    Map<Integer, List<RoomsTest.Room>> rows = new TreeMap<>(Collections.reverseOrder());
    for (RoomsTest.Room room : RoomsTest.ROOMS) {
      rows.computeIfAbsent(height(room), any -> new ArrayList<>()).add(room);
    }
    return rows;
  }

  private static int height(RoomsTest.Room room) {
    return RoomsTest.ROOMS.stream()
        .filter(other -> room.sees().contains(other.name()))
        .mapToInt(other -> height(other) + 1)
        .max()
        .orElse(0);
  }

  private static String title(RoomsTest.Room room) {
    return room.name() + ": " + room.what();
  }

  private static String classes(RoomsTest.Room room) {
    List<String> classes = List.copyOf(room.classes());
    String named = String.join(", ", classes.subList(0, NAMED));
    return classes.size() == NAMED ? named : named + " and " + (classes.size() - NAMED) + " more";
  }

  private static List<Integer> widths(int rooms) {
    List<Integer> widths = new ArrayList<>();
    int left = WIDTH - (rooms - 1);
    for (int room = rooms; room > 0; room--) {
      widths.add(left / room);
      left -= left / room;
    }
    return widths;
  }

  private static String line(
      String corner, String filler, List<String> texts, List<Integer> widths) {
    StringBuilder line = new StringBuilder(corner);
    for (int i = 0; i < texts.size(); i++) {
      String text = filler + texts.get(i);
      line.append(text).append(filler.repeat(widths.get(i) - text.length())).append(corner);
    }
    return line.toString();
  }
}
