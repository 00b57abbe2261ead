"""Writes language.txt anew: evaluates the expressions in it with torch.jit.script.

usage: python language.py < language.txt > new.txt
"""
import importlib.util
import os
import sys
import tempfile

import torch

for line in sys.stdin:
    if line.startswith("#"):
        print(line, end="")
        continue
    expression = line.split("  ==>  ")[0].rstrip("\n")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "m.py")
        with open(path, "w") as source:
            source.write(f"import torch, math\ndef f():\n  return {expression}\n")
        spec = importlib.util.spec_from_file_location("m", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        print(f"{expression}  ==>  {torch.jit.script(module.f)()!r}")
