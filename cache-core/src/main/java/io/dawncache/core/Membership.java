package io.dawncache.core;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.dawncache.core.consistenthash.Ring;
import io.dawncache.core.consistenthash.Scheme;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The fleet as this node sees it: a ring over the present member list, a peer getter for each
 * member, and which members are ejected. The core's own {@link PeerPicker}.
 *
 * <p>An ejected member stays in the list, but this node does not ask it: the <em>acting owner</em>
 * of a key is the first member on the ring that this node does not hold ejected.
 *
 * <p>Reading takes no lock; a change publishes a new snapshot. Before the first {@link #set} there
 * is no member, and this node owns every key. A list without this node is accepted as it is: the
 * node then owns nothing.
 *
 * @since 0.1.0
 */
public final class Membership implements PeerPicker {
  /** Virtual nodes per member, the same as in groupcache and its ports. */
  public static final int REPLICAS = 50;

  private static final System.Logger LOG = System.getLogger(Membership.class.getName());

  private final RingAgreement rings;
  private final int replicas;
  private final PeerConnector connector;
  private final Executor changes;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final Object changing = new Object();
  private final long instance = ThreadLocalRandom.current().nextLong();
  private final OtherLists others = new OtherLists(System::nanoTime, LOG);

  private final FormerOwners former;
  private volatile Runnable whenPeeking = () -> {};
  private volatile MembershipSnapshot snapshot;
  private volatile boolean closed;

  /**
   * Makes a membership without members, whose nodes all have the same ring.
   *
   * @param self this node's exact text in the member list, as long as no list is set with another
   * @param scheme how the ring names and hashes its points, the same at every node of a fleet
   * @param replicas virtual nodes per member, at least 1, the same at every node of a fleet
   * @param connector makes the peer getters for other members
   */
  public Membership(String self, Scheme scheme, int replicas, PeerConnector connector) {
    this(self, scheme, scheme, replicas, connector, Runnable::run, System::nanoTime);
  }

  /** As the other constructor, with the clock that all nodes of a test share. */
  Membership(
      String self, Scheme scheme, int replicas, PeerConnector connector, LongSupplier nanoTime) {
    this(self, scheme, scheme, replicas, connector, Runnable::run, nanoTime);
  }

  /**
   * Makes a membership without members, whose nodes agree about the ring: {@code preferred} is in
   * force until a member is known to lack it. Members report what they know to {@link
   * #ringsReported} and {@link #listReported(MemberList)}.
   *
   * @param self this node's exact text in the member list, as long as no list is set with another
   * @param preferred how the ring is built that this node is to use if all members know it
   * @param common how the ring is built that every node of the fleet knows
   * @param replicas virtual nodes per member, at least 1, the same at every node of a fleet
   * @param connector makes the peer getters for other members
   * @param changes runs the changes of the ring that follow from what others report, with their
   *     listeners; refuses none as long as the membership is in use
   */
  public Membership(
      String self,
      Scheme preferred,
      Scheme common,
      int replicas,
      PeerConnector connector,
      Executor changes) {
    this(self, preferred, common, replicas, connector, changes, System::nanoTime);
  }

  private Membership(
      String self,
      Scheme preferred,
      Scheme common,
      int replicas,
      PeerConnector connector,
      Executor changes,
      LongSupplier nanoTime) {
    this.former = new FormerOwners(nanoTime);
    this.rings =
        new RingAgreement(
            Objects.requireNonNull(preferred, "preferred"),
            Objects.requireNonNull(common, "common"));
    this.replicas = replicas;
    this.connector = Objects.requireNonNull(connector, "connector");
    this.changes = Objects.requireNonNull(changes, "changes");
    RingAgreement.Agreed agreed = rings.agreed();
    this.snapshot =
        new MembershipSnapshot(
            Ring.of(agreed.scheme(), replicas, List.of()),
            Map.of(),
            MemberList.of(
                Objects.requireNonNull(self, "self"), instance, List.of(), agreed.report()),
            agreed,
            Set.of(),
            Set.of());
  }

  /**
   * Replaces the member list. Members that stay keep their connections; the listeners run before
   * this returns.
   *
   * @param members every member's URL, normally including this node's own
   * @throws IllegalArgumentException if a URL is not one of a node; nothing has changed then
   */
  public void set(List<String> members) {
    set(self(), members);
  }

  /**
   * As {@link #set(List)}, for a list in which this node has another text than before.
   *
   * @param self this node's exact text in {@code members}
   * @param members every member's URL, normally including this node's own
   * @throws IllegalArgumentException if a URL is not one of a node; nothing has changed then
   */
  public void set(String self, List<String> members) {
    Objects.requireNonNull(self, "self");
    List<Runnable> consequences = new ArrayList<>();
    synchronized (changing) {
      MembershipSnapshot before = snapshot;
      RingAgreement.Agreed agreed = rings.agreed(self, members);
      Ring ring = Ring.of(agreed.scheme(), replicas, members);
      Map<String, Owner> peers = peers(self, members, before);
      rings.setMembers(self, ring.members());
      MemberList list = MemberList.of(self, instance, ring.members(), agreed.report());
      Set<String> ejected = new HashSet<>(before.ejected());
      ejected.removeIf(url -> peers.get(url) != before.peers().get(url)); // another getter, unknown
      MembershipSnapshot after =
          new MembershipSnapshot(ring, peers, list, agreed, Set.of(), before.leaving())
              .ejecting(ejected);
      replace(before.isFirst() ? after.without(self) : before, after);
      List<Owner> left = new ArrayList<>(before.peers().values());
      left.removeAll(after.peers().values());
      // After the snapshot: a listener that was added before it has not seen it yet.
      consequences.addAll(listeners);
      consequences.addAll(closing(left));
    }
    // Foreign code, so outside the lock. Of two concurrent changes, a listener may be called when
    // both are visible; it is promised only that it is called for each after that one is visible.
    runAll(consequences);
  }

  /** Puts into force what the members have agreed on by now. */
  private void agree() {
    synchronized (changing) {
      MembershipSnapshot before = snapshot;
      RingAgreement.Agreed agreed = rings.agreed();
      if (closed || agreed.equals(before.agreed())) {
        return;
      }
      if (agreed.scheme().equals(before.ring().scheme())) {
        snapshot = before.agreeing(agreed, before.ring());
        return;
      }
      Ring ring = Ring.of(agreed.scheme(), replicas, before.ring().members());
      replace(before, before.agreeing(agreed, ring));
    }
    try {
      runAll(listeners);
    } catch (RuntimeException e) { // no caller could do anything about it
      LOG.log(System.Logger.Level.ERROR, "a listener failed after a change of the ring", e);
    }
  }

  /**
   * Ejects a member: this node does not ask it for keys until it is {@linkplain #readmit
   * readmitted}. Its keys go to their acting owners. The listeners run before this returns.
   *
   * @param url the member's URL
   * @param fewest how many members, this node among them, must be left
   * @return whether the member is ejected now; false if it is not in the list, or too few members
   *     would be left
   */
  public boolean eject(String url, int fewest) {
    synchronized (changing) {
      MembershipSnapshot before = snapshot;
      if (before.ejected().contains(url)) {
        return true;
      }
      if (!before.peers().containsKey(url)
          || before.peers().size() - before.ejected().size() - 1 < fewest) {
        return false;
      }
      replace(before, before.without(url));
    }
    runAll(listeners);
    return true;
  }

  /**
   * Notes that a member leaves: its keys go to their acting owners as if it were ejected, however
   * few members are left. Until it stops, they may look into its memory. It counts as leaving until
   * it is {@linkplain #readmit readmitted}. The listeners run before this returns.
   *
   * @param url the member's URL, or that of this node itself; nothing happens if it is not in the
   *     list
   */
  public void leave(String url) {
    synchronized (changing) {
      MembershipSnapshot before = snapshot;
      if (before.leaving().contains(url) || !before.peers().containsKey(url)) {
        return;
      }
      replace(before, before.leaving(url));
    }
    others.forget(url); // it does not receive the next list
    runAll(listeners);
  }

  /**
   * Readmits a member that was ejected or has left; does nothing if it is not. The listeners run
   * before this returns.
   *
   * @param url the member's URL
   */
  public void readmit(String url) {
    synchronized (changing) {
      MembershipSnapshot before = snapshot;
      if (!before.ejected().contains(url)) {
        return;
      }
      replace(before, before.with(url));
    }
    runAll(listeners);
  }

  @GuardedBy("changing")
  private void replace(MembershipSnapshot before, MembershipSnapshot after) {
    snapshot = after;
    former.changed(before);
  }

  /**
   * Another member has held this node ejected until now, so this node's keys had other owners. It
   * may look into their memory from now on.
   */
  public void wasEjected() {
    synchronized (changing) {
      MembershipSnapshot present = snapshot;
      former.changed(present.without(present.self()));
    }
  }

  /**
   * Notes for which members another member holds hints.
   *
   * @param url the URL of the reporting member
   * @param askedNanos when it was asked, by {@link System#nanoTime}
   * @param membersWithHints the URLs of the members that have not received all changes from it
   */
  public void reported(String url, long askedNanos, Collection<String> membersWithHints) {
    former.reported(url, askedNanos, membersWithHints);
  }

  /**
   * Sets what is called when this node begins to look into the memory of former owners, after each
   * change of owners: it asks the members for which members they hold hints.
   *
   * @param listener called on any thread; must not block
   */
  public void whenPeeking(Runnable listener) {
    whenPeeking = Objects.requireNonNull(listener, "listener");
  }

  @Override
  public Owner.@Nullable Remote formerOwner(String key) {
    Owner.Remote owner = former.of(key);
    if (owner == null) {
      return null;
    }
    MembershipSnapshot present = snapshot;
    boolean isOurs = present.actingOwner(key) instanceof Owner.Self;
    if (!isOurs
        || present.peers().get(owner.url()) != owner
        || (present.ejected().contains(owner.url()) && !present.leaving().contains(owner.url()))) {
      return null;
    }
    if (former.isFirstUse()) {
      whenPeeking.run();
    }
    return owner;
  }

  @Override
  public boolean isUpToDate(String url) {
    return former.isUpToDate(url, snapshot.peers().values());
  }

  /** {@return the URLs of the members that this node does not ask; unmodifiable} */
  public Set<String> ejected() {
    return snapshot.ejected();
  }

  /** {@return which of them have reported that they leave; unmodifiable} */
  public Set<String> leaving() {
    return snapshot.leaving();
  }

  /**
   * Closes the peer getters of all members; the list stays, but its members cannot be asked any
   * more. The node may register another picker from now on.
   */
  public void close() {
    closed = true;
    runAll(closing(snapshot.peers().values()));
  }

  /** {@return this node's URL and the member list} */
  @Override
  public String toString() {
    return "members " + members() + " at " + self();
  }

  /** {@return the present member list in its original order} */
  public List<String> members() {
    return snapshot.ring().members();
  }

  @Override
  public Collection<Owner> peers() {
    return snapshot.peers().values();
  }

  /** {@return the scheme of the ring that is in force} */
  public Scheme scheme() {
    return snapshot.ring().scheme();
  }

  /** {@return the members that are known to lack the preferred ring, which keep it out of force} */
  public List<String> ringLackedBy() {
    return snapshot.list().rings().lackedBy();
  }

  /** {@return the members that have not reported yet which rings they know} */
  public List<String> membersWithUnknownRings() {
    return rings.membersWithUnknownRings();
  }

  /** {@return the present member list as this node reports it to others} */
  public MemberList list() {
    return snapshot.list();
  }

  /**
   * Notes which list another node holds. A list that differs is logged once, with the difference;
   * otherwise it only changes the result of {@link #otherLists}.
   *
   * @param other what another node reported about its list
   */
  public void listReported(MemberList other) {
    rings.ringsReported(other.self(), other.rings().known());
    rings.lackReported(other.self(), other.rings().lackedBy());
    if (rings.agreed().equals(snapshot.agreed())) {
      compare(other);
    } else {
      changes.execute(
          () -> {
            agree();
            compare(other); // and the rings that are in force by now
          });
    }
  }

  private void compare(MemberList other) {
    MembershipSnapshot own = snapshot;
    if (!own.leaving().contains(other.self())) {
      others.listReported(own.list(), other);
    }
  }

  /**
   * Notes which rings the node at a URL knows, by its own report.
   *
   * @param url the URL of another node
   * @param known the names of its rings, beside the one that every node knows
   */
  public void ringsReported(String url, Collection<String> known) {
    rings.ringsReported(url, known);
    if (!rings.agreed().equals(snapshot.agreed())) {
      changes.execute(this::agree);
    }
  }

  /**
   * Notes the fingerprint of the list that another node holds.
   *
   * @param url the URL of another node
   * @param fingerprint the fingerprint of its list
   * @return whether it differs and its members are not known; then the caller should ask for the
   *     list
   */
  public boolean fingerprintReported(String url, long fingerprint) {
    MembershipSnapshot present = snapshot;
    if (present.leaving().contains(url)) {
      return false;
    }
    MemberList own = present.list();
    others.fingerprintReported(own, url, fingerprint);
    return others.isUnknown(own, url);
  }

  /**
   * Notes that another node could not be asked for its list: what it reported before does not count
   * any more.
   *
   * @param url the URL of another node
   */
  public void listUnknown(String url) {
    others.forget(url);
  }

  /** {@return the URLs of the nodes that have reported which list they hold} */
  public List<String> reporting() {
    return others.reporting(snapshot.list());
  }

  @Override
  public List<String> otherLists() {
    return others.differing(snapshot.list());
  }

  /** {@return this node's exact text in the member list} */
  public String self() {
    return snapshot.self();
  }

  @Override
  public Iterator<Owner> owners(String key) {
    return snapshot.owners(key);
  }

  @Override
  public Iterator<Owner> allOwners(String key) {
    return snapshot.all(key);
  }

  @Override
  public void askedInstead(String key) {
    Iterator<Owner> owners = owners(key);
    while (owners.hasNext() && owners.next() instanceof Owner.Remote before) {
      before.getter().doubted();
    }
  }

  @Override
  public boolean isClosed() {
    return closed;
  }

  @Override
  public void onChange(Runnable listener) {
    listeners.add(Objects.requireNonNull(listener, "listener"));
  }

  @GuardedBy("changing")
  private Map<String, Owner> peers(String self, List<String> members, MembershipSnapshot before) {
    Map<String, Owner> peers = new HashMap<>();
    List<Owner> entered = new ArrayList<>();
    try {
      for (String url : members) {
        if (peers.containsKey(url)) {
          continue;
        }
        Owner peer = before.peers().get(url);
        if (peer == null || url.equals(self) != peer instanceof Owner.Self) {
          peer = url.equals(self) ? new Owner.Self(url) : new Owner.Remote(url, connect(url));
          entered.add(peer);
        }
        peers.put(url, peer);
      }
    } catch (RuntimeException | Error e) {
      try {
        runAll(closing(entered));
      } catch (RuntimeException closing) {
        e.addSuppressed(closing);
      }
      throw e;
    }
    return Collections.unmodifiableMap(peers);
  }

  /** Returns the peer getter for the node at {@code url}. */
  private PeerGetter connect(String url) {
    return Objects.requireNonNull(
        connector.connect(url), () -> "connect " + url + ": null (expected: a PeerGetter)");
  }

  private static List<Runnable> closing(Collection<Owner> peers) {
    List<Runnable> closing = new ArrayList<>();
    for (Owner peer : peers) {
      if (peer instanceof Owner.Remote remote) {
        closing.add(remote.getter()::close);
      }
    }
    return closing;
  }

  /** Runs all, even if some throw; then throws the first exception. */
  private static void runAll(List<Runnable> actions) {
    RuntimeException thrown = null;
    for (Runnable action : actions) {
      try {
        action.run();
      } catch (RuntimeException e) {
        if (thrown == null) {
          thrown = e;
        } else {
          thrown.addSuppressed(e);
        }
      }
    }
    if (thrown != null) {
      throw thrown;
    }
  }
}
