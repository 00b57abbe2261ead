"""Prints the operators that PyTorch tags as core ATen, one name a line, without in-place marks.

    python tools/list_core_aten.py > src/test/resources/org/tensorferry/operators/core-aten.txt
"""

import torch

names = set()
for schema in torch._C._jit_get_all_schemas():
    namespace, name = schema.name.split("::")
    if namespace == "aten":
        overload = getattr(getattr(torch.ops.aten, name, None), schema.overload_name or "default", None)
        if overload is not None and torch.Tag.core in overload.tags and "Tensor" in str(schema):
            names.add(name[:-1] if name.endswith("_") and not name.endswith("__") else name)
print("\n".join(sorted(names)))
