package io.dawncache.core;

import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A picker that names the same owners for every key until the test says otherwise. */
final class HandPicker implements PeerPicker {
  static final Owner SELF = new Owner.Self("http://self:1");

  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private volatile List<Owner> owners;
  private volatile Owner.@Nullable Remote former;
  private volatile boolean upToDate;
  private volatile Consumer<String> whenAsked = key -> {};
  private volatile Runnable whenListed = () -> {};

  HandPicker(Owner... owners) {
    this.owners = List.of(owners);
  }

  /** Every key was owned by this member until a moment ago. */
  void wereOwnedBy(Owner.@Nullable Remote owner) {
    former = owner;
  }

  /** Whether every member has received all changes, as all others have said. */
  void upToDate(boolean upToDate) {
    this.upToDate = upToDate;
  }

  /** Has {@code hook} run in every question; what is answered was read before it ran. */
  void whenAsked(Consumer<String> hook) {
    whenAsked = hook;
  }

  /** Has {@code hook} run when the members are listed; what is answered was read before it ran. */
  void whenListed(Runnable hook) {
    whenListed = hook;
  }

  /** As {@link #whenListed}, the next time only. */
  void whenListedNext(Runnable hook) {
    whenListed =
        () -> {
          whenListed = () -> {};
          hook.run();
        };
  }

  /** Publishes other owners and leaves the listeners untold. */
  void changeSilently(Owner... owners) {
    this.owners = List.of(owners);
  }

  /** Publishes other owners, then tells the listeners. */
  void change(Owner... owners) {
    changeSilently(owners);
    listeners.forEach(Runnable::run);
  }

  @Override
  public Iterator<Owner> owners(String key) {
    Iterator<Owner> answer = owners.iterator();
    whenAsked.accept(key);
    return answer;
  }

  @Override
  public Collection<Owner> peers() {
    Collection<Owner> answer = owners;
    whenListed.run();
    return answer;
  }

  @Override
  public Owner.@Nullable Remote formerOwner(String key) {
    return former;
  }

  @Override
  public boolean isUpToDate(String url) {
    return upToDate;
  }

  @Override
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }
}
