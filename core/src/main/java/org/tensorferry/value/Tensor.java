package org.tensorferry.value;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.tensorferry.dim.Shape;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.Problem;
import org.tensorferry.tensor.DType;

/**
 * A tensor of the model as torch sees it: a cell that in-place operators change, or a view of
 * another cell.
 *
 * <p>Writing into a view writes through to the tensor that it views, and every other view of that
 * tensor shows the change when it is read next. Rules see none of this: they get the current {@link
 * TensorHandle} and return a new one.
 */
public final class Tensor implements Value {

  /** How a view reads its base, and how a changed view changes the base. */
  public interface View {
    TensorHandle read(TensorHandle base);

    /** The base after {@code changed} took the place of this view. */
    TensorHandle write(TensorHandle base, TensorHandle changed);

    /**
     * True where the view's elements lie in row-major order without gaps, given that the base's do.
     */
    boolean isContiguous(Shape base, Shape view);

    /** True where the view's first element is the first one of the base. */
    boolean beginsWithBase();
  }

  private sealed interface Node permits Root, ViewNode {
    TensorHandle read();

    /** What was read last, which may be out of date, or exist in a closed region only. */
    TensorHandle seen();

    void write(TensorHandle value);

    Root root();

    boolean isContiguous();

    boolean beginsStorage();
  }

  private static final class Root implements Node {
    TensorHandle handle;
    int version;
    boolean isWritten;

    /** Storages that this one may be, or may not be: only data says. */
    final Set<Root> twins = Collections.newSetFromMap(new IdentityHashMap<>());

    /** Whether such a one was written, so that nothing is known of the content any more. */
    boolean isUncertain;

    Root(TensorHandle handle) {
      this.handle = handle;
    }

    @Override
    public TensorHandle read() {
      return handle;
    }

    @Override
    public TensorHandle seen() {
      return handle;
    }

    @Override
    public void write(TensorHandle value) {
      handle = value;
      version++;
      isWritten = true;
      Set<Root> all = Collections.newSetFromMap(new IdentityHashMap<>());
      all.add(this);
      twins.forEach(twin -> twin.spread(all));
    }

    /** Marks all that may be one of those in the set. */
    private void spread(Set<Root> all) {
      if (all.add(this)) {
        isUncertain = true;
        twins.forEach(twin -> twin.spread(all));
      }
    }

    @Override
    public Root root() {
      return this;
    }

    @Override
    public boolean isContiguous() {
      return true;
    }

    @Override
    public boolean beginsStorage() {
      return true;
    }
  }

  private static final class ViewNode implements Node {
    final Node base;
    final View view;
    TensorHandle seen;
    int seenVersion;

    ViewNode(Node base, View view) {
      this.base = base;
      this.view = view;
      this.seen = view.read(base.read());
      this.seenVersion = root().version;
    }

    @Override
    public TensorHandle read() {
      if (seenVersion != root().version) {
        seen = view.read(base.read());
        seenVersion = root().version;
      }
      return seen;
    }

    @Override
    public TensorHandle seen() {
      return seen;
    }

    @Override
    public void write(TensorHandle value) {
      base.write(view.write(base.read(), value));
      seen = value;
      seenVersion = root().version;
    }

    @Override
    public Root root() {
      return base.root();
    }

    @Override
    public boolean isContiguous() {
      boolean isBase = read().equals(base.read());
      return base.isContiguous()
          && (isBase || view.isContiguous(base.read().shape(), read().shape()));
    }

    @Override
    public boolean beginsStorage() {
      return base.beginsStorage() && (read().equals(base.read()) || view.beginsWithBase());
    }
  }

  private Node node;

  private Tensor(Node node) {
    this.node = node;
  }

  /** A tensor of its own storage. */
  public static Tensor of(TensorHandle handle) {
    return new Tensor(new Root(handle));
  }

  /**
   * The current content.
   *
   * @throws org.tensorferry.error.FerryException (can't be converted) where only data says whether
   *     it was changed
   */
  public TensorHandle read() {
    if (node.root().isUncertain) {
      throw Problem.of("A tensor that may have two names is changed through one of them")
          .because(
              "after a branch or loop on data it is the same as another tensor, or it is not, and"
                  + " one of both was changed in place since")
          .fix("use operators that return a new tensor, or clone the tensor in the branch")
          .as(ExitCode.UNCONVERTIBLE);
    }
    return node.read();
  }

  public DType dtype() {
    return node.seen().dtype();
  }

  public Shape shape() {
    return node.read().shape();
  }

  /**
   * The shape as it was read last. A view is not read again for it, so it may be asked of one whose
   * storage holds what exists in another region only; the sizes may be known there only.
   */
  public Shape shapeSeen() {
    return node.seen().shape();
  }

  /** Says that only data decides whether this shares its storage with another tensor. */
  public void mayShareStorage(Tensor other) {
    Root a = node.root();
    Root b = other.node.root();
    if (a != b) {
      a.twins.add(b);
      b.twins.add(a);
    }
  }

  /** Changes the content in place; every view of the same storage changes with it. */
  public void write(TensorHandle value) {
    node.write(value);
  }

  /** This tensor under another name. */
  public Tensor alias() {
    return new Tensor(node);
  }

  /** A view that shares this tensor's storage. */
  public Tensor view(View view) {
    return new Tensor(new ViewNode(node, view));
  }

  /** Turns this tensor itself into a view of another, as {@code unsqueeze_} does of what it was. */
  public void become(Tensor base, View view) {
    node = new ViewNode(base.node, view);
  }

  /** The tensor that owns the storage, which this may be a view of. */
  public Tensor ofStorage() {
    return new Tensor(node.root());
  }

  /**
   * True where torch's strides would be row-major; {@code reshape} and {@code contiguous} copy
   * otherwise.
   */
  public boolean isContiguous() {
    return node.isContiguous();
  }

  /** True where the first element is certain to be the first one of the storage. */
  public boolean beginsStorage() {
    return node.beginsStorage();
  }

  /** True after an in-place operator changed the storage. */
  public boolean isWritten() {
    return node.root().isWritten;
  }

  /** True where both share their storage. */
  public boolean sharesStorage(Tensor other) {
    return node.root() == other.node.root();
  }

  /**
   * Says that nothing is known of what the storage holds, because only data says what changed it.
   */
  public void becomeUncertain() {
    node.root().isUncertain = true;
  }

  /** Lets a view show now what its storage holds. */
  public void refresh() {
    node.read();
  }

  /** True where this is a view of another tensor. */
  public boolean isView() {
    return node instanceof ViewNode;
  }

  /** What the whole storage holds. */
  public TensorHandle storage() {
    return node.root().handle;
  }

  /** Replaces what the whole storage holds; views of it show it when they are read next. */
  public void replaceStorage(TensorHandle value) {
    node.root().write(value);
  }

  /** The storage's identity. */
  public Object storageKey() {
    return node.root();
  }

  /** All that changes of a tensor, to be put back. */
  public interface Saved {
    /** Puts it back. */
    void restore();

    /** What the storage held. */
    TensorHandle storage();

    /** Whether only since then data says what the storage holds. */
    boolean becameUncertain();
  }

  /** What this tensor is and holds now. */
  public Saved save() {
    Node savedNode = node;
    Root root = node.root();
    TensorHandle content = root.handle;
    boolean wasWritten = root.isWritten;
    boolean wasUncertain = root.isUncertain;
    List<ViewNode> views = new ArrayList<>();
    List<TensorHandle> seen = new ArrayList<>();
    List<Integer> versions = new ArrayList<>();
    for (Node each = node; each instanceof ViewNode view; each = view.base) {
      views.add(view);
      seen.add(view.seen);
      versions.add(view.seenVersion);
    }
    return new Saved() {
      @Override
      public void restore() {
        node = savedNode;
        if (root.handle != content) {
          root.handle = content;
          root.version++;
        }
        root.isWritten = wasWritten;
        root.isUncertain = wasUncertain;
        for (int i = 0; i < views.size(); i++) {
          views.get(i).seen = seen.get(i);
          views.get(i).seenVersion = versions.get(i);
        }
      }

      @Override
      public TensorHandle storage() {
        return content;
      }

      @Override
      public boolean becameUncertain() {
        return !wasUncertain && root.isUncertain;
      }
    };
  }

  @Override
  public String toString() {
    return "Tensor " + dtype() + shape();
  }
}
