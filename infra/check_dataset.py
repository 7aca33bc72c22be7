"""Loads every set of a finished dataset and trains two steps on it; see check-dataset.sh, which calls it."""

import json
import math
import sys
from pathlib import Path

from datasets import disable_progress_bars, interleave_datasets, load_dataset
from transformers import AutoTokenizer, GPT2Config, GPT2LMHeadModel
from trl import SFTConfig, SFTTrainer

TARGET = ["id", "userId", "docId", "timestamp"]
COLUMNS = {
    "generation": [
        *TARGET, "method", "prompt", "completion", "context", "entries",
        "summary", "summarySource", "keyElements", "keyElementsSource",
    ],
    "summary": [
        *TARGET, "prompt", "completion", "context", "entries", "snippets", "chosen", "summary", "summarySource",
    ],
    "synthesis": [
        *TARGET, "prompt", "completion", "context", "entries", "chosen", "keyElements", "keyElementsSource",
    ],
    "author-distinction": [*TARGET, "prompt", "completion", "otherUserId", "otherDocId"],
}  # fmt: skip


def check(holds, what):
    if not holds:
        sys.exit(f"FAILED: {what}")


def check_set(folder, name, rows):
    expected = {table.split("/")[1]: count for table, count in rows.items() if table.startswith(f"{name}/") and count}
    if not expected:
        print(f"{name}: no rows")
        return
    splits = load_dataset(folder, name)
    found = {split: len(loaded) for split, loaded in splits.items()}
    check(found == expected, f"{name}: {found} rows, run.json says {expected}")
    for split, loaded in splits.items():
        columns = sorted(loaded.column_names)
        check(columns == sorted(COLUMNS[name]), f"{name}/{split}: columns are {columns}")
        check(all(row["prompt"] and row["completion"] for row in loaded), f"{name}/{split}: an empty prompt or completion")
        streamed = next(iter(load_dataset(folder, name, split=split, streaming=True)))
        check(streamed == loaded[0], f"{name}/{split}: the first row is another when it is streamed")
    print(f"{name}: {found}")


def check_training(dataset, tokenizer, out):
    """Two steps of a model with random weights, which takes whole rows: what is tried is how TRL takes the data."""
    longest = 4096
    config = GPT2Config(
        vocab_size=len(tokenizer), n_positions=longest, n_embd=32, n_layer=1, n_head=2,
        bos_token_id=tokenizer.bos_token_id, eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id,
    )  # fmt: skip
    args = SFTConfig(
        output_dir=out, max_steps=2, per_device_train_batch_size=2, max_length=longest,
        use_cpu=True, bf16=False, report_to=[], save_strategy="no", disable_tqdm=True,
    )  # fmt: skip
    trainer = SFTTrainer(model=GPT2LMHeadModel(config), args=args, train_dataset=dataset, processing_class=tokenizer)
    completions = [text_of(completion).strip() for completion in dataset["completion"]]
    for batch in trainer.get_train_dataloader():
        for ids, labels in zip(batch["input_ids"], batch["labels"]):
            learned = tokenizer.decode(ids[labels != -100], skip_special_tokens=True).strip()
            # Its first token may hold the end of the prompt too.
            held = any(learned.endswith(completion[16:]) for completion in completions)
            check(held, f"the loss is on {len(learned)} characters that are no completion")
    loss = trainer.train().training_loss
    check(math.isfinite(loss), f"the loss is {loss}")
    return loss


def text_of(completion):
    return completion if isinstance(completion, str) else completion[0]["content"]


def for_chat(row):
    return {
        "prompt": [{"role": "user", "content": row["prompt"]}],
        "completion": [{"role": "assistant", "content": row["completion"]}],
    }


def main(folder, tokenizer_folder, out):
    disable_progress_bars()
    run = json.loads((Path(folder) / "run.json").read_text())
    for name in COLUMNS:
        check_set(folder, name, run["rows"])
    if run["rows"]["generation/train"] == 0:
        print("passed, without training: there are no training rows")
        return
    default = load_dataset(folder, split="train[:8]")
    check(sorted(default.column_names) == sorted(COLUMNS["generation"]), "generation is not the default set")

    tokenizer = AutoTokenizer.from_pretrained(tokenizer_folder)
    print(f"SFT on generation as it is: loss {check_training(default, tokenizer, out):.3f}")
    chat = default.map(for_chat, remove_columns=default.column_names)
    print(f"SFT on generation as a chat: loss {check_training(chat, tokenizer, out):.3f}")
    columns = ["prompt", "completion"]
    authors = load_dataset(folder, "author-distinction", split="train[:8]")
    mixed = interleave_datasets([default.select_columns(columns), authors.select_columns(columns)])
    print(f"SFT mixed with author distinction: loss {check_training(mixed, tokenizer, out):.3f}")
    print("passed")


main(*sys.argv[1:])
