package io.dawncache.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The rooms of the core's one package, and who may see whom. */
class RoomsTest {
  /**
   * A room.
   *
   * @param sees the rooms whose classes its own may name
   */
  private record Room(String name, Set<String> sees, Set<String> classes) {
    Room(String name, String sees, String classes) {
      this(name, names(sees), names(classes));
    }

    private static Set<String> names(String names) {
      return new TreeSet<>(List.of(names.split(" ", -1)));
    }
  }

  private static final List<Room> ROOMS =
      List.of(
          new Room(
              "users",
              "get changes seam memory plant data",
              "CacheNode Group GroupEndpoint TypedGroup BlockedCaller Warming"),
          new Room(
              "get",
              "seam memory plant data",
              "Gets PendingGet Fetch Bulk Feed Loads LoadExecutor LoadMemory Hedge"),
          new Room(
              "changes", "seam memory plant data", "Coordinator Change Forgetting ChangeQueue"),
          new Room(
              "seam",
              "plant data",
              "Owners HandOff Hints ChangeJournal Membership OtherLists PeerPicker Owner"
                  + " PeerConnector PeerGetter GetCallback"),
          new Room(
              "memory",
              "seam plant data",
              "Memory Keeper Flights Counters Events LocalCache LruCache TinyLfuCache HotCopies"
                  + " UnreportedGets RateSketch ExpiryWheel Budget Weight HeapLayout"),
          new Room(
              "plant",
              "data",
              "NodeResources NodeThreads Threads CoarseClock ByteAccount BlockedLoads LoadRoom"
                  + " HeapShares OriginLog LoadedSizes Completion Task Once"
                  + " Uncaught"),
          new Room(
              "data",
              "",
              "GroupConfig CachePolicy Getter AsyncGetter BulkGetter Loaded ByteView Codec"
                  + " CodecException Entry TypedEntry GetResult TypedResult Applied WarmProgress GroupStats EventStats"
                  + " CacheStats LoadTimes LoadTimeStats GroupEvent GroupListener GetException"
                  + " NotFoundException RejectedException RemoteOriginException GetFailedException"
                  + " GetTimeoutException OverloadedException OutcomeUnknownException PeerRequest"
                  + " PeerResult Operation OperationResult Forget MemberList EventLoopThread Keys"
                  + " Values"));

  private static Room roomOf(String className) {
    return ROOMS.stream()
        .filter(room -> room.classes().contains(className))
        .findAny()
        .orElseThrow();
  }

  private static final Map<String, Set<String>> DEPENDENCIES =
      KnotTest.dependencies("io.dawncache.core");

  @Test
  void everyClassStandsInOneRoom() {
    List<String> listed = new ArrayList<>();
    ROOMS.forEach(room -> listed.addAll(room.classes()));
    listed.sort(null);
    List<String> present = new ArrayList<>(DEPENDENCIES.keySet());
    present.remove("package-info");
    assertEquals(present, listed);
  }

  @Test
  void roomsSeeEachOtherInOneDirection() {
    List<String> wrong = new ArrayList<>();
    DEPENDENCIES.forEach(
        (from, others) -> {
          for (String to : others) {
            Room room = roomOf(from);
            Room other = roomOf(to);
            if (!room.equals(other) && !room.sees().contains(other.name())) {
              wrong.add(room.name() + " " + from + " -> " + other.name() + " " + to);
            }
          }
        });
    assertEquals(List.of(), wrong);
  }
}
