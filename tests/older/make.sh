#!/usr/bin/env bash
# The models of commit 48c9d90 in every form, as users have committed them.
# Run with the elegansc and the python of that commit; never with a later one.
set -euo pipefail
cd "$(dirname "$0")"
make() { elegansc compile worm.csv -q -o "$1.py" --force "${@:2}"; }
make scalar
make linear --unit linear --features 4
make wide --features 3
make gated --merge gated
make norm --norm layer --features 4
make product --merge product --norm layer --features 4
make counts --init counts
make relu --activation relu
make identity --activation identity
make hardtanh --activation hardtanh
make delay --feedback delay
make delay_linear --feedback delay --unit linear --features 2
make delay_counts --feedback delay --init counts
make lateral --max-levels 2
make delay_lateral --feedback delay --max-levels 2
make published --lowering published --unit linear --features 2
make published_norm --lowering published --unit linear --features 4 --norm layer
make m1 --task cifar10 --unit linear --features 4 --width 4
make m1_mean --task cifar10 --unit linear --features 4 --width 4 --readout mean
make m1_concat --task cifar10 --unit linear --features 4 --width 4 --readout concat
make m1_published --task cifar10 --lowering published --unit linear --features 4 --norm layer --width 4
make m2 --task mnist --unit linear --features 4 --width 4
make named --name TheWormOfMine --label mine
make near --like scalar.py --stick 0.5
make prefer --roles prefer --symmetric
elegansc compile witvliet2021-1 --only 'AIY*' --only 'RI*' --only 'ASE*' --only 'SMD*' -q -o bundled.py --force
python - <<'P'
import importlib
import sys

import torch

sys.path.insert(0, ".")
for name in ("scalar", "linear", "gated", "delay", "published"):
    module = importlib.import_module(name)
    torch.manual_seed(0)
    torch.save(module.Worm().state_dict(), f"{name}.pt")
P
