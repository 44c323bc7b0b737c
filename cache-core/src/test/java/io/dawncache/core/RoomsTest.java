package io.dawncache.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The rooms of the core's one package, and who may see whom. */
class RoomsTest {
  /**
   * A room.
   *
   * @param what what its classes are for
   * @param sees the rooms whose classes its own may name
   * @param classes those to read first come first
   */
  record Room(String name, String what, Set<String> sees, Set<String> classes) {
    Room(String name, String what, String sees, String classes) {
      this(name, what, names(sees), names(classes));
    }

    private static Set<String> names(String names) {
      return new LinkedHashSet<>(List.of(names.split(" ", -1)));
    }
  }

  static final List<Room> ROOMS =
      List.of(
          new Room(
              "users",
              "what users call, and GroupEndpoint for servers",
              "get changes seam memory plant data",
              "Group CacheNode GroupEndpoint TypedGroup AsyncTypedGroup BlockedCaller Warming"
                  + " Explainer"),
          new Room(
              "get",
              "the way of a get",
              "seam memory plant data",
              "Gets Fetch Loads PendingGet Bulk Takeover Feed LoadExecutor Load WantedKey"
                  + " LoadFailure LoadMemory LoadTrace LoadRecords Hedge Origin"),
          new Room(
              "changes",
              "how a change is made",
              "seam memory plant data",
              "Coordinator Change Forgetting ChangeQueue ChangeHandOver"),
          new Room(
              "seam",
              "other nodes",
              "plant data",
              "Owners HandOff Membership MembershipSnapshot RingAgreement Hints ChangedKeys"
                  + " ChangeJournal OtherLists PeerPicker Owner Peeks FormerOwners PeerConnector"
                  + " PeerGetter GetCallback"),
          new Room(
              "memory",
              "what is held, and what happens to it",
              "seam plant data",
              "Memory Keeper Events Flights Counters ContentTypes LocalCache LruCache TinyLfuCache"
                  + " HotCopies UnreportedGets Offers RateSketch HotKeys LastLoads ExpiryWheel"
                  + " Budget Weight HeapLayout NearCache"),
          new Room(
              "plant",
              "what all groups of a node share",
              "data",
              "NodeResources NodeThreads CoarseClock Threads ByteAccount BlockedLoads LoadRoom"
                  + " HeapShares PresentConfig OriginLog LoadedSizes Completion Countdown Task Once"
                  + " Uncaught"),
          new Room(
              "data",
              "values, configurations, results, exceptions",
              "",
              "Entry Loaded GroupConfig GroupSemantics CachePolicy Ticker Getter AsyncGetter"
                  + " BulkGetter ByteView DescribedBytes Metadata ReadBytes KeyCodec KeyTexts"
                  + " ValueCodec VersionedCodec FilteredStream CodecException TypedGetter"
                  + " TypedOrigin TypedEntry GetResult TypedResult Applied WarmProgress GroupStats"
                  + " EventStats CacheStats NearStats LoadTimes LoadTimeStats LoadOutcome LastLoad"
                  + " LoadListener GroupActivity HotKey Explanation GroupEvent GroupListener"
                  + " GetException NotFoundException RejectedException RemoteOriginException"
                  + " TemporaryFailure GetFailedException GetTimeoutException OverloadedException"
                  + " OutcomeUnknownException PeerRequest PeerResult TraceContext Operation OperationResult"
                  + " Forget Offer PastChanges MemberList Rings EventLoopThread Keys Values"));

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
