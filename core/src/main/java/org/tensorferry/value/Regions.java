package org.tensorferry.value;

import java.util.List;
import java.util.Optional;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.tensor.DType;

/**
 * Parts of a model that run under a condition or repeatedly, and the lists that grow in them. While
 * a region is open, operators are emitted into it.
 */
public interface Regions {

  /** A part of the model for which operators are emitted until it is closed. */
  interface Region {}

  /** Begins a branch: operators go there until {@link #close}. */
  Region openBranch();

  /** Begins the branch that runs where a closed one does not. */
  Region openAlternative(Region branch);

  /**
   * Begins the body of a loop.
   *
   * @param rounds how many there are at most, where that is known
   * @param initial what it carries, before its first round
   * @param shapes of what it carries, in every round; sizes of {@link #freshSize} may differ
   */
  Region openLoop(Optional<Dim> rounds, List<TensorHandle> initial, List<Shape> shapes);

  /** What a loop carries, at the begin of a round. */
  List<TensorHandle> carried(Region loop);

  /** The number of rounds before this one, at least 0. */
  Dim round(Region loop);

  /** How often a loop ran, after {@link #loop}. */
  Dim rounds(Region loop);

  /** Opens a closed region again; see {@link #close}. */
  void reopen(Region region);

  /** Ends a region; operators go where they went before. */
  void close(Region region);

  /**
   * Runs one of two closed branches.
   *
   * @param condition a bool of rank 0
   * @param shapes of the results; sizes of {@link #freshSize} are what they turn out to be
   * @return one value for each pair of values, of the same type
   */
  List<TensorHandle> branch(
      TensorHandle condition,
      Region then,
      List<TensorHandle> thenValues,
      Region otherwise,
      List<TensorHandle> otherwiseValues,
      List<Shape> shapes);

  /**
   * Runs a closed loop as long as the first value that it carries, a bool of rank 0, holds.
   *
   * @param next what the body hands to the next round, in the order of what it carries
   * @param shapes of the results; sizes of {@link #freshSize} are what they turn out to be
   * @return what is carried in the end
   */
  List<TensorHandle> loop(Region body, List<TensorHandle> next, List<Shape> shapes);

  /** A size that nothing is known of yet; whoever gets a tensor of this size says what it is. */
  Dim freshSize();

  /** Whether the value of a size is known here, outside of regions that are closed. */
  boolean isKnownHere(Dim size);

  /** Whether no region is open. */
  boolean isOutermost();

  /** What has been recorded so far, to forget what an attempt adds to it. */
  Object mark();

  /** Forgets problems and calls that were recorded after a mark. */
  void reset(Object mark);

  // --- lists of a length that is known at run time

  /** An empty list of tensors of rank 0 that grows: a handle of type VARIANT. */
  TensorHandle emptyList(DType dtype);

  /** The list with one tensor more at its end. */
  TensorHandle append(TensorHandle list, TensorHandle tensor);

  /**
   * An element.
   *
   * @param shape of elements; sizes of {@link #freshSize} are what they turn out to be
   */
  TensorHandle element(TensorHandle list, Dim index, DType dtype, Shape shape);

  /** All elements, of one shape, along a new first axis. */
  TensorHandle stack(TensorHandle list, Dim length, DType dtype, Shape shape);

  /** All elements joined along their first axis. */
  TensorHandle join(TensorHandle list, DType dtype, Shape shape);
}
