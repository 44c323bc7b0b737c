package io.dawncache.test;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.dawncache.core.CacheNode;
import io.dawncache.core.Group;
import io.dawncache.core.consistenthash.Ring;
import io.dawncache.server.CacheServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One member of a {@link TestFleet}: a node with its server, which can fall silent, be gone and
 * come back, and hold another list than the others.
 *
 * <p>Each of these calls returns when what it does is in force at this member. The others find it
 * out as they do in production, by what they ask it; {@link TestFleet#await} waits for that. Safe
 * for use by any thread.
 *
 * @since 0.1.0
 */
public final class TestMember {
  private enum State {
    RUNNING,
    SILENT,
    GONE
  }

  private final TestFleet fleet;
  private final int index;
  private final Gate gate;
  private final String url;

  @GuardedBy("this")
  private State state = State.GONE;

  @GuardedBy("this")
  private @Nullable CacheNode node;

  @GuardedBy("this")
  private @Nullable CacheServer server;

  TestMember(TestFleet fleet, int index) throws IOException {
    this.fleet = fleet;
    this.index = index;
    gate = new Gate("dawncache-test-member-" + index);
    url = "http://" + Gate.HOST + ":" + gate.port();
  }

  /** {@return its place in {@link TestFleet#members}, from 0} */
  public int index() {
    return index;
  }

  /** {@return its URL in the member lists; the same when it has been gone} */
  public String url() {
    return url;
  }

  /**
   * {@return its node; another one after it has been gone}
   *
   * @throws IllegalStateException if it is gone
   */
  public synchronized CacheNode node() {
    return present(node);
  }

  /**
   * {@return its server; another one after it has been gone}
   *
   * @throws IllegalStateException if it is gone
   */
  public synchronized CacheServer server() {
    return present(server);
  }

  private <T> T present(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException(this + ": it is gone (expected: started)");
    }
    return part;
  }

  /**
   * {@return the group of that name at this member; another one after it has been gone}
   *
   * @param name the name of a group
   * @throws IllegalArgumentException if the member has no such group
   * @throws IllegalStateException if it is gone
   */
  public Group group(String name) {
    Group group = node().group(name);
    if (group == null) {
      throw new IllegalArgumentException(
          "name: \"" + name + "\" (expected: one of the groups " + groupNames() + ")");
    }
    return group;
  }

  private List<String> groupNames() {
    return node().groups().stream().map(Group::name).sorted().toList();
  }

  /**
   * {@return keys that this member owns while all members have the same list: {@code key-N}, each
   * time the same}
   *
   * @param count how many
   */
  public List<String> ownedKeys(int count) {
    Ring ring = fleet.ring();
    return IntStream.iterate(0, i -> i + 1)
        .mapToObj(i -> "key-" + i)
        .filter(key -> url.equals(ring.owner(key)))
        .limit(count)
        .toList();
  }

  /** {@return a key that this member owns while all members have the same list} */
  public String ownedKey() {
    return ownedKeys(1).get(0);
  }

  /** {@return whether the member runs and answers} */
  public synchronized boolean isRunning() {
    return state == State.RUNNING;
  }

  /**
   * Makes the member silent, like a process that is stopped or a network that loses everything:
   * connections to it are accepted and stay open, and no request that is sent after this has
   * returned is answered. The member itself goes on, and can ask the others. What it is asked
   * meanwhile waits until {@link #resume}.
   *
   * @throws IllegalStateException if it is gone
   */
  public synchronized void silence() {
    present(server);
    gate.hold();
    state = State.SILENT;
  }

  /**
   * Ends a {@link #silence}; what waits is answered.
   *
   * @throws IllegalStateException if it is gone
   */
  public synchronized void resume() {
    gate.open(present(server).address().getPort());
    state = State.RUNNING;
  }

  /**
   * Makes the member gone at once, as a process that is killed: its connections are reset, it
   * notifies nobody, hands over nothing, and loses what it holds. Does nothing if it is gone.
   */
  public synchronized void kill() {
    state = State.GONE;
    gate.shut();
    if (server != null) {
      server.closeNow();
    }
    if (node != null) {
      node.close();
    }
    server = null;
    node = null;
  }

  /**
   * Stops the member gracefully, as in a deployment: it notifies the others, hands its values over
   * to them, and is gone. The others keep it in their lists. Does nothing if it is gone.
   */
  public synchronized void stop() {
    if (server != null) {
      server.close();
    }
    kill();
  }

  /**
   * Starts the member again after {@link #kill} or {@link #stop}, as a new process does: with a new
   * node, the fleet's groups, the list of all members and nothing in memory. Does nothing if it is
   * not gone.
   */
  public void start() {
    start(fleet.urls());
  }

  /** Starts it with that member list, if it is gone. */
  synchronized void start(List<String> members) {
    if (state != State.GONE) {
      return;
    }
    gate.hold(); // nobody reaches it before it is there
    boolean started = false;
    try {
      node = fleet.newNode();
      server = CacheServer.start(node, fleet.newServerConfig(url, members));
      resume();
      started = true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      if (!started) {
        kill();
      }
    }
  }

  /** Holds what others send, while the lists of all members are set one after another. */
  synchronized void hold() {
    if (state == State.RUNNING) {
      gate.hold();
    }
  }

  /** Ends a {@link #hold}. */
  synchronized void release() {
    if (state == State.RUNNING) {
      gate.open(present(server).address().getPort());
    }
  }

  /**
   * Gives this member, and no other, a member list of its own, as when a source of members differs
   * from machine to machine. {@link TestFleet#heal} gives all members the same list again.
   *
   * @param members the members of the list; this one is not added
   * @throws IllegalStateException if this member is gone
   */
  public void setMembers(TestMember... members) {
    setMembers(List.of(members).stream().map(TestMember::url).toList());
  }

  void setMembers(List<String> members) {
    server().setMembers(members);
  }

  /** Ends the member for good. */
  void close() {
    kill();
    gate.close();
  }

  /** Writes what the member is and knows, for the message of a test that fails. */
  void describe(StringBuilder text) {
    CacheServer running;
    synchronized (this) {
      text.append(this).append('\n');
      running = server;
    }
    if (running != null) {
      MemberState.describe(fleet, running.stats(), text);
    }
  }

  /**
   * {@return its index, URL and state, such as {@code member 0 (http://127.0.0.1:40001, silent)}}
   */
  @Override
  public String toString() {
    return "member " + index + " (" + url + ", " + stateText() + ")";
  }

  private synchronized String stateText() {
    return switch (state) {
      case RUNNING -> "running";
      case SILENT -> "silent";
      case GONE -> "gone";
    };
  }
}
