"""Records what kubectl makes of the quantities in tests/spec/kubernetes/quantities.json: run it, with kubectl on PATH.

An environment variable that refers to the memory limit with divisor 1 shows the limit as a number of bytes;
kubectl resolves it without a cluster, and says nothing where it cannot read the quantity.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

RECORD = Path(__file__).parents[2] / "spec/kubernetes/quantities.json"


def counted(quantity: str) -> int | None:
    """The bytes that Kubernetes counts for a quantity, None where it refuses it."""
    reference = {"resourceFieldRef": {"resource": "limits.memory", "divisor": "1"}}
    container = {
        "name": "a", "image": "b", "resources": {"limits": {"memory": quantity}},
        "env": [{"name": "BYTES", "valueFrom": reference}],
    }  # fmt: skip
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": {"containers": [container]}}
    command = ["kubectl", "set", "env", "--local", "-f", "-", "--list", "--resolve"]
    output = subprocess.run(command, input=json.dumps(pod), capture_output=True, text=True, check=False).stdout
    return next((int(line[6:]) for line in output.splitlines() if line.startswith("BYTES=")), None)


def main() -> None:
    asked = json.loads(RECORD.read_text(encoding="utf-8"))
    answers = {quantity: counted(quantity) for quantity in [*asked["quantities"], *asked["refused"]]}
    version = subprocess.run(["kubectl", "version", "--client", "-o", "json"], capture_output=True, check=True).stdout
    record = {
        "program": f"kubectl {json.loads(version)['clientVersion']['gitVersion']}",
        "quantities": {quantity: number for quantity, number in answers.items() if number is not None},
        "refused": [quantity for quantity, number in answers.items() if number is None],
    }
    RECORD.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
