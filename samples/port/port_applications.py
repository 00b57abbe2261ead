"""Ports every pair of make_applications.py and prints a row of docs/port.md for each: python3 port_applications.py DIR [NAME...]

Needs neither PyTorch nor Keras; runs ./tensorferry of this repository (or what TENSORFERRY names).
"""

import json
import os
import pathlib
import re
import subprocess
import sys

from make_applications import SIZES

ROOT = pathlib.Path(__file__).resolve().parents[2]
# A bias that torch's convolutions lack is zero; what Keras' EfficientNet does to its input has no weights in torch.
MORE = {"resnet50": ["--accept", "zero-bias"], "efficientnet_b0": ["--allow-missing", "normalization*"]}


def port(folder, name):
    report = folder / (name + ".json")
    more = MORE.get(name, [])
    command = [os.environ.get("TENSORFERRY", str(ROOT / "tensorferry")), "port", str(folder / (name + ".pt"))]
    command += ["--into", str(folder / (name + ".keras")), "-o", str(folder / (name + ".ported.keras")), "--force"]
    done = subprocess.run(command + ["--report", str(report)] + more, capture_output=True, text=True, cwd=ROOT)
    plan = json.loads(report.read_text())
    layers = {entry["layer"]: entry["evidence"] for entry in plan["assigned"]}
    flow = sum(evidence.startswith("by data flow") for evidence in layers.values())
    text = re.sub(r"\s+", " ", done.stdout)
    said = re.search(r"Equal: .*? dB", text)
    first = re.search(r"The first layer that differs is (.*?): its results", text)
    if done.returncode == 3:
        faults = [fault["what"] for fault in plan["faults"]]
        result = "refused, %d faults: %s" % (len(faults), faults[0])
    elif said:
        result = said.group()
    else:
        result = "differs from %s on; %s" % (first.group(1) if first else "?", "; ".join(plan["differences"]))
    found = "%d of %d layers by data flow" % (flow, len(layers))
    return "| `%s` | %s | %s | %d | %s |" % (name, found, " ".join(more), done.returncode, result)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    print("| pair | found | flags | exit code | result |")
    print("|---|---|---|---|---|")
    for model in sys.argv[2:] or SIZES:
        print(port(pathlib.Path(sys.argv[1]).resolve(), model), flush=True)
