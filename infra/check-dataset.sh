#!/usr/bin/env bash
# Whether Hugging Face datasets and TRL read a finished dataset as it is:
#
#   infra/check-dataset.sh DIR [VENV]
#
# Not a part of `npm test`: PyPI's torch for Linux does not start without its CUDA libraries, so that this installs 5.9 GB, in some
# four minutes. VENV is where, and is used again when it is there; without it a temporary folder is.
set -euo pipefail

if [ $# -lt 1 ] || [ ! -f "$1/run.json" ]; then
  echo "usage: infra/check-dataset.sh DIR [VENV], where DIR holds a finished dataset" >&2
  exit 2
fi
here="$(cd "$(dirname "$0")" && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
venv="${2:-$work/venv}"

[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --no-cache-dir \
  datasets==5.2.0 transformers==5.24.0 trl==1.16.0 torch==2.15.0

# Nothing is asked of a hub, and no cache of another run answers.
export HF_HOME="$work/hub" HF_HUB_OFFLINE=1 HF_DATASETS_OFFLINE=1 TOKENIZERS_PARALLELISM=false
# On a busy machine a thread waits for the other longer than it works.
export OMP_NUM_THREADS=1
"$venv/bin/python" "$here/check_dataset.py" "$1" "$here/../packages/bundled-models/models/SmolLM2-135M-Instruct" "$work/trained"
