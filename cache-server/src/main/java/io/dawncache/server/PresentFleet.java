package io.dawncache.server;

import io.dawncache.core.GroupSemantics;
import io.dawncache.core.MemberList;
import io.dawncache.core.Membership;
import io.dawncache.core.outage.OutageLog;
import io.dawncache.server.peer.PeerDirectory;
import io.dawncache.server.wire.ClusterSecrets;
import io.dawncache.server.wire.Fleet;
import java.lang.System.Logger.Level;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * This server's node among the others. Logs each contradiction once: a process of another cluster,
 * one that has this node's URL, one that answers at a URL that is not its own.
 */
final class PresentFleet implements Fleet {
  private static final System.Logger LOG = System.getLogger(PresentFleet.class.getName());
  private static final int MOST_LOGGED = 1000; // endless new texts must not fill the log
  private static final int MOST_SHOWN_CHARS = 200;

  private final @Nullable String cluster;
  private final @Nullable String zone;
  private final ClusterSecrets secrets;
  private final Set<String> logged = ConcurrentHashMap.newKeySet();
  private final LongAdder unproven = new LongAdder();
  private final OutageLog unprovenLog =
      new OutageLog(
          LOG, System::nanoTime, "occurrences", "peers: all prove that they have a secret again");
  private final Supplier<? extends Collection<String>> membersWithHints;
  private final Supplier<GroupSemantics> semantics;
  private final OtherSemantics otherSemantics = new OtherSemantics(LOG);
  private volatile Runnable onReadmitted = () -> {};
  private volatile @Nullable Membership membership;
  private volatile @Nullable PeerDirectory peers;
  private volatile Runnable onUnreachable = () -> {};
  private volatile boolean leaving;

  /**
   * Makes a fleet whose membership is to be set.
   *
   * @param secrets with which its peers have to prove that they are peers, if there are any
   * @param membersWithHints returns the members that this node holds hints for
   * @param semantics returns those of the node's present groups
   */
  PresentFleet(
      @Nullable String cluster,
      @Nullable String zone,
      ClusterSecrets secrets,
      Supplier<? extends Collection<String>> membersWithHints,
      Supplier<GroupSemantics> semantics) {
    this.cluster = cluster;
    this.zone = zone;
    this.secrets = secrets;
    this.membersWithHints = membersWithHints;
    this.semantics = semantics;
  }

  /** Sets the membership, before the first request is served or sent. */
  void setMembership(Membership membership) {
    this.membership = membership;
  }

  /** Sets the clients of the peers, before the first request is served or sent. */
  void setPeers(PeerDirectory peers) {
    this.peers = peers;
  }

  /** From now on this node reports that it leaves. */
  void leaves() {
    leaving = true;
  }

  /** Sets what is run when a member could not be asked; it must not block. */
  void onUnreachable(Runnable task) {
    onUnreachable = task;
  }

  /** Sets what is run when another node reports that it has held this one ejected until now. */
  void onReadmitted(Runnable listener) {
    onReadmitted = listener;
  }

  private Membership membership() {
    return Objects.requireNonNull(membership, "membership");
  }

  @Override
  public @Nullable String cluster() {
    return cluster;
  }

  @Override
  public ClusterSecrets secrets() {
    return secrets;
  }

  @Override
  public MemberList list() {
    MemberList list = membership().list();
    return zone == null ? list : list.inZone(zone);
  }

  @Override
  public MemberList report() {
    return list().withSemantics(semantics.get());
  }

  /** Returns the members whose groups differ from this node's, each with the groups' names. */
  Map<String, List<String>> otherSemantics() {
    return otherSemantics.differing(membership().members(), semantics.get());
  }

  @Override
  public void noteIdentity(@Nullable String dialled, String self, long instance) {
    MemberList own = list();
    met(self, instance);
    if (instance == own.instance()) {
      if (dialled != null) {
        warn("member " + dialled + " is this process, whose self is " + own.self());
      }
    } else if (self.equals(own.self())) {
      String where = dialled == null ? "it has asked this one" : "it answers at " + dialled;
      warn("another process has the URL of this node, " + self + ", as its self: " + where);
    } else if (dialled != null && !dialled.equals(self)) {
      warn("member " + dialled + " reports that its self is " + self);
    }
  }

  @Override
  public void noteRings(String url, List<String> known) {
    membership().ringsReported(url, known);
  }

  @Override
  public void noteList(MemberList list) {
    if (isAnother(list.self(), list.instance())) {
      met(list.self(), list.instance());
      PeerDirectory present = peers;
      if (present != null) {
        present.noteZone(list.self(), list.zone());
      }
      membership().listReported(list);
      otherSemantics.reported(
          membership().members(), list.self(), semantics.get(), list.semantics());
    }
  }

  @Override
  public void noteListUnknown(String url) {
    membership().listUnknown(url);
  }

  @Override
  public boolean noteFingerprint(String url, long fingerprint) {
    return !url.equals(list().self()) && membership().fingerprintReported(url, fingerprint);
  }

  /** Notes a process at a URL: a member that has left may be back. */
  private void met(String url, long instance) {
    PeerDirectory present = peers;
    if (present != null) {
      present.met(url, instance);
    }
  }

  private boolean isAnother(String url, long instance) {
    MemberList own = list();
    return instance != own.instance() && !url.equals(own.self());
  }

  @Override
  public void noteOtherCluster(String who, @Nullable String other) {
    warn(
        who
            + " is of "
            + named(other)
            + " (expected: "
            + named(cluster)
            + "), so neither asks the other");
  }

  @Override
  public void noteUnproven(String who) {
    unproven.increment();
    unprovenLog.occurred(() -> who + " without a proof that it is a peer", null);
  }

  @Override
  public void noteProven() {
    unprovenLog.over();
  }

  /** Returns how often another process has not proven that it has a secret. */
  long unproven() {
    return unproven.sum();
  }

  @Override
  public Collection<String> membersWithHints() {
    return membersWithHints.get();
  }

  @Override
  public void noteHints(String url, long askedNanos, Collection<String> urls) {
    membership().reported(url, askedNanos, urls);
  }

  @Override
  public boolean isLeaving() {
    return leaving;
  }

  @Override
  public void noteLeaving(String url, long instance, Runnable done) {
    PeerDirectory present = peers;
    if (present != null && isAnother(url, instance)) {
      present.leaves(url, instance, done);
    } else {
      done.run();
    }
  }

  @Override
  public void noteReadmitted() {
    onReadmitted.run();
  }

  @Override
  public void noteUnreachable() {
    onUnreachable.run();
  }

  private static String named(@Nullable String cluster) {
    return cluster == null ? "no cluster" : "cluster " + cluster;
  }

  private void warn(String what) {
    String shown = what.length() <= MOST_SHOWN_CHARS ? what : what.substring(0, MOST_SHOWN_CHARS);
    if (logged.size() < MOST_LOGGED && logged.add(shown)) {
      LOG.log(Level.WARNING, shown);
    }
  }
}
