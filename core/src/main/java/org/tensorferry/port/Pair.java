package org.tensorferry.port;

/** A unit that fills a slot, and why it was chosen. */
record Pair(TargetSlot slot, TorchUnit unit, Evidence evidence) {}
