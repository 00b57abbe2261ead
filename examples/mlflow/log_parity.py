#!/usr/bin/env python3
"""Logs what Tensorferry says of a port to MLflow: figures to compare runs by, report and provenance as artifacts.

    tensorferry convert model.pt -o out/model --input "x:float32[batch,80]" --verify --report parity.json --report parity.html
    python log_parity.py --model model.pt --result out/model --report parity.json --report parity.html

Needs mlflow-skinny (or mlflow) alone: no torch, no TensorFlow. MLFLOW_TRACKING_URI names the store, a folder ./mlruns where it is not set.
"""
import argparse
import hashlib
import json
import os
import pathlib
import sys

import mlflow


def figures(report):
    """The report's figures by name: of each output over all cases, and how fast both engines are."""
    parity = report.get("parity", report)
    found = {"equal": float(parity.get("equal", False))}
    for case in parity.get("cases", []):
        for output in case.get("outputs", []):
            name = output["name"].replace("(", "").replace(")", "")
            for key, worse in (("snrDb", min), ("maxAbsolute", max)):
                value = output.get(key)
                if isinstance(value, (int, float)):
                    figure = f"{name}.{key}"
                    found[figure] = worse(value, found.get(figure, value))
    latency = parity.get("latency") or {}
    found.update({key: value for key, value in latency.items() if key.endswith("Millis")})
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, type=pathlib.Path)
    parser.add_argument("--result", required=True, type=pathlib.Path)
    parser.add_argument("--report", required=True, type=pathlib.Path, action="append", help="one of them is .json")
    parser.add_argument("--experiment", default="tensorferry")
    options = parser.parse_args()
    texts = [path for path in options.report if path.suffix == ".json"]
    if not texts:
        parser.error("one report has to be .json: its figures are logged")
    values = figures(json.loads(texts[0].read_text()))

    if "MLFLOW_TRACKING_URI" not in os.environ:
        # MLflow 3 keeps plain folders for those who ask; a server or sqlite:///mlflow.db is for a team.
        os.environ.setdefault("MLFLOW_ALLOW_FILE_STORE", "true")
        mlflow.set_tracking_uri("file:" + os.path.abspath("mlruns"))
    mlflow.set_experiment(options.experiment)
    with mlflow.start_run(run_name=options.model.stem) as run:
        mlflow.log_param("model", options.model.name)
        mlflow.log_param("model.sha256", hashlib.sha256(options.model.read_bytes()).hexdigest())
        mlflow.log_metrics(values)
        for report in options.report:
            mlflow.log_artifact(str(report), "parity")
        provenance = options.result / "assets.extra" / "tensorferry.json"
        if provenance.exists():
            mlflow.log_artifact(str(provenance), "provenance")
        print(f"run {run.info.run_id}: " + ", ".join(f"{name} {value:g}" for name, value in values.items()))
    return 0 if values["equal"] else 1


if __name__ == "__main__":
    sys.exit(main())
