package org.tensorferry.rule;

import java.util.List;
import java.util.Map;
import org.tensorferry.torchscript.value.CallSite;
import org.tensorferry.torchscript.value.Value;

/**
 * One interpreted operator call, kept for comparing layer by layer.
 *
 * @param name namespace and name as called, {@code aten::add_}
 * @param schema of the row that carried it out, empty where there is none
 */
public record OperatorCall(
    String name,
    String schema,
    List<Value> args,
    Map<String, Value> kwargs,
    Value result,
    CallSite site) {}
