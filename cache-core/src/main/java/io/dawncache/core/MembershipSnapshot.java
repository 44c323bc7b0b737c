package io.dawncache.core;

import io.dawncache.core.consistenthash.Ring;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Membership} at one moment; immutable.
 *
 * @param ring the ring over the member list
 * @param peers the members by their URLs; empty before the first list
 * @param list what this node reports of its list
 * @param agreed what the members have agreed on about rings
 * @param ejected the members that this node does not ask, those that leave among them
 * @param leaving the members that have reported that they leave
 */
record MembershipSnapshot(
    Ring ring,
    Map<String, Owner> peers,
    MemberList list,
    RingAgreement.Agreed agreed,
    Set<String> ejected,
    Set<String> leaving) {
  /** Returns this node's own URL. */
  String self() {
    return list.self();
  }

  /** Returns this with other ejected members. */
  MembershipSnapshot ejecting(Set<String> urls) {
    Set<String> stillLeaving = new HashSet<>(leaving);
    stillLeaving.retainAll(urls);
    return new MembershipSnapshot(
        ring, peers, list, agreed, Set.copyOf(urls), Set.copyOf(stillLeaving));
  }

  /** Returns this with one more member that leaves. */
  MembershipSnapshot leaving(String url) {
    Set<String> urls = new HashSet<>(leaving);
    urls.add(url);
    return new MembershipSnapshot(
        ring, peers, list, agreed, without(url).ejected, Set.copyOf(urls));
  }

  /** Returns this with another agreement about rings, and the ring that follows from it. */
  MembershipSnapshot agreeing(RingAgreement.Agreed agreed, Ring ring) {
    MemberList reported =
        MemberList.of(list.self(), list.instance(), ring.members(), agreed.report());
    return new MembershipSnapshot(ring, peers, reported, agreed, ejected, leaving);
  }

  /** Returns whether there has been no list yet. */
  boolean isFirst() {
    return peers.isEmpty();
  }

  /** Returns this with one more ejected member. */
  MembershipSnapshot without(String url) {
    Set<String> urls = new HashSet<>(ejected);
    urls.add(url);
    return ejecting(urls);
  }

  /** Returns this with a member that is not ejected any more, and does not leave. */
  MembershipSnapshot with(String url) {
    Set<String> urls = new HashSet<>(ejected);
    urls.remove(url);
    return ejecting(urls);
  }

  private Owner owner(String url) {
    return Objects.requireNonNull(peers.get(url));
  }

  /** Returns the first owner of a key that is not ejected, or null if there is none. */
  @Nullable Owner actingOwner(String key) {
    Iterator<Owner> owners = owners(key);
    return owners.hasNext() ? owners.next() : null;
  }

  /** Returns the owners of a key that may act, the first first. */
  Iterator<Owner> owners(String key) {
    Iterator<Owner> all = all(key);
    return ejected.isEmpty() ? all : new Acting(all, ejected);
  }

  /** Returns the owners of a key, ejected ones too. */
  Iterator<Owner> all(String key) {
    Iterator<String> urls = ring.owners(key);
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return urls.hasNext();
      }

      @Override
      public Owner next() {
        return owner(urls.next());
      }
    };
  }

  /**
   * The owners that are not ejected. In place of an ejected one, no member follows that would pass
   * the question on to it.
   */
  private static final class Acting implements Iterator<Owner> {
    private final Iterator<Owner> all;
    private final Set<String> ejected;
    private @Nullable Owner next;
    private boolean inPlace;

    Acting(Iterator<Owner> all, Set<String> ejected) {
      this.all = all;
      this.ejected = ejected;
      advance();
    }

    private void advance() {
      next = null;
      while (next == null && all.hasNext()) {
        Owner owner = all.next();
        if (ejected.contains(owner.url())) {
          inPlace = true;
        } else if (!inPlace
            || !(owner instanceof Owner.Remote remote)
            || remote.getter().actsForOthers()) {
          next = owner;
        }
      }
    }

    @Override
    public boolean hasNext() {
      return next != null;
    }

    @Override
    public Owner next() {
      Owner owner = next;
      if (owner == null) {
        throw new NoSuchElementException("all owners were met");
      }
      advance();
      return owner;
    }
  }
}
