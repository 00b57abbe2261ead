package org.tensorferry.port;

import org.tensorferry.port.PortPlan.Assigned;

/**
 * What a variable of a twin that somebody ported by hand holds, beside what torch's weights make of
 * it.
 *
 * @param assigned the variable, with the tensors that belong in it
 * @param isSame true where it holds them, but for rounding in the last place
 * @param explanation what was done instead, as it follows "`x` differs: "; empty where it is the
 *     same
 */
public record TwinFinding(Assigned assigned, boolean isSame, String explanation) {}
