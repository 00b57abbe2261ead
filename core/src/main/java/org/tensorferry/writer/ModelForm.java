package org.tensorferry.writer;

import org.tensorferry.provenance.Provenance;

/** A form that models are written in, for example {@code SavedModelWriter::new}. */
@FunctionalInterface
public interface ModelForm {

  /** A writer of a model, whose record says where it comes from. */
  ModelWriter writer(Provenance record);
}
