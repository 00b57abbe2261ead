package org.tensorferry.source;

import java.util.List;
import java.util.Map;
import org.tensorferry.error.Problem;
import org.tensorferry.value.CallSite;
import org.tensorferry.value.StoredTensor;
import org.tensorferry.value.TensorHandle;
import org.tensorferry.value.Value;

/**
 * A model that is followed: everything but tensors has its real value, and what is left is the
 * sequence of operator calls. A run may change the state of its modules, so a second run begins
 * where the first ended.
 */
public interface Program {

  /**
   * Follows a method.
   *
   * @param arguments by name; what is left out has its default
   * @return the result; {@link Value.Unknown} as a whole or in part where an operator had no rule
   * @throws NeedsFixedDims where it can only be followed with some dims fixed to their examples
   * @throws org.tensorferry.error.FerryException where the code can't be followed, with module path
   *     and line (UNCONVERTIBLE)
   */
  Value run(String method, Map<String, Value> arguments);

  /** The root module, with its submodules and tensors as attributes. */
  Value.Obj root();

  /**
   * The attributes of modules, by path, that the runs so far have read and then replaced: their new
   * values would show in the next call.
   */
  Map<String, CallSite> stateUpdates();

  /**
   * Lets variables hold what an earlier program found that has to be kept; to be called before a
   * run.
   *
   * @return the variables with the values that they begin with
   */
  default List<StoredTensor> begin(Kept kept) {
    return List.of();
  }

  /** What has to be kept, as far as the runs so far show. */
  default Kept kept() {
    return Kept.NOTHING;
  }

  /** What the variables of {@link #begin} hold after a run, in their order. */
  default List<TensorHandle> ends() {
    return List.of();
  }

  /** Attributes that have to be kept and can't, as problems. */
  default List<Problem> lost() {
    return List.of();
  }
}
